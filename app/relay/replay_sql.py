"""Carrying replays on, inside one transaction: settle what has ended, queue what comes next.

An event goes to the end of the queue of its person and company like one that was just received, so its order
among live events holds; only so many are queued at a time, so that live events never stand behind thousands.
"""

# ruff: noqa: S608 - only names from this program are put into SQL text, never values

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace

from app.relay import inbox_append, inbox_sql
from app.relay.delivery import OPEN_STATES, State
from app.relay.event_records import EventRow, Trust
from app.relay.event_store import Requeued
from app.relay.intake import new_event
from app.relay.replay_records import ItemState, ReplayState
from app.segment.bodies import read_element
from app.storage.profile import Mode

AT_A_TIME = 48
"""Events of replays that could be tried at once: four times what the dispatcher has on its way."""

MOST_QUEUED = 500
"""Bounds those behind a stuck event of their person; what waits for its retry takes no place from others."""

NOT_LIVE = "It goes on when the relay is in Live mode."
WITHDRAWN = "Its replay was paused or canceled before it was tried."
_GONE = "The event is not stored any more."
_OPEN = ", ".join(f"'{state}'" for state in sorted(OPEN_STATES))


@dataclass(frozen=True, slots=True)
class Advanced:
    """``rows`` are events that were queued or withdrawn, ``added`` by how much the queue has grown.

    ``active`` is false when no replay has anything to do.
    """

    rows: tuple[EventRow, ...]
    added: int
    active: bool


def advance(connection: sqlite3.Connection, now_ms: int, *, live: bool) -> Advanced:
    """One step of everything that runs; quick when nothing does."""
    settle(connection, now_ms)
    running = [
        row[0]
        for row in connection.execute(
            "SELECT id FROM replay WHERE state = ? ORDER BY id", (ReplayState.RUNNING,)
        )
    ]
    rows = _withdraw(connection)
    added = -len(rows)
    for replay_id in running:
        note = "" if live else NOT_LIVE
        connection.execute("UPDATE replay SET note = ? WHERE id = ? AND note <> ?", (note, replay_id, note))
        if live:
            fed, new = _feed(connection, replay_id, now_ms)
            rows += fed
            added += new
        _end(connection, replay_id, now_ms)
    open_items = connection.execute("SELECT 1 FROM replay_item WHERE state = 'queued' LIMIT 1").fetchone()
    return Advanced(tuple(rows), added, bool(running) or open_items is not None)


def settle(connection: sqlite3.Connection, now_ms: int) -> None:
    """Note what became of queued events that have ended, also of paused and canceled replays."""
    ended = connection.execute(
        "SELECT replay_item.rowid, event.state, event.outcome, event.reason FROM replay_item "
        "LEFT JOIN event ON event.id = replay_item.event_id "
        f"WHERE replay_item.state = 'queued' AND (event.id IS NULL OR event.state NOT IN ({_OPEN}))"
    ).fetchall()
    if not ended:
        return
    ceiling = _last_plan(connection)
    connection.executemany(
        "UPDATE replay_item SET state = ?, outcome = ?, reason = ?, ended_ms = ?, plan_ceiling = ? "
        "WHERE rowid = ?",
        [
            (_item_state(state), outcome or "", _GONE if reason is None else reason, now_ms, ceiling, rowid)
            for rowid, state, outcome, reason in ended
        ],
    )


def _withdraw(connection: sqlite3.Connection) -> list[EventRow]:
    """Take out of the queue what paused and canceled replays have put there and nobody has tried yet."""
    found = connection.execute(
        "SELECT replay_item.rowid, replay_item.event_id, replay.state FROM replay_item "
        "JOIN replay ON replay.id = replay_item.replay_id "
        "JOIN queue ON queue.event_id = replay_item.event_id JOIN event ON event.id = queue.event_id "
        "WHERE replay_item.state = 'queued' AND replay.state IN (?, ?) "
        "AND queue.claimed = 0 AND event.state = ? AND event.attempts = 0",
        (ReplayState.PAUSED, ReplayState.CANCELED, State.QUEUED),
    ).fetchall()
    rows = []
    for rowid, event_id, replay_state in found:
        inbox_sql.dequeue(connection, event_id)
        connection.execute(
            "UPDATE event SET (state, outcome, reason, mode) = (SELECT state, outcome, reason, mode FROM ("
            "SELECT number, state, outcome, reason, mode FROM attempt WHERE event_id = event.id "
            f"AND state NOT IN ({_OPEN}) UNION ALL SELECT 0, ?, '', ?, NULL ORDER BY number DESC LIMIT 1)) "
            "WHERE id = ?",
            (State.SKIPPED, WITHDRAWN, event_id),
        )
        paused = replay_state == ReplayState.PAUSED
        connection.execute(
            "UPDATE replay_item SET state = ? WHERE rowid = ?",
            (ItemState.WAITING if paused else ItemState.CANCELED, rowid),
        )
        values = connection.execute(
            f"SELECT {inbox_sql.ROW_COLUMNS} FROM event WHERE id = ?", (event_id,)
        ).fetchone()
        rows.append(inbox_sql.read_row(values))
    return rows


def _item_state(state: str | None) -> ItemState:
    # What was pruned before anybody looked had ended.
    return ItemState.SKIPPED if state in (None, State.RECEIVED) else ItemState(state)


def _feed(connection: sqlite3.Connection, replay_id: int, now_ms: int) -> tuple[list[EventRow], int]:
    free = min(
        AT_A_TIME
        - _count(
            connection,
            "SELECT count(*) FROM replay_item JOIN queue ON queue.event_id = replay_item.event_id "
            "WHERE replay_item.state = 'queued' AND queue.head = 1 AND queue.due_ms <= ?",
            now_ms,
        ),
        MOST_QUEUED - _count(connection, "SELECT count(*) FROM replay_item WHERE state = 'queued'"),
    )
    if free <= 0:
        return [], 0
    waiting = connection.execute(
        "SELECT rowid, event_id, key, body FROM replay_item WHERE replay_id = ? AND state = ? "
        "ORDER BY number LIMIT ?",
        (replay_id, ItemState.WAITING, free),
    ).fetchall()
    again = bool(_count(connection, "SELECT again FROM replay WHERE id = ?", replay_id))
    floor = _last_plan(connection)
    rows: list[EventRow] = []
    added = 0
    for rowid, event_id, key, body in waiting:
        if event_id is None:
            row = _bring_in(connection, replay_id, key, body, now_ms, again=again)
            state, reason = (
                (ItemState.QUEUED, "") if row else (ItemState.DUPLICATE, "It was received meanwhile.")
            )
            added += row is not None
        else:
            row, state, reason, new = _again(connection, event_id, now_ms)
            added += new
        if row is not None:
            rows.append(row)
            # As if a live try had begun: a dry run must not use it up when the mode is switched meanwhile.
            connection.execute("UPDATE queue SET live = 1 WHERE event_id = ?", (row.id,))
        connection.execute(
            "UPDATE replay_item SET state = ?, reason = ?, event_id = ?, body = NULL, plan_floor = ? "
            "WHERE rowid = ?",
            (state, reason, row.id if row else event_id, floor, rowid),
        )
    return rows, added


def _again(
    connection: sqlite3.Connection, event_id: int, now_ms: int
) -> tuple[EventRow | None, ItemState, str, bool]:
    result, row = inbox_sql.requeue(connection, event_id, now_ms)
    if row is None:
        return None, ItemState.SKIPPED, _GONE, False
    if result is Requeued.UNREADABLE:
        return None, ItemState.FAILED, row.reason, False
    return row, ItemState.QUEUED, "", result is Requeued.DONE and row.state is State.QUEUED


def _bring_in(
    connection: sqlite3.Connection, replay_id: int, key: str, body: bytes, now_ms: int, *, again: bool
) -> EventRow | None:
    """Store an event of a file as if it had just come; None for one that was received before."""
    event = new_event(read_element(bytes(body)), Trust.FILE, Mode.LIVE, now_ms)
    if again:
        # The number keeps it apart from the event that was received; the message id stays what it is.
        event = replace(event, key=f"replay {replay_id}: {key}")
    appended = inbox_append.append(connection, [event])
    if not appended.rows:
        return None
    row = appended.rows[0]
    connection.execute(
        "INSERT INTO event_origin (event_id, original_id, replay_id) VALUES (?, NULL, ?)", (row.id, replay_id)
    )
    return row


def _end(connection: sqlite3.Connection, replay_id: int, now_ms: int) -> None:
    unfinished = _count(
        connection,
        "SELECT EXISTS (SELECT 1 FROM replay_item WHERE replay_id = ? AND state IN ('waiting', 'queued'))",
        replay_id,
    )
    if not unfinished:
        connection.execute(
            "UPDATE replay SET state = ?, ended_ms = ?, note = '' WHERE id = ?",
            (ReplayState.DONE, now_ms, replay_id),
        )


def edited(connection: sqlite3.Connection, original_id: int, body: bytes, now_ms: int) -> EventRow:
    """Queue an edited copy of an event, linked to it; a readable event with a message id of its own."""
    (row,) = inbox_append.append(
        connection, [new_event(read_element(body), Trust.EDITED, Mode.LIVE, now_ms)]
    ).rows
    connection.execute(
        "INSERT INTO event_origin (event_id, original_id, replay_id) VALUES (?, ?, NULL)",
        (row.id, original_id),
    )
    return row


def plan_ids(connection: sqlite3.Connection, replay_id: int) -> list[int]:
    """The applied plans of a replay, also of tries that a crash has cut off."""
    rows = connection.execute(
        "SELECT DISTINCT plan.id FROM replay_item JOIN plan ON plan.event_key = replay_item.plan_key "
        "WHERE replay_item.replay_id = ? AND replay_item.plan_floor IS NOT NULL "
        "AND plan.id > replay_item.plan_floor "
        "AND plan.id <= coalesce(replay_item.plan_ceiling, plan.id) ORDER BY plan.id",
        (replay_id,),
    )
    return [row[0] for row in rows]


def _last_plan(connection: sqlite3.Connection) -> int:
    return _count(connection, "SELECT coalesce(max(id), 0) FROM plan")


def _count(connection: sqlite3.Connection, query: str, *values: int) -> int:
    count: int = connection.execute(query, values).fetchone()[0]
    return count
