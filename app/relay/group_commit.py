"""One thread that writes a SQLite file; everything that waits for it shares a transaction.

While one group is being synced to disk the next one gathers by itself, so a slow disk makes groups
larger instead of answers slower. The thread never dies of an error: it reports it to those who
waited, opens the file anew and goes on.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, Generic, TypeVar

from app.errors import AppError
from app.relay.event_store import InboxBusyError
from app.storage.database import transaction, translated

_log = logging.getLogger(__name__)

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

GROUP_ROWS = 2_000
GROUP_BYTES = 4 * 1024 * 1024
QUEUE_BYTES = 64 * 1024 * 1024
QUEUE_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class _Job(Generic[_Item, _Result]):
    """``work`` takes the items of all jobs in a row that have the same work, and gives a result for each."""

    work: Callable[[sqlite3.Connection, Sequence[_Item]], Sequence[_Result]]
    item: _Item
    rows: int
    size_bytes: int
    future: asyncio.Future[_Result]


@dataclass(frozen=True, slots=True)
class _Done:
    """A job's result, or the error that it met."""

    result: object = None
    error: Exception | None = None


class GroupCommitWriter:
    """Runs functions against the file in its own thread, in order, grouped into transactions.

    ``run`` belongs to the loop that made the writer. A function must not raise ``AppError``: those
    mean that the file cannot be used, and the whole group fails with them.
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
        self._wake = threading.Condition()
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
    ) -> _Result:
        """Like ``run``, at once for all that come one after the other in a group with the same ``work``.

        ``rows`` and ``size_bytes`` count against the bounds on memory; work without a size is never turned
        away.
        Raises ``InboxBusyError``, ``AppError`` (the file cannot be used; nothing was kept), or what
        ``work`` raised.
        """
        if size_bytes and self._is_full(rows, size_bytes):
            raise InboxBusyError
        job = _Job(work, item, rows, size_bytes, self._loop.create_future())
        with self._wake:
            if self._closing:
                raise stopped_error()
            self._jobs.append(job)
            self._wake.notify()
        self._pending_bytes += size_bytes
        self._pending_rows += rows
        result: _Result = await job.future
        return result

    def _is_full(self, rows: int, size_bytes: int) -> bool:
        return (
            self._pending_bytes + size_bytes > self._queue_bytes
            or self._pending_rows + rows > self._queue_rows
        )

    async def close(self) -> None:
        """Write what is queued, close the file and end the thread."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread.is_alive():
            await self._stopped
            self._thread.join()

    def _work(self) -> None:
        connection: sqlite3.Connection | None = None
        while group := self._take():
            connection, done = self._commit(connection, group)
            self._loop.call_soon_threadsafe(self._settle, group, done)
        self._drop(connection)
        self._loop.call_soon_threadsafe(self._stopped.set_result, None)

    def _take(self) -> list[_Job[Any, Any]]:
        """The next group; empty when the writer is closed and nothing is left."""
        with self._wake:
            while not self._jobs and not self._closing:
                self._wake.wait()
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

    def _commit(
        self, connection: sqlite3.Connection | None, group: Sequence[_Job[Any, Any]]
    ) -> tuple[sqlite3.Connection | None, list[_Done]]:
        try:
            if connection is None:
                connection = self._open()
            with translated(self._path), transaction(connection):
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
