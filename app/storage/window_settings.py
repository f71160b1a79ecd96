"""How a person likes the window: look, language and size of text. One file for all profiles, no secret.

What this program does not know is kept as it is: a newer version may have written it. A file that cannot be
read costs the wishes in it, not the start.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.errors import AppError
from app.json_value import JsonObject, JsonValue
from app.storage.json_reader import JsonShapeError, decode_object, encode_object
from app.storage.own_folders import configuration_folder, default_root
from app.storage.private_files import make_private_folder, read_private, write_private

_log = logging.getLogger(__name__)

SCHEMES = ("system", "light", "dark")
TEXT_PERCENTS = (100, 115, 130, 150, 175, 200)


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """``language`` is a code such as ``de``, empty for the desktop's; ``scheme`` one of ``SCHEMES``,
    ``geometry`` what Qt makes of a window's place, as text. ``event_states``, ``event_types`` and
    ``event_marks`` are the filters of the event list; those that name a person are never kept.
    ``columns`` are the widths of a table's columns in px at 100 % text, by the table's key.
    """

    scheme: str = "system"
    language: str = ""
    text_percent: int = 100
    mask_personal: bool = False
    geometry: str = ""
    event_states: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()
    event_marks: bool = False
    columns: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def window_settings_path(root: Path) -> Path:
    """In the user's configuration; beside the profiles where a person named their folder."""
    if root == default_root():
        return configuration_folder() / "window.json"
    return root / "window.json"


class WindowSettingsStore:
    """Reads and writes the file; every method blocks on the disk for a moment."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> WindowSettings:
        value = self._value()
        usual = WindowSettings()
        scheme, language = value.get("scheme"), value.get("language")
        percent, geometry = value.get("text_percent"), value.get("geometry")
        return WindowSettings(
            scheme=scheme if isinstance(scheme, str) and scheme in SCHEMES else usual.scheme,
            language=language if isinstance(language, str) else usual.language,
            text_percent=percent
            if isinstance(percent, int) and 100 <= percent <= 200
            else usual.text_percent,
            mask_personal=value.get("mask_personal") is True,
            geometry=geometry if isinstance(geometry, str) else "",
            event_states=_texts(value.get("event_states")),
            event_types=_texts(value.get("event_types")),
            event_marks=value.get("event_marks") is True,
            columns=_widths(value.get("columns")),
        )

    def save(self, settings: WindowSettings) -> None:
        """Raises ``AppError`` (``STORAGE-…``)."""
        known: dict[str, JsonValue] = {
            "scheme": settings.scheme,
            "language": settings.language,
            "text_percent": settings.text_percent,
            "mask_personal": settings.mask_personal,
            "geometry": settings.geometry,
            "event_states": list(settings.event_states),
            "event_types": list(settings.event_types),
            "event_marks": settings.event_marks,
            "columns": {table: list(widths) for table, widths in settings.columns.items()},
        }
        make_private_folder(self._path.parent)
        write_private(self._path, encode_object({**self._value(), **known}))

    def _value(self) -> JsonObject:
        try:
            content = read_private(self._path)
            return {} if content is None else decode_object(content)
        except (AppError, JsonShapeError) as error:
            _log.warning("The settings of the window cannot be read: %s", error)
            return {}


def _texts(value: JsonValue) -> tuple[str, ...]:
    """The texts of a list; nothing where something else stands."""
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _widths(value: JsonValue) -> dict[str, tuple[int, ...]]:
    """Of those tables whose widths are whole numbers; the others look as they usually do."""
    tables = value if isinstance(value, dict) else {}
    return {
        table: tuple(one for one in widths if isinstance(one, int))
        for table, widths in tables.items()
        if isinstance(widths, list) and all(type(one) is int for one in widths)
    }
