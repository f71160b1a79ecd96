"""Several profiles, one for each source: listing, making, naming, exporting and removing them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import AppError
from app.relay.profile_lock import ProfileLock
from app.storage.json_reader import JsonShapeError
from app.storage.private_files import read_private, translated_os_errors, write_private
from app.storage.profile import KeyLocation, Mode, Profile, ProfileColor
from app.storage.profile_file import NewerFileError, ProfileFile, Seal, decode_profile, encode_profile
from app.storage.profile_store import ProfileStore, check_profile_name, name_taken
from app.storage.relay_credentials import write_stamp
from app.storage.secret_store import SecretKind
from app.workflows.secret_access import SecretAccess


@dataclass(frozen=True, slots=True)
class ProfileSummary:
    """One profile at a glance. ``trouble`` says why it cannot be read; the rest is empty then."""

    name: str
    color: ProfileColor = ProfileColor.BLUE
    organization: str = ""
    person: str = ""
    mappings_on: int = 0
    mappings: int = 0
    mode: Mode = Mode.DRY_RUN
    port: int = 0
    window_open: bool = False
    relay_running: bool = False
    trouble: str = ""

    @property
    def in_use(self) -> bool:
        return self.window_open or self.relay_running


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """A profile's file before anything is taken over; ``lines`` are names and values for people."""

    file: ProfileFile
    lines: tuple[tuple[str, str], ...]
    text: str


class ProfileCare:
    """Works on the files of all profiles. Methods block on disk and keyring, and raise ``AppError``."""

    def __init__(self, profiles: ProfileStore, secrets: SecretAccess) -> None:
        self._profiles = profiles
        self._secrets = secrets

    def summaries(self) -> tuple[ProfileSummary, ...]:
        return tuple(self.summary(name) for name in self._profiles.list())

    def summary(self, name: str) -> ProfileSummary:
        try:
            profile = self._profiles.load(name)
        except AppError as error:
            return ProfileSummary(name, trouble=error.title)
        organization = profile.organization
        return ProfileSummary(
            name,
            profile.color,
            organization.name if organization else "",
            organization.user_name if organization else "",
            sum(spec.enabled for spec in profile.mappings),
            len(profile.mappings),
            profile.relay.mode,
            profile.relay.port,
            window_open=_held(self._window_lock(name)),
            relay_running=_held(self._relay_lock(name)),
        )

    def create(self, name: str, color: ProfileColor | None = None) -> Profile:
        """A profile that is not connected yet, in a colour that no other has while there is one left."""
        self._check_free(name)
        profile = replace(self._profiles.new(name), color=color or self._free_color())
        profile = replace(profile, relay=replace(profile.relay, port=self.free_port()))
        self._profiles.save(profile)
        return profile

    def rename(self, name: str, new_name: str) -> None:
        """Raises PROFILE-IN-USE while a window or a relay has it."""
        check_profile_name(new_name)
        self._check_unused(name)
        self._profiles.rename(name, new_name)

    def set_color(self, name: str, color: ProfileColor) -> None:
        self._profiles.save(replace(self._profiles.load(name), color=color))

    def remove(self, name: str) -> None:
        """Forget the profile: its secrets first, then its folder with events, logs and history."""
        self._check_unused(name)
        self.forget_secrets(self._profiles.load(name))
        self._profiles.delete(name)

    def disconnect(self, profile: Profile) -> Profile:
        """Forget the secrets and keep everything else; the profile as it is saved then."""
        self.forget_secrets(profile)
        saved = self._profiles.load(profile.name)
        left = replace(
            saved, key_location=None, live_confirmed_for=None, relay=replace(saved.relay, mode=Mode.DRY_RUN)
        )
        self._profiles.save(left)
        write_stamp(self._profiles.credentials_stamp_path(profile.name))
        return left

    def forget_secrets(self, profile: Profile) -> None:
        """Delete key, shared secrets and write keys. What the environment holds is not ours to delete."""
        if profile.key_location in (None, KeyLocation.ENVIRONMENT):
            return
        if profile.key_location is KeyLocation.ENCRYPTED_FILE:
            # Deleting needs no passphrase: without the file nobody can read it.
            path = self._profiles.secrets_path(profile.name)
            with translated_os_errors(path):
                path.unlink(missing_ok=True)
            return
        store = self._secrets.current(profile)
        for kind in SecretKind:
            store.delete(kind)

    def export(self, name: str) -> bytes:
        """The profile's file. Raises PROFILE-HOLDS-SECRET when a secret was typed into a setting."""
        profile = self._profiles.load(name)
        content = encode_profile(profile)
        text = content.decode("utf-8", "replace")
        if any(secret in text for secret in self._known_secrets(profile)):
            raise AppError(
                "PROFILE-HOLDS-SECRET",
                f"“{name}” was not exported, because a secret stands in it.",
                cause="A mapping, a filter or an address holds the key, a shared secret or a write key.",
                remedy="Take it out of the setting, then export again.",
            )
        return content

    def export_to(self, name: str, path: Path) -> None:
        write_private(path, self.export(name))

    def look_at(self, path: Path) -> ImportPreview:
        """What is in a file, and whether it was edited since it was written. Nothing is taken over."""
        content = read_private(path)
        if content is None:
            raise AppError(
                "PROFILE-FILE-MISSING",
                f"There is no file {path.name}.",
                cause=f"{path} does not exist.",
                remedy="Choose a file that “Export” has written.",
            )
        try:
            found = decode_profile(content)
        except JsonShapeError as error:
            newer = isinstance(error, NewerFileError)
            raise AppError(
                "PROFILE-FILE-NEWER" if newer else "PROFILE-FILE-UNREADABLE",
                f"{path.name} cannot be opened.",
                cause=str(error),
                remedy="Update this program." if newer else "Correct the file, or choose another one.",
            ) from error
        return ImportPreview(found, preview_lines(found), content.decode("utf-8", "replace"))

    def take(self, file: ProfileFile, name: str) -> Profile:
        """Save the profile of a file as a new one: without a key, in Dry run."""
        self._check_free(name)
        profile = replace(file.profile, profile_id=self._profiles.new(name).profile_id, name=name)
        if profile.color in {each.color for each in self.summaries()}:
            profile = replace(profile, color=self._free_color())
        self._profiles.save(profile)
        return profile

    def free_name(self, wanted: str) -> str:
        """``wanted``, or with a number behind it when that name is taken."""
        names = {name.casefold() for name in self._profiles.list()}
        number, found = 1, wanted or "profile"
        while found.casefold() in names:
            number += 1
            found = f"{wanted or 'profile'} {number}"
        return found

    def free_port(self) -> int:
        """A port that no other profile listens on: two relays may run side by side."""
        taken = {each.port for each in self.summaries()}
        port = 8787
        while port in taken:
            port += 1
        return port

    def _free_color(self) -> ProfileColor:
        used = [each.color for each in self.summaries()]
        return min(ProfileColor, key=used.count)

    def _known_secrets(self, profile: Profile) -> tuple[str, ...]:
        if profile.key_location is None:
            return ()
        return self._secrets.known(profile)

    def _check_free(self, name: str) -> None:
        check_profile_name(name)
        if name.casefold() in {each.casefold() for each in self._profiles.list()}:
            raise name_taken(name)

    def _check_unused(self, name: str) -> None:
        for path, what in ((self._window_lock(name), "window"), (self._relay_lock(name), "relay")):
            if _held(path):
                raise AppError(
                    "PROFILE-IN-USE",
                    f"“{name}” is in use.",
                    cause=f"A {what} of this program works with it at the moment.",
                    remedy="Close its window and stop its relay, then try again.",
                )

    def _window_lock(self, name: str) -> Path:
        return self._profiles.folder(name) / "window.lock"

    def _relay_lock(self, name: str) -> Path:
        return self._profiles.database_path(name).with_suffix(".lock")


def preview_lines(file: ProfileFile) -> tuple[tuple[str, str], ...]:
    """What a person decides by before a file is taken over."""
    profile = file.profile
    fields = [each.name for each in (profile.company_field, profile.user_field) if each]
    seal = {
        Seal.INTACT: "As it was exported",
        Seal.EDITED: "Edited since it was exported",
        Seal.NONE: "No seal: a plain profile",
    }
    return (
        ("Profile", file.name or "without a name"),
        ("File", seal[file.seal]),
        ("Organization", profile.organization.name if profile.organization else "none"),
        ("ID fields", ", ".join(fields) or "none"),
        (
            "Mappings",
            ", ".join(f"{one.name} ({'on' if one.enabled else 'off'})" for one in profile.mappings) or "none",
        ),
        ("Filters", str(len(profile.filters))),
        ("Port", str(profile.relay.port)),
        ("Key", "not in the file: you connect to Close afterwards"),
    )


def _held(path: Path) -> bool:
    """Whether a program holds the lock; a missing folder holds none."""
    if not path.is_file():
        return False
    lock = ProfileLock(path)
    try:
        lock.acquire()
    except AppError as error:
        return error.code == "RELAY-ALREADY-RUNNING"
    lock.release()
    return False
