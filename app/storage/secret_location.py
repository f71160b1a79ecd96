"""From a profile to the store of its secrets: the environment first, then where the profile says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from app.errors import AppError
from app.storage.encrypted_file import EncryptedFileSecretStore
from app.storage.key_store import KeyringSecretStore
from app.storage.profile import KeyLocation
from app.storage.secret_store import (
    EnvironmentFirst,
    EnvironmentSecretStore,
    MemorySecretStore,
    SecretStore,
)


def open_secret_store(
    location: KeyLocation | None,
    profile_id: str,
    secrets_path: Path,
    environment: Mapping[str, str],
    ask_passphrase: Callable[[], str] | None = None,
) -> SecretStore:
    """The store for a profile whose secrets are at ``location``; None means not chosen yet (memory).

    A new memory store is made at each call: the caller keeps it for the run. ``ask_passphrase`` is
    called only for the encrypted file; without it that place raises SECRETS-PASSPHRASE-NEEDED.
    """
    first = EnvironmentSecretStore(environment)
    if location is KeyLocation.ENVIRONMENT:
        return first
    if location is KeyLocation.KEYRING:
        return EnvironmentFirst(first, KeyringSecretStore(profile_id))
    if location is KeyLocation.ENCRYPTED_FILE:
        if ask_passphrase is None:
            raise _passphrase_needed(secrets_path)
        return EnvironmentFirst(first, EncryptedFileSecretStore(secrets_path, profile_id, ask_passphrase()))
    return EnvironmentFirst(first, MemorySecretStore())


def _passphrase_needed(path: Path) -> AppError:
    return AppError(
        "SECRETS-PASSPHRASE-NEEDED",
        "The secrets of this profile are in an encrypted file and the passphrase is not known.",
        cause=f"{path} can only be opened with its passphrase, and nobody can be asked here.",
        remedy="Start the program in a terminal or with its window, "
        "or hand the secrets over in CLOSE_API_KEY and SEGMENT_SHARED_SECRET.",
    )
