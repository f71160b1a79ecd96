"""Which of our ids is which record in Close, and which creations have no answer yet.

Close's search lags behind its writes and its API knows no idempotency key, so this memory answers
first: an **identity** ties an external id to a record, an **intent** says that a creation was sent and
its answer not seen, an **applied time** says how new the newest event is that a record has seen.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from app.close.records import ObjectType
from app.storage.database import transaction, translated

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

    def applied_at(self, kind: ObjectType, close_id: str) -> datetime | None:
        """The time of the newest event applied to the record, in UTC."""

    def mark_applied(self, kind: ObjectType, close_id: str, timestamp: datetime) -> None:
        """Note an applied event; an older time than the noted one changes nothing."""


class SqliteIdentities:
    """Identities in a profile's database; every write is committed when its method returns.

    Takes over ``connection``: autocommit, opened with ``check_same_thread=False`` on a file that has
    ``IDENTITY_TABLES``. Writes wait for the disk (milliseconds). Raises ``AppError``.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<SqliteIdentities {self._path}>"

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def contact_for(self, user_id: str) -> Identity | None:
        return self._identity("contact", user_id)

    def lead_for(self, company_id: str) -> Identity | None:
        return self._identity("lead", company_id)

    def _identity(self, kind: ObjectType, external_id: str) -> Identity | None:
        row = self._row(
            "SELECT close_id, how FROM identity WHERE kind = ? AND external_id = ?",
            (kind, _storable(external_id)),
        )
        return None if row is None else Identity(kind, external_id, row[0], row[1])

    def learn(self, kind: ObjectType, external_id: str, close_id: str, how: str) -> None:
        with self._writing() as connection:
            _learn(connection, kind, external_id, close_id, how)

    def forget(self, kind: ObjectType, external_id: str) -> None:
        with self._writing() as connection:
            connection.execute(
                "DELETE FROM identity WHERE kind = ? AND external_id = ?", (kind, _storable(external_id))
            )

    def intend(self, kind: ObjectType, external_id: str, operation: str, at_ms: int) -> None:
        with self._writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO create_intent (kind, external_id, operation, at_ms) "
                "VALUES (?, ?, ?, ?)",
                (kind, _storable(external_id), operation, at_ms),
            )

    def intent_for(self, kind: ObjectType, external_id: str) -> Intent | None:
        row = self._row(
            "SELECT operation, at_ms FROM create_intent WHERE kind = ? AND external_id = ?",
            (kind, _storable(external_id)),
        )
        return None if row is None else Intent(kind, external_id, row[0], row[1])

    def settle(self, kind: ObjectType, external_id: str, close_id: str | None, how: str) -> None:
        with self._writing() as connection:
            connection.execute(
                "DELETE FROM create_intent WHERE kind = ? AND external_id = ?", (kind, _storable(external_id))
            )
            if close_id is not None:
                _learn(connection, kind, external_id, close_id, how)

    def applied_at(self, kind: ObjectType, close_id: str) -> datetime | None:
        row = self._row("SELECT at_us FROM applied_time WHERE kind = ? AND close_id = ?", (kind, close_id))
        return None if row is None else _EPOCH + row[0] * _MICROSECOND

    def mark_applied(self, kind: ObjectType, close_id: str, timestamp: datetime) -> None:
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO applied_time (kind, close_id, at_us) VALUES (?, ?, ?) "
                "ON CONFLICT (kind, close_id) DO UPDATE SET at_us = max(at_us, excluded.at_us)",
                (kind, close_id, (timestamp - _EPOCH) // _MICROSECOND),
            )

    def _row(self, query: str, values: tuple[str, ...]) -> tuple[Any, ...] | None:
        with self._lock, translated(self._path):
            row: tuple[Any, ...] | None = self._connection.execute(query, values).fetchone()
            return row

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, translated(self._path), transaction(self._connection) as connection:
            yield connection


def _learn(
    connection: sqlite3.Connection, kind: ObjectType, external_id: str, close_id: str, how: str
) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO identity (kind, external_id, close_id, how) VALUES (?, ?, ?, ?)",
        (kind, _storable(external_id), close_id, how),
    )


def _storable(external_id: str) -> str:
    """Ids come from JSON, which can spell half a surrogate pair; SQLite cannot hold one."""
    return external_id.encode("utf-8", "backslashreplace").decode("utf-8")


class MemoryIdentities:
    """Identities that end with the program: for previews and profiles without a database yet."""

    def __init__(self) -> None:
        self._identities: dict[tuple[ObjectType, str], Identity] = {}
        self._intents: dict[tuple[ObjectType, str], Intent] = {}
        self._applied: dict[tuple[ObjectType, str], datetime] = {}
        self._lock = threading.Lock()

    def contact_for(self, user_id: str) -> Identity | None:
        return self._identities.get(("contact", user_id))

    def lead_for(self, company_id: str) -> Identity | None:
        return self._identities.get(("lead", company_id))

    def learn(self, kind: ObjectType, external_id: str, close_id: str, how: str) -> None:
        self._identities[kind, external_id] = Identity(kind, external_id, close_id, how)

    def forget(self, kind: ObjectType, external_id: str) -> None:
        self._identities.pop((kind, external_id), None)

    def intend(self, kind: ObjectType, external_id: str, operation: str, at_ms: int) -> None:
        self._intents[kind, external_id] = Intent(kind, external_id, operation, at_ms)

    def intent_for(self, kind: ObjectType, external_id: str) -> Intent | None:
        return self._intents.get((kind, external_id))

    def settle(self, kind: ObjectType, external_id: str, close_id: str | None, how: str) -> None:
        with self._lock:
            self._intents.pop((kind, external_id), None)
            if close_id is not None:
                self.learn(kind, external_id, close_id, how)

    def applied_at(self, kind: ObjectType, close_id: str) -> datetime | None:
        return self._applied.get((kind, close_id))

    def mark_applied(self, kind: ObjectType, close_id: str, timestamp: datetime) -> None:
        moment = timestamp.astimezone(UTC)
        with self._lock:
            self._applied[kind, close_id] = max(moment, self._applied.get((kind, close_id), moment))


class ReadOnlyIdentities:
    """Reads another memory and drops every write: a dry run decides like a live run and leaves no trace."""

    def __init__(self, known: Identities) -> None:
        self._known = known

    def contact_for(self, user_id: str) -> Identity | None:
        return self._known.contact_for(user_id)

    def lead_for(self, company_id: str) -> Identity | None:
        return self._known.lead_for(company_id)

    def learn(self, kind: ObjectType, external_id: str, close_id: str, how: str) -> None:
        """Dropped."""

    def forget(self, kind: ObjectType, external_id: str) -> None:
        """Dropped."""

    def intend(self, kind: ObjectType, external_id: str, operation: str, at_ms: int) -> None:
        """Dropped."""

    def intent_for(self, kind: ObjectType, external_id: str) -> Intent | None:
        return self._known.intent_for(kind, external_id)

    def settle(self, kind: ObjectType, external_id: str, close_id: str | None, how: str) -> None:
        """Dropped."""

    def applied_at(self, kind: ObjectType, close_id: str) -> datetime | None:
        return self._known.applied_at(kind, close_id)

    def mark_applied(self, kind: ObjectType, close_id: str, timestamp: datetime) -> None:
        """Dropped."""
