from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import AppError
from app.storage.database import open_database
from app.storage.migrations import Migration, copy_path, sql_migration, version_of

FIRST = sql_migration("events", ("CREATE TABLE event (id INTEGER PRIMARY KEY, body TEXT)",))
SECOND = sql_migration("states", ("ALTER TABLE event ADD COLUMN state TEXT DEFAULT 'new'",))
BROKEN = sql_migration("broken", ("CREATE TABLE half (id INTEGER)", "ALTER TABLE nowhere ADD COLUMN x TEXT"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "relay.db"


@pytest.fixture
def filled(path: Path) -> Iterator[Path]:
    with closing(open_database(path, [FIRST])) as connection:
        connection.execute("INSERT INTO event (body) VALUES ('kept')")
    return path


def tables(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def test_a_new_file_gets_every_step_and_no_copy(path: Path) -> None:
    with closing(open_database(path, [FIRST, SECOND])) as connection:
        assert version_of(connection) == 2
    assert not copy_path(path, 0).exists()


def test_an_older_file_gets_the_missing_steps_and_keeps_its_rows(filled: Path) -> None:
    with closing(open_database(filled, [FIRST, SECOND])) as connection:
        assert version_of(connection) == 2
        assert connection.execute("SELECT body, state FROM event").fetchall() == [("kept", "new")]


def test_a_private_copy_of_the_older_file_is_made(filled: Path) -> None:
    open_database(filled, [FIRST, SECOND]).close()
    copy = copy_path(filled, 1)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert version_of(connection) == 1
        assert connection.execute("SELECT body FROM event").fetchall() == [("kept",)]
    assert not list(filled.parent.glob("*.partial"))


def test_only_the_latest_copy_stays(filled: Path) -> None:
    open_database(filled, [FIRST, SECOND]).close()
    open_database(filled, [FIRST, SECOND, sql_migration("third", ())]).close()
    assert not copy_path(filled, 1).exists()
    assert copy_path(filled, 2).exists()


def test_a_file_that_is_up_to_date_is_not_copied(filled: Path) -> None:
    open_database(filled, [FIRST]).close()
    assert not copy_path(filled, 1).exists()


def test_a_newer_file_is_refused_and_unchanged(filled: Path) -> None:
    open_database(filled, [FIRST, SECOND]).close()
    before = filled.read_bytes()
    with pytest.raises(AppError) as raised:
        open_database(filled, [FIRST])
    assert raised.value.code == "DATABASE-NEWER"
    assert "format 2" in raised.value.cause
    assert filled.read_bytes() == before


def test_a_step_that_fails_leaves_nothing_behind(filled: Path) -> None:
    with pytest.raises(AppError) as raised:
        open_database(filled, [FIRST, SECOND, BROKEN])
    assert raised.value.code == "DATABASE-MIGRATION"
    assert "broken" in raised.value.cause
    with closing(open_database(filled, [FIRST, SECOND])) as connection:
        assert version_of(connection) == 2
        assert "half" not in tables(connection)


def test_a_mistake_in_a_step_rolls_back_and_is_not_hidden(filled: Path) -> None:
    def mistaken(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half (id INTEGER)")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        open_database(filled, [FIRST, Migration("mistaken", mistaken)])
    with closing(open_database(filled, [FIRST])) as connection:
        assert tables(connection) == {"event"}


def test_a_step_that_another_process_applied_meanwhile_is_left_out(filled: Path) -> None:
    def overtaken(connection: sqlite3.Connection) -> None:
        raise AssertionError("applied twice")

    class Overtaking:
        """The other process finishes between the first look at the version and the lock."""

        def __len__(self) -> int:
            return 2

        def __getitem__(self, part: slice) -> list[Migration]:
            open_database(filled, [FIRST, SECOND]).close()
            return [FIRST, Migration("overtaken", overtaken)][part]

    with closing(open_database(filled, Overtaking())) as connection:  # type: ignore[arg-type]
        assert version_of(connection) == 2
