"""One SQLite connection that several stores of one file share, from any thread."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.storage.database import transaction, translated

SqlValues = Sequence[str | int | None]


class SharedConnection:
    """Takes over ``connection``: autocommit, opened with ``check_same_thread=False``.

    Writes wait for the disk (milliseconds). Every method raises ``AppError`` for what the disk does.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<SharedConnection {self._path}>"

    @classmethod
    def in_memory(cls, tables: Sequence[str]) -> SharedConnection:
        """A database that ends with the program."""
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        for statement in tables:
            connection.execute(statement)
        return cls(connection, Path(":memory:"))

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def row(self, query: str, values: SqlValues = ()) -> tuple[Any, ...] | None:
        with self._lock, translated(self._path):
            row: tuple[Any, ...] | None = self._connection.execute(query, values).fetchone()
            return row

    def rows(self, query: str, values: SqlValues = ()) -> list[tuple[Any, ...]]:
        with self._lock, translated(self._path):
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Everything inside commits together or not at all."""
        with self._lock, translated(self._path), transaction(self._connection) as connection:
            yield connection

    @contextmanager
    def writing_ahead(self) -> Iterator[sqlite3.Connection]:
        """The same for what has to be on the disk only when the next commit of this file is.

        The write-ahead log is one file and is read from its beginning: whichever connection syncs it next
        takes this commit along. It saves the wait for the disk where such a commit follows anyway.
        """
        with self._lock, translated(self._path):
            self._connection.execute("PRAGMA synchronous = NORMAL")
            try:
                with transaction(self._connection) as connection:
                    yield connection
            finally:
                self._connection.execute("PRAGMA synchronous = FULL")


def storable(text: str) -> str:
    """Ids come from JSON, which can spell half a surrogate pair; SQLite cannot hold one."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
