from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import AppError
from app.storage.draft import Draft, DraftStore

NOW = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "default" / "draft.json"


@pytest.fixture
def store(path: Path) -> DraftStore:
    return DraftStore(path, lambda: NOW)


def test_there_is_no_draft_at_first(store: DraftStore) -> None:
    assert store.load() is None


def test_the_last_saved_draft_comes_back(store: DraftStore) -> None:
    store.save("connect", {"name": "x"})
    store.save("fields", {"name": "Öhr", "company_field": None, "list": [1, {"a": True}]})
    assert store.load() == Draft(
        "fields", NOW, {"name": "Öhr", "company_field": None, "list": [1, {"a": True}]}
    )


def test_file_and_folder_are_private(store: DraftStore, path: Path) -> None:
    store.save("connect", {})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_cleared_draft_is_gone_and_clearing_twice_is_no_error(store: DraftStore) -> None:
    store.save("connect", {})
    store.clear()
    store.clear()
    assert store.load() is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"version": 1, "saved_', "DRAFT-UNREADABLE"),
        (b'{"version": 1, "saved_at": "soon", "step": "a", "content": {}}', "DRAFT-UNREADABLE"),
        (b'{"version": 1, "saved_at": "2026-03-04T12:30:00Z", "step": "a"}', "DRAFT-UNREADABLE"),
        (b"\x00" * 100, "DRAFT-UNREADABLE"),
        (b'{"version": 99, "steps": []}', "DRAFT-NEWER"),
    ],
)
def test_a_draft_that_cannot_be_read_is_kept_aside_and_a_fresh_start_is_possible(
    store: DraftStore, path: Path, content: bytes, code: str
) -> None:
    store.save("connect", {})
    path.write_bytes(content)
    with pytest.raises(AppError) as raised:
        store.load()
    assert raised.value.code == code
    assert str(store.set_aside_path) in raised.value.remedy
    assert store.set_aside_path.read_bytes() == content
    assert store.load() is None
    store.save("connect", {"fresh": True})
    assert store.load() == Draft("connect", NOW, {"fresh": True})


def test_a_draft_of_the_first_version_is_read(store: DraftStore, path: Path) -> None:
    store.save("connect", {})
    path.write_bytes(
        b'{"version": 1, "saved_at": "2026-03-04T12:30:00Z", "step": "test", "content": {"a": 1}}'
    )
    assert store.load() == Draft("test", NOW, {"a": 1})
