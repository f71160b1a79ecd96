from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from app.errors import AppError
from app.storage.database import open_database, open_readonly
from app.storage.identity_memory import MemoryIdentities, ReadOnlyIdentities
from app.storage.identity_store import (
    IDENTITY_TABLES,
    Identities,
    Identity,
    Intent,
    SqliteIdentities,
)
from app.storage.migrations import sql_migration

MIGRATIONS = [sql_migration("identities", IDENTITY_TABLES)]
NOON = datetime(2026, 3, 4, 12, 0, 0, 123456, tzinfo=UTC)


def opened(path: Path) -> SqliteIdentities:
    return SqliteIdentities(open_database(path, MIGRATIONS, check_same_thread=False), path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "relay.db"


@pytest.fixture(params=["sqlite", "memory"])
def identities(request: pytest.FixtureRequest, path: Path) -> Iterator[Identities]:
    if request.param == "memory":
        yield MemoryIdentities()
        return
    with closing(opened(path)) as store:
        yield store


def test_what_was_learned_is_known_per_kind(identities: Identities) -> None:
    identities.learn("lead", "5501", "lead_1", "found")
    identities.learn("contact", "5501", "cont_1", "created")
    assert identities.lead_for("5501") == Identity("lead", "5501", "lead_1", "found")
    assert identities.contact_for("5501") == Identity("contact", "5501", "cont_1", "created")
    assert identities.lead_for("5502") is None


def test_learning_again_replaces(identities: Identities) -> None:
    identities.learn("lead", "5501", "lead_1", "found")
    identities.learn("lead", "5501", "lead_2", "created")
    assert identities.lead_for("5501") == Identity("lead", "5501", "lead_2", "created")


def test_what_was_forgotten_is_unknown_and_forgetting_twice_is_no_error(identities: Identities) -> None:
    identities.learn("contact", "u", "cont_1", "found")
    identities.forget("contact", "u")
    identities.forget("contact", "u")
    assert identities.contact_for("u") is None


def test_a_settled_intent_is_an_identity(identities: Identities) -> None:
    identities.intend("lead", "5501", "create lead", 1_000)
    assert identities.intent_for("lead", "5501") == Intent("lead", "5501", "create lead", 1_000)
    assert identities.intent_for("contact", "5501") is None
    identities.settle("lead", "5501", "lead_1", "created")
    assert identities.intent_for("lead", "5501") is None
    assert identities.lead_for("5501") == Identity("lead", "5501", "lead_1", "created")


def test_an_intent_that_came_to_nothing_leaves_no_identity(identities: Identities) -> None:
    identities.intend("lead", "5501", "create lead", 1_000)
    identities.settle("lead", "5501", None, "not created")
    assert identities.intent_for("lead", "5501") is None
    assert identities.lead_for("5501") is None


def test_a_second_intent_replaces_the_first(identities: Identities) -> None:
    identities.intend("lead", "5501", "create lead", 1_000)
    identities.intend("lead", "5501", "create lead", 2_000)
    intent = identities.intent_for("lead", "5501")
    assert intent is not None
    assert intent.at_ms == 2_000


def test_the_applied_time_only_moves_forward(identities: Identities) -> None:
    assert identities.applied_at("contact", "cont_1") is None
    identities.mark_applied([("contact", "cont_1")], NOON)
    identities.mark_applied([("contact", "cont_1")], NOON - timedelta(microseconds=1))
    assert identities.applied_at("contact", "cont_1") == NOON
    identities.mark_applied([("contact", "cont_1")], NOON + timedelta(microseconds=1))
    assert identities.applied_at("contact", "cont_1") == NOON + timedelta(microseconds=1)
    assert identities.applied_at("lead", "cont_1") is None


def test_times_of_other_zones_and_centuries_compare_by_the_moment(identities: Identities) -> None:
    identities.mark_applied([("lead", "lead_1")], datetime(1, 1, 1, tzinfo=UTC))
    identities.mark_applied([("lead", "lead_1")], NOON.astimezone(timezone(timedelta(hours=9))))
    identities.mark_applied([("lead", "lead_1")], NOON - timedelta(hours=1))
    assert identities.applied_at("lead", "lead_1") == NOON


@pytest.mark.parametrize(
    "external_id", ["", "ünïcode 😀", "nul\0inside", "half \ud83d", "'; DROP TABLE identity"]
)
def test_any_text_can_be_an_external_id(identities: Identities, external_id: str) -> None:
    identities.learn("contact", external_id, "cont_1", "found")
    identities.intend("contact", external_id, "create contact", 1)
    assert identities.contact_for(external_id) == Identity("contact", external_id, "cont_1", "found")
    identities.settle("contact", external_id, None, "not created")
    assert identities.intent_for("contact", external_id) is None


def test_threads_may_share_one_memory(identities: Identities) -> None:
    def work(number: int) -> None:
        identities.intend("lead", f"c{number}", "create lead", number)
        identities.settle("lead", f"c{number}", f"lead_{number}", "created")
        identities.mark_applied([("lead", "lead_shared")], NOON + timedelta(seconds=number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(64)))
    assert all(identities.lead_for(f"c{number}") for number in range(64))
    assert all(identities.intent_for("lead", f"c{number}") is None for number in range(64))
    assert identities.applied_at("lead", "lead_shared") == NOON + timedelta(seconds=63)


def test_everything_survives_a_restart(path: Path) -> None:
    with closing(opened(path)) as first:
        first.learn("lead", "5501", "lead_1", "found")
        first.intend("contact", "u", "create contact", 7)
        first.mark_applied([("lead", "lead_1")], NOON)
    with closing(opened(path)) as second:
        assert second.lead_for("5501") is not None
        assert second.intent_for("contact", "u") == Intent("contact", "u", "create contact", 7)
        assert second.applied_at("lead", "lead_1") == NOON


def test_settling_is_one_step(path: Path) -> None:
    with closing(opened(path)) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        store.intend("lead", "5501", "create lead", 1)
        other.execute(
            "CREATE TRIGGER no_identity BEFORE INSERT ON identity BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        with pytest.raises(sqlite3.IntegrityError):
            store.settle("lead", "5501", "lead_1", "created")
        assert store.intent_for("lead", "5501") is not None


def test_a_read_only_connection_reads_and_says_why_it_cannot_write(path: Path) -> None:
    with (
        closing(opened(path)) as writer,
        closing(SqliteIdentities(open_readonly(path, check_same_thread=False), path)) as reader,
    ):
        writer.learn("lead", "5501", "lead_1", "found")
        assert reader.lead_for("5501") is not None
        with pytest.raises(AppError) as raised:
            reader.forget("lead", "5501")
    assert raised.value.code == "STORAGE-READ-ONLY"


def test_a_dry_run_reads_and_changes_nothing(identities: Identities) -> None:
    identities.learn("lead", "5501", "lead_1", "found")
    identities.intend("contact", "u", "create contact", 7)
    identities.mark_applied([("lead", "lead_1")], NOON)
    dry = ReadOnlyIdentities(identities)
    dry.learn("lead", "5501", "lead_2", "created")
    dry.learn("contact", "u", "cont_2", "created")
    dry.forget("lead", "5501")
    dry.intend("lead", "new", "create lead", 1)
    dry.settle("contact", "u", "cont_9", "created")
    dry.mark_applied([("lead", "lead_1")], NOON + timedelta(days=1))
    for view in (dry, identities):
        assert view.lead_for("5501") == Identity("lead", "5501", "lead_1", "found")
        assert view.contact_for("u") is None
        assert view.intent_for("lead", "new") is None
        assert view.intent_for("contact", "u") is not None
        assert view.applied_at("lead", "lead_1") == NOON


def test_every_id_of_a_record_can_be_forgotten_or_moved_at_once(identities: Identities) -> None:
    for key in ("user:u_1", "email:bo@acme.example"):
        identities.learn("contact", key, "cont_1", "created")
    identities.learn("lead", "company:co_1", "cont_1", "found")
    identities.mark_applied([("contact", "cont_1")], NOON)
    identities.move_record("contact", "cont_1", "cont_2", "merged")
    assert identities.contact_for("user:u_1") == Identity("contact", "user:u_1", "cont_2", "merged")
    # Another kind of record with the same id is not meant.
    assert identities.lead_for("company:co_1") is not None
    identities.forget_record("contact", "cont_2")
    assert identities.contact_for("email:bo@acme.example") is None
    identities.forget_record("contact", "cont_1")
    assert identities.applied_at("contact", "cont_1") is None


def test_identities_are_walked_in_pages(identities: Identities) -> None:
    for number in range(5):
        identities.learn("contact", f"user:u_{number}", f"cont_{number}", "found")
    identities.learn("lead", "company:co_1", "lead_1", "found")
    first = identities.page(None, 4)
    rest = identities.page((first[-1].kind, first[-1].external_id), 4)
    assert [one.close_id for one in (*first, *rest)] == [*(f"cont_{n}" for n in range(5)), "lead_1"]
