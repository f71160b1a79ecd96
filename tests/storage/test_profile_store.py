from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import AppError
from app.storage.own_folders import default_root
from app.storage.profile_store import ProfileStore, check_profile_name
from tests.storage.builders import PROFILE_ID, full_profile


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    return ProfileStore(tmp_path / "root", new_id=lambda: PROFILE_ID)


def test_a_saved_profile_is_listed_and_loaded(store: ProfileStore) -> None:
    assert store.list() == ()
    assert not store.exists("default")
    store.save(full_profile())
    store.save(replace(full_profile(), name="Second one"))
    assert store.list() == ("Second one", "default")
    assert store.exists("default")
    assert store.load("default") == full_profile()


def test_file_and_folders_are_private(store: ProfileStore) -> None:
    store.save(full_profile())
    assert stat.S_IMODE(store.root.stat().st_mode) == 0o700
    assert stat.S_IMODE(store.folder("default").stat().st_mode) == 0o700
    assert stat.S_IMODE(store.profile_path("default").stat().st_mode) == 0o600


def test_everything_of_a_profile_lies_in_its_folder(store: ProfileStore) -> None:
    folder = store.root / "default"
    assert store.profile_path("default") == folder / "profile.json"
    assert store.database_path("default") == folder / "relay.db"
    assert store.draft_path("default") == folder / "draft.json"
    assert store.secrets_path("default") == folder / "secrets.enc"
    assert store.log_folder("default") == folder / "logs"


def test_a_renamed_folder_renames_the_profile(store: ProfileStore) -> None:
    store.save(full_profile())
    store.folder("default").rename(store.folder("renamed"))
    assert store.load("renamed") == full_profile("renamed")


def test_a_new_profile_has_an_id_and_is_not_saved(store: ProfileStore) -> None:
    profile = store.new("fresh")
    assert profile.profile_id == PROFILE_ID
    assert not store.exists("fresh")
    assert ProfileStore(store.root).new("a").profile_id != ProfileStore(store.root).new("a").profile_id


def test_a_missing_profile_is_said_to_be_missing(store: ProfileStore) -> None:
    with pytest.raises(AppError) as raised:
        store.load("Second one")
    assert raised.value.code == "PROFILE-MISSING"
    assert raised.value.remedy.endswith("segment-close --profile 'Second one' setup")


def test_a_newer_file_is_refused_by_load_and_save_and_kept(store: ProfileStore) -> None:
    store.save(full_profile())
    path = store.profile_path("default")
    newer = json.dumps({"version": 99, "brave_new_key": 1}).encode()
    path.write_bytes(newer)
    for attempt in (lambda: store.load("default"), lambda: store.save(full_profile())):
        with pytest.raises(AppError) as raised:
            attempt()
        assert raised.value.code == "PROFILE-NEWER"
    assert path.read_bytes() == newer


def test_an_unreadable_file_is_refused_by_load_and_save_and_kept(store: ProfileStore) -> None:
    store.save(full_profile())
    path = store.profile_path("default")
    path.write_bytes(b"{ half a fi")
    for attempt in (lambda: store.load("default"), lambda: store.save(full_profile())):
        with pytest.raises(AppError) as raised:
            attempt()
        assert raised.value.code == "PROFILE-UNREADABLE"
        assert str(path) in raised.value.cause
    assert path.read_bytes() == b"{ half a fi"


def test_a_deleted_profile_is_gone_and_deleting_twice_is_no_error(store: ProfileStore) -> None:
    store.save(full_profile())
    store.delete("default")
    store.delete("default")
    assert store.list() == ()


def test_deleting_a_linked_profile_leaves_the_linked_folder(store: ProfileStore, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_text("precious")
    store.root.mkdir()
    store.folder("default").symlink_to(tmp_path / "elsewhere")
    store.delete("default")
    assert (tmp_path / "elsewhere" / "file").read_text() == "precious"


@pytest.mark.parametrize("name", ["default", "Bramble Ltd. 2", "a", "x" * 64, "console", "a.b_c-d"])
def test_names_that_every_system_can_hold_are_accepted(name: str) -> None:
    assert check_profile_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        ".hidden",
        "a/b",
        "a\\b",
        "a.",
        "a ",
        " a",
        "x" * 65,
        "CON",
        "nul.txt",
        "a\n",
        "a\0",
        "é",
    ],
)
def test_names_that_a_folder_cannot_have_are_refused(store: ProfileStore, name: str) -> None:
    with pytest.raises(AppError) as raised:
        store.folder(name)
    assert raised.value.code == "PROFILE-NAME"


def test_other_folders_are_not_profiles(store: ProfileStore) -> None:
    store.save(full_profile())
    (store.root / "empty").mkdir()
    (store.root / ".hidden").mkdir()
    (store.root / ".hidden" / "profile.json").write_text("{}")
    (store.root / "file").write_text("x")
    assert store.list() == ("default",)


def test_the_default_root_is_named_after_the_program() -> None:
    assert default_root().name == "segment-close"
