"""How new events get into the inbox: many requests in a handful of statements.

Every step of a statement hands the interpreter's lock over to other threads and waits to have it back. One
statement therefore takes in many rows, and what a whole group needs to know is asked for beforehand.
"""

# ruff: noqa: S608 - only names from this program are put into SQL text, never values

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, compress
from typing import Any

import msgspec

from app.relay.delivery import State
from app.relay.event_records import Appended, EventRow, NewEvent

# Few sizes, so that the binding keeps the statements; and small ones, because it keeps the values last bound
# with them: 32 events as large as Segment allows are 1 MB.
_SIZES = (32, 8, 1)

_EVENT = (
    "INSERT INTO event (id, message_id, type, title, person_key, entity_keys, trust, received_ms, state, "
    "reason, outcome, mode, attempts, body)",
    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, 0, ?)",
)
_SEEN = ("INSERT INTO seen (key, at_ms)", "(?, ?)")
_QUEUE = ("INSERT INTO queue (position, event_id, due_ms, head, claimed, live)", "(?, ?, ?, ?, 0, 0)")
_QUEUE_ENTITY = ("INSERT INTO queue_entity (entity, position)", "(?, ?)")
_IS_SEEN = "EXISTS(SELECT 1 FROM seen WHERE key = ?)"
_IS_QUEUED = "EXISTS(SELECT 1 FROM queue_entity WHERE entity = ?)"


def append(connection: sqlite3.Connection, events: Sequence[NewEvent]) -> Appended:
    """Store what is not a duplicate."""
    return append_requests(connection, (events,))[0]


def append_requests(connection: sqlite3.Connection, requests: Sequence[Sequence[NewEvent]]) -> list[Appended]:
    """Store the events of several requests, in order; what became of each request."""
    fresh = _without_duplicates(connection, requests)
    stored = list(chain.from_iterable(fresh))
    first_id = _next(connection, "event", "id")
    _insert(connection, _SEEN, [(event.key, event.received_ms) for event in stored])
    _insert(connection, _EVENT, [_event_values(number, one) for number, one in enumerate(stored, first_id)])
    queued = [(number, one) for number, one in enumerate(stored, first_id) if one.state is State.QUEUED]
    _enqueue(connection, queued)
    ids = iter(range(first_id, first_id + len(stored)))
    return [
        Appended(tuple(_new_row(next(ids), event) for event in events), len(request) - len(events))
        for events, request in zip(fresh, requests, strict=True)
    ]


def _without_duplicates(
    connection: sqlite3.Connection, requests: Sequence[Sequence[NewEvent]]
) -> list[list[NewEvent]]:
    """Of every request what is new; of events with the same key only the first."""
    keys = dict.fromkeys(event.key for events in requests for event in events)
    seen = _known(connection, _IS_SEEN, tuple(keys))
    fresh: list[list[NewEvent]] = []
    for events in requests:
        new = []
        for event in events:
            if event.key not in seen:
                seen.add(event.key)
                new.append(event)
        fresh.append(new)
    return fresh


def _enqueue(connection: sqlite3.Connection, events: Sequence[tuple[int, NewEvent]]) -> None:
    """Put events at the end; a head is one that nothing of its person or company stands before."""
    keys = dict.fromkeys(key for _, event in events for key in event.entity_keys)
    waiting = _known(connection, _IS_QUEUED, tuple(keys))
    places, entities = [], []
    for position, (number, event) in enumerate(events, _next(connection, "queue", "position")):
        places.append((position, number, event.received_ms, waiting.isdisjoint(event.entity_keys)))
        entities += [(key, position) for key in dict.fromkeys(event.entity_keys)]
        waiting.update(event.entity_keys)
    _insert(connection, _QUEUE, places)
    _insert(connection, _QUEUE_ENTITY, entities)


def _next(connection: sqlite3.Connection, table: str, column: str) -> int:
    """The number that SQLite would give to the next row by itself."""
    number: int = connection.execute(f"SELECT coalesce(max({column}), 0) + 1 FROM {table}").fetchone()[0]
    return number


def _known(connection: sqlite3.Connection, question: str, keys: Sequence[str]) -> set[str]:
    """Of the keys those that ``question`` holds for."""
    known: set[str] = set()
    for part in _parts(keys):
        known.update(compress(part, connection.execute(_ask(question, len(part)), part).fetchone()))
    return known


def _insert(connection: sqlite3.Connection, into: tuple[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
    for part in _parts(rows):
        connection.execute(_values(*into, len(part)), tuple(chain.from_iterable(part)))


def _parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The rows, in order, in as few parts as the sizes allow."""
    start = 0
    for size in _SIZES:
        while len(rows) - start >= size:
            yield rows[start : start + size]
            start += size


@cache
def _ask(question: str, count: int) -> str:
    return f"SELECT {', '.join([question] * count)}"


@cache
def _values(into: str, row: str, count: int) -> str:
    return f"{into} VALUES {', '.join([row] * count)}"


def _event_values(number: int, event: NewEvent) -> tuple[Any, ...]:
    return (
        number,
        event.message_id,
        event.type,
        event.title,
        event.person_key,
        msgspec.json.encode(event.entity_keys).decode(),
        # Plain texts: the binding looks for an adapter for every member of an enumeration.
        event.trust.value,
        event.received_ms,
        event.state.value,
        event.reason,
        event.mode and event.mode.value,
        event.body,
    )


def _new_row(number: int, event: NewEvent) -> EventRow:
    return EventRow(
        number,
        event.message_id,
        event.type,
        event.title,
        event.received_ms,
        event.state,
        event.reason,
        "",
        event.mode,
        0,
        None,
        event.person_key,
    )
