"""Events from files of any size: read piece by piece, gzip included, with progress and a way to stop."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.errors import AppError
from app.storage.private_files import storage_error
from app.workflows.sample_collection import MOST_EVENTS
from app.workflows.sample_reading import (
    EventSink,
    ReadEvents,
    ReadProblem,
    decode,
    finite,
    json_line,
    looks_like_json_lines,
    read_text,
    refuse_constant,
)
from app.workflows.sample_tables import EventTable, table_of
from app.workflows.samples import Origin, parse_json

MOST_WHOLE_CHARACTERS = 64_000_000
"""What cannot be read event by event (one large object, library calls) is read as a whole up to here."""

MOST_CHARACTERS = 2_000_000_000
"""No more than this is unpacked or looked at, whatever the file claims to be."""

_LONGEST_EVENT = 4_000_000
_HEAD = 65_536
_CHUNK = 65_536
_SMALL = 262_144
_GZIP = b"\x1f\x8b"
_SPACE = " \t\r\n"


@dataclass(frozen=True, slots=True)
class FileProgress:
    """``done`` and ``total`` are bytes of the file on disk."""

    done: int
    total: int
    events: int


class Stopped(Exception):  # noqa: N818 - not an error: a person pressed Cancel
    """A person has stopped the reading."""


def read_file(
    path: Path,
    *,
    progress: Callable[[FileProgress], None] = lambda _now: None,
    stopped: Callable[[], bool] = lambda: False,
    most: int = MOST_EVENTS,
) -> ReadEvents | EventTable:
    """The events in a file, or its table. Blocks: for worker threads, where ``progress`` is called too.

    Raises ``AppError`` (``SAMPLE-…``, ``STORAGE-…``) and ``Stopped`` soon after ``stopped`` says so.
    """
    sink = EventSink(Origin.FILE, most)
    try:
        if not path.is_file():
            raise _no_file(path)
        total = path.stat().st_size
        with path.open("rb") as file:

            def tell(done: int) -> None:
                progress(FileProgress(done, total, len(sink.samples)))

            try:
                with closing(_Source(file, total, tell, stopped)) as source:
                    return _read(source, sink)
            except (gzip.BadGzipFile, EOFError, zlib.error) as error:
                return _damaged(path, sink, error)
    except OSError as error:
        raise storage_error(error, path) from error


class _Source:
    """The text of a file, unpacked and decoded, in pieces."""

    def __init__(
        self, file: BinaryIO, total: int, progress: Callable[[int], None], stopped: Callable[[], bool]
    ) -> None:
        self._file = file
        self._progress = progress
        self._stopped = stopped
        self._read = 0
        packed = file.read(2) == _GZIP
        file.seek(0)
        raw: BinaryIO = gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[assignment]
        head = raw.read(_HEAD)
        raw.seek(0)
        self.head_is_all = len(head) < _HEAD
        self._text = io.TextIOWrapper(raw, encoding=_encoding(head), errors="replace", newline="")
        self.head = self._text.read(_HEAD)
        self._text.seek(0)
        self.small = total <= _SMALL and not packed

    def close(self) -> None:
        self._text.close()

    def pieces(self) -> Iterator[str]:
        while True:
            piece = self._take(self._text.read(_CHUNK))
            if not piece:
                return
            yield piece

    def lines(self) -> Iterator[str]:
        """Lines with their ends; a line longer than any event comes in parts of that length."""
        while True:
            line = self._take(self._text.readline(_LONGEST_EVENT))
            if not line:
                return
            yield line

    def whole(self) -> str:
        parts: list[str] = []
        length = 0
        for piece in self.pieces():
            length += len(piece)
            if length > MOST_WHOLE_CHARACTERS:
                raise AppError(
                    "SAMPLE-FILE-TOO-LARGE",
                    "This file is too large to be read as a whole.",
                    cause="Arrays of events and lines of JSON can have any size; this file is neither.",
                    remedy="Save it as one event per line (NDJSON), or as an array of events.",
                )
            parts.append(piece)
        return "".join(parts)

    def _take(self, text: str) -> str:
        if self._stopped():
            raise Stopped
        before = self._read // _CHUNK
        self._read += len(text)
        if self._read > MOST_CHARACTERS:
            raise AppError(
                "SAMPLE-FILE-TOO-LARGE",
                "This file holds more than 2 GB of text.",
                cause="It does not hold 10 000 events in that much text.",
                remedy="Cut the part with the events out of it.",
            )
        if self._read // _CHUNK != before or not text:
            self._progress(self._file.tell())
        return text


def _read(source: _Source, sink: EventSink) -> ReadEvents | EventTable:
    head = source.head.removeprefix("\ufeff").lstrip(_SPACE)
    if head[:1] == "[" and not source.small:
        _read_array(source, sink)
        return sink.result()
    if head[:1] == "{" and (looks_like_json_lines(head) or _first_line_is_whole(head)):
        return _read_lines(source, sink)
    if head[:1] in "{[" or source.small or _has_calls(head):
        return read_text(source.whole(), origin=Origin.FILE, most=sink.most)
    table = table_of(source.lines())
    if table is not None:
        return table
    raise AppError(
        "SAMPLE-FILE-UNKNOWN",
        "This file holds no events that can be recognised.",
        cause="It begins neither with JSON nor with the header of a table.",
        remedy="Use JSON, lines of JSON (NDJSON), CSV with a header, or one of these packed with gzip.",
    )


def _read_lines(source: _Source, sink: EventSink) -> ReadEvents:
    long_line = False
    number = 1
    for line in source.lines():
        ends = line.endswith(("\n", "\r"))
        if long_line or (not ends and len(line) >= _LONGEST_EVENT):
            if not long_line:
                sink.refuse(ReadProblem("This line is longer than any event.", number))
            long_line = not ends
        else:
            json_line(line.removeprefix("\ufeff"), number, sink)
        number += ends
        if sink.more:
            break
    return sink.result()


def _read_array(source: _Source, sink: EventSink) -> None:
    """Elements of one large array, each decoded as soon as it is complete."""
    decoder = json.JSONDecoder(parse_float=finite, parse_constant=refuse_constant)
    buffer, at, wanted, number = "", 0, 1, 0
    started = False
    for piece in source.pieces():
        buffer = buffer[at:] + piece
        at = 0
        if not started:
            at = len(buffer) - len(buffer.lstrip(_SPACE + "\ufeff")) + 1
            started = True
        if len(buffer) < wanted:
            continue
        while True:
            at = _after_space(buffer, at)
            if sink.more or buffer[at : at + 1] == "]":
                return
            if at >= len(buffer):
                break
            try:
                value, end = decoder.raw_decode(buffer, at)
            except (ValueError, RecursionError) as error:
                # Incomplete, or wrong; twice the text decides, so a long element is not tried at each piece.
                wanted = 2 * (len(buffer) - at)
                if wanted > 2 * _LONGEST_EVENT:
                    sink.refuse(ReadProblem(_why(error), number=number + 1))
                    return
                break
            if end >= len(buffer) - 1:
                break
            number += 1
            wanted = 1
            sink.take(value, number=number)
            at = end
    _finish_array(buffer[at:], number, sink)


def _finish_array(rest: str, number: int, sink: EventSink) -> None:
    """What is left when the file has ended: the last elements, or an error."""
    text = rest.strip(_SPACE + ",")
    if text in ("]", ""):
        if not text:
            sink.refuse(ReadProblem("The file ends before the array does.", number=number + 1))
        return
    try:
        for value in decode(f"[{text}" if text.endswith("]") else f"[{text}]"):  # type: ignore[union-attr]
            number += 1
            sink.take(value, number=number)
    except (ValueError, RecursionError) as error:
        sink.refuse(ReadProblem(_why(error), number=number + 1))


def _after_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def _why(error: BaseException) -> str:
    return f"{error.msg}." if isinstance(error, json.JSONDecodeError) else "It cannot be decoded."


def _damaged(path: Path, sink: EventSink, error: Exception) -> ReadEvents:
    """A packed file that breaks off: what came before is kept."""
    if not sink.samples:
        raise AppError(
            "SAMPLE-FILE-DAMAGED",
            f"{path.name} cannot be unpacked.",
            cause="It begins like a gzip file and is damaged or incomplete.",
            remedy="Copy or download it again.",
            detail=f"{type(error).__name__}: {error}",
        ) from error
    sink.refuse(ReadProblem("The file breaks off here: it is damaged or incomplete."))
    return sink.result()


def _no_file(path: Path) -> AppError:
    return AppError(
        "SAMPLE-NO-FILE",
        f"{path.name or path} is not a file.",
        cause="It does not exist any more, or it is a folder.",
        remedy="Choose a file with events.",
    )


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        # The last bytes may be the first ones of a letter.
        head[: max(0, len(head) - 4)].decode("utf-8")
    except UnicodeDecodeError as error:
        # What spreadsheet programs on Windows write. A letter cut at the end is no sign of it.
        return "utf-8-sig" if error.start >= len(head) - 8 else "cp1252"
    return "utf-8-sig"


def _first_line_is_whole(head: str) -> bool:
    line, end, _ = head.partition("\n")
    if not end:
        return False
    try:
        return isinstance(parse_json(line), dict)
    except AppError:
        return False


def _has_calls(head: str) -> bool:
    return "(" in head.partition("\n")[0]
