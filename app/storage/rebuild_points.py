"""How far a walk over Close has come, so that an interrupted one goes on instead of starting anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.storage.shared_connection import SharedConnection

POINT_TABLES: tuple[str, ...] = (
    """
    CREATE TABLE rebuild_point (
        walk TEXT PRIMARY KEY,
        after TEXT NOT NULL,
        seen INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
)
"""The tables of this module, for the migrations of the file that holds them."""


@dataclass(frozen=True, slots=True)
class RebuildPoint:
    """``after`` is the creation time (ISO) of the last record that was seen, ``seen`` how many were."""

    after: str
    seen: int


class RebuildPoints(Protocol):
    """Durable when a method returns."""

    def point(self, walk: str) -> RebuildPoint | None: ...

    def keep(self, walk: str, point: RebuildPoint) -> None: ...

    def clear(self, walk: str) -> None: ...


class SqliteRebuildPoints:
    """Points in a profile's database."""

    def __init__(self, shared: SharedConnection) -> None:
        self._shared = shared

    def point(self, walk: str) -> RebuildPoint | None:
        row = self._shared.row("SELECT after, seen FROM rebuild_point WHERE walk = ?", (walk,))
        return None if row is None else RebuildPoint(row[0], row[1])

    def keep(self, walk: str, point: RebuildPoint) -> None:
        with self._shared.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO rebuild_point (walk, after, seen) VALUES (?, ?, ?)",
                (walk, point.after, point.seen),
            )

    def clear(self, walk: str) -> None:
        with self._shared.writing() as connection:
            connection.execute("DELETE FROM rebuild_point WHERE walk = ?", (walk,))
