"""Events with what became of them, as files: NDJSON that a replay reads again, or CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from app.json_value import JsonValue
from app.relay.event_records import EventFilter, EventRow
from app.relay.replay_records import ReplayItem
from app.relay.replay_store import ReplayStore
from app.segment.bodies import BodyError, decode_json
from app.storage.private_files import FILE_MODE, translated_os_errors

_PAGE = 500
_COLUMNS = (
    "event_id",
    "place",
    "message_id",
    "type",
    "who_or_what",
    "received_at",
    "state",
    "reason",
    "event",
)
# What spreadsheet programs take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ExportFormat(StrEnum):
    NDJSON = "ndjson"
    CSV = "csv"

    @classmethod
    def of(cls, path: Path) -> ExportFormat:
        """By the file's ending; NDJSON unless it is a table's."""
        return cls.CSV if path.suffix.lower() == ".csv" else cls.NDJSON


@dataclass(frozen=True, slots=True)
class ExportedEvent:
    """``place`` is where it stood in a file; ``body`` the bytes as they were received."""

    event_id: int | None
    type: str
    title: str
    state: str
    reason: str
    body: bytes
    place: str = ""
    message_id: str = ""
    received_ms: int | None = None

    @classmethod
    def of_item(cls, item: ReplayItem) -> ExportedEvent:
        return cls(
            item.event_id, item.type, item.title, item.state, item.reason, item.body or b"", item.place
        )

    @classmethod
    def of_row(cls, row: EventRow, body: bytes) -> ExportedEvent:
        return cls(
            row.id, row.type, row.title, row.state, row.reason, body, "", row.message_id, row.received_ms
        )


def stored_events(store: ReplayStore, wanted: EventFilter) -> Iterator[ExportedEvent]:
    """The matching events of the inbox, oldest first. Blocks."""
    last = 0
    while rows := store.select(wanted, after_id=last, limit=_PAGE):
        for row, body, _ in rows:
            yield ExportedEvent.of_row(row, body)
        last = rows[-1][0].id


def write_export(path: Path, events: Iterable[ExportedEvent], format_: ExportFormat) -> int:
    """Write a file that only this user can read, complete or not at all; how many events. Blocks.

    Raises ``AppError`` (``STORAGE-…``).
    """
    partial = path.with_name(path.name + ".partial")
    count = 0
    with translated_os_errors(path):
        try:
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                for number, line in enumerate(_lines(events, format_)):
                    file.write(line)
                    count = number
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    return count


def _lines(events: Iterable[ExportedEvent], format_: ExportFormat) -> Iterator[str]:
    """A heading first (empty for NDJSON), then a line per event."""
    if format_ is ExportFormat.CSV:
        yield _csv(_COLUMNS)
        for event in events:
            yield _csv(tuple(map(_defused, _cells(event))))
        return
    yield ""
    for event in events:
        yield json.dumps(_record(event), ensure_ascii=True, separators=(",", ":")) + "\n"


def _record(event: ExportedEvent) -> JsonValue:
    body: JsonValue
    try:
        body = decode_json(event.body)
    except BodyError:
        body = event.body.decode("utf-8", "replace")
    record: dict[str, JsonValue] = {
        "state": event.state,
        "reason": event.reason,
        "event_id": event.event_id,
        "place": event.place,
        "received_at": _moment(event.received_ms),
    }
    return {**{name: value for name, value in record.items() if value}, "event": body}


def _cells(event: ExportedEvent) -> tuple[str, ...]:
    return (
        "" if event.event_id is None else str(event.event_id),
        event.place,
        event.message_id,
        event.type,
        event.title,
        _moment(event.received_ms),
        event.state,
        event.reason,
        event.body.decode("utf-8", "replace"),
    )


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _csv(cells: tuple[str, ...]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _moment(at_ms: int | None) -> str:
    return (
        "" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    )
