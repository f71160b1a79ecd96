"""One connection that writes a SQLite file; everything that waits for it shares a transaction.

While one group is being synced to disk the next one gathers by itself, so a slow disk makes groups larger
instead of answers slower. Small work is done on the loop and only its commit in the thread: handing the
interpreter's lock to and fro with every statement costs more than the statements. The thread does everything
else, and again what went wrong on the loop. It never dies of an error: it reports it to those who waited,
opens the file anew and goes on.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, Generic, TypeVar

from app.errors import AppError
from app.relay.event_store import InboxBusyError
from app.storage.database import BUSY_TIMEOUT_MS, transaction, translated

_log = logging.getLogger(__name__)

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

GROUP_ROWS = 2_000
GROUP_BYTES = 4 * 1024 * 1024
QUEUE_BYTES = 64 * 1024 * 1024
QUEUE_ROWS = 50_000
QUICK_ROWS = 128
QUICK_BYTES = 256 * 1024
"""The largest group whose statements run on the loop: a few milliseconds."""


@dataclass(frozen=True, slots=True)
class _Job(Generic[_Item, _Result]):
    """``work`` takes the items of all jobs in a row that have the same work, and gives a result for each;
    ``quick`` work may be done on the loop.
    """

    work: Callable[[sqlite3.Connection, Sequence[_Item]], Sequence[_Result]]
    item: _Item
    rows: int
    size_bytes: int
    quick: bool
    future: asyncio.Future[_Result]


@dataclass(frozen=True, slots=True)
class _Done:
    """A job's result, or the error that it met."""

    result: object = None
    error: Exception | None = None


class GroupCommitWriter:
    """Runs functions against the file, in order, grouped into transactions.

    Belongs to the loop that made it. A function must not raise ``AppError``: those mean that the file cannot
    be used, and the whole group fails with them. ``open_connection`` is called in the thread; the connection
    is used by the thread and the loop in turns, never at once.
    """

    def __init__(
        self,
        path: Path,
        open_connection: Callable[[], sqlite3.Connection],
        *,
        queue_bytes: int = QUEUE_BYTES,
        queue_rows: int = QUEUE_ROWS,
    ) -> None:
        self._path = path
        self._open = open_connection
        self._queue_bytes = queue_bytes
        self._queue_rows = queue_rows
        self._loop = asyncio.get_running_loop()
        self._jobs: deque[_Job[Any, Any]] = deque()
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        # The thread's while a group is under way, the loop's otherwise.
        self._connection: sqlite3.Connection | None = None
        self._under_way = False
        self._planned = False
        self._closing = False
        self._pending_bytes = 0
        self._pending_rows = 0
        self._stopped = self._loop.create_future()
        self._thread = threading.Thread(target=self._work, name="inbox-writer", daemon=True)
        self.trouble: AppError | None = None

    def start(self) -> None:
        self._thread.start()

    async def run(
        self, work: Callable[[sqlite3.Connection], _Result], *, rows: int = 1, size_bytes: int = 0
    ) -> _Result:
        """Run ``work`` in the next transaction and return its result once that is on disk.

        See ``run_together``.
        """
        return await self.run_together(
            lambda connection, _: (work(connection),), None, rows=rows, size_bytes=size_bytes
        )

    async def run_together(
        self,
        work: Callable[[sqlite3.Connection, Sequence[_Item]], Sequence[_Result]],
        item: _Item,
        *,
        rows: int = 1,
        size_bytes: int = 0,
        quick: bool = False,
    ) -> _Result:
        """Like ``run``, at once for all that come one after the other in a group with the same ``work``.

        ``quick`` work takes well under a millisecond a row and may run on the loop; it is run again when
        that came to nothing. ``rows`` and ``size_bytes`` count against the bounds on memory; work without
        a size is never turned away.
        Raises ``InboxBusyError``, ``AppError`` (the file cannot be used; nothing was kept), or what
        ``work`` raised.
        """
        if size_bytes and self._is_full(rows, size_bytes):
            raise InboxBusyError
        if self._closing:
            raise stopped_error()
        job = _Job(work, item, rows, size_bytes, quick, self._loop.create_future())
        self._jobs.append(job)
        self._pending_bytes += size_bytes
        self._pending_rows += rows
        self._plan()
        result: _Result = await job.future
        return result

    def _is_full(self, rows: int, size_bytes: int) -> bool:
        return (
            self._pending_bytes + size_bytes > self._queue_bytes
            or self._pending_rows + rows > self._queue_rows
        )

    async def close(self) -> None:
        """Write what is queued, close the file and end the thread."""
        self._closing = True
        if self._thread.is_alive():
            if not self._under_way and not self._jobs:
                self._tasks.put(None)
            await self._stopped
            self._thread.join()

    # On the loop -------------------------------------------------------------------------------

    def _plan(self) -> None:
        """Begin a group as soon as everything that is ready now has been handled: it shares the group."""
        if self._jobs and not self._under_way and not self._planned:
            self._planned = True
            self._loop.call_soon(self._begin)

    def _begin(self) -> None:
        self._planned = False
        group = self._take()
        self._under_way = True
        done = self._done_at_once(group)
        self._tasks.put(partial(self._write, group) if done is None else partial(self._finish, group, done))

    def _take(self) -> list[_Job[Any, Any]]:
        """The next group."""
        group: list[_Job[Any, Any]] = []
        rows = size = 0
        while self._jobs:
            job = self._jobs[0]
            if group and (rows + job.rows > GROUP_ROWS or size + job.size_bytes > GROUP_BYTES):
                break
            group.append(self._jobs.popleft())
            rows += job.rows
            size += job.size_bytes
        return group

    def _done_at_once(self, group: Sequence[_Job[Any, Any]]) -> list[_Done] | None:
        """The results of a small group, in a transaction that waits for its commit; None leaves it all to the
        thread.
        """
        connection = self._connection
        small = sum(job.rows for job in group) <= QUICK_ROWS
        small = small and sum(job.size_bytes for job in group) <= QUICK_BYTES
        if connection is None or not small or not all(job.quick for job in group):
            return None
        try:
            # For a lock that another program has the thread waits, the loop never.
            connection.execute("PRAGMA busy_timeout = 0")
            connection.execute("BEGIN IMMEDIATE")
            return _run(connection, group)
        except Exception:  # noqa: BLE001 - the thread does it again, and tells what it meets
            return None

    # In the thread -----------------------------------------------------------------------------

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()
        self._drop(self._connection)
        self._loop.call_soon_threadsafe(self._stopped.set_result, None)

    def _finish(self, group: Sequence[_Job[Any, Any]], done: Sequence[_Done]) -> None:
        connection = self._connection
        assert connection is not None
        try:
            with translated(self._path):
                connection.execute("COMMIT")
        except AppError as error:
            self._drop(connection)
            self._connection = None
            done = [_Done(error=error)] * len(group)
        except sqlite3.Error:
            self._drop(connection)
            self._connection = None
            self._write(group)
            return
        self._loop.call_soon_threadsafe(self._settle, group, done)

    def _write(self, group: Sequence[_Job[Any, Any]]) -> None:
        connection = self._connection
        if connection is not None and connection.in_transaction and not self._rolled_back(connection):
            self._drop(connection)
            connection = None
        self._connection, done = self._commit(connection, group)
        self._loop.call_soon_threadsafe(self._settle, group, done)

    def _rolled_back(self, connection: sqlite3.Connection) -> bool:
        try:
            connection.execute("ROLLBACK")
        except sqlite3.Error:
            _log.exception("Taking back a transaction on %s failed.", self._path.name)
            return False
        return True

    def _commit(
        self, connection: sqlite3.Connection | None, group: Sequence[_Job[Any, Any]]
    ) -> tuple[sqlite3.Connection | None, list[_Done]]:
        try:
            if connection is None:
                connection = self._open()
            with translated(self._path):
                connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
                with transaction(connection):
                    done = _run(connection, group)
        except AppError as error:
            self._drop(connection)
            return None, [_Done(error=error)] * len(group)
        except Exception as error:  # noqa: BLE001 - handed to the one whose work it was
            if isinstance(error, sqlite3.Error):
                # Nothing says what state the connection is in.
                self._drop(connection)
                connection = None
            if len(group) == 1:
                return connection, [_Done(error=error)]
            done = []
            for job in group:
                connection, alone = self._commit(connection, [job])
                done += alone
        return connection, done

    def _drop(self, connection: sqlite3.Connection | None) -> None:
        if connection is None:
            return
        try:
            connection.close()
        except sqlite3.Error:
            _log.exception("Closing %s failed.", self._path.name)

    # On the loop again -------------------------------------------------------------------------

    def _settle(self, group: Sequence[_Job[Any, Any]], done: Sequence[_Done]) -> None:
        for job, outcome in zip(group, done, strict=True):
            self._pending_bytes -= job.size_bytes
            self._pending_rows -= job.rows
            self._note(outcome.error)
            if job.future.done():
                continue
            if outcome.error is None:
                job.future.set_result(outcome.result)
            else:
                job.future.set_exception(outcome.error)
        self._under_way = False
        self._plan()
        if self._closing and not self._jobs:
            self._tasks.put(None)

    def _note(self, error: Exception | None) -> None:
        trouble = error if isinstance(error, AppError) else None
        if trouble and self.trouble is None:
            _log.error("Events cannot be stored: %s [%s] %s", trouble.title, trouble.code, trouble.detail)
        if trouble is None and self.trouble:
            _log.warning("Events can be stored again.")
        self.trouble = trouble


def _run(connection: sqlite3.Connection, group: Sequence[_Job[Any, Any]]) -> list[_Done]:
    done: list[_Done] = []
    for work, jobs in groupby(group, key=attrgetter("work")):
        done += map(_Done, work(connection, [job.item for job in jobs]))
    return done


def stopped_error() -> AppError:
    """Raised when something needs a relay that runs."""
    return AppError(
        "RELAY-STOPPED",
        "The relay is not running.",
        remedy="Start the relay and try again.",
    )
