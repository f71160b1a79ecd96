"""Time as the relay sees it, so that tests can drive it."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    def now_ms(self) -> int:
        """Wall-clock time in milliseconds since 1970: due times outlive the process."""

    async def wait(self, wake: asyncio.Event, timeout_s: float | None) -> None:
        """Return when ``wake`` is set or after ``timeout_s`` seconds; None waits for ``wake`` only."""


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    async def wait(self, wake: asyncio.Event, timeout_s: float | None) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                await wake.wait()
        except TimeoutError:
            return
