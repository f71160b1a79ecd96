from __future__ import annotations

import pytest

from app.errors import AppError
from app.storage.relay_credentials import (
    RelayCredentials,
    SharedSecret,
    WriteKey,
    forget_previous,
    keep_rotation,
    keep_write_keys,
    read_credentials,
    read_write_keys,
)
from app.storage.secret_store import EnvironmentSecretStore, MemorySecretStore, SecretKind

NOW_MS = 1_772_615_700_000


@pytest.fixture
def store() -> MemorySecretStore:
    return MemorySecretStore()


def test_an_empty_store_has_no_credentials(store: MemorySecretStore) -> None:
    assert read_credentials(store) == RelayCredentials()


def test_a_rotation_keeps_the_secret_before_until_its_end(store: MemorySecretStore) -> None:
    store.set(SecretKind.SEGMENT_SHARED_SECRET, "first")
    keep_rotation(store, "second", NOW_MS)
    new, old = read_credentials(store).secrets
    assert (new, old) == (SharedSecret("second"), SharedSecret("first", NOW_MS))
    assert new.holds(NOW_MS)
    assert old.holds(NOW_MS - 1)
    assert not old.holds(NOW_MS)
    keep_rotation(store, "third", NOW_MS + 1)
    assert [one.value for one in read_credentials(store).secrets] == ["third", "second"]
    forget_previous(store)
    assert read_credentials(store).secrets == (SharedSecret("third"),)


def test_a_rotation_without_a_transition_ends_the_old_secret_at_once(store: MemorySecretStore) -> None:
    keep_rotation(store, "first", NOW_MS)
    keep_rotation(store, "second", NOW_MS)
    keep_rotation(store, "third", None)
    assert read_credentials(store).secrets == (SharedSecret("third"),)


def test_rotating_to_the_same_secret_is_refused(store: MemorySecretStore) -> None:
    keep_rotation(store, "first", None)
    with pytest.raises(AppError, match="in use"):
        keep_rotation(store, "first", NOW_MS)


def test_write_keys_are_kept_by_source_and_never_shown(store: MemorySecretStore) -> None:
    keys = (WriteKey("Website", "wk-one"), WriteKey("App", "wk-two"))
    keep_write_keys(store, keys)
    assert read_write_keys(store) == keys
    assert "wk-one" not in repr(read_credentials(store))
    keep_write_keys(store, ())
    assert store.get(SecretKind.SEGMENT_WRITE_KEYS) is None


def test_a_server_hands_them_over_in_its_environment() -> None:
    store = EnvironmentSecretStore(
        {
            "SEGMENT_SHARED_SECRET": "now",
            "SEGMENT_PREVIOUS_SECRET": "before",
            "SEGMENT_WRITE_KEYS": '{"Website": "wk-one"}',
        }
    )
    assert read_credentials(store) == RelayCredentials(
        (SharedSecret("now"), SharedSecret("before")), (WriteKey("Website", "wk-one"),)
    )


@pytest.mark.parametrize("kind", [SecretKind.SEGMENT_PREVIOUS_SECRET, SecretKind.SEGMENT_WRITE_KEYS])
def test_what_cannot_be_read_is_said_without_showing_it(store: MemorySecretStore, kind: SecretKind) -> None:
    store.set(kind, '{"secret": "canary-secret"')
    with pytest.raises(AppError) as raised:
        read_credentials(store)
    assert raised.value.code == "SECRETS-UNREADABLE"
    assert "canary" not in str(raised.value) + raised.value.cause + raised.value.detail
