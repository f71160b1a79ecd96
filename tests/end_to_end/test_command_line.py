"""The main job without a window: set-up, preview, send, relay, signed webhooks, and what Close holds then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.close.sandbox.application import Sandbox
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import SandboxThread
from app.close.sandbox.switches import Switches
from app.workflows.samples import built_in_samples
from tests.end_to_end.programs import SECRET, Program, listed_events, post, wait_for_states

SAMPLES: dict[str, Any] = {sample.name: json.loads(json.dumps(sample.body)) for sample in built_in_samples()}
IDENTIFY = SAMPLES["Identify, full"]
FROM_SERVER = SAMPLES["Identify from a server, minimal"]


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(store=demo_data(), switches=Switches(index_lag_s=0))


@pytest.fixture
def close(sandbox: Sandbox) -> Iterator[SandboxThread]:
    thread = SandboxThread(sandbox)
    thread.start()
    yield thread
    thread.stop()


@pytest.fixture
def program(tmp_path: Path, sandbox: Sandbox, close: SandboxThread) -> Program:
    environment = {"CLOSE_API_KEY": sandbox.api_key, "SEGMENT_SHARED_SECRET": SECRET}
    return Program(tmp_path / "profiles", close.base_url, environment)


def custom_values(sandbox: Sandbox) -> set[str]:
    records = [*sandbox.store.leads.values(), *sandbox.store.contacts.values()]
    return {str(value) for record in records for value in record.custom.values()}


def test_from_an_empty_folder_to_a_segment_event_that_changed_close(
    program: Program, sandbox: Sandbox, tmp_path: Path
) -> None:
    without_fields = program.run("setup")
    assert without_fields.code == 1
    assert "Company ID" in without_fields.err
    assert "User ID" in without_fields.err

    ready = program.run("setup", "--create-fields", "--json")
    assert ready.code == 0, ready.err
    assert ready.data["organization"]["name"] == "Acme Inc."

    event = tmp_path / "event.json"
    event.write_text(json.dumps(IDENTIFY), "utf-8")
    preview = program.run("preview", str(event), "--json")
    assert preview.code == 0, preview.err
    assert preview.data["outcome"] == "would change"
    assert "usr_1041" not in custom_values(sandbox)

    relay = program.start("relay", "--port", "0", "--mode", "live", "--yes")
    try:
        assert post(relay.ready["url"], IDENTIFY).status_code == 200
        batch = [FROM_SERVER, SAMPLES["Identify with traps"], SAMPLES["Page"]]
        assert post(relay.ready["url"], batch).status_code == 200
        wait_for_states(
            program,
            {
                IDENTIFY["messageId"]: "delivered",
                FROM_SERVER["messageId"]: "delivered",
                "trap-1": "delivered",
                SAMPLES["Page"]["messageId"]: "skipped",
            },
        )
    finally:
        assert relay.stop() == 0
    assert {"usr_1041", "co_9917", "77120", "5501", "77121"} <= custom_values(sandbox)

    again = program.run("send", "-", "--json", stdin=json.dumps(IDENTIFY))
    assert again.code == 0
    assert again.data["outcome"] == "unchanged"

    learned = program.run("identities", "rebuild", "--json")
    assert learned.code == 0, learned.err
    assert learned.data["known"] >= 4
    assert program.run("identities", "duplicates", "--every", "--json").data["duplicates"] == []
    told = program.run("forecast", "--json")
    assert told.data["budget"] == "comfortable"
    assert told.data["events_sampled"] == 4

    (first,) = [one for one in listed_events(program) if one["message_id"] == IDENTIFY["messageId"]]
    shown = program.run("undo", str(first["id"]), "--dry-run", "--json")
    assert shown.code == 0, shown.err
    assert "usr_1041" in custom_values(sandbox)
    undone = program.run("undo", str(first["id"]), "--json")
    assert {line["outcome"] for line in undone.data["lines"]} == {"reverted"}
    assert "usr_1041" not in custom_values(sandbox)
    nothing = program.run("undo", "999")
    assert (nothing.code, "RELAY-EVENT-UNKNOWN" in nothing.err) == (1, True)


def test_a_relay_killed_right_after_its_answer_loses_nothing(program: Program, sandbox: Sandbox) -> None:
    assert program.run("setup", "--create-fields").code == 0
    relay = program.start("relay", "--port", "0", "--mode", "live", "--yes")
    # While Close refuses every call, nothing can be delivered before the kill.
    sandbox.revoke_key(sandbox.api_key)
    assert post(relay.ready["url"], [IDENTIFY, FROM_SERVER]).status_code == 200
    relay.kill()
    assert "usr_1041" not in custom_values(sandbox)

    sandbox.restore_key(sandbox.api_key)
    restarted = program.start("relay", "--port", "0", "--mode", "live")
    try:
        wait_for_states(program, {IDENTIFY["messageId"]: "delivered", FROM_SERVER["messageId"]: "delivered"})
    finally:
        assert restarted.stop() == 0
    assert {"usr_1041", "77120"} <= custom_values(sandbox)


def test_a_failed_event_is_explained_and_can_be_tried_again(program: Program, sandbox: Sandbox) -> None:
    assert program.run("setup", "--create-fields").code == 0
    assert program.run("mappings", "set", "contact_custom_fields", "$.traits").code == 0
    relay = program.start("relay", "--port", "0", "--mode", "live", "--yes")
    try:
        assert post(relay.ready["url"], IDENTIFY).status_code == 200
        wait_for_states(program, {IDENTIFY["messageId"]: "failed"})
        (event,) = listed_events(program)
        shown = program.run("events", "show", str(event["id"]), "--json")
        assert shown.code == 0
        assert shown.data["attempts_made"][0]["error_code"]
    finally:
        assert relay.stop() == 0

    assert program.run("mappings", "set", "contact_custom_fields", "none").code == 0
    assert program.run("events", "retry", str(event["id"])).code == 0
    relay = program.start("relay", "--port", "0", "--mode", "live")
    try:
        wait_for_states(program, {IDENTIFY["messageId"]: "delivered"})
    finally:
        assert relay.stop() == 0


def test_live_mode_wants_a_yes_once_per_profile(program: Program) -> None:
    assert program.run("setup", "--create-fields").code == 0
    refused = program.run("relay", "--port", "0", "--mode", "live")
    assert refused.code == 1
    assert "Acme Inc." in refused.err
    for confirmation in (["--yes"], []):
        relay = program.start("relay", "--port", "0", "--mode", "live", *confirmation)
        assert relay.ready["organization"] == "Acme Inc."
        assert relay.stop() == 0


def test_neither_files_nor_output_ever_hold_the_key_or_the_secret(program: Program, sandbox: Sandbox) -> None:
    assert program.run("setup", "--create-fields", "--json").code == 0
    relay = program.start("relay", "--port", "0", "--mode", "live", "--yes")
    post(relay.ready["url"], IDENTIFY)
    post(relay.ready["url"], IDENTIFY, secret="another secret")
    wait_for_states(program, {IDENTIFY["messageId"]: "delivered"})
    relay.stop()
    program.run("doctor", "--json")
    program.run("events", "show", "1", "--json")
    files = [path for path in program.folder.rglob("*") if path.is_file()]
    assert len(files) >= 3
    for secret in (sandbox.api_key, SECRET):
        assert not [path for path in files if secret.encode() in path.read_bytes()]
        assert not [text for text in program.seen if secret in text]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    folders = [program.folder, *(path for path in program.folder.rglob("*") if path.is_dir())]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}


def test_the_self_test_proves_the_whole_way(tmp_path: Path) -> None:
    done = Program(tmp_path, "http://127.0.0.1:9/api/v1/", {}).run("self-test")
    assert done.code == 0, done.err
    assert "Everything holds." in done.out
