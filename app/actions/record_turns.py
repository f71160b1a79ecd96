"""One event at a time on each record, also for events that know the record by different ids.

Which records an event concerns is known only after its look-up. So their locks are taken then, after those of
the ids and never before them; what was read is good as long as nobody has held one of them since.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from app.actions.keyed_locks import KeyedLocks

_REMEMBERED = 10_000


class RecordTurns:
    """Belongs to one asyncio loop."""

    def __init__(self) -> None:
        self._locks = KeyedLocks()
        self._count = 0
        self._ended: OrderedDict[str, int] = OrderedDict()
        self._forgotten = 0

    @property
    def now(self) -> int:
        """A moment to hand to ``hold`` later."""
        return self._count

    @asynccontextmanager
    async def hold(self, record_ids: Sequence[str], since: int) -> AsyncIterator[bool]:
        """Hold the records inside the block; true when nobody else has held any of them ``since`` then."""
        async with self._locks.hold(record_ids):
            try:
                yield since >= self._forgotten and all(self._ended.get(one, 0) <= since for one in record_ids)
            finally:
                self._count += 1
                for one in record_ids:
                    self._ended[one] = self._count
                    self._ended.move_to_end(one)
                while len(self._ended) > _REMEMBERED:
                    _, self._forgotten = self._ended.popitem(last=False)
