"""Which of our ids is which record in Close, and which creations have no answer yet.

Close's search lags behind its writes and its API knows no idempotency key, so this memory answers
first: an **identity** ties an external id to a record, an **intent** says that a creation was sent and
its answer not seen, an **applied time** says how new the newest event is that a record has seen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from app.close.records import ObjectType
from app.storage.shared_connection import SharedConnection, storable

IDENTITY_TABLES: tuple[str, ...] = (
    """
    CREATE TABLE identity (
        kind TEXT NOT NULL CHECK (kind IN ('lead', 'contact')),
        external_id TEXT NOT NULL,
        close_id TEXT NOT NULL,
        how TEXT NOT NULL,
        PRIMARY KEY (kind, external_id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE create_intent (
        kind TEXT NOT NULL CHECK (kind IN ('lead', 'contact')),
        external_id TEXT NOT NULL,
        operation TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        PRIMARY KEY (kind, external_id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE applied_time (
        kind TEXT NOT NULL CHECK (kind IN ('lead', 'contact')),
        close_id TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        PRIMARY KEY (kind, close_id)
    ) WITHOUT ROWID
    """,
)
"""The tables of this module, for the migrations of the file that holds them."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Identity:
    """``how`` says where the knowledge comes from (created, found, …), in words for the trace."""

    kind: ObjectType
    external_id: str
    close_id: str
    how: str


@dataclass(frozen=True, slots=True)
class Intent:
    """A creation that was about to be sent at ``at_ms`` (Unix milliseconds); its answer is unknown."""

    kind: ObjectType
    external_id: str
    operation: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """The end of an intent: with a ``close_id`` the id stands for that record from then on."""

    kind: ObjectType
    external_id: str
    close_id: str | None
    how: str


class Identities(Protocol):
    """What actions need to know and to remember. Implementations may be used from any thread.

    ``kind`` and ``external_id`` together are the key: the same id may be a lead's and a contact's.
    """

    def contact_for(self, user_id: str) -> Identity | None: ...

    def lead_for(self, company_id: str) -> Identity | None: ...

    def learn(self, kind: ObjectType, external_id: str, close_id: str, how: str) -> None:
        """Remember or replace what the external id stands for."""

    def forget(self, kind: ObjectType, external_id: str) -> None: ...

    def intend(self, kind: ObjectType, external_id: str, operation: str, at_ms: int) -> None:
        """Make a creation known before it is sent; durable when this returns."""

    def intent_for(self, kind: ObjectType, external_id: str) -> Intent | None: ...

    def settle(self, kind: ObjectType, external_id: str, close_id: str | None, how: str) -> None:
        """Clear the intent and, with a ``close_id``, learn the identity: both or neither."""

    def forget_record(self, kind: ObjectType, close_id: str) -> None:
        """Forget everything about a record that is gone from Close."""

    def move_record(self, kind: ObjectType, close_id: str, to_id: str, how: str) -> None:
        """Let every id of one record stand for another: the first was merged into the second."""

    def page(self, after: tuple[str, str] | None, limit: int) -> Sequence[Identity]:
        """Identities in the order of (kind, external id), those behind ``after``."""

    def intend_all(self, keys: Sequence[tuple[ObjectType, str]], operation: str, at_ms: int) -> None:
        """``intend`` for everything one creation stands for, in one transaction."""

    def settle_all(self, settlements: Sequence[Settlement]) -> None:
        """``settle`` for several, in one transaction."""

    def applied_at(self, kind: ObjectType, close_id: str) -> datetime | None:
        """The time of the newest event applied to the record, in UTC."""

    def mark_applied(self, records: Sequence[tuple[ObjectType, str]], timestamp: datetime) -> None:
        """Note an event applied to records; an older time than the noted one changes nothing."""


class SqliteIdentities:
    """Identities in a profile's database; every write is committed when its method returns.

    Takes over ``connection``: autocommit, opened with ``check_same_thread=False`` on a file that has
    ``IDENTITY_TABLES``. Other stores of the file may use ``shared``. Raises ``AppError``.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.shared = SharedConnection(connection, path)

    def __repr__(self) -> str:
        return f"<SqliteIdentities {self.shared!r}>"

    def close(self) -> None:
        self.shared.close()

    def contact_for(self, user_id: str) -> Identity | None:
        return self._identity("contact", user_id)

    def lead_for(self, company_id: str) -> Identity | None:
        return self._identity("lead", company_id)

    def _identity(self, kind: ObjectType, external_id: str) -> Identity | None:
        row = self.shared.row(
            "SELECT close_id, how FROM identity WHERE kind = ? AND external_id = ?",
            (kind, storable(external_id)),
        )
        return None if row is None else Identity(kind, external_id, row[0], row[1])

    def learn(self, kind: ObjectType, external_id: str, close_id: str, how: str) -> None:
        with self.shared.writing() as connection:
            _learn(connection, kind, external_id, close_id, how)

    def forget(self, kind: ObjectType, external_id: str) -> None:
        with self.shared.writing() as connection:
            connection.execute(
                "DELETE FROM identity WHERE kind = ? AND external_id = ?", (kind, storable(external_id))
            )

    def intend(self, kind: ObjectType, external_id: str, operation: str, at_ms: int) -> None:
        self.intend_all([(kind, external_id)], operation, at_ms)

    def intend_all(self, keys: Sequence[tuple[ObjectType, str]], operation: str, at_ms: int) -> None:
        with self.shared.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO create_intent (kind, external_id, operation, at_ms) "
                "VALUES (?, ?, ?, ?)",
                [(kind, storable(external_id), operation, at_ms) for kind, external_id in keys],
            )

    def intent_for(self, kind: ObjectType, external_id: str) -> Intent | None:
        row = self.shared.row(
            "SELECT operation, at_ms FROM create_intent WHERE kind = ? AND external_id = ?",
            (kind, storable(external_id)),
        )
        return None if row is None else Intent(kind, external_id, row[0], row[1])

    def settle(self, kind: ObjectType, external_id: str, close_id: str | None, how: str) -> None:
        self.settle_all([Settlement(kind, external_id, close_id, how)])

    def settle_all(self, settlements: Sequence[Settlement]) -> None:
        with self.shared.writing() as connection:
            for one in settlements:
                connection.execute(
                    "DELETE FROM create_intent WHERE kind = ? AND external_id = ?",
                    (one.kind, storable(one.external_id)),
                )
                if one.close_id is not None:
                    _learn(connection, one.kind, one.external_id, one.close_id, one.how)

    def forget_record(self, kind: ObjectType, close_id: str) -> None:
        with self.shared.writing() as connection:
            for table in ("identity", "applied_time"):
                connection.execute(
                    f"DELETE FROM {table} WHERE kind = ? AND close_id = ?",  # noqa: S608 - names of ours
                    (kind, close_id),
                )

    def move_record(self, kind: ObjectType, close_id: str, to_id: str, how: str) -> None:
        with self.shared.writing() as connection:
            connection.execute(
                "UPDATE identity SET close_id = ?, how = ? WHERE kind = ? AND close_id = ?",
                (to_id, how, kind, close_id),
            )

    def page(self, after: tuple[str, str] | None, limit: int) -> Sequence[Identity]:
        rows = self.shared.rows(
            "SELECT kind, external_id, close_id, how FROM identity WHERE (kind, external_id) > (?, ?) "
            "ORDER BY kind, external_id LIMIT ?",
            (*(after or ("", "")), limit),
        )
        return tuple(Identity(*row) for row in rows)

    def applied_at(self, kind: ObjectType, close_id: str) -> datetime | None:
        row = self.shared.row(
            "SELECT at_us FROM applied_time WHERE kind = ? AND close_id = ?", (kind, close_id)
        )
        return None if row is None else _EPOCH + row[0] * _MICROSECOND

    def mark_applied(self, records: Sequence[tuple[ObjectType, str]], timestamp: datetime) -> None:
        # The event's own end is committed after this; until then a crash has it run again.
        with self.shared.writing_ahead() as connection:
            connection.executemany(
                "INSERT INTO applied_time (kind, close_id, at_us) VALUES (?, ?, ?) "
                "ON CONFLICT (kind, close_id) DO UPDATE SET at_us = max(at_us, excluded.at_us)",
                [(kind, close_id, (timestamp - _EPOCH) // _MICROSECOND) for kind, close_id in records],
            )


def _learn(
    connection: sqlite3.Connection, kind: ObjectType, external_id: str, close_id: str, how: str
) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO identity (kind, external_id, close_id, how) VALUES (?, ?, ?, ?)",
        (kind, storable(external_id), close_id, how),
    )
