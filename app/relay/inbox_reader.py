"""Reading the inbox from any thread, also without a running relay."""

# ruff: noqa: S608 - only names from this program are put into SQL text, never values

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.errors import AppError
from app.relay import inbox_sql
from app.relay.delivery import State
from app.relay.event_records import (
    Attempt,
    EventDetail,
    EventFilter,
    EventRow,
    MinuteCount,
    OutcomeCount,
    Trust,
)
from app.relay.report_codec import decode_report
from app.segment.bodies import BodyError, decode_json
from app.storage.database import open_readonly, translated
from app.storage.profile import Mode

_IDLE_CONNECTIONS = 4
_MINUTE_MS = 60_000


class InboxReader:
    """Short read-only queries over ``relay.db``; a file that does not exist yet has no events.

    Raises ``AppError``. Bodies are searched one by one, so a rare text over a large inbox takes
    seconds: whoever waits for it asks ``EventSearch``.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    def close(self) -> None:
        """Close the idle connections; one in use closes when its query ends."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def page(self, wanted: EventFilter) -> list[EventRow]:
        """Matching events, newest first."""
        conditions, values = conditions_of(wanted)
        rows = self._rows(
            f"SELECT {inbox_sql.ROW_COLUMNS} FROM event WHERE {' AND '.join(conditions)} "
            "ORDER BY id DESC LIMIT ?",
            [*values, wanted.limit],
        )
        return [inbox_sql.read_row(row) for row in rows]

    def detail(self, event_id: int) -> EventDetail | None:
        """Everything about one event; None when it does not exist (any more)."""
        with self._connection() as connection:
            if connection is None:
                return None
            found = connection.execute(
                f"SELECT {inbox_sql.ROW_COLUMNS}, body, trust FROM event WHERE id = ?", (event_id,)
            ).fetchone()
            attempts = connection.execute(
                "SELECT number, started_ms, ended_ms, mode, state, outcome, reason, error_code, report "
                "FROM attempt WHERE event_id = ? ORDER BY number",
                (event_id,),
            ).fetchall()
        if found is None:
            return None
        raw: bytes = found[12]
        try:
            body = decode_json(raw)
        except BodyError:
            body = None
        return EventDetail(
            inbox_sql.read_row(found), raw, body, Trust(found[13]), tuple(map(_attempt, attempts))
        )

    def bookmarks(self) -> frozenset[int]:
        """The ids of the events that a person wants to keep."""
        if not self._rows("SELECT 1 FROM sqlite_schema WHERE name = 'bookmark'", []):
            return frozenset()
        return frozenset(event_id for (event_id,) in self._rows("SELECT event_id FROM bookmark", []))

    def counts(self, since_ms: int = 0) -> dict[State, int]:
        """How many events received since then are in each state; states without any are left out."""
        rows = self._rows(
            "SELECT state, count(*) FROM event WHERE received_ms >= ? GROUP BY state", [since_ms]
        )
        return {State(state): count for state, count in rows}

    def minute_counts(self, since_ms: int) -> list[MinuteCount]:
        """Events per minute of receipt and present state, oldest minute first; quiet minutes are left out."""
        rows = self._rows(
            "SELECT received_ms / ? AS minute, state, count(*) FROM event WHERE received_ms >= ? "
            "GROUP BY minute, state ORDER BY minute",
            [_MINUTE_MS, since_ms],
        )
        return [MinuteCount(minute * _MINUTE_MS, State(state), count) for minute, state, count in rows]

    def outcome_counts(self, since_ms: int) -> list[OutcomeCount]:
        """Events per minute of receipt, present state and last outcome, oldest minute first."""
        rows = self._rows(
            "SELECT received_ms / ? AS minute, state, outcome, count(*) FROM event WHERE received_ms >= ? "
            "GROUP BY minute, state, outcome ORDER BY minute",
            [_MINUTE_MS, since_ms],
        )
        return [
            OutcomeCount(minute * _MINUTE_MS, State(state), outcome, n) for minute, state, outcome, n in rows
        ]

    def queue_depth(self) -> int:
        """How many events are queued, in flight or waiting. Counts them: not for every frame of a window."""
        rows = self._rows("SELECT count(*) FROM queue", [])
        return rows[0][0] if rows else 0

    def oldest_queued_ms(self) -> int | None:
        """When the undelivered event that has been in the queue longest was received. Quick."""
        rows = self._rows(
            "SELECT received_ms FROM event WHERE id = (SELECT event_id FROM queue ORDER BY position LIMIT 1)",
            [],
        )
        return rows[0][0] if rows else None

    def size_bytes(self) -> int:
        """How much of the file is in use."""
        with self._connection() as connection:
            return 0 if connection is None else inbox_sql.used_bytes(connection)

    def oldest_ms(self) -> int | None:
        """When the oldest stored event was received."""
        rows = self._rows("SELECT min(received_ms) FROM event", [])
        return rows[0][0] if rows else None

    def _rows(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._connection() as connection:
            return [] if connection is None else connection.execute(query, values).fetchall()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection | None]:
        """A connection for one query, None while there is no file. Damage drops the connection."""
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = self._open()
        if connection is None:
            yield None
            return
        keep = False
        try:
            with translated(self._path):
                yield connection
            keep = True
        finally:
            self._give_back(connection, keep=keep)

    def _open(self) -> sqlite3.Connection | None:
        try:
            connection = open_readonly(self._path, check_same_thread=False)
        except AppError as error:
            if error.code == "DATABASE-MISSING":
                return None
            raise
        # Its maker creates the file before the tables: until the first migration there is nothing to read.
        with translated(self._path):
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            connection.close()
            return None
        return connection

    def _give_back(self, connection: sqlite3.Connection, *, keep: bool) -> None:
        with self._lock:
            if keep and not self._closed and len(self._idle) < _IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()


def conditions_of(wanted: EventFilter) -> tuple[list[str], list[object]]:
    """The filter as SQL conditions on ``event``, and the values for their marks."""
    conditions = ["1"]
    values: list[object] = []
    for column, members in (("state", wanted.states), ("type", wanted.types)):
        if members:
            conditions.append(f"{column} IN ({', '.join('?' * len(members))})")
            values += sorted(members)
    if wanted.since_ms is not None:
        conditions.append("received_ms >= ?")
        values.append(wanted.since_ms)
    if wanted.until_ms is not None:
        conditions.append("received_ms < ?")
        values.append(wanted.until_ms)
    if wanted.before_id is not None:
        conditions.append("id < ?")
        values.append(wanted.before_id)
    if wanted.name:
        conditions.append("title = ? COLLATE NOCASE")
        values.append(wanted.name)
    if wanted.person:
        conditions.append("person_key IN (?, ?, ?)")
        values += [wanted.person, f"user:{wanted.person}", f"anonymous:{wanted.person}"]
    if wanted.bookmarked:
        conditions.append("event.id IN (SELECT event_id FROM bookmark)")
    if wanted.cause:
        conditions.append("cause = ?")
        values.append(wanted.cause)
    if wanted.mapping:
        # A result without a payload is one whose trigger did not match.
        conditions.append(
            "EXISTS (SELECT 1 FROM attempt, json_each(CAST(attempt.report AS TEXT), '$.results') AS result "
            "WHERE attempt.event_id = event.id AND json_extract(result.value, '$.mapping_name') = ? "
            "AND json_extract(result.value, '$.payload') IS NOT NULL)"
        )
        values.append(wanted.mapping)
    for word in wanted.text.split():
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        columns = ("title", "message_id", "person_key", "reason", "CAST(body AS TEXT)")
        conditions.append("(" + " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in columns) + ")")
        values += [pattern] * len(columns)
    return conditions, values


def _attempt(values: Sequence[Any]) -> Attempt:
    return Attempt(
        number=values[0],
        started_ms=values[1],
        ended_ms=values[2],
        mode=Mode(values[3]),
        state=State(values[4]),
        outcome=values[5],
        reason=values[6],
        error_code=values[7],
        report=None if values[8] is None else decode_report(values[8]),
    )
