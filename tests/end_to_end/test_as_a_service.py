"""The relay as a server runs it: readiness, watchdog, drain, structured log, and the unit that starts it."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.close.sandbox.application import Sandbox
from app.close.sandbox.clock import VirtualClock
from app.close.sandbox.faults import Fault
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import SandboxThread
from app.close.sandbox.switches import Switches
from tests.conditions import until_blocking
from tests.end_to_end.programs import SECRET, Program, post, wait_for_states

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
SYSTEMCTL = """#!/bin/sh
echo "$*" >> "$HOME/asked"
case "$2" in show) printf 'ActiveState=active\\nMainPID=77\\nStatusText=Listening\\nNRestarts=0\\n';; esac
"""


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def sandbox(clock: VirtualClock) -> Sandbox:
    return Sandbox(store=demo_data(clock=clock), switches=Switches(index_lag_s=0), clock=clock)


@pytest.fixture
def program(tmp_path: Path, sandbox: Sandbox) -> Iterator[Program]:
    thread = SandboxThread(sandbox)
    thread.start()
    environment = {"CLOSE_API_KEY": sandbox.api_key, "SEGMENT_SHARED_SECRET": SECRET, "HOME": str(tmp_path)}
    program = Program(tmp_path / "profiles", thread.base_url, environment)
    assert program.run("setup", "--create-fields").code == 0
    yield program
    thread.stop()


def told(listening: socket.socket, wanted: str) -> str:
    """The status that came with the first message that says ``wanted``."""
    while True:
        lines = listening.recv(10_000).decode().splitlines()
        if wanted in lines:
            return lines[1].removeprefix("STATUS=")


def test_systemd_hears_of_it_and_changes_in_flight_are_finished(
    program: Program, sandbox: Sandbox, clock: VirtualClock, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(60)
        program.environment = {
            **program.environment,
            "NOTIFY_SOCKET": str(tmp_path / "notify"),
            "WATCHDOG_USEC": "300000",
        }
        options = ("--port", "0", "--admin-port", "0", "--log-format", "json")
        relay = program.start("relay", "--mode", "live", "--yes", *options)
        assert told(listening, "READY=1") == "Listening, live: 0 received, nothing queued"
        assert told(listening, "WATCHDOG=1")
        health = httpx.get(f"{relay.ready['admin_url']}/healthz", trust_env=False)
        assert (health.status_code, health.json()["status"]) == (200, "ok")

        # The log has something to say about this one in any case.
        assert post(relay.ready["url"], PERSON, secret="another secret").status_code == 401
        sandbox.faults.add(Fault(kind="slow", method="POST", path="/lead/", delay_s=60))
        assert post(relay.ready["url"], PERSON).status_code == 200
        until_blocking(lambda: clock.sleepers == 1, what="the call that creates the lead")
        relay.process.send_signal(signal.SIGTERM)
        assert told(listening, "STOPPING=1") == "1 change is being finished."
        clock.advance(60)
        out, err = relay.process.communicate(timeout=60)
    assert relay.process.returncode == 0, err
    assert "1 change is being finished." in err
    wait_for_states(program, {"m-1": "delivered"})
    lines: list[Any] = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    assert {"time", "level", "logger", "message"} <= lines[0].keys()
    assert "The signature does not match." in err
    log = (program.folder / "default" / "logs" / "segment-close.log").read_text("utf-8")
    assert all(json.loads(line)["logger"] for line in log.splitlines())
    assert not [text for text in (out, err, log) if SECRET in text or sandbox.api_key in text]


def test_a_service_is_installed_seen_and_removed(program: Program, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "systemctl").write_text(SYSTEMCTL)
    (tools / "systemctl").chmod(0o700)
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    for name in ("CLOSE_API_KEY", "SEGMENT_SHARED_SECRET"):
        (credentials / name).write_text(program.environment[name])
        (credentials / name).chmod(0o600)
    program.environment = {
        **program.environment,
        "PATH": f"{tools}:{os.environ['PATH']}",
        "XDG_CONFIG_HOME": "",
    }

    refused = program.run("service", "install")
    assert (refused.code, "SERVICE-NO-SECRETS" in refused.err) == (1, True)
    handed = ("--credentials", str(credentials))
    unconfirmed = program.run("service", "install", "--mode", "live", *handed)
    assert (unconfirmed.code, "RELAY-LIVE-UNCONFIRMED" in unconfirmed.err) == (1, True)
    printed = program.run("service", "install", "--print", *handed)
    assert "Type=notify" in printed.out
    assert not (tmp_path / ".config").exists()

    installed = program.run("service", "install", "--mode", "live", "--yes", "--json", *handed)
    assert installed.code == 0, installed.err
    unit = Path(installed.data["path"])
    assert unit.is_relative_to(tmp_path / ".config" / "systemd" / "user")
    text = unit.read_text("utf-8")
    assert f"--profile-dir {program.folder}" in text
    assert "--mode live" in text
    assert SECRET not in text
    assert (tmp_path / "asked").read_text().splitlines()[:3] == [
        "--user daemon-reload",
        f"--user enable {unit.name}",
        f"--user restart {unit.name}",
    ]
    status = program.run("service", "status")
    assert status.out == "The service runs (process 77). Listening.\n"
    assert program.run("service", "remove").out == "The service is removed.\n"
    assert not unit.exists()
    assert program.run("service", "status", "--json").data["installed"] is False
