"""What the inbox does inside a transaction: plain SQL over the tables of ``inbox_schema.py``.

Every function takes the connection and is called by the writer thread only.
"""

# ruff: noqa: S608 - only names from this program are put into SQL text, never values

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from app.relay import inbox_figure_sql
from app.relay.delivery import OPEN_STATES, State
from app.relay.event_records import ClaimedEvent, Claims, EventRow, Mark
from app.relay.event_stage import place_of
from app.relay.event_store import Requeued
from app.storage.profile import Mode

ROW_COLUMNS = (
    "event.id, event.message_id, event.type, event.title, event.received_ms, event.state, event.reason, "
    "event.outcome, event.mode, event.attempts, event.next_ms, event.person_key"
)

# A wait is never longer; a due time beyond it means that the clock was set back meanwhile.
_LONGEST_WAIT_MS = 15 * 60 * 1000
_KEPT_ATTEMPTS = 50
_PRUNE_GROUP = 200
_FORGET_GROUP = 1_000
_ANY_TIME = 2**62

_OPEN = ", ".join(f"'{state}'" for state in sorted(OPEN_STATES))

_READY = "FROM queue WHERE head = 1 AND claimed = 0"
_AS_OF = "(SELECT max(as_of_ms) FROM replay_item WHERE event_id = event.id AND replay_item.state = 'queued')"


def read_row(values: Sequence[Any]) -> EventRow:
    """An ``EventRow`` from the columns ``ROW_COLUMNS``."""
    return EventRow(
        id=values[0],
        message_id=values[1],
        type=values[2],
        title=values[3],
        received_ms=values[4],
        state=State(values[5]),
        reason=values[6],
        outcome=values[7],
        mode=Mode(values[8]) if values[8] else None,
        attempts=values[9],
        next_attempt_ms=values[10],
        person_key=values[11],
    )


def claim(connection: sqlite3.Connection, limit: int, mode: Mode, now_ms: int) -> Claims:
    live = mode is Mode.LIVE
    connection.execute(
        "UPDATE queue SET due_ms = ? WHERE head = 1 AND claimed = 0 AND due_ms > ?",
        (now_ms, now_ms + _LONGEST_WAIT_MS),
    )
    reachable = _READY if live else f"{_READY} AND live = 0"
    ids = connection.execute(
        f"SELECT position, event_id {reachable} AND due_ms <= ? ORDER BY due_ms, position LIMIT ?",
        (now_ms, limit),
    ).fetchall()
    events = []
    for position, event_id in ids:
        connection.execute(
            "UPDATE queue SET claimed = 1, live = max(live, ?) WHERE position = ?", (live, position)
        )
        connection.execute(
            "UPDATE event SET state = ?, mode = ?, next_ms = NULL WHERE id = ?",
            (State.IN_FLIGHT, mode, event_id),
        )
        values = connection.execute(
            f"SELECT {ROW_COLUMNS}, body, first_try_ms, {_AS_OF} FROM event WHERE id = ?", (event_id,)
        ).fetchone()
        events.append(ClaimedEvent(read_row(values), values[12], values[13], values[14]))
    next_due = connection.execute(f"SELECT min(due_ms) {reachable}").fetchone()[0]
    return Claims(tuple(events), next_due)


def record(connection: sqlite3.Connection, mark: Mark, report: bytes | None) -> EventRow:
    place = place_of(mark)
    connection.execute(
        "UPDATE event SET state = ?, reason = ?, outcome = ?, stage = ?, cause = ?, mode = ?, attempts = ?, "
        "first_try_ms = ?, next_ms = ? WHERE id = ?",
        (
            mark.state,
            mark.reason,
            mark.outcome,
            place.stage,
            place.cause,
            mark.mode,
            mark.attempts,
            mark.first_try_ms,
            mark.due_ms,
            mark.event_id,
        ),
    )
    _keep_attempt(connection, mark, report)
    inbox_figure_sql.note_run(connection, mark)
    if mark.state in OPEN_STATES:
        connection.execute(
            "UPDATE queue SET claimed = 0, due_ms = ? WHERE event_id = ?",
            (mark.ended_ms if mark.due_ms is None else mark.due_ms, mark.event_id),
        )
    else:
        dequeue(connection, mark.event_id)
    return _row(connection, mark.event_id)


def release_claims(connection: sqlite3.Connection, keep: Sequence[int]) -> int:
    others = f"NOT IN ({', '.join('?' * len(keep))})"
    connection.execute(
        f"UPDATE event SET state = ? WHERE state = ? AND id {others}", (State.QUEUED, State.IN_FLIGHT, *keep)
    )
    return connection.execute(
        f"UPDATE queue SET claimed = 0 WHERE claimed = 1 AND event_id {others}", keep
    ).rowcount


def requeue(connection: sqlite3.Connection, event_id: int, now_ms: int) -> tuple[Requeued, EventRow | None]:
    found = connection.execute("SELECT state, entity_keys FROM event WHERE id = ?", (event_id,)).fetchone()
    if found is None:
        return Requeued.UNKNOWN, None
    state, keys = State(found[0]), json.loads(found[1])
    if state in (State.QUEUED, State.IN_FLIGHT):
        return Requeued.ALREADY_QUEUED, _row(connection, event_id)
    if not keys:
        return Requeued.UNREADABLE, _row(connection, event_id)
    if state is State.WAITING:
        connection.execute("UPDATE queue SET due_ms = ? WHERE event_id = ?", (now_ms, event_id))
        connection.execute("UPDATE event SET next_ms = ? WHERE id = ?", (now_ms, event_id))
    else:
        _enqueue(connection, event_id, keys, now_ms)
        connection.execute(
            "UPDATE event SET state = ?, reason = '', outcome = '', stage = '', cause = '', mode = NULL, "
            "attempts = 0, first_try_ms = NULL, next_ms = NULL WHERE id = ?",
            (State.QUEUED, event_id),
        )
    return Requeued.DONE, _row(connection, event_id)


def prune(
    connection: sqlite3.Connection, before_ms: int, ids_before_ms: int, max_bytes: int, keep_ids: int = 0
) -> int:
    """Delete the oldest finished events and forget old message ids, a small group of each.

    Events with a bookmark stay. The newest ids stay whatever their age: a clock that jumps ahead must not
    make duplicates possible.
    """
    connection.execute(
        "DELETE FROM seen WHERE at_ms < ? AND number <= (SELECT max(number) FROM seen) - ? "
        "AND number IN (SELECT number FROM seen ORDER BY number LIMIT ?)",
        (ids_before_ms, keep_ids, _FORGET_GROUP),
    )
    inbox_figure_sql.forget_old(connection, before_ms)
    limit_ms = _ANY_TIME if used_bytes(connection) > max_bytes else before_ms
    return connection.execute(
        "DELETE FROM event WHERE id IN (SELECT id FROM event INDEXED BY event_received "
        f"WHERE received_ms < ? AND state NOT IN ({_OPEN}) AND id NOT IN (SELECT event_id FROM bookmark) "
        "ORDER BY received_ms LIMIT ?)",
        (limit_ms, _PRUNE_GROUP),
    ).rowcount


def depth(connection: sqlite3.Connection) -> int:
    count: int = connection.execute("SELECT count(*) FROM queue").fetchone()[0]
    return count


def used_bytes(connection: sqlite3.Connection) -> int:
    """The size of what is stored: pages that deleted events left free do not count."""
    pages: int = connection.execute("PRAGMA page_count").fetchone()[0]
    free: int = connection.execute("PRAGMA freelist_count").fetchone()[0]
    size: int = connection.execute("PRAGMA page_size").fetchone()[0]
    return (pages - free) * size


def _enqueue(connection: sqlite3.Connection, event_id: int, keys: Sequence[str], due_ms: int) -> None:
    """Put an event at the end; it is a head when nothing else of its person or company is queued."""
    held_up = any(
        connection.execute("SELECT 1 FROM queue_entity WHERE entity = ? LIMIT 1", (key,)).fetchone()
        for key in keys
    )
    position = connection.execute(
        "INSERT INTO queue (event_id, due_ms, head, claimed, live) VALUES (?, ?, ?, 0, 0)",
        (event_id, due_ms, not held_up),
    ).lastrowid
    connection.executemany(
        "INSERT OR IGNORE INTO queue_entity (entity, position) VALUES (?, ?)",
        [(key, position) for key in keys],
    )


def dequeue(connection: sqlite3.Connection, event_id: int) -> None:
    """Take an event out and make heads of those that only it held up."""
    position, keys = _place(connection, "event.id", event_id)
    connection.execute("DELETE FROM queue WHERE position = ?", (position,))
    connection.executemany(
        "DELETE FROM queue_entity WHERE entity = ? AND position = ?", [(key, position) for key in keys]
    )
    followers = {_first(connection, key) for key in keys}
    for follower in followers - {None}:
        _, own_keys = _place(connection, "queue.position", follower)
        if all(_first(connection, key) == follower for key in own_keys):
            connection.execute("UPDATE queue SET head = 1 WHERE position = ?", (follower,))


def _place(connection: sqlite3.Connection, column: str, value: int | None) -> tuple[int, list[str]]:
    position, keys = connection.execute(
        "SELECT queue.position, event.entity_keys FROM queue JOIN event ON event.id = queue.event_id "
        f"WHERE {column} = ?",
        (value,),
    ).fetchone()
    return position, json.loads(keys)


def _first(connection: sqlite3.Connection, key: str) -> int | None:
    first: int | None = connection.execute(
        "SELECT min(position) FROM queue_entity WHERE entity = ?", (key,)
    ).fetchone()[0]
    return first


def _keep_attempt(connection: sqlite3.Connection, mark: Mark, report: bytes | None) -> None:
    number = connection.execute(
        "SELECT coalesce(max(number), 0) + 1 FROM attempt WHERE event_id = ?", (mark.event_id,)
    ).fetchone()[0]
    connection.execute(
        "INSERT INTO attempt (event_id, number, started_ms, ended_ms, mode, state, outcome, reason, "
        "error_code, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            mark.event_id,
            number,
            mark.started_ms,
            mark.ended_ms,
            mark.mode,
            mark.state,
            mark.outcome,
            mark.reason,
            mark.error_code,
            report,
        ),
    )
    connection.execute(
        "DELETE FROM attempt WHERE event_id = ? AND number <= ?", (mark.event_id, number - _KEPT_ATTEMPTS)
    )


def _row(connection: sqlite3.Connection, event_id: int) -> EventRow:
    return read_row(
        connection.execute(f"SELECT {ROW_COLUMNS} FROM event WHERE id = ?", (event_id,)).fetchone()
    )
