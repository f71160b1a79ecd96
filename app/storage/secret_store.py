"""What the program needs from a place that keeps secrets, and the places that need no other program.

A secret is in one of these stores or in memory, nowhere else. ``repr`` of a store never shows a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.errors import AppError
from app.storage.private_files import read_private


class SecretKind(StrEnum):
    """The secrets of a profile; the value is the key of their stored form.

    ``SEGMENT_PREVIOUS_SECRET`` is the shared secret that was replaced and is still accepted for a while;
    ``SEGMENT_WRITE_KEYS`` are those of the sources that may post directly. Both are texts with a form of
    their own (``relay_credentials.py``).
    """

    CLOSE_API_KEY = "close_api_key"
    SEGMENT_SHARED_SECRET = "segment_shared_secret"  # noqa: S105 - a name, not a secret
    SEGMENT_PREVIOUS_SECRET = "segment_previous_secret"  # noqa: S105 - a name, not a secret
    SEGMENT_WRITE_KEYS = "segment_write_keys"

    @property
    def variable(self) -> str:
        """The environment variable, and the systemd credential, that can hold it."""
        return self.value.upper()

    @property
    def words(self) -> str:
        """What people call it, for the middle of a sentence."""
        return _WORDS[self]


_WORDS = {
    SecretKind.CLOSE_API_KEY: "Close API key",
    SecretKind.SEGMENT_SHARED_SECRET: "webhook shared secret",
    SecretKind.SEGMENT_PREVIOUS_SECRET: "previous webhook secret",
    SecretKind.SEGMENT_WRITE_KEYS: "list of write keys",
}


class SecretStore(Protocol):
    """A place for the secrets of one profile. May be used from any thread.

    Every method may raise ``AppError``: a store that cannot be read is an error, never "no secret".
    """

    @property
    def name(self) -> str:
        """The place in words for people ("macOS Keychain")."""

    def get(self, kind: SecretKind) -> str | None:
        """The secret, or None when there surely is none."""

    def set(self, kind: SecretKind, value: str) -> None:
        """Keep or replace the secret."""

    def delete(self, kind: SecretKind) -> None:
        """Forget the secret; no error when there is none."""


class MemorySecretStore:
    """Keeps secrets until the program ends: for machines without a keyring, and for the demo."""

    def __init__(self) -> None:
        self._values: dict[SecretKind, str] = {}

    def __repr__(self) -> str:
        return "<MemorySecretStore>"

    @property
    def name(self) -> str:
        return "memory, until you quit"

    def get(self, kind: SecretKind) -> str | None:
        return self._values.get(kind)

    def set(self, kind: SecretKind, value: str) -> None:
        self._values[kind] = value

    def delete(self, kind: SecretKind) -> None:
        self._values.pop(kind, None)


class EnvironmentSecretStore:
    """Secrets that whoever starts the program hands over: for servers. Read only.

    ``CLOSE_API_KEY`` and ``SEGMENT_SHARED_SECRET``, or files of these names in the folder that
    systemd names in ``CREDENTIALS_DIRECTORY`` (``LoadCredential=CLOSE_API_KEY:/path``). Files come second.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __repr__(self) -> str:
        return "<EnvironmentSecretStore>"

    @property
    def name(self) -> str:
        return "environment variables"

    def get(self, kind: SecretKind) -> str | None:
        value = self._environment.get(kind.variable, "").strip()
        return value or self._credential(kind)

    def _credential(self, kind: SecretKind) -> str | None:
        folder = self._environment.get("CREDENTIALS_DIRECTORY", "")
        if not folder:
            return None
        content = read_private(Path(folder) / kind.variable)
        return None if content is None else content.decode("utf-8", "replace").strip() or None

    def set(self, kind: SecretKind, value: str) -> None:
        """Accepts only what the environment holds already. Raises SECRETS-READ-ONLY otherwise."""
        if self.get(kind) != value:
            raise self._read_only(kind)

    def delete(self, kind: SecretKind) -> None:
        """Raises SECRETS-READ-ONLY when the environment holds the secret."""
        if self.get(kind) is not None:
            raise self._read_only(kind)

    def _read_only(self, kind: SecretKind) -> AppError:
        return AppError(
            "SECRETS-READ-ONLY",
            f"The {kind.words} comes from the environment and cannot be changed here.",
            cause=f"{kind.variable} is read when the program starts.",
            remedy=f"Change {kind.variable} where the program is started, "
            "or unset it there and choose another place.",
        )


class EnvironmentFirst:
    """Asks the environment first and else ``kept``; writes go to ``kept``.

    A secret that the environment holds cannot be changed here: the new value would have no effect.
    """

    def __init__(self, environment: EnvironmentSecretStore, kept: SecretStore) -> None:
        self._environment = environment
        self._kept = kept

    def __repr__(self) -> str:
        return f"<EnvironmentFirst before {self._kept!r}>"

    @property
    def name(self) -> str:
        return self._kept.name

    def get(self, kind: SecretKind) -> str | None:
        value = self._environment.get(kind)
        return self._kept.get(kind) if value is None else value

    def set(self, kind: SecretKind, value: str) -> None:
        if self._environment.get(kind) is not None:
            self._environment.set(kind, value)
        else:
            self._kept.set(kind, value)

    def delete(self, kind: SecretKind) -> None:
        self._environment.delete(kind)
        self._kept.delete(kind)
