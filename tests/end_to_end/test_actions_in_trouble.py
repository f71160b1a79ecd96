"""What changes or asks Close from the command line: a wrong key and no network are named, nothing is lost."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.close.sandbox.application import Sandbox
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import SandboxThread
from app.close.sandbox.switches import Switches
from tests.end_to_end.programs import SECRET, Done, Program

PERSON = {
    "type": "identify",
    "messageId": "m-1",
    "userId": "u_900",
    "traits": {
        "email": "new@fresh.example",
        "name": "New Person",
        "company": {"name": "Fresh", "id": "co_9"},
    },
}
WRONG_KEY = "api_wrongwrongwrongwrongwr.wrongwrongwrongwrongwr"
COMMANDS = [
    ("preview", "-"),
    ("send", "-"),
    ("undo", "--plan", "1", "--dry-run"),
    ("undo", "--plan", "1"),
    ("identities", "rebuild"),
]


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return Sandbox(store=demo_data(), switches=Switches(index_lag_s=0))


@pytest.fixture(scope="module")
def close(sandbox: Sandbox) -> Iterator[SandboxThread]:
    thread = SandboxThread(sandbox)
    thread.start()
    yield thread
    thread.stop()


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, close: SandboxThread) -> Program:
    """A profile that has changed Close once, with plan 1."""
    environment = {"CLOSE_API_KEY": sandbox.api_key, "SEGMENT_SHARED_SECRET": SECRET}
    program = Program(tmp_path_factory.mktemp("sent") / "profiles", close.base_url, environment)
    assert program.run("setup", "--create-fields").code == 0
    done = program.run("send", "-", "--json", stdin=json.dumps(PERSON))
    assert done.data["mappings"][0]["plan_id"] == 1
    return program


@pytest.fixture
def program(tmp_path: Path, sent: Program) -> Program:
    shutil.copytree(sent.folder, tmp_path / "profiles")
    return replace(sent, folder=tmp_path / "profiles", seen=[])


def records(sandbox: Sandbox) -> str:
    with sandbox.store.lock:
        return repr((sorted(sandbox.store.leads.items()), sorted(sandbox.store.contacts.items())))


def fails_with(done: Done, code: str) -> None:
    assert done.code == 1, done.out
    error = json.loads(done.out or done.err)["error"]
    assert error["code"] == code
    assert error["title"]
    assert error["remedy"]
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_wrong_key_is_named(program: Program, sandbox: Sandbox, command: tuple[str, ...]) -> None:
    before = records(sandbox)
    wrong = replace(program, environment={**program.environment, "CLOSE_API_KEY": WRONG_KEY})
    fails_with(wrong.run(*command, "--json", stdin=json.dumps(changed())), "CLOSE-KEY-REFUSED")
    assert records(sandbox) == before
    assert WRONG_KEY not in "".join(wrong.seen)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_network_is_named(program: Program, sandbox: Sandbox, command: tuple[str, ...]) -> None:
    before = records(sandbox)
    with socket.socket() as taken:
        # Bound and never listening: a connection is refused at once.
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        cut_off = replace(program, close_url=f"http://127.0.0.1:{port}/api/v1/")
        fails_with(cut_off.run(*command, "--json", stdin=json.dumps(changed())), "CLOSE-UNREACHABLE")
    assert records(sandbox) == before


def changed() -> dict[str, object]:
    return {**PERSON, "messageId": "m-2", "traits": {**PERSON["traits"], "name": "Newer Person"}}  # type: ignore[dict-item]


def test_what_is_remembered_is_listed_and_needs_neither_key_nor_network(program: Program) -> None:
    alone = replace(
        program, environment={"SEGMENT_SHARED_SECRET": SECRET}, close_url="http://127.0.0.1:9/api/v1/"
    )
    listed = alone.run("identities", "list", "--json")
    assert listed.code == 0, listed.err
    assert {("lead", "co_9"), ("contact", "u_900")} <= {
        (one["record"], one["external_id"].rpartition(":")[2]) for one in listed.data
    }
    (only,) = alone.run("identities", "list", "co_9", "--json").data
    assert only["id"].startswith("lead_")
    told = alone.run("identities", "list")
    assert told.out.endswith(" identities.\n")


def test_a_forecast_of_nothing_measured_says_so(program: Program) -> None:
    told = program.run("forecast", "--json")
    assert (told.code, told.data["budget"]) == (0, "unknown")
    assert program.run("forecast").out == "Nothing has been measured yet.\n"
