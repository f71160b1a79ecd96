"""The narrow interface between the relay and where its events are kept.

SQLite stands behind it (``inbox.py``); a server database can take its place without the intake or
the dispatcher changing. Every method returns only after its effect is durable.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Protocol

from app.errors import AppError
from app.relay.event_records import Appended, Claims, EventRow, Mark, NewEvent
from app.storage.profile import Mode


class InboxBusyError(AppError):
    """More events are waiting to be stored than memory is meant to hold; ask again later."""

    def __init__(self) -> None:
        super().__init__(
            "RELAY-BUSY",
            "The relay cannot store events as fast as they arrive.",
            cause="Too many events are waiting for the disk.",
            remedy="Segment sends them again by itself.",
        )


class Requeued(StrEnum):
    """What a wish to run an event again came to."""

    DONE = "done"
    ALREADY_QUEUED = "already queued"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


class EventStore(Protocol):
    """Raises ``AppError`` when the disk refuses; then nothing of the call was kept."""

    @property
    def depth(self) -> int:
        """How many events are queued, in flight or waiting."""

    async def append(self, events: Sequence[NewEvent]) -> Appended:
        """Store what is not a duplicate. Raises ``InboxBusyError`` beside other ``AppError``."""

    async def claim(self, limit: int, *, mode: Mode, now_ms: int) -> Claims:
        """Take the oldest due events that no earlier event of the same person or company holds up.

        In a dry run events that a live try has begun are left for the next live run.
        """

    async def record(self, mark: Mark) -> EventRow:
        """Remember how a claimed event's try ended, and let go of it."""

    async def release_claims(self, *, keep: Collection[int] = ()) -> int:
        """Put back what was claimed and not recorded, but the events ``keep``; how many those were."""

    async def requeue(self, event_id: int, *, now_ms: int) -> tuple[Requeued, EventRow | None]:
        """Put an event at the end of the queue again, or make a waiting one due at once."""

    async def prune(self, *, before_ms: int, ids_before_ms: int, max_bytes: int) -> int:
        """Delete a small group of finished events that are too old or too many; how many.

        Message ids are forgotten by ``ids_before_ms`` only, so that late duplicates stay harmless.
        """
