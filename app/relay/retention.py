"""Keeping the inbox within the age and size that a profile allows."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from app.errors import AppError
from app.relay.clock import Clock
from app.relay.event_store import EventStore

_log = logging.getLogger(__name__)

# Segment sends the same event again for up to four hours, people replay later.
_SHORTEST_ID_DAYS = 7
_DAY_MS = 24 * 3600 * 1000
_ROUND_S = 600.0


@dataclass(frozen=True, slots=True)
class Retention:
    """How long finished events are kept, and how much of them. Undelivered ones are always kept."""

    days: int = 30
    megabytes: int = 500


async def keep_within(
    retention: Retention, store: EventStore, clock: Clock, stop: asyncio.Event, *, round_s: float = _ROUND_S
) -> None:
    """Delete in small groups every ten minutes until ``stop`` is set."""
    while not stop.is_set():
        now_ms = clock.now_ms()
        try:
            deleted = await store.prune(
                before_ms=now_ms - retention.days * _DAY_MS,
                ids_before_ms=now_ms - max(retention.days, _SHORTEST_ID_DAYS) * _DAY_MS,
                max_bytes=retention.megabytes * 1024 * 1024,
            )
        except AppError as error:
            _log.warning("Old events could not be deleted: %s [%s]", error.title, error.code)
            deleted = 0
        if not deleted:
            await clock.wait(stop, round_s)
