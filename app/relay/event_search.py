"""Finding stored events by words: through the index, and among the newest that are not in it yet."""

# ruff: noqa: S608 - only names from this program are put into SQL text, never values

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from app.errors import AppError
from app.relay.event_records import EventFilter, EventRow
from app.relay.inbox_reader import InboxReader, conditions_of
from app.relay.inbox_sql import ROW_COLUMNS, read_row
from app.relay.search_index import SLOTS, SearchIndex, open_for_search, words_table
from app.storage.database import translated

_log = logging.getLogger(__name__)

# A moment of indexing before a search, so that what has just come is found by its words as well.
_FRESHEN_S = 0.02


class EventSearch:
    """Pages of events whose words begin with the words that are looked for, in any order.

    ``maria@acme`` finds ``maria`` directly before ``acme…``. Every method blocks and may be called from any
    thread. When there can be no index (a full disk) every event is looked at, as long as that takes.
    """

    def __init__(self, database: Path, reader: InboxReader) -> None:
        self._database = database
        self._reader = reader
        self._index = SearchIndex(database)
        self._usable = True

    def catch_up(self) -> bool:
        """Carry the index on for a moment; whether there is nothing more to do."""
        try:
            return not self._usable or self._index.catch_up()
        except AppError as error:
            self._do_without(error)
            return True

    def close(self) -> None:
        self._index.close()

    def page(self, wanted: EventFilter) -> list[EventRow]:
        """Matching events, newest first. Raises ``AppError``."""
        query = match_of(wanted.text)
        if not query:
            return self._reader.page(wanted)
        try:
            if self._usable:
                self._index.catch_up(_FRESHEN_S, wait=False)
                with translated(self._database):
                    connection = open_for_search(self._database)
                    if connection is not None:
                        with closing(connection):
                            return self._page(connection, wanted, query)
        except AppError as error:
            self._do_without(error)
        return self._reader.page(wanted)

    def _do_without(self, error: AppError) -> None:
        self._usable = False
        _log.warning("Events are searched without an index: %s [%s]", error.title, error.code)

    def _page(self, connection: sqlite3.Connection, wanted: EventFilter, query: str) -> list[EventRow]:
        # One moment for the index and what is behind it.
        connection.execute("BEGIN")
        (reached,) = connection.execute("SELECT event_id FROM reached").fetchone()
        rows = _behind(connection, wanted, reached)
        if len(rows) < wanted.limit:
            rows += _indexed(connection, wanted, query, wanted.limit - len(rows))
        return rows


def match_of(text: str) -> str:
    """A text as a query of the index; empty when there is no word in it."""
    terms = [term for term in text.split() if any(map(str.isalnum, term))]
    return " AND ".join('"' + term.replace('"', " ") + '" *' for term in terms)


def _behind(connection: sqlite3.Connection, wanted: EventFilter, reached: int) -> list[EventRow]:
    """What the index has not come to yet: looked at one by one."""
    conditions, values = conditions_of(wanted)
    found = connection.execute(
        f"SELECT {ROW_COLUMNS} FROM relay.event AS event WHERE {' AND '.join(conditions)} AND id > ? "
        "ORDER BY id DESC LIMIT ?",
        [*values, reached, wanted.limit],
    )
    return [read_row(row) for row in found]


def _indexed(connection: sqlite3.Connection, wanted: EventFilter, query: str, limit: int) -> list[EventRow]:
    rows: list[EventRow] = []
    for row in _candidates(connection, wanted, query):
        # The event's own words and the reasons of its tries stand one after the other.
        if not rows or rows[-1].id != row.id:
            rows.append(row)
            if len(rows) == limit:
                break
    return rows


def _candidates(connection: sqlite3.Connection, wanted: EventFilter, query: str) -> Iterator[EventRow]:
    conditions, values = conditions_of(replace(wanted, text="", before_id=None))
    below = wanted.before_id
    parts = connection.execute("SELECT number FROM part ORDER BY number DESC").fetchall()
    for (part,) in parts:
        words = words_table(part)
        lower = "" if below is None else f"AND {words}.rowid < ? "
        bound = [] if below is None else [below * SLOTS]
        found = connection.execute(
            f"SELECT {ROW_COLUMNS} FROM {words} CROSS JOIN relay.event AS event "
            f"ON event.id = {words}.rowid / {SLOTS} WHERE {words} MATCH ? {lower}"
            f"AND {' AND '.join(conditions)} ORDER BY {words}.rowid DESC",
            [query, *bound, *values],
        )
        yield from map(read_row, found)
