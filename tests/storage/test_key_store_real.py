"""The key store against a real Secret Service: GNOME Keyring on a private D-Bus."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.storage.key_store import KeyringState, probe
from tests.storage.builders import PROFILE_ID
from tests.storage.desktop_session import DesktopSession

pytestmark = pytest.mark.real_component("gnome-keyring", "dbus")

PRELUDE = f"""
import json, sys
from app.errors import AppError
from app.storage.key_store import KeyringSecretStore, probe
from app.storage.secret_store import SecretKind
store = KeyringSecretStore({PROFILE_ID!r})
KEY, SHARED = SecretKind.CLOSE_API_KEY, SecretKind.SEGMENT_SHARED_SECRET

def tried(action, *arguments):
    try:
        return action(*arguments)
    except AppError as error:
        assert error.remedy
        return error.code

def tell(**facts):
    print(json.dumps(facts))
"""


def run(session: DesktopSession, program: str) -> dict[str, object]:
    answer: dict[str, object] = json.loads(session.python(PRELUDE + program))
    return answer


def test_secrets_are_set_read_replaced_and_deleted(desktop: DesktopSession) -> None:
    facts = run(
        desktop,
        """
nothing = store.get(KEY)
store.set(KEY, "api_first"); store.set(SHARED, "shared ünïcode"); first = store.get(KEY)
store.set(KEY, "api_second"); second = store.get(KEY)
store.delete(KEY); store.delete(KEY)
tell(nothing=nothing, first=first, second=second, deleted=store.get(KEY), other=store.get(SHARED))
""",
    )
    assert facts == {
        "nothing": None,
        "first": "api_first",
        "second": "api_second",
        "deleted": None,
        "other": "shared ünïcode",
    }


def test_secrets_are_still_there_for_the_next_program(desktop: DesktopSession) -> None:
    run(desktop, "store.set(KEY, 'api_kept'); tell()")
    assert run(desktop, "tell(key=store.get(KEY))") == {"key": "api_kept"}


def test_a_profile_has_one_entry_and_none_after_both_secrets_are_deleted(desktop: DesktopSession) -> None:
    facts = run(
        desktop,
        f"""
import secretstorage
from contextlib import closing

def entries():
    with closing(secretstorage.dbus_init()) as bus:
        found = secretstorage.search_items(bus, {{"service": "segment-close", "username": {PROFILE_ID!r}}})
        return len(list(found))

store.set(KEY, "api_key"); store.set(SHARED, "shared"); both = entries()
store.delete(KEY); one = entries()
store.delete(SHARED); none = entries()
tell(both=both, one=one, none=none)
""",
    )
    assert facts == {"both": 1, "one": 1, "none": 0}


def test_profiles_do_not_see_each_others_secrets(desktop: DesktopSession) -> None:
    facts = run(desktop, "store.set(KEY, 'api_key'); tell(other=KeyringSecretStore('f' * 32).get(KEY))")
    assert facts == {"other": None}


def test_a_locked_keyring_is_told_at_once_and_never_taken_for_no_key(desktop: DesktopSession) -> None:
    # The password window of this desktop is never answered: code that opens it runs into the time limit.
    run(desktop, "store.set(KEY, 'api_key'); tell()")
    desktop.lock()
    facts = run(
        desktop,
        """
tell(get=tried(store.get, KEY), set=tried(store.set, KEY, "x"), delete=tried(store.delete, KEY),
     state=probe().state, name=probe().name)
""",
    )
    assert facts == {
        "get": "KEYRING-LOCKED",
        "set": "KEYRING-LOCKED",
        "delete": "KEYRING-LOCKED",
        "state": "locked",
        "name": "Secret Service (GNOME Keyring)",
    }


def test_a_keyring_that_can_be_used_is_reported_with_its_name(desktop: DesktopSession) -> None:
    facts = run(desktop, "tell(state=probe().state, name=probe().name, store=store.name)")
    name = "Secret Service (GNOME Keyring)"
    assert facts == {"state": "available", "name": name, "store": name}


def test_a_desktop_without_a_keyring_is_told_with_the_alternatives(bare_desktop: DesktopSession) -> None:
    facts = run(
        bare_desktop,
        """
try:
    store.get(KEY)
except AppError as error:
    tell(code=error.code, remedy=error.remedy, state=probe().state)
""",
    )
    assert facts["code"] == "KEYRING-MISSING"
    assert facts["state"] == "missing"
    for alternative in ("memory", "passphrase", "CLOSE_API_KEY", "SEGMENT_SHARED_SECRET"):
        assert alternative in str(facts["remedy"])


def test_a_keyring_that_is_started_later_is_found(
    bare_desktop: DesktopSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bare_desktop.environment["DBUS_SESSION_BUS_ADDRESS"])
    assert probe().state is KeyringState.MISSING
    bare_desktop.start_keyring()
    assert probe().state is KeyringState.AVAILABLE


def test_no_secret_is_in_plain_text_below_the_home_folder(desktop: DesktopSession) -> None:
    run(desktop, "store.set(KEY, 'api_canary7f3a9c51'); tell()")
    home = Path(desktop.environment["HOME"])
    files = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".keyring" for path in files)
    assert not [path for path in files if b"canary7f3a9c51" in path.read_bytes()]
