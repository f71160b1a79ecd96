"""Former versions of a profile's mappings, kept whenever a save replaces them.

One private file beside the profile. It is a safety net: a file that cannot be read is set aside and a new
one begun, so that it never keeps anybody from saving.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.json_value import JsonObject
from app.storage.json_reader import JsonReader, JsonShapeError, decode_object, encode_object
from app.storage.private_files import read_private, translated_os_errors, write_private
from app.storage.profile import MappingSpec, mapping_to_json, read_mapping

VERSION = 1
KEPT_VERSIONS = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FormerMappings:
    """Mappings that were in use until ``replaced_at`` (UTC)."""

    mappings: tuple[MappingSpec, ...]
    replaced_at: datetime


class MappingHistory:
    """The versions in one file, newest first. Every method may raise ``AppError`` (``STORAGE-…``)."""

    def __init__(self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = path
        self._now = now

    @property
    def set_aside_path(self) -> Path:
        """Where a file that cannot be read is kept."""
        return self._path.with_name(f"{self._path.stem}-unreadable{self._path.suffix}")

    def versions(self) -> tuple[FormerMappings, ...]:
        content = read_private(self._path)
        if content is None:
            return ()
        try:
            return _read(decode_object(content))
        except JsonShapeError as error:
            _log.warning(
                "The history of mappings cannot be read and is kept as %s: %s", self.set_aside_path, error
            )
            with translated_os_errors(self._path):
                self._path.replace(self.set_aside_path)
            return ()

    def keep(self, mappings: tuple[MappingSpec, ...]) -> None:
        """Remember mappings that are about to be replaced; the folder has to exist.

        Nothing is added when the newest version is the same: a save that failed halfway is tried again.
        """
        versions = self.versions()
        if not versions or versions[0].mappings != mappings:
            newest = FormerMappings(mappings, self._now().astimezone(UTC))
            write_private(self._path, encode_object(_to_json((newest, *versions)[:KEPT_VERSIONS])))


def _to_json(versions: tuple[FormerMappings, ...]) -> JsonObject:
    return {
        "version": VERSION,
        "versions": [
            {
                "replaced_at": each.replaced_at.isoformat(),
                "mappings": [mapping_to_json(spec) for spec in each.mappings],
            }
            for each in versions
        ],
    }


def _read(value: JsonObject) -> tuple[FormerMappings, ...]:
    reader = JsonReader(value)
    reader.number("version", 0, least=1, most=VERSION)
    versions = tuple(_read_version(child) for child in reader.children("versions"))
    reader.finish()
    return versions


def _read_version(reader: JsonReader) -> FormerMappings:
    try:
        replaced_at = datetime.fromisoformat(reader.text("replaced_at")).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise JsonShapeError(f"“{reader.place}.replaced_at” has to be a time.") from error
    version = FormerMappings(tuple(read_mapping(child) for child in reader.children("mappings")), replaced_at)
    reader.finish()
    return version
