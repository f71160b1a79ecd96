"""What a person does about who may post to the relay: rotate the shared secret, let sources in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from app.errors import AppError
from app.storage.profile import Profile, SourceSettings
from app.storage.profile_store import ProfileStore
from app.storage.relay_credentials import (
    MAX_WRITE_KEYS,
    WriteKey,
    forget_previous,
    keep_rotation,
    keep_write_keys,
    read_write_keys,
    write_stamp,
)
from app.workflows.secret_access import SecretAccess

_HOUR_MS = 3600 * 1000
DEFAULT_OVERLAP_H = 24
"""Segment retries for 4 hours what was signed before; a day leaves time to enter the new secret there."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class RotationState:
    """``previous_until_ms`` (since 1970) is when the secret before ends; None with ``overlapping`` means
    that it has no end. Never a secret itself.
    """

    has_secret: bool
    overlapping: bool
    previous_until_ms: int | None


@dataclass(frozen=True, slots=True)
class AccessNow:
    """Who may post at present; ``secret`` is what Segment signs with, empty when there is none."""

    secret: str = field(repr=False)
    rotation: RotationState
    sources: tuple[str, ...]
    settings: SourceSettings


class RelayAccess:
    """Changes hold for a running relay within seconds, also for one in another process.

    May block on a keyring. Raises ``AppError`` (``SECRETS-…``, ``KEYRING-…``).
    """

    def __init__(
        self,
        secrets: SecretAccess,
        profiles: ProfileStore,
        new_secret: Callable[[], str],
        now_ms: Callable[[], int],
    ) -> None:
        self._secrets = secrets
        self._profiles = profiles
        self._new_secret = new_secret
        self._now_ms = now_ms

    def rotation(self, profile: Profile) -> RotationState:
        """Where a rotation stands; a secret that has ended counts as gone."""
        holding = [one for one in self._secrets.credentials(profile).secrets if one.holds(self._now_ms())]
        previous = holding[1] if len(holding) > 1 else None
        return RotationState(bool(holding), previous is not None, previous.until_ms if previous else None)

    def now(self, name: str) -> AccessNow:
        """Everything at once, of the saved profile."""
        profile = self._profiles.load(name)
        secret = self._secrets.shared_secret(profile) or ""
        return AccessNow(secret, self.rotation(profile), self.sources(profile), profile.sources)

    def rotate(
        self, profile: Profile, *, secret: str | None = None, overlap_h: int = DEFAULT_OVERLAP_H
    ) -> RotationState:
        """Replace the shared secret; the old one holds for ``overlap_h`` hours more."""
        wanted = self._new_secret() if secret is None else _checked_secret(secret)
        until_ms = self._now_ms() + overlap_h * _HOUR_MS if overlap_h else None
        keep_rotation(self._secrets.current(profile), wanted, until_ms)
        self._changed(profile)
        return self.rotation(profile)

    def end_rotation(self, profile: Profile) -> None:
        """Accept only the secret in use from now on."""
        forget_previous(self._secrets.current(profile))
        self._changed(profile)

    def sources(self, profile: Profile) -> tuple[str, ...]:
        """The names of the sources that have a write key."""
        return tuple(one.source for one in self._secrets.credentials(profile).write_keys)

    def add_source(self, profile: Profile, name: str, key: str | None = None) -> str:
        """Let a source in and return its write key: ``key``, or a new one."""
        name = " ".join(name.split())
        store = self._secrets.current(profile)
        keys = read_write_keys(store)
        value = self._new_secret() if key is None else _checked_secret(key)
        if not name or any(one.source == name for one in keys):
            raise AppError(
                "SOURCE-NAME",
                f"There is a source “{name}” already." if name else "The source has no name.",
                remedy="Choose another name, or remove the source first to give it a new key.",
            )
        if len(keys) >= MAX_WRITE_KEYS or any(one.value == value for one in keys):
            raise AppError(
                "SOURCE-KEY",
                "This write key cannot be added.",
                cause=f"Another source has it, or there are {MAX_WRITE_KEYS} sources already.",
                remedy="Let the program make a key, or remove a source that is not used.",
            )
        keep_write_keys(store, (*keys, WriteKey(name, value)))
        self._changed(profile)
        return value

    def remove_source(self, profile: Profile, name: str) -> None:
        """Refuse a source's write key from now on."""
        store = self._secrets.current(profile)
        keys = read_write_keys(store)
        left = tuple(one for one in keys if one.source != name)
        if left == keys:
            raise AppError(
                "SOURCE-UNKNOWN",
                f"There is no source “{name}”.",
                remedy="`segment-close sources list` shows those there are.",
            )
        keep_write_keys(store, left)
        self._changed(profile)

    def set_sources(
        self, name: str, *, enabled: bool | None = None, add: str = "", remove: str = ""
    ) -> SourceSettings:
        """Switch direct posting on or off, and list or unlist a web page. Saves the profile."""
        profile = self._profiles.load(name)
        settings = profile.sources
        if enabled is not None:
            settings = replace(settings, enabled=enabled)
        if add:
            settings = replace(settings, origins=tuple(dict.fromkeys((*settings.origins, origin_of(add)))))
        if remove:
            gone = origin_of(remove)
            settings = replace(settings, origins=tuple(one for one in settings.origins if one != gone))
        self._profiles.save(replace(profile, sources=settings))
        return settings

    def _changed(self, profile: Profile) -> None:
        # Reading registers what is new with the redactor, before anything can log it.
        self._secrets.credentials(profile)
        self._profiles.make_folder(profile.name)
        write_stamp(self._profiles.credentials_stamp_path(profile.name))


def origin_of(text: str) -> str:
    """A web page's origin as browsers write it. Raises ``AppError`` for what is none, and for ``*``."""
    try:
        parts = urlsplit(text.strip().lower())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    named = parts.scheme in _DEFAULT_PORTS and parts.hostname and not parts.username
    if not parts.hostname or not named or parts.path not in ("", "/"):
        raise AppError(
            "SOURCE-ORIGIN",
            "This is not the origin of a web page.",
            cause="An origin is a scheme, a host and, where it is unusual, a port; every page is not one.",
            remedy="Write it like https://app.example or http://localhost:3000.",
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = port is None or port == _DEFAULT_PORTS[parts.scheme]
    return f"{parts.scheme}://{host}" if default else f"{parts.scheme}://{host}:{port}"


def _checked_secret(text: str) -> str:
    value = text.strip()
    if not value or not value.isprintable() or len(value) > 1000:
        raise AppError(
            "SECRET-UNUSABLE",
            "This secret cannot be used.",
            cause="It is empty, longer than 1000 characters, or has characters that cannot be typed.",
            remedy="Choose another one, or let the program make one.",
        )
    return value
