"""The one file a process leaves behind, and the inbox on it without a thread.

The file is an SQLite database in memory that outlives the processes: a process that dies inside a
transaction leaves what was committed before it, as a real file does (``synchronous=FULL`` is measured
elsewhere, with real kills and real power cuts).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from app.relay import inbox_append, inbox_sql
from app.relay.event_records import Appended, Claims, EventRow, Mark, NewEvent
from app.relay.event_store import Requeued
from app.relay.inbox_schema import MIGRATIONS
from app.relay.report_codec import encode_report
from app.storage.action_memory import ActionMemory
from app.storage.database import transaction
from app.storage.migrations import migrate
from app.storage.profile import Mode
from tests.simulation.life import Life

_T = TypeVar("_T")
_PATH = Path("simulated.db")


@cache
def _empty_file() -> bytes:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, _PATH, MIGRATIONS)
    content: bytes = connection.serialize()
    connection.close()
    return content


class Disk:
    """What survives every crash."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.deserialize(_empty_file())
        self.connection.execute("PRAGMA foreign_keys = ON")

    def close(self) -> None:
        self.connection.close()

    def lose_uncommitted(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def memory_of(self, life: Life) -> ActionMemory:
        """The action memory as a process opens it."""
        return ActionMemory.in_database(cast("sqlite3.Connection", MortalConnection(self, life)), _PATH)

    def queue_depth(self) -> int:
        return inbox_sql.depth(self.connection)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """For checks, from outside every process."""
        return self.connection.execute(query, values).fetchall()


class MortalConnection:
    """A process's connection: it may die before a transaction, before its commit, and after it."""

    def __init__(self, disk: Disk, life: Life) -> None:
        self._disk = disk
        self._life = life

    @property
    def in_transaction(self) -> bool:
        return self._life.alive and self._disk.connection.in_transaction

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        edge = statement in ("BEGIN IMMEDIATE", "COMMIT")
        if edge or not self._life.alive:
            self._life.moment(f"before {statement}")
        cursor = self._disk.connection.execute(statement, values)
        if statement == "COMMIT":
            self._life.moment("after COMMIT")
        return cursor

    def executemany(self, statement: str, values: Sequence[Any]) -> sqlite3.Cursor:
        return self._disk.connection.executemany(statement, values)

    def close(self) -> None:
        """The file stays open for the next process."""


class DirectInbox:
    """An ``EventStore`` of the inbox's own SQL, each call one transaction at once."""

    def __init__(self, disk: Disk, life: Life) -> None:
        self._connection = cast("sqlite3.Connection", MortalConnection(disk, life))

    @property
    def depth(self) -> int:
        return inbox_sql.depth(self._connection)

    async def append(self, events: Sequence[NewEvent]) -> Appended:
        return self._run(lambda connection: inbox_append.append(connection, events))

    async def claim(self, limit: int, *, mode: Mode, now_ms: int) -> Claims:
        return self._run(lambda connection: inbox_sql.claim(connection, limit, mode, now_ms))

    async def record(self, mark: Mark) -> EventRow:
        report = None if mark.report is None else encode_report(mark.report, str)
        return self._run(lambda connection: inbox_sql.record(connection, mark, report))

    async def release_claims(self, *, keep: Collection[int] = ()) -> int:
        kept = tuple(keep)
        return self._run(lambda connection: inbox_sql.release_claims(connection, kept))

    async def requeue(self, event_id: int, *, now_ms: int) -> tuple[Requeued, EventRow | None]:
        return self._run(lambda connection: inbox_sql.requeue(connection, event_id, now_ms))

    async def prune(self, *, before_ms: int, ids_before_ms: int, max_bytes: int) -> int:
        return self._run(lambda connection: inbox_sql.prune(connection, before_ms, ids_before_ms, max_bytes))

    def _run(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        with transaction(self._connection) as connection:
            return work(connection)
