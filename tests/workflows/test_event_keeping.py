"""What another process says about events that are kept and that wait."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path

import pytest

from app.errors import AppError
from app.relay.delivery import State
from app.relay.event_records import Mark
from app.relay.inbox import Inbox
from app.relay.inbox_reader import InboxReader
from app.storage.profile import Mode
from app.workflows.event_keeping import QueueNow, check_keeping, look_at_queue
from tests.relay.builders import new_events, track

NOW_MS = 1_772_615_700_000


async def stored(path: Path) -> None:
    """Two events of one person; the first was tried and waits."""
    inbox = await Inbox.open(path, str)
    await inbox.append(new_events(track("m-1", "u-1"), track("m-2", "u-1")))
    (claimed,) = (await inbox.claim(4, mode=Mode.LIVE, now_ms=2**60)).events
    await inbox.record(
        Mark(
            event_id=claimed.row.id,
            state=State.WAITING,
            reason="Close did not answer.",
            outcome="",
            mode=Mode.LIVE,
            attempts=1,
            first_try_ms=NOW_MS,
            due_ms=NOW_MS + 1000,
            started_ms=NOW_MS,
            ended_ms=NOW_MS,
            error_code="",
            report=None,
        )
    )
    await inbox.close()


async def test_what_waits_says_since_when_and_why(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    await stored(path)
    reader = InboxReader(path)
    oldest_ms = reader.oldest_queued_ms()
    assert oldest_ms is not None
    assert look_at_queue(reader) == QueueNow(2, oldest_ms, "Close did not answer.")
    reader.close()
    assert check_keeping(path).startswith("2 stored, ")


def test_without_a_relay_so_far_nothing_waits(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    assert look_at_queue(InboxReader(path)) == QueueNow()
    assert check_keeping(path) == "none yet"


def test_a_damaged_file_is_found_before_segment_finds_it(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(AppError) as failed:
        check_keeping(path)
    assert failed.value.code == "DATABASE-DAMAGED"


async def test_a_disk_without_room_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "relay.db"
    await stored(path)
    usage = namedtuple("usage", "total used free")(10**9, 10**9 - 5, 5)
    monkeypatch.setattr("app.relay.disk_room.shutil.disk_usage", lambda _path: usage)
    with pytest.raises(AppError) as failed:
        check_keeping(path)
    assert failed.value.code == "STORAGE-FULL"
