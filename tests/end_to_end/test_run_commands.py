"""Test cases, sending, undoing and what is final, from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.close.sandbox.application import Sandbox
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import SandboxThread
from app.close.sandbox.switches import Switches
from tests.end_to_end.programs import SECRET, Program

PERSON = {
    "type": "identify",
    "messageId": "m-1",
    "userId": "u_900",
    "traits": {
        "email": "new@fresh.example",
        "name": "New Person",
        "title": "VP Growth",
        "company": {"name": "Fresh", "id": "co_9"},
    },
}
ERASURE = {"type": "delete", "messageId": "m-2", "userId": "u_900"}


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return Sandbox(store=demo_data(), switches=Switches(index_lag_s=0))


@pytest.fixture(scope="module")
def close(sandbox: Sandbox) -> Iterator[SandboxThread]:
    thread = SandboxThread(sandbox)
    thread.start()
    yield thread
    thread.stop()


@pytest.fixture
def program(tmp_path: Path, sandbox: Sandbox, close: SandboxThread) -> Program:
    environment = {"CLOSE_API_KEY": sandbox.api_key, "SEGMENT_SHARED_SECRET": SECRET}
    program = Program(tmp_path / "profiles", close.base_url, environment)
    assert program.run("setup", "--create-fields").code == 0
    return program


def test_sending_only_changes_is_a_setting_of_a_mapping(program: Program) -> None:
    assert program.run("mappings", "set", "only_changes", "off").code == 0
    assert '"only_changes": false' in next(program.folder.rglob("profile.json")).read_text("utf-8")
    refused = program.run("mappings", "set", "only_changes", "sometimes")
    assert (refused.code, "MAPPING-VALUE" in refused.err) == (1, True)


def titles(sandbox: Sandbox) -> list[str]:
    with sandbox.store.lock:
        return [one.title for one in sandbox.store.contacts.values() if one.name == "New Person"]


def test_a_saved_case_passes_until_the_mapping_changes(program: Program, sandbox: Sandbox) -> None:
    event = json.dumps(PERSON)
    none = program.run("test")
    assert (none.code, none.out) == (
        0,
        "There are no test cases. Save one on the Test page of the window, after a dry run.\n",
    )
    saved = program.run("preview", "-", "--save", "New person", stdin=event)
    assert saved.code == 0, saved.err
    passed = program.run("test")
    assert (passed.code, passed.out) == (0, "+ New person\n1 test case passed.\n")
    assert program.run("mappings", "set", "contact_title", "=CTO").code == 0
    failed = program.run("test", "--json")
    assert failed.code == 1
    assert (failed.data["passed"], failed.data["failed"]) == (0, 1)
    (case,) = failed.data["cases"]
    assert case["differences"] == ["Contact Title was VP Growth, now is CTO."]
    assert program.run("test", "Nobody").code == 1
    assert titles(sandbox) == []


def test_an_event_is_sent_read_back_and_undone(program: Program, sandbox: Sandbox) -> None:
    sent = program.run("send", "-", "--json", stdin=json.dumps(PERSON))
    assert sent.code == 0, sent.err
    (mapping,) = sent.data["mappings"]
    assert mapping["steps"][-1]["title"] == "Read back"
    assert titles(sandbox) == ["VP Growth"]
    before = program.run("undo", "--plan", str(mapping["plan_id"]), "--dry-run", "--json")
    assert before.data["dry_run"] is True
    assert titles(sandbox) == ["VP Growth"]
    undone = program.run("undo", "--plan", str(mapping["plan_id"]), "--json")
    assert undone.data["summary"] == "2 records removed."
    assert titles(sandbox) == []


def test_what_is_final_is_named_and_needs_a_yes(program: Program, sandbox: Sandbox) -> None:
    assert program.run("send", "-", stdin=json.dumps(PERSON)).code == 0
    path = program.folder / "default" / "profile.json"
    profile = json.loads(path.read_text("utf-8"))
    profile["mappings"].append(
        {
            "name": "Erase",
            "action": "deleteContact",
            "enabled": False,
            "trigger": 'type = "delete"',
            "mapping": {"contact_external_id": {"@path": "$.userId"}, "allow_deleting": True},
        }
    )
    path.write_text(json.dumps(profile), "utf-8")
    event = json.dumps(ERASURE)
    refused = program.run("send", "-", "--mapping", "Erase", "--json", stdin=event)
    assert refused.code == 1
    assert refused.data["error"]["code"] == "SEND-FINAL"
    assert "Contact New Person is deleted." in refused.data["error"]["cause"]
    assert titles(sandbox) == ["VP Growth"]
    done = program.run("send", "-", "--mapping", "Erase", "--yes", "--json", stdin=event)
    assert done.code == 0, done.err
    assert titles(sandbox) == []
