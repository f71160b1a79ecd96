"""Entries on leads that later events of the same person are still put into."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol

from app.storage.shared_connection import SharedConnection, storable

ENTRY_TABLES: tuple[str, ...] = (
    """
    CREATE TABLE open_entry (
        subject TEXT PRIMARY KEY,
        activity_id TEXT NOT NULL,
        resource TEXT NOT NULL,
        started_ms INTEGER NOT NULL,
        text TEXT NOT NULL,
        lines TEXT NOT NULL,
        events TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE INDEX open_entry_started ON open_entry (started_ms)",
)
"""The tables of this module, for the migrations of the file that holds them."""


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """``text`` is what was written last, ``lines`` what has been counted since the start, ``events`` the
    keys of the newest events in it, so that none is counted twice.
    """

    activity_id: str
    resource: str
    started_ms: int
    text: str
    lines: tuple[tuple[str, int], ...]
    events: tuple[str, ...]


class OpenEntries(Protocol):
    """Used from any thread; durable when a method returns."""

    def entry(self, subject: str) -> OpenEntry | None: ...

    def keep(self, subject: str, entry: OpenEntry) -> None:
        """Remember, in the place of an earlier entry of the subject."""

    def prune(self, before_ms: int) -> int:
        """Delete entries that were started earlier; how many."""


class SqliteOpenEntries:
    """Open entries in a profile's database."""

    def __init__(self, shared: SharedConnection) -> None:
        self._shared = shared

    def entry(self, subject: str) -> OpenEntry | None:
        row = self._shared.row(
            "SELECT activity_id, resource, started_ms, text, lines, events FROM open_entry WHERE subject = ?",
            (storable(subject),),
        )
        if row is None:
            return None
        activity_id, resource, started_ms, text, lines, events = row
        counted = tuple((line, count) for line, count in json.loads(lines))
        return OpenEntry(
            activity_id, resource, started_ms, json.loads(text), counted, tuple(json.loads(events))
        )

    def keep(self, subject: str, entry: OpenEntry) -> None:
        with self._shared.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO open_entry (subject, activity_id, resource, started_ms, text, lines, "
                "events) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    storable(subject),
                    entry.activity_id,
                    entry.resource,
                    entry.started_ms,
                    json.dumps(entry.text),
                    json.dumps(entry.lines),
                    json.dumps(entry.events),
                ),
            )

    def prune(self, before_ms: int) -> int:
        with self._shared.writing() as connection:
            return connection.execute("DELETE FROM open_entry WHERE started_ms < ?", (before_ms,)).rowcount
