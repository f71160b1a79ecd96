"""Replays as the window and the command line see them: made, watched, steered and read from any thread.

Works on ``relay.db`` beside a relay that may be running in this program or another one.
"""

# ruff: noqa: S608 - only names from this program are put into SQL text, never values

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from app.errors import AppError
from app.relay import replay_sql
from app.relay.event_records import EventFilter, EventRow
from app.relay.inbox_reader import conditions_of
from app.relay.inbox_schema import MIGRATIONS
from app.relay.inbox_sql import ROW_COLUMNS, read_row
from app.relay.replay_records import (
    TROUBLED,
    ItemState,
    MappingsOf,
    NewItem,
    Replay,
    ReplayItem,
    ReplayState,
)
from app.storage.database import open_database, transaction, translated
from app.storage.shared_connection import storable

_T = TypeVar("_T")

_GROUP = 500
_HOUR_MS = 3_600_000
_REPLAY = "id, created_ms, state, scope, mappings, again, started_ms, ended_ms, undone_ms, note, totals"
_ITEM = "number, event_id, type, title, place, state, outcome, reason, as_of_ms"
_FROM = {
    ReplayState.RUNNING: (ReplayState.PREPARED, ReplayState.PAUSED, ReplayState.CANCELED),
    ReplayState.PAUSED: (ReplayState.RUNNING,),
    ReplayState.CANCELED: (ReplayState.RUNNING, ReplayState.PAUSED, ReplayState.PREPARED),
}


class ReplayStore:
    """Every method raises ``AppError`` when the file cannot be used, and blocks for the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path

    # Making ------------------------------------------------------------------------------------

    def begin(self, scope: str, mappings: MappingsOf, *, again: bool, now_ms: int, kept_ms: int) -> int:
        """A replay that is being put together; its number. Forgets what is older than ``kept_ms``."""

        def work(connection: sqlite3.Connection) -> int:
            connection.execute(
                "DELETE FROM replay WHERE (state = ? AND created_ms < ?) "
                "OR (state NOT IN (?, ?) AND created_ms < ?)",
                (
                    ReplayState.PREPARING,
                    now_ms - _HOUR_MS,
                    ReplayState.RUNNING,
                    ReplayState.PAUSED,
                    now_ms - kept_ms,
                ),
            )
            made = connection.execute(
                "INSERT INTO replay (created_ms, state, scope, mappings, again, note) "
                "VALUES (?, ?, ?, ?, ?, '')",
                (now_ms, ReplayState.PREPARING, storable(scope), mappings, again),
            )
            return int(made.lastrowid or 0)

        return self._write(work)

    def add(
        self, replay_id: int, items: Iterable[NewItem], told: Callable[[int], None] = lambda _count: None
    ) -> int:
        """Put events into a replay that is being put together, in groups; how many. ``told`` hears of each.

        Without ``again`` events of files that were received before, or came earlier in the same files, are
        marked as duplicates.
        """
        count = 0
        rest = iter(items)
        while group := tuple(islice(rest, _GROUP)):
            with self._opened() as connection, transaction(connection):
                for number, item in enumerate(group, count + 1):
                    _insert(connection, replay_id, number, item)
            count += len(group)
            told(count)
        return count

    def prepared(self, replay_id: int) -> Replay:
        """The replay is complete and may be run."""
        self._write(
            lambda connection: connection.execute(
                "UPDATE replay SET state = ? WHERE id = ? AND state = ?",
                (ReplayState.PREPARED, replay_id, ReplayState.PREPARING),
            )
        )
        return self.replay(replay_id)

    def discard(self, replay_id: int) -> None:
        """Forget a replay that was never run."""
        self._write(
            lambda connection: connection.execute(
                "DELETE FROM replay WHERE id = ? AND state IN (?, ?)",
                (replay_id, ReplayState.PREPARING, ReplayState.PREPARED),
            )
        )

    def keep_totals(self, replay_id: int, totals: bytes) -> None:
        """Remember what a dry run has come to."""
        self._write(
            lambda connection: connection.execute(
                "UPDATE replay SET totals = ? WHERE id = ?", (totals, replay_id)
            )
        )

    # Steering ----------------------------------------------------------------------------------

    def switch(self, replay_id: int, state: ReplayState, *, now_ms: int) -> Replay:
        """Run, pause or cancel. A canceled replay may be run again and goes on where it was.

        Raises ``AppError`` REPLAY-UNKNOWN, REPLAY-STATE (it is not in a state from which that can be done).
        """
        before = self.replay(replay_id)
        if before.state is state:
            return before
        if before.state not in _FROM[state] or before.undone_ms is not None:
            raise _wrong_state(before, state)

        def work(connection: sqlite3.Connection) -> None:
            ended = now_ms if state is ReplayState.CANCELED else None
            connection.execute(
                "UPDATE replay SET state = ?, note = '', ended_ms = ?, started_ms = coalesce(started_ms, ?) "
                "WHERE id = ?",
                (state, ended, now_ms if state is ReplayState.RUNNING else None, replay_id),
            )
            old, new = ItemState.WAITING, ItemState.CANCELED
            if state is ReplayState.RUNNING:
                old, new = new, old
            if state is not ReplayState.PAUSED:
                connection.execute(
                    "UPDATE replay_item SET state = ? WHERE replay_id = ? AND state = ?",
                    (new, replay_id, old),
                )

        self._write(work)
        return self.replay(replay_id)

    def mark_undone(self, replay_id: int, *, now_ms: int) -> None:
        self._write(
            lambda connection: connection.execute(
                "UPDATE replay SET undone_ms = ? WHERE id = ?", (now_ms, replay_id)
            )
        )

    def retry_failed(self, replay_id: int) -> int:
        """Let the failed events of a replay that has ended be run once more; how many."""

        def work(connection: sqlite3.Connection) -> int:
            count = connection.execute(
                "UPDATE replay_item SET state = ?, outcome = '', reason = '', ended_ms = NULL "
                "WHERE replay_id = ? AND state = ? AND event_id IS NOT NULL",
                (ItemState.WAITING, replay_id, ItemState.FAILED),
            ).rowcount
            if count:
                connection.execute(
                    "UPDATE replay SET state = ?, ended_ms = NULL WHERE id = ?",
                    (ReplayState.RUNNING, replay_id),
                )
            return count

        return self._write(work)

    def edited(self, original_id: int, body: bytes, *, now_ms: int) -> EventRow:
        """Queue an edited copy of an event; the body is a readable event with a message id of its own."""
        return self._write(lambda connection: replay_sql.edited(connection, original_id, body, now_ms))

    # Reading -----------------------------------------------------------------------------------

    def replay(self, replay_id: int) -> Replay:
        """Raises ``AppError`` REPLAY-UNKNOWN."""
        found = self._replays("WHERE id = ?", replay_id)
        if not found:
            raise AppError(
                "REPLAY-UNKNOWN",
                f"There is no replay {replay_id}.",
                cause="It may have been deleted when its retention period ended.",
                remedy="Look it up in the list of replays.",
            )
        return found[0]

    def replays(self) -> tuple[Replay, ...]:
        """All but those that are still being put together, newest first."""
        return self._replays(f"WHERE state <> '{ReplayState.PREPARING}' ORDER BY id DESC")

    def to_run(self, replay_id: int) -> Iterator[ReplayItem]:
        """The events that a run would take, in order, with their bytes."""
        return self._items(replay_id, (ItemState.WAITING, ItemState.CANCELED), bodies=True)

    def troubles(self, replay_id: int, *, bodies: bool = False) -> Iterator[ReplayItem]:
        """What has failed and what is no event, in order."""
        return self._items(replay_id, TROUBLED, bodies=bodies)

    def items(self, replay_id: int) -> Iterator[ReplayItem]:
        """Every event of the replay, in order."""
        return self._items(replay_id, tuple(ItemState))

    def plan_ids(self, replay_id: int) -> list[int]:
        """What the replay has carried out, for undo."""
        with self._opened() as connection:
            return replay_sql.plan_ids(connection, replay_id)

    def origin(self, event_id: int) -> tuple[int | None, int | None]:
        """The event that this one is an edited copy of, and the replay that brought it in."""
        with self._opened() as connection:
            found = connection.execute(
                "SELECT original_id, replay_id FROM event_origin WHERE event_id = ?", (event_id,)
            ).fetchone()
        return (found[0], found[1]) if found else (None, None)

    def copies(self, event_id: int) -> tuple[int, ...]:
        """The edited copies of an event, oldest first."""
        with self._opened() as connection:
            rows = connection.execute(
                "SELECT event_id FROM event_origin WHERE original_id = ? ORDER BY event_id", (event_id,)
            ).fetchall()
        return tuple(row[0] for row in rows)

    def select(self, wanted: EventFilter, *, after_id: int, limit: int) -> list[tuple[EventRow, bytes, bool]]:
        """Stored events that match, oldest first: row, bytes, and whether it could be delivered."""
        conditions, values = conditions_of(wanted)
        with self._opened() as connection:
            rows = connection.execute(
                f"SELECT {ROW_COLUMNS}, body, entity_keys <> '[]' FROM event "
                f"WHERE {' AND '.join(conditions)} AND id > ? ORDER BY id LIMIT ?",
                [*values, after_id, limit],
            ).fetchall()
        return [(read_row(row), row[12], bool(row[13])) for row in rows]

    # ---------------------------------------------------------------------------------------------

    def _replays(self, condition: str, *values: int) -> tuple[Replay, ...]:
        with self._opened() as connection:
            rows = connection.execute(f"SELECT {_REPLAY} FROM replay {condition}", values).fetchall()
            return tuple(_replay(row, _counts(connection, row[0])) for row in rows)

    def _items(
        self, replay_id: int, states: Sequence[ItemState], *, bodies: bool = False
    ) -> Iterator[ReplayItem]:
        body = (
            "coalesce(body, (SELECT event.body FROM event WHERE event.id = event_id))" if bodies else "NULL"
        )
        marks = ", ".join("?" * len(states))
        last = 0
        while True:
            with self._opened() as connection:
                rows = connection.execute(
                    f"SELECT {_ITEM}, {body} FROM replay_item WHERE replay_id = ? AND number > ? "
                    f"AND state IN ({marks}) ORDER BY number LIMIT ?",
                    (replay_id, last, *states, _GROUP),
                ).fetchall()
            for row in rows:
                yield _item(row)
            if len(rows) < _GROUP:
                return
            last = rows[-1][0]

    def _write(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        with self._opened() as connection, transaction(connection):
            return work(connection)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        connection = open_database(self._path, MIGRATIONS)
        try:
            with translated(self._path):
                yield connection
        finally:
            connection.close()


def _insert(connection: sqlite3.Connection, replay_id: int, number: int, item: NewItem) -> None:
    key = storable(item.key)
    state, reason, body = item.state, item.reason, item.body
    if item.body is not None and state is ItemState.WAITING:
        again = connection.execute("SELECT again FROM replay WHERE id = ?", (replay_id,)).fetchone()[0]
        here = connection.execute(
            "SELECT place FROM replay_item WHERE replay_id = ? AND key = ? LIMIT 1", (replay_id, key)
        ).fetchone()
        known = connection.execute("SELECT 1 FROM seen WHERE key = ?", (key,)).fetchone()
        if here is not None:
            state, reason, body = ItemState.DUPLICATE, f"The same event came before: {here[0]}.", None
        elif known and not again:
            state, reason, body = ItemState.DUPLICATE, "It was received before.", None
    connection.execute(
        "INSERT INTO replay_item (replay_id, number, event_id, key, plan_key, type, title, place, state, "
        "outcome, reason, as_of_ms, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?)",
        (
            replay_id,
            number,
            item.event_id,
            key,
            storable(item.plan_key),
            storable(item.type),
            storable(item.title),
            storable(item.place),
            state,
            reason,
            item.as_of_ms,
            body,
        ),
    )


def _counts(connection: sqlite3.Connection, replay_id: int) -> dict[ItemState, int]:
    rows = connection.execute(
        "SELECT state, count(*) FROM replay_item WHERE replay_id = ? GROUP BY state", (replay_id,)
    )
    return {ItemState(state): count for state, count in rows}


def _replay(row: Sequence[Any], counts: dict[ItemState, int]) -> Replay:
    return Replay(
        row[0],
        row[1],
        ReplayState(row[2]),
        row[3],
        MappingsOf(row[4]),
        bool(row[5]),
        row[6],
        row[7],
        row[8],
        row[9],
        row[10],
        counts,
    )


def _item(row: Sequence[Any]) -> ReplayItem:
    return ReplayItem(
        row[0], row[1], row[2], row[3], row[4], ItemState(row[5]), row[6], row[7], row[8], row[9]
    )


def _wrong_state(replay: Replay, wanted: ReplayState) -> AppError:
    verbs = {ReplayState.RUNNING: "run", ReplayState.PAUSED: "paused", ReplayState.CANCELED: "canceled"}
    is_now = "was undone" if replay.undone_ms is not None else f"is {replay.state}"
    return AppError(
        "REPLAY-STATE",
        f"Replay {replay.id} cannot be {verbs[wanted]}.",
        cause=f"It {is_now}.",
        remedy="Make a new replay of the same events.",
    )
