"""Payloads that Close is known to hold already, so that the same one again makes no call at all.

One entry per *subject* (what a mapping says about one person and company): the digest of the last payload
that was applied, and the records it went to. Whoever writes to one of these records drops the entry.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from app.storage.shared_connection import SharedConnection, storable

SETTLED_TABLES: tuple[str, ...] = (
    """
    CREATE TABLE settled_payload (
        subject TEXT PRIMARY KEY,
        digest TEXT NOT NULL,
        event_key TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        records TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE INDEX settled_payload_at ON settled_payload (at_ms)",
    """
    CREATE TABLE settled_record (
        close_id TEXT NOT NULL,
        subject TEXT NOT NULL,
        PRIMARY KEY (close_id, subject)
    ) WITHOUT ROWID
    """,
)
"""The tables of this module, for the migrations of the file that holds them."""


@dataclass(frozen=True, slots=True)
class Settled:
    """``records`` are (kind, id in Close); ``event_key`` names the event that settled it."""

    digest: str
    event_key: str
    at_ms: int
    records: tuple[tuple[str, str], ...]


class SettledPayloads(Protocol):
    """Used from any thread; durable when a method returns."""

    def settled(self, subject: str) -> Settled | None: ...

    def settle(self, subject: str, settled: Settled) -> None:
        """Remember, in the place of what was remembered about the subject."""

    def drop(self, subject: str) -> None: ...

    def touched(self, close_ids: Iterable[str]) -> None:
        """Forget everything about these records: they were written to."""

    def prune(self, before_ms: int) -> int:
        """Delete what is older; how many."""


class SqliteSettledPayloads:
    """Settled payloads in a profile's database."""

    def __init__(self, shared: SharedConnection) -> None:
        self._shared = shared

    def settled(self, subject: str) -> Settled | None:
        row = self._shared.row(
            "SELECT digest, event_key, at_ms, records FROM settled_payload WHERE subject = ?",
            (storable(subject),),
        )
        if row is None:
            return None
        digest, event_key, at_ms, records = row
        return Settled(digest, event_key, at_ms, tuple((kind, one) for kind, one in json.loads(records)))

    def settle(self, subject: str, settled: Settled) -> None:
        key = storable(subject)
        with self._shared.writing() as connection:
            connection.execute("DELETE FROM settled_record WHERE subject = ?", (key,))
            connection.execute(
                "INSERT OR REPLACE INTO settled_payload (subject, digest, event_key, at_ms, records) "
                "VALUES (?, ?, ?, ?, ?)",
                (
                    key,
                    settled.digest,
                    storable(settled.event_key),
                    settled.at_ms,
                    json.dumps(settled.records),
                ),
            )
            connection.executemany(
                "INSERT OR IGNORE INTO settled_record (close_id, subject) VALUES (?, ?)",
                [(close_id, key) for _, close_id in settled.records],
            )

    def drop(self, subject: str) -> None:
        with self._shared.writing() as connection:
            connection.execute("DELETE FROM settled_payload WHERE subject = ?", (storable(subject),))

    def touched(self, close_ids: Iterable[str]) -> None:
        with self._shared.writing() as connection:
            for close_id in close_ids:
                connection.execute(
                    "DELETE FROM settled_payload WHERE subject IN "
                    "(SELECT subject FROM settled_record WHERE close_id = ?)",
                    (close_id,),
                )
                connection.execute("DELETE FROM settled_record WHERE close_id = ?", (close_id,))

    def prune(self, before_ms: int) -> int:
        with self._shared.writing() as connection:
            connection.execute(
                "DELETE FROM settled_record WHERE subject IN "
                "(SELECT subject FROM settled_payload WHERE at_ms < ?)",
                (before_ms,),
            )
            return connection.execute("DELETE FROM settled_payload WHERE at_ms < ?", (before_ms,)).rowcount
