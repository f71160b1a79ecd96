"""News about events for those who watch: at most ten batches a second, at most 200 rows each."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.relay.event_records import EventRow

_log = logging.getLogger(__name__)

BATCH_ROWS = 200
INTERVAL_S = 0.1


@dataclass(frozen=True, slots=True)
class FeedBatch:
    """The newest state of events that are new or changed, oldest change first.

    ``left_out`` counts changed events that did not fit: a list has to be read again then.
    """

    rows: tuple[EventRow, ...]
    left_out: int


FeedCallback = Callable[[FeedBatch], None]


class Subscribers:
    """Who wants to hear. Outlives the feeds of single runs; used from any thread."""

    def __init__(self) -> None:
        self._callbacks: tuple[FeedCallback, ...] = ()
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._callbacks)

    def __iter__(self) -> Iterator[FeedCallback]:
        return iter(self._callbacks)

    def add(self, callback: FeedCallback) -> Callable[[], None]:
        """Call ``callback`` on the relay's thread with every batch until the result is called."""
        with self._lock:
            self._callbacks = (*self._callbacks, callback)

        def remove() -> None:
            with self._lock:
                self._callbacks = tuple(other for other in self._callbacks if other is not callback)

        return remove


class Feed:
    """Gathers changes on the relay's loop and hands them over there. Nothing runs while nothing changes."""

    def __init__(self, loop: asyncio.AbstractEventLoop, subscribers: Subscribers) -> None:
        self._loop = loop
        self._subscribers = subscribers
        self._changed: dict[int, EventRow] = {}
        self._left_out = 0
        self._timer: asyncio.TimerHandle | None = None

    def announce(self, row: EventRow) -> None:
        if not self._subscribers:
            return
        self._changed.pop(row.id, None)
        self._changed[row.id] = row
        if len(self._changed) > BATCH_ROWS:
            del self._changed[next(iter(self._changed))]
            self._left_out += 1
        if self._timer is None:
            self._timer = self._loop.call_later(INTERVAL_S, self.flush)

    def flush(self) -> None:
        """Hand over what has gathered, now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._changed:
            return
        batch = FeedBatch(tuple(self._changed.values()), self._left_out)
        self._changed = {}
        self._left_out = 0
        for callback in self._subscribers:
            try:
                callback(batch)
            except Exception:  # noqa: BLE001 - a watcher's mistake must not stop deliveries
                _log.exception("A subscriber of the event feed failed.")
