"""What requests to the relay are checked with, as it is kept in a secret store: the shared secret, the
one it replaced, and the write keys of sources.

During a rotation two shared secrets hold: Segment goes on signing with the old one until somebody has
entered the new one there, and what it retries was signed before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.errors import AppError
from app.storage.private_files import translated_os_errors, write_private
from app.storage.secret_store import SecretKind, SecretStore

MAX_WRITE_KEYS = 50


@dataclass(frozen=True, slots=True)
class SharedSecret:
    """A secret that signs webhooks. ``until_ms`` (since 1970) is when it ends, None without an end."""

    value: str = field(repr=False)
    until_ms: int | None = None

    def holds(self, now_ms: int) -> bool:
        return self.until_ms is None or now_ms < self.until_ms


@dataclass(frozen=True, slots=True)
class WriteKey:
    """The key a source writes with; ``source`` is what people call it."""

    source: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RelayCredentials:
    """``secrets`` holds the shared secret in use first."""

    secrets: tuple[SharedSecret, ...] = ()
    write_keys: tuple[WriteKey, ...] = ()

    def values(self) -> tuple[str, ...]:
        """Every secret text, for the one who keeps them out of logs."""
        return (*(one.value for one in self.secrets), *(one.value for one in self.write_keys))


def read_credentials(store: SecretStore) -> RelayCredentials:
    """Raises ``AppError``: what the store says, or SECRETS-UNREADABLE."""
    current = store.get(SecretKind.SEGMENT_SHARED_SECRET)
    secrets = [SharedSecret(current)] if current else []
    previous = store.get(SecretKind.SEGMENT_PREVIOUS_SECRET)
    if previous:
        secrets.append(_read_previous(previous))
    return RelayCredentials(tuple(secrets), read_write_keys(store))


def keep_rotation(store: SecretStore, new: str, until_ms: int | None) -> None:
    """Make ``new`` the shared secret; the one before holds until ``until_ms``, or ends at once (None).

    The old one is kept first: a failure between the two steps refuses nothing that was accepted before.
    """
    current = store.get(SecretKind.SEGMENT_SHARED_SECRET)
    if current == new:
        raise AppError(
            "SECRET-UNCHANGED",
            "The new shared secret is the one in use.",
            remedy="Choose another one, or let the program make one.",
        )
    before = store.get(SecretKind.SEGMENT_PREVIOUS_SECRET)
    overlaps = current and until_ms is not None
    _keep_previous(store, json.dumps({"secret": current, "until_ms": until_ms}) if overlaps else None)
    try:
        store.set(SecretKind.SEGMENT_SHARED_SECRET, new)
    except AppError:
        _keep_previous(store, before)
        raise


def _keep_previous(store: SecretStore, text: str | None) -> None:
    if text is None:
        store.delete(SecretKind.SEGMENT_PREVIOUS_SECRET)
    else:
        store.set(SecretKind.SEGMENT_PREVIOUS_SECRET, text)


def forget_previous(store: SecretStore) -> None:
    """End a rotation: only the secret in use is accepted from now on."""
    store.delete(SecretKind.SEGMENT_PREVIOUS_SECRET)


def read_write_keys(store: SecretStore) -> tuple[WriteKey, ...]:
    """The write keys by source, in the order they were added. Raises ``AppError``."""
    text = store.get(SecretKind.SEGMENT_WRITE_KEYS)
    if not text:
        return ()
    try:
        value = json.loads(text)
    except ValueError:
        # Neither the text nor the parser's message may be shown: both may hold a key.
        value = None
    if not isinstance(value, dict) or not all(isinstance(key, str) and key for key in value.values()):
        raise _unreadable(SecretKind.SEGMENT_WRITE_KEYS, 'an object of names and keys: {"Website": "…"}')
    return tuple(WriteKey(source, key) for source, key in value.items())


def keep_write_keys(store: SecretStore, keys: Sequence[WriteKey]) -> None:
    """Replace the write keys."""
    if keys:
        store.set(SecretKind.SEGMENT_WRITE_KEYS, json.dumps({one.source: one.value for one in keys}))
    else:
        store.delete(SecretKind.SEGMENT_WRITE_KEYS)


def write_stamp(path: Path) -> None:
    """Say at ``path`` that the credentials have changed, for relays that run in other processes."""
    write_private(path, b"")


def read_stamp(path: Path) -> object:
    """Something that differs after each ``write_stamp``; None before the first."""
    with translated_os_errors(path):
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
    return found.st_ino, found.st_mtime_ns


def _read_previous(text: str) -> SharedSecret:
    """A plain text is a secret without an end: whoever hands it over in the environment ends it there."""
    if not text.startswith("{"):
        return SharedSecret(text)
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if isinstance(value, Mapping):
        secret, until_ms = value.get("secret"), value.get("until_ms")
        if isinstance(secret, str) and secret and isinstance(until_ms, int):
            return SharedSecret(secret, until_ms)
    raise _unreadable(SecretKind.SEGMENT_PREVIOUS_SECRET, "a secret with its end, or a plain secret")


def _unreadable(kind: SecretKind, wanted: str) -> AppError:
    return AppError(
        "SECRETS-UNREADABLE",
        f"The {kind.words} cannot be read.",
        cause=f"It has to be {wanted}.",
        remedy="Enter it anew with `segment-close secret rotate` or `segment-close sources add`, "
        f"or correct {kind.variable} where the program is started.",
    )
