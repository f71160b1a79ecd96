"""The events that were collected for a profile, as lines of JSON in one private file.

The first line says the version and what is chosen, each further line holds one event. The file has personal
data of real people: it lies in the profile's folder, mode 0600, and leaves the computer with nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from app.errors import AppError
from app.json_value import JsonObject
from app.storage.json_reader import JsonReader, JsonShapeError, decode_object
from app.storage.private_files import close_folder, read_private, translated_os_errors, write_private

VERSION = 1


@dataclass(frozen=True, slots=True)
class StoredSample:
    """``origin`` is the word for where the event came from: pasted, file, recorded."""

    name: str
    why: str
    origin: str
    starred: bool
    body: JsonObject


@dataclass(frozen=True, slots=True)
class StoredSamples:
    """Own events in the order of the list.

    ``chosen`` is the place of the chosen one in ``events``, or None; ``chosen_built_in`` the name of a
    built-in one. ``starred_built_in`` are names too.
    """

    events: tuple[StoredSample, ...] = ()
    chosen: int | None = None
    chosen_built_in: str = ""
    starred_built_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadedSamples:
    """``trouble`` says what could not be read and where it is kept now; None when all was well."""

    samples: StoredSamples
    trouble: AppError | None = None


class SampleStore:
    """One profile's collected events in one file, replaced as a whole. Blocks: for worker threads."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> LoadedSamples:
        """What is kept. A file or a line that cannot be read is set aside, never lost.

        Raises ``AppError`` only where the disk refuses (``STORAGE-…``).
        """
        content = read_private(self._path)
        if content is None:
            return LoadedSamples(StoredSamples())
        # Only line feeds end a line here: text inside the events may hold other separators.
        head, *lines = content.split(b"\n")
        try:
            header = _read_header(head)
        except JsonShapeError as error:
            return LoadedSamples(StoredSamples(), self._set_aside(str(error)))
        events: list[StoredSample] = []
        bad = 0
        chosen = None
        for place, line in enumerate(line for line in lines if line.strip()):
            try:
                event = _read_event(line)
            except JsonShapeError:
                bad += 1
                continue
            if place == header.chosen:
                chosen = len(events)
            events.append(event)
        samples = StoredSamples(tuple(events), chosen, header.chosen_built_in, header.starred_built_in)
        return LoadedSamples(samples, self._keep_copy(content, bad, len(events)) if bad else None)

    def save(self, samples: StoredSamples) -> None:
        """Replace the file. Raises ``AppError`` (``STORAGE-…``); the old file stays then."""
        close_folder(self._path.parent)
        header: JsonObject = {
            "version": VERSION,
            "chosen": samples.chosen,
            "chosen_built_in": samples.chosen_built_in,
            "starred_built_in": list(samples.starred_built_in),
        }
        lines = [_line(header), *(_event_line(event) for event in samples.events), b""]
        write_private(self._path, b"\n".join(lines))

    def _set_aside(self, cause: str) -> AppError:
        aside = self._free_name()
        with translated_os_errors(self._path):
            self._path.replace(aside)
        return AppError(
            "SAMPLES-UNREADABLE",
            "The collected events cannot be read.",
            cause=f"{self._path}: {cause}",
            remedy=f"Collect events again. What was there is kept in {aside}.",
        )

    def _keep_copy(self, content: bytes, bad: int, good: int) -> AppError:
        aside = self._free_name()
        write_private(aside, content)
        return AppError(
            "SAMPLES-PARTLY-UNREADABLE",
            f"{bad} of {bad + good} collected events cannot be read.",
            cause=f"{self._path} was damaged or changed by hand.",
            remedy=f"The others are here. The file as it was is kept in {aside}.",
        )

    def _free_name(self) -> Path:
        number = 1
        while True:
            name = f"{self._path.stem}-unreadable{f'-{number}' if number > 1 else ''}{self._path.suffix}"
            aside = self._path.with_name(name)
            with translated_os_errors(aside):
                if not aside.exists():
                    return aside
            number += 1


def _line(value: JsonObject) -> bytes:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # A lone surrogate has no UTF-8 form; Python's escape for it is JSON's escape too.
    return text.encode("utf-8", "backslashreplace")


def _event_line(event: StoredSample) -> bytes:
    return _line(
        {
            "name": event.name,
            "why": event.why,
            "origin": event.origin,
            "starred": event.starred,
            "body": event.body,
        }
    )


def _read_header(line: bytes) -> StoredSamples:
    reader = JsonReader(decode_object(line))
    version = reader.number("version", 0, least=0, most=2**31)
    if version > VERSION:
        raise JsonShapeError("It was written by a newer version of this program.")
    if version != VERSION:
        raise JsonShapeError("It does not say which version wrote it.")
    chosen = reader.number("chosen", -1, least=-1, most=2**31)
    return StoredSamples(
        (),
        chosen if chosen >= 0 else None,
        reader.text("chosen_built_in", ""),
        reader.texts("starred_built_in"),
    )


def _read_event(line: bytes) -> StoredSample:
    reader = JsonReader(decode_object(line))
    return StoredSample(
        reader.text("name"),
        reader.text("why", ""),
        reader.text("origin"),
        reader.flag("starred", default=False),
        reader.json_object("body"),
    )
