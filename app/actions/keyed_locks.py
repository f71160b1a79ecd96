"""One lock per key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager


class KeyedLocks:
    """Locks are taken in key order, so that two holders can never wait for each other.

    Belongs to one asyncio loop. A key that nobody holds or waits for takes no memory.
    """

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._users: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._locks)

    @asynccontextmanager
    async def hold(self, keys: Sequence[str]) -> AsyncIterator[None]:
        """Hold every key's lock inside the block."""
        wanted = sorted(set(keys))
        taken: list[str] = []
        for key in wanted:
            self._users[key] = self._users.get(key, 0) + 1
        try:
            for key in wanted:
                await self._locks.setdefault(key, asyncio.Lock()).acquire()
                taken.append(key)
            yield
        finally:
            for key in reversed(taken):
                self._locks[key].release()
            for key in wanted:
                self._users[key] -= 1
                if not self._users[key]:
                    del self._users[key]
                    self._locks.pop(key, None)
