"""What a relay has between its start and its end."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TypeVar

from app.errors import AppError
from app.relay.dispatcher import Dispatcher
from app.relay.event_records import Appended, EventRow
from app.relay.feed import Feed
from app.relay.group_commit import stopped_error
from app.relay.inbox import Inbox
from app.relay.reach_status import ReachStatus
from app.relay.server import RelayServer
from app.relay.status import RelayAddress, RelayState, RelayStatus, state_of
from app.relay.watch import RelayWatch
from app.storage.profile import Mode

_log = logging.getLogger(__name__)

_T = TypeVar("_T")


@dataclass(slots=True)
class Running:
    """What exists between start and stop. Other threads only read the numbers."""

    loop: asyncio.AbstractEventLoop
    thread: threading.Thread
    inbox: Inbox
    dispatcher: Dispatcher
    server: RelayServer
    feed: Feed
    watch: RelayWatch
    address: RelayAddress = field(default_factory=lambda: RelayAddress("", 0, ""))
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: bool = False
    admin_url: str = ""
    drain_s: float = 0.0
    received: int = 0
    duplicates: int = 0
    last_event_ms: int | None = None

    def stored(self, appended: Appended) -> None:
        self.received += len(appended.rows)
        self.duplicates += appended.duplicates
        self.watch.stored(appended)
        for row in appended.rows:
            self.last_event_ms = row.received_ms
            self.feed.announce(row)
        self.dispatcher.wake()

    def announce(self, row: EventRow) -> None:
        self.watch.changed(row)
        self.feed.announce(row)

    def answers(self, within_s: float) -> bool:
        """Whether the relay's loop comes round in that time. Blocks."""
        seen = threading.Event()
        try:
            self.loop.call_soon_threadsafe(seen.set)
        except RuntimeError:
            return False
        return seen.wait(within_s)

    def status(self, mode: Mode, reach: ReachStatus, oldest_queued_s: float | None) -> RelayStatus:
        trouble = self.inbox.trouble or self.dispatcher.key_trouble
        state = RelayState.DEGRADED if trouble else state_of(reach)
        return RelayStatus(
            state=RelayState.STOPPING if self.stopping else state,
            reach=reach,
            mode=mode,
            address=self.address,
            trouble=trouble,
            queue_depth=self.inbox.depth,
            oldest_queued_s=oldest_queued_s,
            in_flight=self.dispatcher.in_flight,
            last_event_ms=self.last_event_ms,
            received=self.received,
            duplicates=self.duplicates,
            refused=self.server.refused,
            waiting_for_key=bool(self.dispatcher.key_trouble),
            paused=self.dispatcher.paused,
        )


async def release_claims(inbox: Inbox) -> None:
    """Show what could not be finished as queued; at the next start this happens anyway."""
    try:
        await inbox.release_claims()
    except AppError as error:
        _log.warning("Unfinished events are queued again at the next start: %s", error.title)


def wait_for(loop: asyncio.AbstractEventLoop, work: Coroutine[object, object, _T]) -> _T:
    try:
        return asyncio.run_coroutine_threadsafe(work, loop).result()
    except (RuntimeError, concurrent.futures.CancelledError) as error:
        work.close()
        raise stopped_error() from error


def crash_error(error: BaseException) -> AppError:
    """What is told when the relay's own thread ends by an exception."""
    return AppError(
        "RELAY-ENDED",
        "The relay ended unexpectedly.",
        cause="The program met an error of its own; the log has the details.",
        remedy="Start the relay again. Events that were acknowledged are kept.",
        detail=type(error).__name__,
    )
