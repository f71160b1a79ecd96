"""Whether events can be kept and carried out now, as seen from another process than the relay's."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from app.relay.delivery import State
from app.relay.disk_room import DiskRoom
from app.relay.event_records import EventFilter
from app.relay.inbox_reader import InboxReader


@dataclass(frozen=True, slots=True)
class QueueNow:
    """What waits for delivery. ``oldest_ms`` is since 1970, ``reason`` what the newest failed try said."""

    events: int = 0
    oldest_ms: int | None = None
    reason: str = ""


def look_at_queue(reader: InboxReader) -> QueueNow:
    """Raises ``AppError`` when the events cannot be read."""
    events = reader.queue_depth()
    if not events:
        return QueueNow()
    tried = reader.page(EventFilter(states=frozenset({State.WAITING, State.QUEUED}), limit=20))
    reason = next((row.reason for row in tried if row.reason), "")
    return QueueNow(events, reader.oldest_queued_ms(), reason)


def check_keeping(database: Path) -> str:
    """How many events are stored and how much room is left. Raises ``AppError`` when no more can be kept."""
    if not database.is_file():
        return "none yet"
    reader = InboxReader(database)
    try:
        stored = sum(reader.counts().values())
    finally:
        reader.close()
    DiskRoom(database).take(0)
    free_gb = shutil.disk_usage(database.parent).free / 1e9
    return f"{stored:,} stored, {free_gb:.1f} GB free"
