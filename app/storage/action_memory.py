"""Everything that actions remember between events, in one place to hand on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from app.storage.identity_memory import MemoryIdentities, ReadOnlyIdentities
from app.storage.identity_store import IDENTITY_TABLES, Identities, SqliteIdentities
from app.storage.open_entries import ENTRY_TABLES, OpenEntries, SqliteOpenEntries
from app.storage.plan_store import PLAN_TABLES, PlanStore, SqlitePlans
from app.storage.read_only_memory import ReadOnlyEntries, ReadOnlyPlans
from app.storage.rebuild_points import POINT_TABLES, RebuildPoints, SqliteRebuildPoints
from app.storage.settled_payloads import SETTLED_TABLES, SettledPayloads, SqliteSettledPayloads
from app.storage.shared_connection import SharedConnection

MEMORY_TABLES: tuple[str, ...] = (
    "CREATE INDEX identity_record ON identity (kind, close_id)",
    *PLAN_TABLES,
    *SETTLED_TABLES,
    *ENTRY_TABLES,
    *POINT_TABLES,
)
"""What came to the file after its identities."""


@dataclass(frozen=True, slots=True)
class ActionMemory:
    """Identities, applied plans with their undo images, payloads that need no call, open entries."""

    identities: Identities
    plans: PlanStore
    settled: SettledPayloads
    entries: OpenEntries
    points: RebuildPoints
    close: Callable[[], None]

    @classmethod
    def in_database(cls, connection: sqlite3.Connection, path: Path) -> ActionMemory:
        """Takes over the connection to a file that has all tables."""
        identities = SqliteIdentities(connection, path)
        shared = identities.shared
        return cls._around(identities, shared)

    @classmethod
    def passing(cls, identities: Identities | None = None) -> ActionMemory:
        """A memory that ends with the program, around identities that may be kept elsewhere."""
        shared = SharedConnection.in_memory((*IDENTITY_TABLES, *MEMORY_TABLES))
        return cls._around(identities if identities is not None else MemoryIdentities(), shared)

    @classmethod
    def _around(cls, identities: Identities, shared: SharedConnection) -> ActionMemory:
        return cls(
            identities,
            SqlitePlans(shared),
            SqliteSettledPayloads(shared),
            SqliteOpenEntries(shared),
            SqliteRebuildPoints(shared),
            shared.close,
        )

    def read_only(self) -> ActionMemory:
        """What is known, and nothing that is done with it kept; closes this memory too."""
        scratch = ActionMemory.passing(ReadOnlyIdentities(self.identities))

        def close() -> None:
            scratch.close()
            self.close()

        return replace(
            scratch, plans=ReadOnlyPlans(self.plans), entries=ReadOnlyEntries(self.entries), close=close
        )
