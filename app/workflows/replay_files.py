"""Events from files for a replay: archives of any size, one event after the other.

NDJSON (also Segment's archives, and the reports of failures written here) keeps its bytes; arrays and
whatever else the collection of samples reads come through ``sample_files``; tables are guessed by their
header. All of it may be packed with gzip. A folder stands for its files in the order of their names.
"""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from app.errors import AppError
from app.json_value import JsonObject
from app.segment.bodies import BodyError, split_body
from app.storage.private_files import storage_error
from app.workflows.sample_files import FileProgress, Stopped, read_file
from app.workflows.sample_tables import EventTable, TableChoice, events_of, guess_uses, table_of

_ENDINGS = (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".log")
_GZIP = b"\x1f\x8b"
_HEAD = 65_536
_LONGEST_LINE = 4_000_000
_TABLE_ROWS = 5_000
_WHOLE_EVENTS = 1_000_000


@dataclass(frozen=True, slots=True)
class FileEvent:
    """One event, or with ``trouble`` a place that holds none. ``place`` names file and line."""

    body: bytes
    place: str
    trouble: str = ""


def event_files(paths: list[Path]) -> list[Path]:
    """The files meant by files and folders. Raises ``AppError`` (``REPLAY-NO-FILE``) when there are none."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (each for each in path.rglob("*") if each.is_file() and _is_wanted(each))
            found += sorted(inside, key=str)
        elif path.is_file():
            found.append(path)
        else:
            raise _no_file(path)
    if not found:
        raise AppError(
            "REPLAY-NO-FILE",
            "There are no files with events.",
            cause=f"None of the files in {paths[0]} ends with {', '.join(_ENDINGS)} or .gz.",
            remedy="Choose a folder with Segment's archives, or a file.",
        )
    return found


def read_events(
    path: Path,
    stopped: Callable[[], bool] = lambda: False,
    told: Callable[[FileProgress], None] | None = None,
) -> Iterator[FileEvent]:
    """The events in one file, in order. Blocks: for worker threads.

    Raises ``AppError`` (``REPLAY-…``, ``SAMPLE-…``, ``STORAGE-…``) and ``Stopped`` soon after ``stopped``.
    """
    try:
        with path.open("rb") as file, closing(_unpacked(file)) as raw:
            kind = _kind(raw)
            raw.seek(0)
            if kind != "whole":
                total = path.stat().st_size
                lines = _lines(
                    raw, stopped, (lambda: told(FileProgress(file.tell(), total, 0))) if told else None
                )
                try:
                    yield from _json_lines(path.name, lines) if kind == "lines" else _table(path.name, lines)
                except (gzip.BadGzipFile, EOFError, zlib.error):
                    yield FileEvent(b"", path.name, "The file breaks off here: it is damaged or incomplete.")
                return
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise AppError(
            "REPLAY-FILE-DAMAGED",
            f"{path.name} cannot be unpacked.",
            cause="It begins like a gzip file and is damaged or incomplete.",
            remedy="Copy or download it again.",
            detail=f"{type(error).__name__}: {error}",
        ) from error
    except OSError as error:
        raise storage_error(error, path) from error
    yield from _whole(path, stopped)


def _is_wanted(path: Path) -> bool:
    name = path.name.lower()
    return not name.startswith(".") and (name.endswith(_ENDINGS) or name.endswith(".gz"))


def _unpacked(file: BinaryIO) -> BinaryIO:
    packed = file.read(2) == _GZIP
    file.seek(0)
    return gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[return-value]


def _kind(raw: BinaryIO) -> str:
    """How to read the file: by ``lines`` of JSON, as a ``table``, or ``whole``."""
    head = raw.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if not head:
        # Archives have parts in which nothing was written.
        return "lines"
    first, newline, _ = head.partition(b"\n")
    if head[:1] == b"{":
        try:
            whole = isinstance(json.loads(first), dict)
        except (ValueError, RecursionError):
            # A first line longer than what was looked at is an event of a file of lines.
            whole = not newline and len(head) >= _HEAD - 8
        return "lines" if whole else "whole"
    if head[:1] == b"[" or b"(" in first or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "whole"
    return "table"


def _lines(raw: BinaryIO, stopped: Callable[[], bool], tell: Callable[[], None] | None) -> Iterator[bytes]:
    number = 0
    while line := raw.readline(_LONGEST_LINE):
        if stopped():
            raise Stopped
        number += 1
        if tell and number % 500 == 0:
            tell()
        yield line


def _json_lines(name: str, lines: Iterator[bytes]) -> Iterator[FileEvent]:
    for number, line in enumerate(lines, 1):
        text = line.removeprefix(b"\xef\xbb\xbf").strip()
        place = f"{name}, line {number}"
        if not text:
            continue
        try:
            events = split_body(text.removesuffix(b",")).events
        except BodyError as error:
            yield FileEvent(b"", place, str(error))
            continue
        for event in events:
            yield FileEvent(event.raw, place, str(event.error) if event.error else "")


def _table(name: str, lines: Iterator[bytes]) -> Iterator[FileEvent]:
    """Rows of a table in groups, so that its size does not matter; the first ones tell the columns."""
    text = (line.decode("utf-8-sig", "replace") for line in lines)
    head = list(islice(text, 200))
    table = table_of(iter(head))
    if table is None:
        raise AppError(
            "REPLAY-FILE-UNKNOWN",
            f"{name} holds no events that can be recognised.",
            cause="It begins neither with JSON nor with the header of a table.",
            remedy="Use JSON, lines of JSON (NDJSON), CSV with a header, or one of these packed with gzip.",
        )
    choice = guess_uses(table)
    rows = csv.reader((line for part in (head, text) for line in part), delimiter=table.delimiter)
    next(row for row in rows if any(cell.strip() for cell in row))
    width, done = len(table.header), 0
    filled = (row for row in rows if any(cell.strip() for cell in row))
    while group := list(islice(filled, _TABLE_ROWS)):
        cells = tuple(tuple((row + [""] * width)[:width]) for row in group)
        yield from _rows(name, EventTable(table.header, cells, table.delimiter), choice, done)
        done += len(group)


def _rows(name: str, table: EventTable, choice: TableChoice, done: int = 0) -> Iterator[FileEvent]:
    for number, sample in enumerate(events_of(table, choice), done + 1):
        yield FileEvent(_encoded(sample.body), f"{name}, row {number}")


def _whole(path: Path, stopped: Callable[[], bool]) -> Iterator[FileEvent]:
    read = read_file(path, stopped=stopped, most=_WHOLE_EVENTS)
    if isinstance(read, EventTable):
        yield from _rows(path.name, read, guess_uses(read))
        return
    for number, sample in enumerate(read.samples, 1):
        yield FileEvent(_encoded(sample.body), f"{path.name}, event {number}")
    for problem in read.problems:
        yield FileEvent(b"", f"{path.name}, {problem.place.lower()}", problem.message)
    for _ in range(read.bad - len(read.problems)):
        yield FileEvent(b"", path.name, "This is no event.")


def _encoded(body: JsonObject) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        # Half a surrogate pair can only be written as an escape.
        return json.dumps(body, separators=(",", ":")).encode()


def _no_file(path: Path) -> AppError:
    return AppError(
        "REPLAY-NO-FILE",
        f"{path.name or path} does not exist.",
        cause="It was moved, or its name was written differently.",
        remedy="Choose a file with events, or a folder with archives.",
    )
