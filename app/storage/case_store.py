"""Test cases: events with what they are expected to do, in one private file of the profile.

The events may be those of real people, so the file has mode 0600 and leaves the computer with nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.errors import AppError
from app.json_value import JsonObject, JsonValue
from app.storage.json_reader import JsonReader, JsonShapeError, decode_object, encode_object
from app.storage.private_files import close_folder, read_private, write_private

VERSION = 1


@dataclass(frozen=True, slots=True)
class ExpectedChange:
    """One field of one record as the dry run showed it; ``kind`` is the word of ``ChangeKind``."""

    record_type: str
    record_name: str
    field: str
    field_id: str
    kind: str
    after: JsonValue


@dataclass(frozen=True, slots=True)
class ExpectedResult:
    """What one mapping made of the event; ``values`` is None when it did not run."""

    mapping: str
    action: str
    outcome: str
    values: JsonObject | None
    changes: tuple[ExpectedChange, ...] = ()


@dataclass(frozen=True, slots=True)
class EventCase:
    """``mapping`` names the only mapping that is tried, None for all that are switched on."""

    name: str
    event: JsonObject
    mapping: str | None
    outcome: str
    results: tuple[ExpectedResult, ...]


class CaseStore:
    """One profile's test cases in one file, replaced as a whole. Blocks: for worker threads."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> tuple[EventCase, ...]:
        """All cases, in the order they were saved. Raises ``AppError``; the file stays as it is."""
        content = read_private(self._path)
        if content is None:
            return ()
        try:
            reader = JsonReader(decode_object(content))
            reader.number("version", 0, least=1, most=VERSION)
            cases = tuple(_read_case(child) for child in reader.children("cases"))
            reader.finish()
        except JsonShapeError as error:
            raise AppError(
                "CASES-UNREADABLE",
                "The test cases cannot be read.",
                cause=f"{self._path}: {error}",
                remedy="Correct the file, or move it away to start with none.",
            ) from error
        return cases

    def save(self, cases: tuple[EventCase, ...]) -> None:
        """Replace all cases. Raises ``AppError``: also when those that are there cannot be read."""
        self.load()
        close_folder(self._path.parent)
        content: JsonObject = {"version": VERSION, "cases": [_case(one) for one in cases]}
        write_private(self._path, encode_object(content))


def _case(case: EventCase) -> JsonObject:
    return {
        "name": case.name,
        "mapping": case.mapping,
        "event": case.event,
        "outcome": case.outcome,
        "results": [
            {
                "mapping": one.mapping,
                "action": one.action,
                "outcome": one.outcome,
                "values": one.values,
                "changes": [_change(change) for change in one.changes],
            }
            for one in case.results
        ],
    }


def _change(change: ExpectedChange) -> JsonObject:
    return {
        "record": change.record_type,
        "name": change.record_name,
        "field": change.field,
        "field_id": change.field_id,
        "kind": change.kind,
        "after": change.after,
    }


def _read_case(reader: JsonReader) -> EventCase:
    case = EventCase(
        name=reader.text("name"),
        event=reader.json_object("event"),
        mapping=reader.optional_text("mapping"),
        outcome=reader.text("outcome"),
        results=tuple(_read_result(child) for child in reader.children("results")),
    )
    reader.finish()
    return case


def _read_result(reader: JsonReader) -> ExpectedResult:
    values = reader.child("values")
    result = ExpectedResult(
        mapping=reader.text("mapping"),
        action=reader.text("action"),
        outcome=reader.text("outcome"),
        values=None if values is None else values.value,
        changes=tuple(_read_change(child) for child in reader.children("changes")),
    )
    reader.finish()
    return result


def _read_change(reader: JsonReader) -> ExpectedChange:
    change = ExpectedChange(
        record_type=reader.text("record"),
        record_name=reader.text("name"),
        field=reader.text("field"),
        field_id=reader.text("field_id"),
        kind=reader.text("kind"),
        after=reader.json_value("after"),
    )
    reader.finish()
    return change
