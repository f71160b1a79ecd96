"""The words of stored events, kept in a file of their own beside ``relay.db``.

Intake knows nothing of it: whoever searches brings the index up to date by reading committed rows, so the
thread that acknowledges events never waits for it. It can be deleted at any time and is made again. All
copying happens inside SQLite, which lets other threads run meanwhile.

Events are indexed in parts of ``PART_EVENTS`` ids, one full-text table each: the newest is searched first,
and words of deleted events go by dropping their part or making it again. A document is one event's own texts
(slot 0) or the reason of one of its tries.
"""

# ruff: noqa: S608 - only names from this program are put into SQL text, never values

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path

from app.errors import AppError
from app.storage.database import open_database, translated
from app.storage.migrations import Migration, sql_migration

PART_EVENTS = 50_000
SLOTS = 64
"""Documents an event can have; a document's number is ``event id * SLOTS + slot``."""

_EVENTS_AT_A_TIME = 500
_TRIES_AT_A_TIME = 1_000
_GONE = ("DATABASE-DAMAGED", "DATABASE-NEWER")

_MIGRATIONS: tuple[Migration, ...] = (
    sql_migration(
        "words of events",
        (
            "CREATE TABLE part (number INTEGER PRIMARY KEY, oldest_id INTEGER NOT NULL)",
            "CREATE TABLE reached "
            "(event_id INTEGER NOT NULL, message_id TEXT NOT NULL, try_id INTEGER NOT NULL)",
            "INSERT INTO reached VALUES (0, '', 0)",
        ),
    ),
)

# Libraries that escape letters beyond ASCII would hide the words they belong to.
_BODY = (
    "CASE WHEN instr(body, x'5c75') AND json_valid(CAST(body AS TEXT)) "
    "THEN (SELECT group_concat(coalesce(key, '') || ' ' || coalesce(atom, ''), ' ') "
    "FROM json_tree(CAST(body AS TEXT))) ELSE CAST(body AS TEXT) END"
)
_TEXT = f"title || ' ' || message_id || ' ' || person_key || ' ' || reason || ' ' || {_BODY}"


def index_path(database: Path) -> Path:
    return database.with_name("search.db")


def words_table(part: int) -> str:
    return f"words_{part}"


class SearchIndex:
    """Brings the index of one ``relay.db`` up to date. Any thread, one at a time. Raises ``AppError``."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._path = index_path(database)
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._closed = False

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._drop()

    def catch_up(self, for_s: float = 0.3, *, wait: bool = True) -> bool:
        """Index what is new for about that long; whether nothing is left to do.

        Without ``wait`` nothing is done while another thread is at it.
        """
        if not self._lock.acquire(blocking=wait):
            return False
        try:
            return self._closed or self._carry_on(time.monotonic() + for_s)
        finally:
            self._lock.release()

    def _carry_on(self, until: float) -> bool:
        try:
            connection = self._connection or self._open()
            if connection is None:
                return True
            with translated(self._path):
                while self._step(connection):
                    if time.monotonic() >= until:
                        return False
        except AppError as error:
            self._drop()
            if error.code in _GONE:
                self._delete()
                return False
            raise
        except sqlite3.Error:
            self._drop()
            raise
        return True

    def _open(self) -> sqlite3.Connection | None:
        if not self._database.is_file():
            return None
        if not _has_full_text():
            raise AppError(
                "SEARCH-INDEX",
                "Events are searched without an index, which takes longer.",
                cause="The SQLite of this Python has no full-text search.",
                remedy="Use a Python whose SQLite has FTS5.",
            )
        open_database(self._path, _MIGRATIONS).close()
        with translated(self._path):
            connection = sqlite3.connect(
                f"{self._path.absolute().as_uri()}?mode=rw",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                timeout=1,
            )
            # What a power cut takes away is read again from the events.
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("PRAGMA cache_size = -4000")
            connection.execute("PRAGMA secure_delete = ON")
            if not attach_events(connection, self._database):
                connection.close()
                return None
        self._connection = connection
        self._forget_deleted(connection)
        return connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def _delete(self) -> None:
        for ending in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)

    # Indexing ----------------------------------------------------------------------------------

    def _step(self, connection: sqlite3.Connection) -> bool:
        """Take in one group; whether there may be more."""
        # Deferred: an immediate transaction would ask for the events' write lock as well.
        connection.execute("BEGIN")
        try:
            more = self._take_events(connection) or self._take_tries(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return more

    def _take_events(self, connection: sqlite3.Connection) -> bool:
        last, message_id, _ = connection.execute("SELECT * FROM reached").fetchone()
        if last and not _is(connection, last, message_id):
            # Ids start again when every event was deleted.
            self._clear(connection)
            last = 0
        row = connection.execute(
            "SELECT min(id), max(id) FROM (SELECT id FROM relay.event WHERE id > ? ORDER BY id LIMIT ?)",
            (last, _EVENTS_AT_A_TIME),
        ).fetchone()
        if row[0] is None:
            return False
        part = row[0] // PART_EVENTS
        until = min(row[1], (part + 1) * PART_EVENTS - 1)
        self._make_part(connection, part, row[0])
        connection.execute(
            f"INSERT INTO {words_table(part)} (rowid, text) SELECT id * {SLOTS}, {_TEXT} "
            "FROM relay.event WHERE id BETWEEN ? AND ? ORDER BY id",
            (row[0], until),
        )
        connection.execute(
            "UPDATE reached SET (event_id, message_id) = "
            "(SELECT id, message_id FROM relay.event WHERE id <= ? ORDER BY id DESC LIMIT 1)",
            (until,),
        )
        return True

    def _take_tries(self, connection: sqlite3.Connection) -> bool:
        last, try_id = connection.execute("SELECT event_id, try_id FROM reached").fetchone()
        tries = connection.execute(
            "SELECT id, event_id FROM relay.attempt WHERE id > ? ORDER BY id LIMIT ?",
            (try_id, _TRIES_AT_A_TIME),
        ).fetchall()
        if not tries:
            return False
        known = {number for (number,) in connection.execute("SELECT number FROM part")}
        for part in sorted({event_id // PART_EVENTS for _, event_id in tries if event_id <= last} & known):
            connection.execute(
                f"INSERT INTO {words_table(part)} (rowid, text) "
                f"SELECT event_id * {SLOTS} + 1 + number % {SLOTS - 1}, reason FROM relay.attempt "
                "WHERE id BETWEEN ? AND ? AND event_id / ? = ? AND event_id <= ? AND reason <> '' "
                "ORDER BY 1",
                (tries[0][0], tries[-1][0], PART_EVENTS, part, last),
            )
        connection.execute("UPDATE reached SET try_id = ?", (tries[-1][0],))
        return True

    def _make_part(self, connection: sqlite3.Connection, part: int, oldest_id: int) -> None:
        if connection.execute("SELECT 1 FROM part WHERE number = ?", (part,)).fetchone():
            return
        connection.execute("INSERT INTO part VALUES (?, ?)", (part, oldest_id))
        connection.execute(
            f"CREATE VIRTUAL TABLE {words_table(part)} USING fts5(text, content='', columnsize=0, "
            "tokenize='unicode61 remove_diacritics 2')"
        )

    # Forgetting --------------------------------------------------------------------------------

    def _forget_deleted(self, connection: sqlite3.Connection) -> None:
        """Drop the parts whose events are gone, and make the one again that has lost some of them."""
        oldest = connection.execute("SELECT min(id) FROM relay.event").fetchone()[0]
        if oldest is None:
            self._clear(connection)
            return
        for number, oldest_id in connection.execute("SELECT number, oldest_id FROM part").fetchall():
            if (number + 1) * PART_EVENTS <= oldest:
                _drop_part(connection, number)
            elif oldest_id < oldest:
                self._make_again(connection, number, oldest)

    def _make_again(self, connection: sqlite3.Connection, part: int, oldest: int) -> None:
        (last,) = connection.execute("SELECT event_id FROM reached").fetchone()
        end = min(last, (part + 1) * PART_EVENTS - 1)
        connection.execute("BEGIN")
        try:
            _drop_part(connection, part)
            self._make_part(connection, part, oldest)
            connection.execute(
                f"INSERT INTO {words_table(part)} (rowid, text) SELECT id * {SLOTS}, {_TEXT} "
                "FROM relay.event WHERE id BETWEEN ? AND ? ORDER BY id",
                (oldest, end),
            )
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _clear(self, connection: sqlite3.Connection) -> None:
        for (number,) in connection.execute("SELECT number FROM part").fetchall():
            _drop_part(connection, number)
        connection.execute("UPDATE reached SET event_id = 0, message_id = '', try_id = 0")


def attach_events(connection: sqlite3.Connection, database: Path) -> bool:
    """Make the events readable as ``relay``; False while there are no tables yet."""
    connection.execute("ATTACH ? AS relay", (f"{database.absolute().as_uri()}?mode=ro",))
    version: int = connection.execute("PRAGMA relay.user_version").fetchone()[0]
    return version > 0


def open_for_search(database: Path) -> sqlite3.Connection | None:
    """The index and the events on one read-only connection; None while there is no index."""
    path = index_path(database)
    if not path.is_file() or not database.is_file():
        return None
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=1
    )
    try:
        connection.execute("PRAGMA temp_store = MEMORY")
        if attach_events(connection, database):
            return connection
    except BaseException:
        connection.close()
        raise
    connection.close()
    return None


def _has_full_text() -> bool:
    connection = sqlite3.connect(":memory:")
    try:
        found = connection.execute("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'").fetchone()
    finally:
        connection.close()
    return found is not None


def _is(connection: sqlite3.Connection, event_id: int, message_id: str) -> bool:
    found = connection.execute("SELECT message_id FROM relay.event WHERE id = ?", (event_id,)).fetchone()
    return found is not None and found[0] == message_id


def _drop_part(connection: sqlite3.Connection, number: int) -> None:
    connection.execute(f"DROP TABLE {words_table(number)}")
    connection.execute("DELETE FROM part WHERE number = ?", (number,))
