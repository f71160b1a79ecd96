"""What every store of secrets promises, and what the ones without another program add."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.errors import AppError
from app.storage.encrypted_file import EncryptedFileSecretStore, ScryptCost
from app.storage.key_store import KeyringSecretStore
from app.storage.profile import KeyLocation
from app.storage.secret_location import open_secret_store
from app.storage.secret_store import (
    EnvironmentFirst,
    EnvironmentSecretStore,
    MemorySecretStore,
    SecretKind,
    SecretStore,
)
from tests.storage.builders import PROFILE_ID
from tests.storage.fake_keyring import FakeKeyring

KEY = SecretKind.CLOSE_API_KEY
SHARED = SecretKind.SEGMENT_SHARED_SECRET
CHEAP = ScryptCost(log2_n=4, block_size=1, rounds=1)


def keyring_store(folder: Path) -> SecretStore:
    backend = FakeKeyring()
    return KeyringSecretStore(PROFILE_ID, lambda: backend)


STORES: dict[str, Callable[[Path], SecretStore]] = {
    "memory": lambda folder: MemorySecretStore(),
    "keyring": keyring_store,
    "encrypted file": lambda folder: EncryptedFileSecretStore(
        folder / "secrets.enc", PROFILE_ID, "open sesame", cost=CHEAP
    ),
    "environment first": lambda folder: EnvironmentFirst(EnvironmentSecretStore({}), MemorySecretStore()),
}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> SecretStore:
    return STORES[request.param](tmp_path)


def test_nothing_is_there_at_first(store: SecretStore) -> None:
    assert store.get(KEY) is None
    assert store.get(SHARED) is None


def test_a_secret_is_set_replaced_and_deleted_beside_the_other(store: SecretStore) -> None:
    store.set(KEY, "api_1")
    store.set(SHARED, "shared")
    store.set(KEY, "api_2")
    assert (store.get(KEY), store.get(SHARED)) == ("api_2", "shared")
    store.delete(KEY)
    assert (store.get(KEY), store.get(SHARED)) == (None, "shared")


def test_deleting_what_is_not_there_is_no_error(store: SecretStore) -> None:
    store.delete(KEY)
    store.set(SHARED, "shared")
    store.delete(KEY)
    assert store.get(SHARED) == "shared"


@pytest.mark.parametrize("value", ['quote"s \\ and \n lines', "ünïcode 😀", "x" * 4000, " spaces "])
def test_any_text_can_be_a_secret(store: SecretStore, value: str) -> None:
    store.set(KEY, value)
    assert store.get(KEY) == value


def test_threads_do_not_lose_each_others_secret(store: SecretStore) -> None:
    with ThreadPoolExecutor(2) as pool:
        for number in range(20):
            list(pool.map(lambda kind: store.set(kind, f"{kind}{number}"), (KEY, SHARED)))  # noqa: B023
            assert (store.get(KEY), store.get(SHARED)) == (f"{KEY}{number}", f"{SHARED}{number}")


def test_repr_shows_no_secret_and_the_name_is_in_words(store: SecretStore) -> None:
    store.set(KEY, "api_canary")
    assert "canary" not in repr(store)
    assert "sesame" not in repr(store)
    assert store.name


def test_the_environment_gives_trimmed_values_and_an_empty_one_is_none() -> None:
    store = EnvironmentSecretStore({"CLOSE_API_KEY": " api_1\n", "SEGMENT_SHARED_SECRET": ""})
    assert store.get(KEY) == "api_1"
    assert store.get(SHARED) is None
    assert "api_1" not in repr(store)


def test_files_of_systemd_credentials_are_read_after_the_variables(tmp_path: Path) -> None:
    (tmp_path / "CLOSE_API_KEY").write_text("api_file\n")
    (tmp_path / "SEGMENT_SHARED_SECRET").write_text("shared file\n")
    store = EnvironmentSecretStore({"CREDENTIALS_DIRECTORY": str(tmp_path), "CLOSE_API_KEY": "api_variable"})
    assert store.get(KEY) == "api_variable"
    assert store.get(SHARED) == "shared file"


def test_a_credential_that_cannot_be_read_is_an_error_and_not_no_secret(tmp_path: Path) -> None:
    (tmp_path / "CLOSE_API_KEY").mkdir()
    store = EnvironmentSecretStore({"CREDENTIALS_DIRECTORY": str(tmp_path)})
    with pytest.raises(AppError) as raised:
        store.get(KEY)
    assert raised.value.code == "STORAGE-IN-THE-WAY"


def test_the_environment_cannot_be_changed_but_setting_the_same_is_fine() -> None:
    store = EnvironmentSecretStore({"CLOSE_API_KEY": "api_1"})
    store.set(KEY, "api_1")
    store.delete(SHARED)
    for action in (
        lambda: store.set(KEY, "api_2"),
        lambda: store.set(SHARED, "x"),
        lambda: store.delete(KEY),
    ):
        with pytest.raises(AppError) as raised:
            action()
        assert raised.value.code == "SECRETS-READ-ONLY"
        assert "api_" not in str(raised.value) + raised.value.cause + raised.value.detail


def test_the_environment_comes_first_and_hides_no_failed_write() -> None:
    kept = MemorySecretStore()
    kept.set(KEY, "api_kept")
    store = EnvironmentFirst(EnvironmentSecretStore({"CLOSE_API_KEY": "api_env"}), kept)
    store.set(SHARED, "shared")
    assert (store.get(KEY), store.get(SHARED)) == ("api_env", "shared")
    assert kept.get(SHARED) == "shared"
    with pytest.raises(AppError) as raised:
        store.set(KEY, "api_new")
    assert raised.value.code == "SECRETS-READ-ONLY"
    assert kept.get(KEY) == "api_kept"


def test_a_server_with_its_key_in_the_environment_never_touches_the_keyring() -> None:
    class Untouchable:
        name = "keyring"

        def get(self, kind: SecretKind) -> str | None:
            raise AssertionError("asked")

        set = delete = get  # type: ignore[assignment]

    store = EnvironmentFirst(EnvironmentSecretStore({"CLOSE_API_KEY": "api_env"}), Untouchable())
    assert store.get(KEY) == "api_env"


@pytest.mark.parametrize(
    ("location", "name"),
    [
        (None, "memory, until you quit"),
        (KeyLocation.MEMORY, "memory, until you quit"),
        (KeyLocation.ENVIRONMENT, "environment variables"),
        (KeyLocation.ENCRYPTED_FILE, "encrypted file"),
    ],
)
def test_a_profiles_secrets_are_where_it_says(
    tmp_path: Path, location: KeyLocation | None, name: str
) -> None:
    environment = {"CLOSE_API_KEY": "api_env"}
    store = open_secret_store(
        location, PROFILE_ID, tmp_path / "secrets.enc", environment, lambda: "open sesame"
    )
    assert store.name == name
    assert store.get(KEY) == "api_env"


def test_the_keyring_is_used_when_the_profile_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    store = open_secret_store(KeyLocation.KEYRING, PROFILE_ID, tmp_path / "secrets.enc", {})
    with pytest.raises(AppError) as raised:
        store.get(KEY)
    assert raised.value.code == "KEYRING-MISSING"


def test_an_encrypted_file_without_anyone_to_ask_says_what_is_needed(tmp_path: Path) -> None:
    with pytest.raises(AppError) as raised:
        open_secret_store(KeyLocation.ENCRYPTED_FILE, PROFILE_ID, tmp_path / "secrets.enc", {})
    assert raised.value.code == "SECRETS-PASSPHRASE-NEEDED"
