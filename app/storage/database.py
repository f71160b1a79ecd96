"""Opening SQLite files so that a commit survives a power cut, and naming what can go wrong with them.

Errors of the environment (disk full, read-only, damaged, busy) become ``AppError``; errors that only a
mistake of ours can cause (wrong SQL, a broken constraint) keep their ``sqlite3`` type and end in the log.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.errors import AppError
from app.storage.migrations import Migration, migrate, refuse_newer
from app.storage.private_files import (
    FILE_MODE,
    full_error,
    read_only_error,
    refused_error,
    translated_os_errors,
)

BUSY_TIMEOUT_MS = 10_000
WAL_SIZE_LIMIT_BYTES = 64 * 1024 * 1024

# SQLite grows its shared-memory file in steps of 32 KiB.
_SMALLEST_USEFUL_BYTES = 64 * 1024

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_REFUSED = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what the environment does to a database file into an ``AppError`` about ``path``."""
    try:
        yield
    except sqlite3.Error as error:
        known = _environment_error(error, path)
        if known is None:
            raise
        raise known from error


def _environment_error(error: sqlite3.Error, path: Path) -> AppError | None:
    # Errors that Python's binding raises by itself carry no code; those are our mistakes.
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    detail = f"{error.sqlite_errorname}: {error}"
    primary = code & 0xFF
    if primary in _DAMAGED:
        return _damaged_error(path, detail)
    # Growing the shared-memory file on a full disk is reported as an I/O error.
    if primary == sqlite3.SQLITE_FULL or (primary == sqlite3.SQLITE_IOERR and _on_full_disk(path)):
        return full_error(path, detail)
    if primary == sqlite3.SQLITE_READONLY or (primary in _REFUSED and _on_read_only_disk(path)):
        return read_only_error(path, detail)
    if primary in _REFUSED:
        return refused_error(path, detail)
    if primary in _BUSY:
        return _busy_error(path, detail)
    if primary == sqlite3.SQLITE_IOERR:
        return _disk_error(path, detail)
    return None


def _damaged_error(path: Path, detail: str) -> AppError:
    return AppError(
        "DATABASE-DAMAGED",
        f"{path.name} is damaged or is not a database.",
        cause=f"{path} cannot be read as SQLite.",
        remedy="Restore it from a backup, or move it away: a new one is made at the next start. "
        "Identities and undelivered events in it are lost then.",
        detail=detail,
    )


def _busy_error(path: Path, detail: str) -> AppError:
    return AppError(
        "DATABASE-BUSY",
        f"{path.name} is in use.",
        cause=f"Another program has kept it locked for more than {BUSY_TIMEOUT_MS // 1000} s.",
        remedy="Close the other program that uses this profile and try again.",
        detail=detail,
    )


def _disk_error(path: Path, detail: str) -> AppError:
    return AppError(
        "STORAGE-FAILED",
        f"{path.name} could not be read or written.",
        cause="The disk reported an error.",
        remedy="Check the disk and try again.",
        detail=detail,
    )


def _on_read_only_disk(path: Path) -> bool:
    if not hasattr(os, "statvfs"):
        return False
    try:
        return bool(os.statvfs(path.parent).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def _on_full_disk(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _SMALLEST_USEFUL_BYTES
    except OSError:
        return False


def open_database(
    path: Path, migrations: Sequence[Migration], *, check_same_thread: bool = True
) -> sqlite3.Connection:
    """Open ``path`` for writing, create it if missing, and apply pending migrations.

    The connection is in autocommit mode: use ``transaction``. It belongs to one thread unless
    ``check_same_thread`` is off, and then the caller serializes its use. Raises ``AppError``.
    """
    _make_private_file(path)
    with translated(path):
        connection = sqlite3.connect(
            path,
            timeout=BUSY_TIMEOUT_MS / 1000,
            isolation_level=None,
            check_same_thread=check_same_thread,
        )
        try:
            refuse_newer(connection, path, migrations)
            _use_wal(connection, path)
            configure(connection)
            with translated_os_errors(path):
                migrate(connection, path, migrations)
            # Only now: a migration may rebuild tables that others point to.
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
        return connection


def open_readonly(path: Path, *, check_same_thread: bool = True) -> sqlite3.Connection:
    """Open an existing file for reading beside its writer. Raises ``AppError`` DATABASE-MISSING and others.

    Keep transactions short: a long reader holds back the write-ahead log's recycling.
    """
    with translated_os_errors(path):
        if not path.is_file():
            raise AppError(
                "DATABASE-MISSING",
                "No events are stored for this profile yet.",
                cause=f"{path} does not exist.",
                remedy="Start the relay once; it makes the file.",
            )
    with translated(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            timeout=BUSY_TIMEOUT_MS / 1000,
            isolation_level=None,
            check_same_thread=check_same_thread,
        )
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("PRAGMA temp_store = MEMORY")
            # The first real read: a damaged file is named here, not at some later query.
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Everything inside commits together or not at all. Takes the write lock at once."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        # A full disk makes SQLite roll back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _make_private_file(path: Path) -> None:
    """Create the file 0600 before SQLite does; ``-wal`` and ``-shm`` take over its mode.

    An existing file is never opened here: closing any descriptor of it would drop the POSIX locks
    that other connections of this process hold.
    """
    with translated_os_errors(path):
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE_MODE))
        except FileExistsError:
            mode = path.lstat().st_mode
            if not stat.S_ISREG(mode):
                raise
            if stat.S_IMODE(mode) & 0o077 and os.name != "nt":
                path.chmod(FILE_MODE)


def _use_wal(connection: sqlite3.Connection, path: Path) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise AppError(
            "DATABASE-FOLDER",
            f"{path.parent} cannot hold the event database.",
            cause="The disk does not support SQLite's write-ahead log; network drives often do not.",
            remedy="Choose a folder on a local disk with --profile-dir.",
            detail=f"journal_mode {mode}",
        )


def configure(connection: sqlite3.Connection) -> None:
    """How every connection that writes is set up: what was committed is on the disk."""
    # FULL: an acknowledged event survives a power cut. NORMAL may lose the last commits in WAL mode.
    connection.execute("PRAGMA synchronous = FULL")
    # macOS: fsync alone leaves data in the drive's cache.
    connection.execute("PRAGMA fullfsync = 1")
    connection.execute("PRAGMA checkpoint_fullfsync = 1")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_SIZE_LIMIT_BYTES}")
    # Sorting must not leave people's data in the system's temporary folder.
    connection.execute("PRAGMA temp_store = MEMORY")
