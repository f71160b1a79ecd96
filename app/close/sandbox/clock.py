"""Where the sandbox gets its time from."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Wall time (aware, UTC) and a way to wait for it."""

    def now(self) -> datetime: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The computer's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class VirtualClock:
    """Time that moves only when told to; sleepers wake when their moment is reached.

    ``advance`` may be called from any thread.
    """

    def __init__(self, start: datetime = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._order = itertools.count()
        self._sleeping: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self._now

    @property
    def sleepers(self) -> int:
        """How many calls are waiting for time to pass."""
        with self._lock:
            return sum(not future.done() for _, _, future in self._sleeping)

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        future = asyncio.get_running_loop().create_future()
        with self._lock:
            due = self._now + timedelta(seconds=seconds)
            heapq.heappush(self._sleeping, (due, next(self._order), future))
        await future

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._now += timedelta(seconds=seconds)
            while self._sleeping and self._sleeping[0][0] <= self._now:
                _, _, future = heapq.heappop(self._sleeping)
                future.get_loop().call_soon_threadsafe(_wake, future)


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
