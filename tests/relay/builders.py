"""Requests, events and clocks for relay tests."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from app.relay.event_records import NewEvent
from app.relay.intake import IntakeRules, read_request
from app.relay.service import RelayConfig
from app.segment.signature import sign
from app.storage.profile import Mode, RelaySettings

SECRET = "correct horse battery"
START_MS = 1_772_615_700_000


def track(message_id: str | None = "m-1", user: str = "u-1", **members: Any) -> dict[str, Any]:
    event: dict[str, Any] = {"type": "track", "event": "Signed Up", "userId": user}
    if message_id is not None:
        event["messageId"] = message_id
    return event | members


def body_of(*events: object, batch: bool | None = None) -> bytes:
    """JSON as Segment writes it; an array when there are several, or when asked for."""
    as_batch = len(events) != 1 if batch is None else batch
    value = list(events) if as_batch else events[0]
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """The headers Segment sends with a body: a batch is signed by its first event."""
    value = json.loads(body)
    payload = body_of(value[0]) if isinstance(value, list) else body
    return {"Content-Type": "application/json", "X-Signature": sign(secret, payload)}


def rules(mode: Mode = Mode.LIVE, secrets: tuple[str, ...] = (SECRET,)) -> IntakeRules:
    return IntakeRules(secrets, frozenset({"127.0.0.1", "localhost", "[::1]"}), mode)


def new_events(*events: object, mode: Mode = Mode.LIVE, now_ms: int = START_MS) -> tuple[NewEvent, ...]:
    """Events as the intake hands them to the inbox."""
    taken = read_request(body_of(*events), None, rules(mode, ()), now_ms)
    assert isinstance(taken, tuple)
    return taken


def config(folder: Path, mode: Mode = Mode.LIVE, **settings: Any) -> RelayConfig:
    return RelayConfig(folder / "relay.db", RelaySettings(port=0, mode=mode, **settings), secrets=(SECRET,))


class ManualClock:
    """Time that stands still until a test moves it. Waits end when their time has come."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self._now_ms = now_ms
        self._moved = asyncio.Event()

    def now_ms(self) -> int:
        return self._now_ms

    def advance(self, seconds: float) -> None:
        self._now_ms += round(seconds * 1000)
        self._moved.set()
        self._moved = asyncio.Event()

    async def wait(self, wake: asyncio.Event, timeout_s: float | None) -> None:
        due_ms = None if timeout_s is None else self._now_ms + timeout_s * 1000
        while not wake.is_set() and (due_ms is None or self._now_ms < due_ms):
            waits = [asyncio.ensure_future(wake.wait()), asyncio.ensure_future(self._moved.wait())]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in waits:
                    task.cancel()
