"""Running a replay where no relay runs: inbox and dispatcher without a listener, until it has ended.

With a relay running for the profile, here or in another program, that relay carries the replay on instead.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from app.errors import AppError
from app.relay.clock import SystemClock
from app.relay.delivery import RetryPolicy
from app.relay.dispatcher import Dispatcher
from app.relay.event_records import EventRow
from app.relay.inbox import Inbox
from app.relay.profile_lock import ProfileLock
from app.relay.replay_feeder import feed_replays
from app.relay.report_codec import Redact
from app.relay.running import release_claims
from app.relay.service import ProcessorFactory
from app.storage.profile import Mode

_ROUND_S = 0.2
_DRAIN_S = 10.0


@dataclass(frozen=True, slots=True)
class ReplayHost:
    """Delivers in Live mode. What was queued before is delivered as well: order per person has to hold."""

    database: Path
    open_processor: ProcessorFactory
    redact: Redact
    policy: RetryPolicy | None = None

    async def run(self, ended: Callable[[], bool], stop: asyncio.Event) -> None:
        """Return when ``ended`` says so, asked in a worker thread, or soon after ``stop`` was set.

        Raises ``AppError``: RELAY-ALREADY-RUNNING, REPLAY-KEY-REFUSED, what the database says, or what
        opening the processor raises.
        """
        clock = SystemClock()
        async with AsyncExitStack() as stack:
            lock = ProfileLock(self.database.with_suffix(".lock"))
            lock.acquire()
            stack.callback(lock.release)
            inbox = await Inbox.open(self.database, self.redact)
            stack.push_async_callback(inbox.close)
            processor = await stack.enter_async_context(self.open_processor())
            dispatcher = Dispatcher(
                inbox,
                processor,
                mode=Mode.LIVE,
                clock=clock,
                uniform=random.uniform,
                announce=_unheard,
                policy=self.policy,
            )
            dispatcher.start()
            feeding_ends = asyncio.Event()
            feeding = asyncio.create_task(feed_replays(inbox, dispatcher, clock, _unheard, feeding_ends))
            try:
                while not stop.is_set() and not await asyncio.to_thread(ended):
                    if dispatcher.key_trouble:
                        raise _key_refused(dispatcher.key_trouble)
                    await clock.wait(stop, _ROUND_S)
            finally:
                feeding_ends.set()
                await feeding
                await dispatcher.stop(_DRAIN_S)
                await release_claims(inbox)


def _unheard(_row: EventRow) -> None:
    """Nobody watches single events."""


def _key_refused(title: str) -> AppError:
    return AppError(
        "REPLAY-KEY-REFUSED",
        "Close refuses the key; the replay waits.",
        cause=title,
        remedy="Replace the key, then go on with `segment-close replay resume ID`.",
    )
