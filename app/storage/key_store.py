"""The operating system's keyring. The only module that imports ``keyring``.

One entry per profile: service ``segment-close``, user name = the profile's id, value = a JSON object
with both secrets. One entry means one question from keyrings that ask, and one place to look.

Keyrings belong to a person's session: a locked one asks for a password in a window of its own and
waits as long as the person does. So nothing here opens such a window except ``unlock``.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import keyring.core
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from app.errors import AppError
from app.storage.secret_store import SecretKind

SERVICE = "segment-close"

_DESKTOP_SERVICE = "keyring.backends.SecretService"
_NAMES = {
    _DESKTOP_SERVICE: "Secret Service (GNOME Keyring)",
    "keyring.backends.libsecret": "Secret Service (libsecret)",
    "keyring.backends.kwallet": "KDE Wallet",
    "keyring.backends.macOS": "macOS Keychain",
    "keyring.backends.Windows": "Windows Credential Manager",
}
# An allow-list: what else is installed may write plain text.
_BACKENDS = (
    "keyring.backends.macOS.Keyring",
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.libsecret.Keyring",
)
# Even when a person has configured them: plain text, nothing at all, or a mixture of unknown ones.
_REFUSED = ("keyrings.alt", "keyring.backends.null", "keyring.backends.fail", "keyring.backends.chainer")

ALTERNATIVES = (
    "keep the secrets in memory for this run only, keep them in a file encrypted with a passphrase, "
    "or hand them over in CLOSE_API_KEY and SEGMENT_SHARED_SECRET."
)

# Guards reading, changing and writing an entry against other stores of this process.
_entry_lock = threading.Lock()


class KeyringState(StrEnum):
    AVAILABLE = "available"
    MISSING = "missing"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class KeyringReport:
    """What ``probe`` found. ``name`` is for people; ``detail`` is technical and may be empty."""

    name: str
    state: KeyringState
    detail: str = ""


def choose_backend() -> KeyringBackend:
    """The keyring to use: the one a person configured for Python programs, else the system's own.

    Looks anew each time, so a keyring that was started meanwhile is found. Raises KEYRING-MISSING.
    """
    configured = _configured()
    if configured is not None:
        if type(configured).__module__.startswith(_REFUSED):
            raise _missing(f"the configured {type(configured).__module__} is not a safe place")
        return configured
    usable = [backend for name in _BACKENDS if (backend := _load(name)) is not None]
    if not usable:
        raise _missing("none of the known keyrings is running")
    return max(usable, key=lambda backend: float(backend.priority))


def _configured() -> KeyringBackend | None:
    # Any module may be named there, so anything may go wrong while it loads.
    try:
        return keyring.core.load_env() or keyring.core.load_config()
    except Exception as error:
        raise _missing(f"the configured keyring cannot be loaded: {error}") from error


def _load(name: str) -> KeyringBackend | None:
    try:
        return keyring.core.load_keyring(name)
    except (ImportError, AttributeError, RuntimeError, OSError):
        # How a backend says that it does not work on this system.
        return None


def probe(choose: Callable[[], KeyringBackend] = choose_backend) -> KeyringReport:
    """Which keyring there is and whether it can be used now, without asking the person anything."""
    try:
        backend = choose()
        with _translated():
            locked = _is_locked(backend)
    except AppError as error:
        return KeyringReport("no keyring", KeyringState.MISSING, error.detail)
    state = KeyringState.LOCKED if locked else KeyringState.AVAILABLE
    return KeyringReport(_name_of(backend), state)


def _name_of(backend: KeyringBackend) -> str:
    return _NAMES.get(type(backend).__module__, str(backend.name))


class KeyringSecretStore:
    """The secrets of one profile in the keyring.

    ``get``, ``set`` and ``delete`` answer a locked Secret Service with KEYRING-LOCKED at once. Other
    systems' keyrings may still **block on a person**; call from a worker thread. Raises ``AppError``
    KEYRING-MISSING, KEYRING-LOCKED or KEYRING-FAILED.
    """

    def __init__(self, profile_id: str, choose: Callable[[], KeyringBackend] = choose_backend) -> None:
        self._profile_id = profile_id
        self._choose = choose

    def __repr__(self) -> str:
        return f"<KeyringSecretStore {self._profile_id}>"

    @property
    def name(self) -> str:
        return _name_of(self._choose())

    def get(self, kind: SecretKind) -> str | None:
        with _entry_lock:
            return self._read(self._unlocked()).get(kind)

    def set(self, kind: SecretKind, value: str) -> None:
        with _entry_lock:
            backend = self._unlocked()
            self._write(backend, {**self._read(backend), kind.value: value})

    def delete(self, kind: SecretKind) -> None:
        with _entry_lock:
            backend = self._unlocked()
            values = self._read(backend)
            if values.pop(kind.value, None) is None:
                return
            if values:
                self._write(backend, values)
                return
            with _translated():
                try:
                    backend.delete_password(SERVICE, self._profile_id)
                except PasswordDeleteError:
                    # Someone else was quicker; what remains is still wrong.
                    if backend.get_password(SERVICE, self._profile_id) is not None:
                        raise

    def unlock(self) -> None:
        """Let the keyring ask for its password. **Blocks until the person answers.**

        Raises KEYRING-LOCKED when the person declines.
        """
        backend = self._choose()
        with _translated():
            # Reading is what makes every keyring ask; the value is not needed.
            backend.get_password(SERVICE, self._profile_id)

    def _unlocked(self) -> KeyringBackend:
        backend = self._choose()
        with _translated():
            if _is_locked(backend):
                raise KeyringLocked("the default collection is locked or not made yet")
        return backend

    def _read(self, backend: KeyringBackend) -> dict[str, str]:
        with _translated():
            text = backend.get_password(SERVICE, self._profile_id)
        if text is None:
            return {}
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        if not isinstance(value, dict) or not all(isinstance(secret, str) for secret in value.values()):
            # Neither the text nor the parser's message may be shown: both may hold a secret.
            raise _failed(f"the entry {self._profile_id} of {SERVICE} is not in this program's form")
        return value

    def _write(self, backend: KeyringBackend, values: dict[str, str]) -> None:
        with _translated():
            backend.set_password(SERVICE, self._profile_id, json.dumps(values, sort_keys=True))


def _is_locked(backend: KeyringBackend) -> bool:
    """Whether using ``backend`` would make it ask for a password. Only the Secret Service can tell."""
    if type(backend).__module__ != _DESKTOP_SERVICE:
        return False
    # Only installed where this backend works.
    import secretstorage
    from secretstorage.exceptions import ItemNotFoundException

    arguments: tuple[Any, ...] = (preferred,) if (preferred := _preferred_collection(backend)) else ()
    with closing(secretstorage.dbus_init()) as bus:
        try:
            return secretstorage.Collection(bus, *arguments).is_locked()
        except ItemNotFoundException:
            # No default collection: storing would ask for the password of a new one.
            return True


def _preferred_collection(backend: KeyringBackend) -> str:
    """A person can choose another collection with KEYRING_PROPERTY_PREFERRED_COLLECTION."""
    return str(getattr(backend, "preferred_collection", ""))


@contextmanager
def _translated() -> Iterator[None]:
    """Turn whatever a keyring raises into an ``AppError``.

    Broad on purpose: backends let exceptions of D-Bus, Win32 and the Keychain through as they come.
    """
    try:
        yield
    except AppError:
        raise
    except KeyringLocked as error:
        raise AppError(
            "KEYRING-LOCKED",
            "The keyring is locked.",
            cause="It opens with your login password, or nobody has logged in to the desktop here.",
            remedy=f"Unlock the keyring and try again; or {ALTERNATIVES}",
            detail=f"{type(error).__name__}: {error}",
        ) from error
    except Exception as error:
        raise _failed(f"{type(error).__module__}.{type(error).__name__}: {error}") from error


def _missing(detail: str) -> AppError:
    display = "" if os.environ.get("DBUS_SESSION_BUS_ADDRESS") or os.name == "nt" else "; no D-Bus session"
    return AppError(
        "KEYRING-MISSING",
        "There is no keyring on this system that this program can use.",
        cause="Servers and small desktops often have none; ones that keep plain text are not used.",
        remedy="Install and start one (GNOME Keyring, KDE Wallet, KeePassXC); or " + ALTERNATIVES,
        detail=detail + display,
    )


def _failed(detail: str) -> AppError:
    return AppError(
        "KEYRING-FAILED",
        "The keyring did not answer as expected.",
        cause="It may have been stopped, or it refused this program.",
        remedy=f"Open the keyring's own program and look there, then try again; or {ALTERNATIVES}",
        detail=detail,
    )
