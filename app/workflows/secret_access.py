"""Getting at a profile's secrets: one open store per profile and run of the program."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from app.errors import AppError
from app.storage.profile import KeyLocation, Profile
from app.storage.relay_credentials import RelayCredentials, read_credentials
from app.storage.secret_location import open_secret_store
from app.storage.secret_store import EnvironmentSecretStore, SecretKind, SecretStore


class RegisterSecret(Protocol):
    """Told every secret that passes through, so that it can be kept out of logs and reports."""

    def __call__(self, value: str, /) -> None: ...


class SecretAccess:
    """Opens stores and reads secrets; may be used from any thread, and may block on a person.

    ``ask_passphrase`` asks for the passphrase of an encrypted file; None where nobody can be asked.
    """

    def __init__(
        self,
        secrets_path: Callable[[Profile], Path],
        environment: Mapping[str, str],
        register: RegisterSecret,
        ask_passphrase: Callable[[Profile], str] | None = None,
    ) -> None:
        self._secrets_path = secrets_path
        self._environment = environment
        self._register = register
        self._ask_passphrase = ask_passphrase
        self._open: dict[tuple[str, KeyLocation | None], SecretStore] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return "<SecretAccess>"

    def open(
        self, profile: Profile, location: KeyLocation | None, *, passphrase: str | None = None
    ) -> SecretStore:
        """The store at ``location``; opened once, because memory and passphrases last for the run.

        Raises ``AppError`` (``KEYRING-…``, ``SECRETS-…``).
        """
        place = (profile.profile_id, location)
        with self._lock:
            if place not in self._open or passphrase is not None:
                self._open[place] = open_secret_store(
                    location,
                    profile.profile_id,
                    self._secrets_path(profile),
                    self._environment,
                    self._asking(profile, passphrase),
                )
            return self._open[place]

    def current(self, profile: Profile) -> SecretStore:
        """The store the profile uses; the environment answers first."""
        return self.open(profile, profile.key_location)

    def unlock(self, profile: Profile, passphrase: str) -> None:
        """Open the encrypted file for this run. Raises ``AppError`` (``SECRETS-WRONG-PASSPHRASE``)."""
        self.open(profile, KeyLocation.ENCRYPTED_FILE, passphrase=passphrase).get(SecretKind.CLOSE_API_KEY)

    def api_key(self, profile: Profile) -> str:
        """The Close API key. Raises ``AppError`` (``KEY-MISSING`` and what the store says)."""
        key = self.current(profile).get(SecretKind.CLOSE_API_KEY)
        if not key:
            raise AppError(
                "KEY-MISSING",
                "There is no Close API key for this profile.",
                cause="It was kept until the program ended, or it was never stored.",
                remedy="Connect to Close again (or run `segment-close setup --api-key-stdin`), "
                "or set CLOSE_API_KEY.",
            )
        self._register(key)
        return key

    def shared_secret(self, profile: Profile) -> str | None:
        """The webhook's shared secret; None when there surely is none. Raises what the store says."""
        secret = self.current(profile).get(SecretKind.SEGMENT_SHARED_SECRET)
        if secret:
            self._register(secret)
        return secret

    def credentials(self, profile: Profile) -> RelayCredentials:
        """What requests to the relay are checked with. Raises ``AppError``: what the store says."""
        found = read_credentials(self.current(profile))
        for value in found.values():
            self._register(value)
        return found

    def known(self, profile: Profile) -> tuple[str, ...]:
        """Every secret of the profile, so that texts can be searched for them. Raises ``AppError``."""
        key = self.current(profile).get(SecretKind.CLOSE_API_KEY)
        found = (*((key,) if key else ()), *self.credentials(profile).values())
        for value in found:
            self._register(value)
        return found

    def has_environment_key(self) -> bool:
        """Whether the key is handed over in the environment (servers)."""
        return EnvironmentSecretStore(self._environment).get(SecretKind.CLOSE_API_KEY) is not None

    def _asking(self, profile: Profile, passphrase: str | None) -> Callable[[], str] | None:
        if passphrase is not None:
            return lambda: passphrase
        ask = self._ask_passphrase
        return None if ask is None else lambda: ask(profile)
