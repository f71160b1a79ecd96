"""The draft of a set-up: what was entered so far, so that closing the window loses nothing.

The content belongs to the set-up flow, which puts no secret into it; here it is one JSON object.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.errors import AppError
from app.json_value import JsonObject
from app.storage.json_reader import JsonReader, JsonShapeError, decode_object, encode_object
from app.storage.private_files import close_folder, read_private, translated_os_errors, write_private

VERSION = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """``step`` is the name of the step that was open at ``saved_at`` (UTC)."""

    step: str
    saved_at: datetime
    content: JsonObject


class DraftStore:
    """One draft in one file, replaced as a whole at each save. Every method may raise ``AppError``."""

    def __init__(self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = path
        self._now = now

    @property
    def set_aside_path(self) -> Path:
        """Where a draft that cannot be read is kept."""
        return self._path.with_name(f"{self._path.stem}-unreadable{self._path.suffix}")

    def load(self) -> Draft | None:
        """The draft, or None when there is none.

        Raises DRAFT-NEWER or DRAFT-UNREADABLE after the file was set aside, so that the next ``load``
        finds none and a fresh start is possible.
        """
        content = read_private(self._path)
        if content is None:
            return None
        try:
            value = decode_object(content)
            version = value.get("version")
            if isinstance(version, int) and version > VERSION:
                raise self._set_aside("DRAFT-NEWER", "it was written by a newer version of this program.")
            return _read(JsonReader(value))
        except JsonShapeError as error:
            raise self._set_aside("DRAFT-UNREADABLE", str(error)) from error

    def save(self, step: str, content: JsonObject) -> None:
        close_folder(self._path.parent)
        saved_at = self._now().astimezone(UTC).isoformat()
        draft: JsonObject = {"version": VERSION, "saved_at": saved_at, "step": step, "content": content}
        write_private(self._path, encode_object(draft))

    def clear(self) -> None:
        """Remove the draft; no error when there is none."""
        with translated_os_errors(self._path):
            self._path.unlink(missing_ok=True)

    def _set_aside(self, code: str, cause: str) -> AppError:
        with translated_os_errors(self._path):
            self._path.replace(self.set_aside_path)
        return AppError(
            code,
            "The unfinished set-up cannot be read.",
            cause=f"{self._path}: {cause}",
            remedy=f"Start the set-up afresh. What was there is kept in {self.set_aside_path}.",
        )


def _read(reader: JsonReader) -> Draft:
    reader.number("version", 0, least=1, most=VERSION)
    saved_at = reader.text("saved_at")
    try:
        moment = datetime.fromisoformat(saved_at).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise JsonShapeError("“saved_at” has to be a time.") from error
    draft = Draft(reader.text("step"), moment, reader.json_object("content"))
    reader.finish()
    return draft
