from __future__ import annotations

import json
import logging
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.storage.mapping_history import KEPT_VERSIONS, FormerMappings, MappingHistory
from app.storage.profile import MappingSpec
from app.storage.profile_store import ProfileStore
from tests.storage.builders import full_profile

START = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)


def minutes() -> Iterator[datetime]:
    moment = START
    while True:
        yield moment
        moment += timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    clock = minutes()
    return ProfileStore(tmp_path / "profiles", now=lambda: next(clock))


def version(name: str) -> tuple[MappingSpec, ...]:
    return (MappingSpec(name, "a", "", {"x": {"@path": "$.y"}}, ignored=("traits.z",)),)


def test_each_save_keeps_the_mappings_that_it_replaces(store: ProfileStore) -> None:
    for name in ("first", "second", "second", "third"):
        store.save(replace(full_profile(), mappings=version(name)))
    store.save(replace(full_profile(), mappings=version("third"), retention_days=9))
    assert store.history("default").versions() == (
        FormerMappings(version("second"), START + timedelta(minutes=1)),
        FormerMappings(version("first"), START),
    )


def test_the_history_is_private_and_goes_with_the_profile(store: ProfileStore) -> None:
    store.save(full_profile())
    store.save(replace(full_profile(), mappings=()))
    path = store.folder("default") / "mapping-history.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    store.delete("default")
    assert store.history("default").versions() == ()


def test_the_newest_versions_are_kept(tmp_path: Path) -> None:
    history = MappingHistory(tmp_path / "h.json", lambda: START)
    newest = tuple(FormerMappings(version(str(number)), START) for number in range(KEPT_VERSIONS))
    history.keep(version("oldest"))
    path = tmp_path / "h.json"
    content = json.loads(path.read_text())
    one = content["versions"][0]
    content["versions"] = [
        {**one, "mappings": [{**one["mappings"][0], "name": each.mappings[0].name}]} for each in newest
    ]
    path.write_text(json.dumps(content))
    history.keep(version("new"))
    kept = history.versions()
    assert len(kept) == KEPT_VERSIONS
    assert kept[0].mappings == version("new")
    assert kept[1:] == newest[:-1]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"version": 99, "versions": []}',
        b'{"version": 1, "versions": [{"replaced_at": "soon", "mappings": []}]}',
        b'{"version": 1, "versions": [{"replaced_at": "2026-03-04T12:30:00Z", "mappings": [{"name": 3}]}]}',
    ],
)
def test_a_history_that_cannot_be_read_is_set_aside_and_saving_goes_on(
    store: ProfileStore, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    store.save(replace(full_profile(), mappings=version("before")))
    path = store.folder("default") / "mapping-history.json"
    path.write_bytes(content)
    with caplog.at_level(logging.ERROR):
        store.save(replace(full_profile(), mappings=version("after")))
    history = store.history("default")
    assert [each.mappings for each in history.versions()] == [version("before")]
    assert history.set_aside_path.read_bytes() == content


def test_the_stamp_of_a_profile_differs_after_each_save(store: ProfileStore) -> None:
    stamps = [store.stamp("default")]
    for days in (1, 2, 3):
        store.save(replace(full_profile(), retention_days=days))
        stamps.append(store.stamp("default"))
    assert stamps[0] is None
    assert len(set(stamps)) == 4
    assert store.stamp("default") == stamps[-1]
