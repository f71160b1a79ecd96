"""Bringing a database file to the version this program needs, one small step at a time.

The file's version is ``PRAGMA user_version``: the number of migrations that were applied. A migration
and its record commit together, so a crash leaves the file before or after a step, never inside one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import AppError
from app.storage.private_files import FILE_MODE, sync_folder


@dataclass(frozen=True, slots=True)
class Migration:
    """One step. ``apply`` runs inside a transaction: no ``executescript`` (it commits), no COMMIT."""

    name: str
    apply: Callable[[sqlite3.Connection], None]


def sql_migration(name: str, statements: Sequence[str]) -> Migration:
    """A migration made of SQL statements, one per text."""

    def run(connection: sqlite3.Connection) -> None:
        for statement in statements:
            connection.execute(statement)

    return Migration(name, run)


def version_of(connection: sqlite3.Connection) -> int:
    row = connection.execute("PRAGMA user_version").fetchone()
    return int(row[0])


def refuse_newer(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> int:
    """The file's version. Raises ``AppError`` DATABASE-NEWER for one that this program does not know."""
    version = version_of(connection)
    if version > len(migrations):
        raise AppError(
            "DATABASE-NEWER",
            f"{path.name} was written by a newer version of this program.",
            cause=f"{path} has format {version}; this program knows formats up to {len(migrations)}.",
            remedy="Update the program, or use another profile. The file was left as it is.",
        )
    return version


def migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    """Apply what is pending, after a copy of a file that already holds something was made.

    The connection has to be in autocommit mode. Raises ``AppError`` DATABASE-NEWER or
    DATABASE-MIGRATION (the file is at the last step that succeeded).
    """
    version = refuse_newer(connection, path, migrations)
    if version == len(migrations):
        return
    if version > 0:
        _keep_copy(connection, path, version)
    for number, migration in enumerate(migrations[version:], start=version + 1):
        _apply(connection, path, migration, number)


def copy_path(path: Path, version: int) -> Path:
    """Where the copy from before a migration lies: ``relay.db`` of version 3 → ``relay-version-3.db``."""
    return path.with_name(f"{path.stem}-version-{version}{path.suffix}")


def _keep_copy(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Only the copy of the latest migration stays: it holds events, which are not to be kept forever."""
    target = copy_path(path, version)
    temporary = target.with_suffix(".partial")
    for old in (*path.parent.glob(f"{path.stem}-version-*{path.suffix}"), temporary):
        if old != target:
            old.unlink(missing_ok=True)
    temporary.touch(FILE_MODE)
    copy = sqlite3.connect(temporary)
    try:
        connection.backup(copy)
    finally:
        copy.close()
    temporary.replace(target)
    sync_folder(path.parent)


def _apply(connection: sqlite3.Connection, path: Path, migration: Migration, number: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been here while this one waited for the lock.
        if version_of(connection) < number:
            migration.apply(connection)
            connection.execute(f"PRAGMA user_version = {number:d}")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        _roll_back(connection)
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_ERROR:
            raise
        raise AppError(
            "DATABASE-MIGRATION",
            f"{path.name} could not be brought up to date.",
            cause=f"The step “{migration.name}” did not fit the file.",
            remedy=f"The file is unchanged by this step; a copy from before lies beside it. "
            f"Report this with the detail, and move {path} away to start with an empty one.",
            detail=f"step {number} {migration.name}: {error}",
        ) from error
    except BaseException:
        _roll_back(connection)
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
