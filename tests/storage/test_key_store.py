"""The key store with keyrings that misbehave: what a real one cannot be made to do on demand."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from app.errors import AppError
from app.storage.key_store import KeyringSecretStore, KeyringState, choose_backend, probe
from app.storage.secret_store import SecretKind
from tests.storage.builders import PROFILE_ID
from tests.storage.fake_keyring import FakeKeyring

KEY = SecretKind.CLOSE_API_KEY
SHARED = SecretKind.SEGMENT_SHARED_SECRET


def store_on(backend: KeyringBackend) -> KeyringSecretStore:
    return KeyringSecretStore(PROFILE_ID, lambda: backend)


def all_actions(store: KeyringSecretStore) -> list[Callable[[], object]]:
    return [lambda: store.get(KEY), lambda: store.set(KEY, "x"), lambda: store.delete(KEY), store.unlock]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KeyringLocked("denied"), "KEYRING-LOCKED"),
        (OSError("bus gone"), "KEYRING-FAILED"),
        (TimeoutError("no reply"), "KEYRING-FAILED"),
        (RuntimeError("odd"), "KEYRING-FAILED"),
    ],
)
def test_whatever_a_keyring_raises_is_explained(error: Exception, code: str) -> None:
    for action in all_actions(store_on(FakeKeyring(error))):
        with pytest.raises(AppError) as raised:
            action()
        assert raised.value.code == code
        assert "passphrase" in raised.value.remedy
        assert str(error) in raised.value.detail


def test_both_secrets_are_one_entry_named_after_the_profile() -> None:
    backend = FakeKeyring()
    store = store_on(backend)
    store.set(KEY, "api_1")
    store.set(SHARED, "shared")
    assert list(backend.entries) == [("segment-close", PROFILE_ID)]
    assert json.loads(backend.entries["segment-close", PROFILE_ID]) == {
        "close_api_key": "api_1",
        "segment_shared_secret": "shared",
    }


@pytest.mark.parametrize("text", ["api_plain_text_canary", "[]", '{"close_api_key": {"canary": 1}}'])
def test_an_entry_of_another_form_is_kept_and_its_content_not_shown(text: str) -> None:
    backend = FakeKeyring()
    backend.entries["segment-close", PROFILE_ID] = text
    for action in all_actions(store_on(backend))[:3]:
        with pytest.raises(AppError) as raised:
            action()
        assert raised.value.code == "KEYRING-FAILED"
        assert "canary" not in raised.value.detail
        assert raised.value.__cause__ is None
    assert backend.entries["segment-close", PROFILE_ID] == text


def test_deleting_what_someone_else_has_deleted_meanwhile_is_no_error() -> None:
    backend = FakeKeyring()
    store = store_on(backend)
    store.set(KEY, "api_1")
    backend.before_delete = backend.entries.clear
    store.delete(KEY)
    assert store.get(KEY) is None


def test_a_keyring_that_refuses_to_delete_is_an_error() -> None:
    class Stubborn(FakeKeyring):
        def delete_password(self, service: str, username: str) -> None:
            raise PasswordDeleteError("refused")

    store = store_on(Stubborn())
    store.set(KEY, "api_1")
    with pytest.raises(AppError) as raised:
        store.delete(KEY)
    assert raised.value.code == "KEYRING-FAILED"
    assert store.get(KEY) == "api_1"


@pytest.mark.parametrize(
    "configured",
    ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring", "nowhere.to.be.found", "nonsense"],
)
def test_a_configured_keyring_that_is_none_is_refused(
    monkeypatch: pytest.MonkeyPatch, configured: str
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", configured)
    with pytest.raises(AppError) as raised:
        choose_backend()
    assert raised.value.code == "KEYRING-MISSING"
    assert probe().state is KeyringState.MISSING


def test_a_keyring_that_keeps_plain_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = type("PlaintextKeyring", (FakeKeyring,), {"__module__": "keyrings.alt.file"})
    monkeypatch.setattr("keyring.core.load_env", plain)
    with pytest.raises(AppError) as raised:
        choose_backend()
    assert raised.value.code == "KEYRING-MISSING"
    assert "keyrings.alt.file" in raised.value.detail


def test_a_keyring_that_a_person_configured_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.storage.fake_keyring.FakeKeyring")
    assert isinstance(choose_backend(), FakeKeyring)
    assert probe().state is KeyringState.AVAILABLE


def test_a_keyring_that_fails_while_it_is_looked_at_counts_as_missing() -> None:
    def gone() -> KeyringBackend:
        raise AppError("KEYRING-MISSING", "title", remedy="remedy", detail="the reason")

    report = probe(gone)
    assert report.state is KeyringState.MISSING
    assert report.detail == "the reason"
