"""The part of a relay that carries replays on: it queues their events a few at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from app.errors import AppError
from app.relay.clock import Clock
from app.relay.dispatcher import Dispatcher
from app.relay.event_records import EventRow
from app.relay.replay_sql import Advanced

_log = logging.getLogger(__name__)

_BUSY_S = 0.2
# A replay that another program begins is noticed within this time.
_IDLE_S = 1.0


class ReplayQueue(Protocol):
    async def advance_replays(self, *, now_ms: int, live: bool) -> Advanced:
        """Settle what has ended and queue what comes next. Raises ``AppError``."""


async def feed_replays(
    queue: ReplayQueue,
    dispatcher: Dispatcher,
    clock: Clock,
    announce: Callable[[EventRow], None],
    stop: asyncio.Event,
) -> None:
    """Carry replays on until ``stop`` is set; a disk that refuses is asked again."""
    told = ""
    while not stop.is_set():
        active = False
        try:
            advanced = await queue.advance_replays(now_ms=clock.now_ms(), live=dispatcher.live)
        except AppError as error:
            if error.title != told:
                told = error.title
                _log.warning("Replays wait: %s [%s]", error.title, error.code)
        else:
            told, active = "", advanced.active
            for row in advanced.rows:
                announce(row)
            if advanced.rows:
                dispatcher.wake()
        await clock.wait(stop, _BUSY_S if active else _IDLE_S)
