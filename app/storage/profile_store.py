"""Where profiles lie on disk: ``<root>/<name>/profile.json`` and its neighbours."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from app.errors import AppError
from app.storage.json_reader import JsonShapeError, decode_object, encode_object
from app.storage.mapping_history import MappingHistory
from app.storage.private_files import (
    close_folder,
    make_private_folder,
    read_private,
    translated_os_errors,
    write_private,
)
from app.storage.profile import VERSION, Profile, profile_from_json, profile_to_json
from app.storage.profile_file import NewerFileError, decode_profile

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9_-])?")
# Windows opens a device when a file has one of these names, whatever its suffix.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def check_profile_name(name: str) -> str:
    """The name itself when it can be a folder's name on every system, else ``AppError`` PROFILE-NAME."""
    if not _NAME.fullmatch(name) or _DEVICES.fullmatch(name):
        raise AppError(
            "PROFILE-NAME",
            f"“{name}” cannot be a profile's name.",
            cause="The name becomes the name of a folder.",
            remedy="Use up to 64 letters (a to z), digits, spaces, dots, hyphens and underscores, "
            "with a letter or digit first.",
        )
    return name


class ProfileStore:
    """Profiles below one folder. Every method may raise ``AppError``; none keeps state in memory.

    ``new_id`` makes profile ids: 32 hexadecimal digits, never twice the same; ``now`` is in UTC.
    """

    def __init__(
        self,
        root: Path,
        new_id: Callable[[], str] = lambda: uuid4().hex,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._root = root
        self._new_id = new_id
        self._now = now

    @property
    def root(self) -> Path:
        return self._root

    def folder(self, name: str) -> Path:
        """The profile's folder, whether it exists or not. Raises PROFILE-NAME."""
        return self._root / check_profile_name(name)

    def profile_path(self, name: str) -> Path:
        return self.folder(name) / "profile.json"

    def database_path(self, name: str) -> Path:
        return self.folder(name) / "relay.db"

    def draft_path(self, name: str) -> Path:
        return self.folder(name) / "draft.json"

    def samples_path(self, name: str) -> Path:
        """Events that were collected to try mappings on."""
        return self.folder(name) / "samples.jsonl"

    def cases_path(self, name: str) -> Path:
        """Events with what they are expected to do."""
        return self.folder(name) / "test-cases.json"

    def credentials_stamp_path(self, name: str) -> Path:
        """Touched when a secret of the relay changes; it holds none."""
        return self.database_path(name).with_name("credentials.stamp")

    def reach_path(self, name: str) -> Path:
        """What is known about being reachable: the last proof, and the gaps."""
        return self.folder(name) / "reachability.json"

    def copied_url_path(self, name: str) -> Path:
        """Which webhook URL was taken to Segment, as a fingerprint."""
        return self.folder(name) / "copied-url.json"

    def secrets_path(self, name: str) -> Path:
        return self.folder(name) / "secrets.enc"

    def history(self, name: str) -> MappingHistory:
        """The former versions of the profile's mappings; ``save`` adds to them."""
        return MappingHistory(self.folder(name) / "mapping-history.json", self._now)

    def log_folder(self, name: str) -> Path:
        return self.folder(name) / "logs"

    def make_folder(self, name: str) -> Path:
        """Create the profile's folder, private to the user, before anything is put into it."""
        make_private_folder(self._root)
        close_folder(self.folder(name))
        return self.folder(name)

    def list(self) -> tuple[str, ...]:
        """The names of all profiles, sorted; files and folders of other origin are left out."""
        with translated_os_errors(self._root):
            if not self._root.is_dir():
                return ()
            return tuple(
                sorted(
                    entry.name
                    for entry in self._root.iterdir()
                    if _NAME.fullmatch(entry.name) and (entry / "profile.json").is_file()
                )
            )

    def exists(self, name: str) -> bool:
        with translated_os_errors(self.profile_path(name)):
            return self.profile_path(name).is_file()

    def new(self, name: str) -> Profile:
        """A fresh profile with a new id; it is not saved."""
        return Profile(profile_id=self._new_id(), name=check_profile_name(name))

    def load(self, name: str) -> Profile:
        """Read one profile.

        Raises ``AppError`` PROFILE-MISSING, PROFILE-NEWER or PROFILE-UNREADABLE; the file stays as it is.
        """
        path = self.profile_path(name)
        content = read_private(path)
        if content is None:
            raise AppError(
                "PROFILE-MISSING",
                f"There is no profile named “{name}”.",
                cause=f"{path} does not exist.",
                remedy=f"Set it up first: segment-close --profile {shlex.quote(name)} setup",
            )
        return _decode(content, name, path)

    def read_file(self, path: Path, name: str) -> Profile:
        """A profile's file from elsewhere, under another name. Raises ``AppError`` as ``load`` does."""
        content = read_private(path)
        if content is None:
            raise AppError(
                "PROFILE-MISSING",
                f"There is no file {path.name}.",
                cause=f"{path} does not exist.",
                remedy="Choose a profile.json of this program.",
            )
        if b'"format"' in content:
            return self._from_export(content, name, path)
        return _decode(content, name, path)

    def _from_export(self, content: bytes, name: str, path: Path) -> Profile:
        try:
            found = decode_profile(content).profile
        except JsonShapeError as error:
            newer = isinstance(error, NewerFileError)
            raise AppError(
                "PROFILE-NEWER" if newer else "PROFILE-UNREADABLE",
                f"{path.name} cannot be opened.",
                cause=str(error),
                remedy="Update the program." if newer else "Correct the file, or choose another one.",
            ) from error
        return replace(found, profile_id=self._new_id(), name=name)

    def save(self, profile: Profile) -> None:
        """Write the profile durably in one step; mappings that it replaces go to ``history``.

        A file that this program cannot read is never overwritten: raises as ``load`` does.
        """
        path = self.profile_path(profile.name)
        content = read_private(path)
        before = () if content is None else _decode(content, profile.name, path).mappings
        self.make_folder(profile.name)
        if before and before != profile.mappings:
            self.history(profile.name).keep(before)
        write_private(path, encode_object(profile_to_json(profile)))

    def stamp(self, name: str) -> object:
        """Something that differs after each ``save``, also by another process; None without a file.

        Cheap enough to ask before each event.
        """
        path = self.profile_path(name)
        with translated_os_errors(path):
            try:
                found = path.stat()
            except FileNotFoundError:
                return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def rename(self, name: str, new_name: str) -> None:
        """Give the profile's folder another name; secrets hang on the profile's id and stay.

        Raises ``AppError`` PROFILE-MISSING, PROFILE-NAME, PROFILE-NAME-TAKEN.
        """
        self.load(name)
        folder, wanted = self.folder(name), self.folder(new_name)
        with translated_os_errors(wanted):
            # On systems that do not tell case apart, “acme” may become “Acme”.
            taken = wanted.exists() and not (name != new_name and wanted.samefile(folder))
            if taken:
                raise name_taken(new_name)
            folder.rename(wanted)

    def delete(self, name: str) -> None:
        """Remove the profile's folder with its events and logs.

        Secrets in the keyring are not in the folder: delete them through their store first.
        """
        folder = self.folder(name)
        with translated_os_errors(folder):
            if folder.is_symlink():
                folder.unlink()
            elif folder.exists():
                shutil.rmtree(folder)


def name_taken(name: str) -> AppError:
    return AppError(
        "PROFILE-NAME-TAKEN",
        f"There is already a profile named “{name}”.",
        cause="Each profile has a folder of its own, and two cannot have one name.",
        remedy="Choose another name.",
    )


def _decode(content: bytes, name: str, path: Path) -> Profile:
    try:
        value = decode_object(content)
        version = value.get("version")
        if isinstance(version, int) and version > VERSION:
            raise AppError(
                "PROFILE-NEWER",
                f"The profile “{name}” was written by a newer version of this program.",
                cause=f"{path} has format {version}; this program knows formats up to {VERSION}.",
                remedy="Update the program, or use another profile. The file was left as it is.",
            )
        return profile_from_json(value, name)
    except JsonShapeError as error:
        raise AppError(
            "PROFILE-UNREADABLE",
            f"The profile “{name}” cannot be read.",
            cause=f"{path}: {error}",
            remedy="Correct the file, or move it away and set the profile up again. It was left as it is.",
        ) from error
