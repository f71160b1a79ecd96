"""The program as a person or a server runs it: separate processes, real sockets, a throw-away folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from app.relay.event_records import EventFilter
from app.relay.inbox_reader import InboxReader
from app.segment.signature import sign
from tests.conditions import until_blocking

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a shared secret for tests only"
_COMMAND_TIMEOUT_S = 60


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


@dataclass
class Program:
    """Runs commands on one profile folder. ``seen`` gathers all output, for searching it for secrets."""

    folder: Path
    close_url: str
    environment: Mapping[str, str]
    seen: list[str] = field(default_factory=list)

    def run(self, *arguments: str, stdin: str = "") -> Done:
        done = subprocess.run(
            self.line(*arguments),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=_COMMAND_TIMEOUT_S,
            env=self._environment(),
            check=False,
        )
        self.seen += [done.stdout, done.stderr]
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> Server:
        process = subprocess.Popen(
            self.line(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._environment(),
        )
        assert process.stdout is not None
        first = process.stdout.readline()
        if not first:
            raise AssertionError(process.communicate()[1])
        self.seen.append(first)
        return Server(process, json.loads(first), self.seen)

    def line(self, *arguments: str) -> Sequence[str]:
        options = ["--profile-dir", str(self.folder), "--close-url", self.close_url]
        return [sys.executable, str(ROOT / "main.py"), *options, *arguments]

    def _environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
        return {**kept, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", **self.environment}


@dataclass
class Server:
    """A command that runs until it is stopped; ``ready`` is the JSON line it printed first."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]
    seen: list[str]

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self._read_rest()
        return self.process.returncode

    def kill(self) -> None:
        self.process.kill()
        self._read_rest()

    def _read_rest(self) -> None:
        self.seen += [text for text in self.process.communicate(timeout=_COMMAND_TIMEOUT_S) if text]


def post(url: str, payload: Any, *, secret: str | None = SECRET) -> httpx.Response:
    """Post as Segment does: compact JSON, signature of the first event."""
    body = compact(payload)
    headers = {"Content-Type": "application/json", "User-Agent": "Segment (Actions)"}
    if secret is not None:
        first = payload[0] if isinstance(payload, list) else payload
        headers["X-Signature"] = sign(secret, compact(first))
    return httpx.post(url, content=body, headers=headers, trust_env=False, timeout=20)


def compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def listed_events(program: Program) -> list[dict[str, Any]]:
    done = program.run("events", "list", "--json")
    assert done.code == 0, done.err
    return list(done.data)


def wait_for_states(program: Program, wanted: Mapping[str, str]) -> None:
    """Wait until every message id is in its state."""

    reader = InboxReader(program.folder / "default" / "relay.db")

    def reached() -> bool:
        states = {row.message_id: row.state for row in reader.page(EventFilter())}
        return all(states.get(message_id) == state for message_id, state in wanted.items())

    try:
        until_blocking(reached, within_s=60, what=f"the states {wanted}")
    finally:
        reader.close()
