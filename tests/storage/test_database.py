from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import AppError
from app.storage import database
from app.storage.database import open_database, open_readonly, transaction, translated
from app.storage.migrations import sql_migration

TABLES = [
    sql_migration(
        "tables",
        (
            "CREATE TABLE person (id INTEGER PRIMARY KEY)",
            "CREATE TABLE pet (person INTEGER NOT NULL REFERENCES person (id))",
        ),
    )
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "relay.db"


def pragma(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_commits_survive_a_power_cut_by_settings(path: Path) -> None:
    with closing(open_database(path, TABLES)) as connection:
        assert pragma(connection, "journal_mode") == "wal"
        assert pragma(connection, "synchronous") == 2
        assert pragma(connection, "fullfsync") == 1
        assert pragma(connection, "checkpoint_fullfsync") == 1
        assert pragma(connection, "journal_size_limit") == 64 * 1024 * 1024
        assert pragma(connection, "busy_timeout") == database.BUSY_TIMEOUT_MS
        assert pragma(connection, "foreign_keys") == 1
        assert pragma(connection, "temp_store") == 2


def test_the_file_and_its_neighbours_are_private(path: Path) -> None:
    with closing(open_database(path, TABLES)) as connection:
        connection.execute("INSERT INTO person VALUES (1)")
        modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in path.parent.iterdir()}
    assert modes == {"relay.db": 0o600, "relay.db-wal": 0o600, "relay.db-shm": 0o600}


def test_a_file_that_was_open_to_others_is_closed(path: Path) -> None:
    path.touch(0o644)
    path.chmod(0o644)
    open_database(path, TABLES).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_in_the_place_of_the_file_is_refused(path: Path, tmp_path: Path) -> None:
    (tmp_path / "target").touch()
    path.symlink_to(tmp_path / "target")
    with pytest.raises(AppError) as raised:
        open_database(path, TABLES)
    assert raised.value.code == "STORAGE-IN-THE-WAY"
    assert (tmp_path / "target").read_bytes() == b""


@pytest.mark.parametrize("content", [b"not a database" * 100, b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_damaged_file_is_named_and_kept(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for opener in (lambda: open_database(path, TABLES), lambda: open_readonly(path)):
        with pytest.raises(AppError) as raised:
            opener()
        assert raised.value.code == "DATABASE-DAMAGED"
        assert str(path) in raised.value.cause
    assert path.read_bytes() == content


def test_damage_met_later_is_named_too(path: Path) -> None:
    with closing(open_database(path, TABLES)) as connection, transaction(connection):
        connection.executemany("INSERT INTO person VALUES (?)", [(number,) for number in range(5000)])
    content = bytearray(path.read_bytes())
    content[4096 * 3 :] = b"\xff" * (len(content) - 4096 * 3)
    path.write_bytes(content)
    with closing(open_readonly(path)) as connection, pytest.raises(AppError) as raised, translated(path):
        connection.execute("SELECT sum(id) FROM person").fetchone()
    assert raised.value.code == "DATABASE-DAMAGED"


def test_a_reader_sees_commits_and_cannot_write(path: Path) -> None:
    with closing(open_database(path, TABLES)) as writer, closing(open_readonly(path)) as reader:
        writer.execute("INSERT INTO person VALUES (7)")
        assert reader.execute("SELECT id FROM person").fetchall() == [(7,)]
        with pytest.raises(AppError) as raised, translated(path):
            reader.execute("INSERT INTO person VALUES (8)")
        assert raised.value.code == "STORAGE-READ-ONLY"


def test_a_reader_finds_the_file_under_a_name_with_special_characters(tmp_path: Path) -> None:
    path = tmp_path / "what? 100% #1" / "relay.db"
    path.parent.mkdir()
    open_database(path, TABLES).close()
    open_readonly(path).close()
    assert [entry.name for entry in tmp_path.iterdir()] == ["what? 100% #1"]


def test_a_reader_of_a_missing_file_says_so_and_makes_none(path: Path) -> None:
    with pytest.raises(AppError) as raised:
        open_readonly(path)
    assert raised.value.code == "DATABASE-MISSING"
    assert not path.exists()


def test_a_transaction_commits_everything_or_nothing(path: Path) -> None:
    with closing(open_database(path, TABLES)) as connection:
        with transaction(connection):
            connection.execute("INSERT INTO person VALUES (1)")
        with pytest.raises(sqlite3.IntegrityError), transaction(connection):
            connection.executemany("INSERT INTO person VALUES (?)", [(2,), (1,)])
        assert connection.execute("SELECT id FROM person").fetchall() == [(1,)]


def test_our_own_mistakes_keep_their_type(path: Path) -> None:
    with closing(open_database(path, TABLES)) as connection:
        with pytest.raises(sqlite3.OperationalError), translated(path):
            connection.execute("SELECT nothing FROM nowhere")
        with pytest.raises(sqlite3.IntegrityError), translated(path):
            connection.execute("INSERT INTO pet VALUES (99)")
        with pytest.raises(sqlite3.ProgrammingError), translated(path):
            connection.execute("SELECT ?", ())


def test_a_writer_that_keeps_the_lock_is_reported_as_in_use(path: Path) -> None:
    with closing(open_database(path, TABLES)) as first, closing(open_database(path, TABLES)) as second:
        second.execute("PRAGMA busy_timeout = 0")
        with transaction(first), pytest.raises(AppError) as raised, translated(path), transaction(second):
            pass
    assert raised.value.code == "DATABASE-BUSY"


def test_a_full_database_is_reported_as_a_full_disk(path: Path) -> None:
    with closing(open_database(path, TABLES)) as connection:
        connection.execute(f"PRAGMA max_page_count = {pragma(connection, 'page_count')}")
        with pytest.raises(AppError) as raised, translated(path), transaction(connection):
            connection.executemany("INSERT INTO person VALUES (?)", [(number,) for number in range(5000)])
        assert raised.value.code == "STORAGE-FULL"
        assert connection.execute("SELECT count(*) FROM person").fetchone() == (0,)
