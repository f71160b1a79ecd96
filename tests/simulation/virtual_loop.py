"""An asyncio loop whose time jumps to the next timer instead of waiting for it.

There is no socket, no thread and no selector behind it: whatever waits for one of those would wait forever,
so a loop with nothing left to do and no timer is an error and not a hang.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

_T = TypeVar("_T")

STARTED = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
"""When every simulation begins."""


class StuckError(AssertionError):
    """Every task waits for something that nobody will do."""


class _Jump:
    """In the place of a selector: nothing is ever ready, and a timeout passes at once."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise StuckError("Nothing is left to run and no timer is set.")
        if timeout > 0:
            self._loop.jump(timeout)
        return []

    def close(self) -> None:
        """There is nothing to close."""


class VirtualLoop(asyncio.BaseEventLoop):
    """``time()`` starts at 0 seconds; the wall clock starts at ``STARTED``."""

    def __init__(self) -> None:
        self._virtual_s = 0.0
        super().__init__()
        self._selector = _Jump(self)
        self.set_exception_handler(_ignore)

    def time(self) -> float:
        return self._virtual_s

    def jump(self, seconds: float) -> None:
        later = self._virtual_s + seconds
        scheduled = self._scheduled  # type: ignore[attr-defined]
        # Rounding must not leave the timer a hair in the future: the loop would spin.
        self._virtual_s = max(later, scheduled[0].when()) if scheduled else later

    def now(self) -> datetime:
        return STARTED + timedelta(seconds=self._virtual_s)

    def now_ms(self) -> int:
        return round(self.now().timestamp() * 1000)

    def _process_events(self, event_list: list[Any]) -> None:
        assert not event_list

    def _write_to_self(self) -> None:
        """Nobody sleeps in a selector, so nobody has to be woken."""


def _ignore(_loop: asyncio.AbstractEventLoop, _context: dict[str, Any]) -> None:
    """Tasks of a process that was killed end with an error that nobody asks for."""


def run_virtually(loop: VirtualLoop, main: Coroutine[Any, Any, _T]) -> _T:
    """Run ``main`` to its end; whatever it left behind is cancelled."""
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(main)
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        loop.close()


class LoopClock:
    """The loop's time for the sandbox and the dispatcher."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def now(self) -> datetime:
        return self._loop.now()

    def now_ms(self) -> int:
        return self._loop.now_ms()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def wait(self, wake: asyncio.Event, timeout_s: float | None) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                await wake.wait()
        except TimeoutError:
            return
