"""Bad input gets a clear error and changes nothing."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app.close.sandbox.application import Sandbox
from app.close.sandbox.faults import Fault, FaultKind
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import SandboxThread
from app.close.sandbox.switches import Switches
from app.segment.signature import sign
from app.storage.profile import VERSION
from tests.end_to_end.programs import SECRET, Program, Server, compact, listed_events, post, wait_for_states


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return Sandbox(store=demo_data(), switches=Switches(index_lag_s=0))


@pytest.fixture(scope="module")
def close(sandbox: Sandbox) -> Iterator[SandboxThread]:
    thread = SandboxThread(sandbox)
    thread.start()
    yield thread
    thread.stop()


def program_with(folder: Path, close_url: str, key: str = "", secret: str = SECRET) -> Program:
    environment = {"CLOSE_API_KEY": key, "SEGMENT_SHARED_SECRET": secret}
    return Program(folder / "profiles", close_url, environment)


@pytest.fixture(scope="module")
def set_up(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, close: SandboxThread) -> Program:
    ready = program_with(tmp_path_factory.mktemp("set-up"), close.base_url, sandbox.api_key)
    assert ready.run("setup", "--create-fields").code == 0
    return ready


@pytest.fixture
def program(tmp_path: Path, set_up: Program) -> Program:
    """The set-up profile, copied: each test may spoil its own."""
    shutil.copytree(set_up.folder, tmp_path / "profiles")
    return replace(set_up, folder=tmp_path / "profiles", seen=[])


@pytest.fixture
def relay(program: Program) -> Iterator[Server]:
    server = program.start("relay", "--port", "0", "--mode", "dry-run")
    yield server
    server.stop()


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("api_wrongwrongwrongwrongwr.wrongwrongwrongwrongwr", "CLOSE-KEY-REFUSED"),
        ("cf_MiNqzA8bYAhaTGsyTT9EgmVBeLvgnjfkFpDFTCpJjf2", "CLOSE-KEY-WRONG-PASTE"),
        ("", "CLOSE-KEY-EMPTY"),
        ("api_one two", "CLOSE-KEY-CHARACTERS"),
    ],
)
def test_a_wrong_key_is_named_and_nothing_is_stored(
    tmp_path: Path, close: SandboxThread, pasted: str, code: str
) -> None:
    program = program_with(tmp_path, close.base_url)
    done = program.run("setup", "--api-key-stdin", "--create-fields", stdin=pasted)
    assert done.code == 1
    assert code in done.err
    assert not list(program.folder.rglob("profile.json"))


def test_a_key_with_spaces_and_quotes_is_tidied(
    tmp_path: Path, sandbox: Sandbox, close: SandboxThread
) -> None:
    program = program_with(tmp_path, close.base_url, sandbox.api_key)
    done = program.run(
        "setup",
        "--api-key-stdin",
        "--store",
        "environment",
        "--create-fields",
        stdin=f'  "{sandbox.api_key}" \n',
    )
    assert done.code == 0, done.err


def test_a_missing_keyring_is_explained_with_the_alternatives(
    tmp_path: Path, sandbox: Sandbox, close: SandboxThread
) -> None:
    program = program_with(tmp_path, close.base_url)
    done = program.run("setup", "--api-key-stdin", "--create-fields", stdin=sandbox.api_key)
    assert done.code == 1
    assert "KEYRING-MISSING" in done.err
    assert "CLOSE_API_KEY" in done.err

    for_this_run = program.run(
        "setup", "--api-key-stdin", "--create-fields", "--store", "memory", stdin=sandbox.api_key
    )
    assert for_this_run.code == 0, for_this_run.err
    program.environment = {"CLOSE_API_KEY": sandbox.api_key}
    assert program.run("fields", "--json").code == 0


def test_no_network_is_said_in_words(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    done = program_with(tmp_path, f"http://127.0.0.1:{port}/api/v1/", "api_some.key").run("setup")
    assert done.code == 1
    assert "CLOSE-UNREACHABLE" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("429", "CLOSE-RATE-LIMITED"),
        ("500", "CLOSE-SERVER-ERROR"),
        ("html", "CLOSE-SERVER-ERROR"),
        ("truncated_json", "CLOSE-BAD-ANSWER"),
    ],
)
def test_a_close_that_misbehaves_is_said_in_words_and_nothing_is_changed(
    program: Program, sandbox: Sandbox, kind: FaultKind, code: str
) -> None:
    held = (len(sandbox.store.leads), len(sandbox.store.contacts))
    sandbox.faults.add(Fault(kind=kind, path="/data/search/", times=None, retry_after_s=60))
    try:
        done = program.run("send", "-", stdin=json.dumps({"type": "identify", "userId": "nobody yet"}))
    finally:
        sandbox.faults.clear()
    assert done.code == 1
    assert code in done.err
    assert (len(sandbox.store.leads), len(sandbox.store.contacts)) == held


def test_a_taken_port_is_named(program: Program) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = program.run("relay", "--port", str(taken.getsockname()[1]))
    assert done.code == 1
    assert "RELAY-PORT-IN-USE" in done.err


def test_a_relay_without_a_secret_does_not_start(program: Program) -> None:
    program.environment = {**program.environment, "SEGMENT_SHARED_SECRET": ""}
    done = program.run("relay", "--port", "0")
    assert done.code == 1
    assert "RELAY-NO-SECRET" in done.err


def test_a_body_that_is_no_json_is_400(relay: Server, program: Program) -> None:
    body = b'{"type": "identify"'
    answer = httpx.post(
        relay.ready["url"], content=body, headers={"X-Signature": sign(SECRET, body)}, trust_env=False
    )
    assert answer.status_code == 400
    assert listed_events(program) == []


def test_a_wrong_or_missing_signature_is_401(relay: Server, program: Program) -> None:
    event = {"type": "identify", "userId": "u1", "messageId": "m1"}
    assert post(relay.ready["url"], event, secret="wrong").status_code == 401
    assert post(relay.ready["url"], event, secret=None).status_code == 401
    assert listed_events(program) == []


def test_a_body_over_16_mib_is_413(relay: Server, program: Program) -> None:
    body = b'{"a":"' + b"x" * (17 * 1024 * 1024) + b'"}'
    answer = httpx.post(
        relay.ready["url"], content=body, headers={"X-Signature": sign(SECRET, body)}, trust_env=False
    )
    assert answer.status_code == 413
    assert listed_events(program) == []


def test_an_event_over_32_kb_is_413_alone_and_failed_in_a_batch(relay: Server, program: Program) -> None:
    large = {"type": "identify", "userId": "u1", "messageId": "large", "traits": {"text": "x" * 40_000}}
    small = {"type": "identify", "userId": "u2", "messageId": "small", "traits": {}}
    assert post(relay.ready["url"], large).status_code == 413
    assert post(relay.ready["url"], [small, large]).status_code == 200
    (stored,) = [event for event in listed_events(program) if event["state"] == "failed"]
    assert "32" in stored["reason"]


def test_unknown_types_and_events_without_ids_are_skipped_with_the_reason(
    relay: Server, program: Program
) -> None:
    assert post(relay.ready["url"], {"type": "wave", "userId": "u1", "messageId": "odd"}).status_code == 200
    assert post(relay.ready["url"], {"type": "identify", "messageId": "nobody"}).status_code == 200
    wait_for_states(program, {"odd": "skipped", "nobody": "skipped"})
    reasons = {event["message_id"]: event["reason"] for event in listed_events(program)}
    assert "wave" in reasons["odd"]
    assert "userId" in reasons["nobody"]


def test_a_profile_from_a_newer_version_is_refused_and_kept(program: Program) -> None:
    path = program.folder / "default" / "profile.json"
    newer = path.read_text("utf-8").replace(f'"version": {VERSION}', '"version": 99')
    path.write_text(newer, "utf-8")
    done = program.run("preview", "-", stdin=json.dumps({"type": "identify", "userId": "u1"}))
    assert done.code == 1
    assert "PROFILE-NEWER" in done.err
    assert path.read_text("utf-8") == newer


def test_a_read_only_disk_is_said_in_words(sandbox: Sandbox, close: SandboxThread) -> None:
    program = Program(Path("/proc/segment-close"), close.base_url, {"CLOSE_API_KEY": sandbox.api_key})
    done = program.run("setup", "--create-fields")
    assert done.code == 1
    assert "STORAGE-" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("text", ["", "{", "[]", '{"type": "identify"}', "\x00\x01"])
def test_an_event_file_that_holds_no_event_is_refused(program: Program, text: str) -> None:
    done = program.run("preview", "-", stdin=text)
    assert done.code == 1
    assert "SAMPLE-" in done.err


@pytest.mark.parametrize("arguments", [["relay", "--port", "high"], ["events"], ["no-such-command"]])
def test_wrong_usage_is_exit_code_2(tmp_path: Path, arguments: list[str]) -> None:
    assert program_with(tmp_path, "http://127.0.0.1:9/").run(*arguments).code == 2


def test_without_a_display_the_window_command_names_the_commands_that_work(tmp_path: Path) -> None:
    program = program_with(tmp_path, "http://127.0.0.1:9/")
    program.environment = {**program.environment, "QT_QPA_PLATFORM": ""}
    done = program.run()
    assert done.code == 1
    assert "NO-DISPLAY" in done.err
    assert "relay" in done.err


def test_bodies_are_sent_as_segment_writes_them() -> None:
    assert compact({"a": "ü"}) == '{"a":"ü"}'.encode()
