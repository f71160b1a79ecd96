"""Letting one piece of work run while no other does.

A lead is erased only when nothing else is on it. Another event must not put something there between the look
and the deletion, and it may know the lead by any of its ids, so an erasure waits until it is alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class WorkGate:
    """Belongs to one asyncio loop."""

    def __init__(self) -> None:
        self._at_work = 0
        self._alone = False
        self._waiting: list[asyncio.Future[None]] = []

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """Beside others; whoever wants to be alone goes first."""
        await self._until(lambda: not self._alone)
        self._at_work += 1
        try:
            yield
        finally:
            self._at_work -= 1
            self._tell()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """When nobody else is at work any more; nobody comes in meanwhile."""
        await self._until(lambda: not self._alone)
        self._alone = True
        try:
            await self._until(lambda: not self._at_work)
            yield
        finally:
            self._alone = False
            self._tell()

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn

    def _tell(self) -> None:
        """Everybody looks again; without waiting, so that also cancelled work leaves."""
        waiting, self._waiting = self._waiting, []
        for turn in waiting:
            if not turn.done():
                turn.set_result(None)
