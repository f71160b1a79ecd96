"""Events from tables: CSV with a header, where a person says which column is what."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.json_value import JsonObject, JsonValue
from app.segment.events import EVENT_TYPES
from app.workflows.samples import Origin, Sample, collected

MOST_ROWS = 10_000
_DELIMITERS = (",", ";", "\t", "|")
_MOST_COLUMNS = 2_000


class ColumnUse(StrEnum):
    """What a column becomes. ``DATA`` is a trait or a property under the column's own name."""

    DATA = "data"
    USER_ID = "userId"
    ANONYMOUS_ID = "anonymousId"
    TYPE = "type"
    EVENT = "event"
    TIMESTAMP = "timestamp"
    EMAIL = "email"
    GROUP_ID = "groupId"
    PREVIOUS_ID = "previousId"
    MESSAGE_ID = "messageId"
    PAGE_NAME = "name"
    IGNORE = "ignore"


_TOP_LEVEL = (
    ColumnUse.USER_ID,
    ColumnUse.ANONYMOUS_ID,
    ColumnUse.EVENT,
    ColumnUse.TIMESTAMP,
    ColumnUse.GROUP_ID,
    ColumnUse.PREVIOUS_ID,
    ColumnUse.MESSAGE_ID,
    ColumnUse.PAGE_NAME,
)
_ROOTS = ("traits", "properties", "context", "integrations")
_ALIASES = {
    ColumnUse.USER_ID: ("userid", "uid", "customerid", "externalid"),
    ColumnUse.ANONYMOUS_ID: ("anonymousid", "anonid", "visitorid"),
    ColumnUse.TYPE: ("type", "eventtype", "calltype"),
    ColumnUse.EVENT: ("event", "eventname", "eventtext"),
    ColumnUse.TIMESTAMP: ("timestamp", "time", "sentat", "receivedat", "originaltimestamp", "date"),
    ColumnUse.EMAIL: ("email", "emailaddress", "mail"),
    ColumnUse.GROUP_ID: ("groupid", "accountid"),
    ColumnUse.PREVIOUS_ID: ("previousid",),
    ColumnUse.MESSAGE_ID: ("messageid",),
}
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?")


@dataclass(frozen=True, slots=True)
class EventTable:
    """A table as read: each row has the cells of the header. ``more`` rows came after the first 10 000."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    delimiter: str = ","
    more: bool = False

    def example(self, column: int) -> str:
        """The first value that is not empty."""
        return next((row[column] for row in self.rows if row[column].strip()), "")


@dataclass(frozen=True, slots=True)
class TableChoice:
    """One use per column; ``default_type`` holds where no column gives a type.

    With ``typed`` whole and decimal numbers, true and false in data columns are taken as such.
    """

    uses: tuple[ColumnUse, ...]
    default_type: str = "identify"
    typed: bool = False


def read_table(text: str) -> EventTable | None:
    """The table in ``text``; None when it has no header of two columns, or no row."""
    return table_of(io.StringIO(text, newline=""))


def table_of(lines: Iterable[str]) -> EventTable | None:
    """The same from lines that are still being read; stops after the first 10 000 rows."""
    rest = iter(lines)
    first = next((line for line in rest if line.strip()), "")
    delimiter = max(_DELIMITERS, key=lambda mark: _outside_quotes(first, mark))
    if not _outside_quotes(first, delimiter):
        return None

    def all_lines() -> Iterator[str]:
        yield first
        yield from rest

    reader = csv.reader(all_lines(), delimiter=delimiter)
    rows: list[tuple[str, ...]] = []
    more = False
    try:
        header = tuple(name.strip() for name in next(reader))
        if not 2 <= len(header) <= _MOST_COLUMNS or not all(_is_name(name) for name in header):
            return None
        width = len(header)
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(rows) == MOST_ROWS:
                more = True
                break
            rows.append(tuple((row + [""] * width)[:width]))
    except csv.Error:
        # A cell that never ends, or one larger than an event may be.
        if not rows:
            return None
        more = True
    return EventTable(header, tuple(rows), delimiter, more) if rows else None


def guess_uses(table: EventTable) -> TableChoice:
    """What the names of the columns say; of two columns for one use the earlier name of the list wins."""
    names = ["".join(filter(str.isalnum, name.casefold())) for name in table.header]
    uses = [ColumnUse.DATA] * len(names)
    for use, aliases in _ALIASES.items():
        fits = [(aliases.index(name), place) for place, name in enumerate(names) if name in aliases]
        if not fits:
            continue
        place = min(fits)[1]
        if use is not ColumnUse.TYPE or _holds_types(table, place):
            uses[place] = use
    for place, name in enumerate(names):
        if not name:
            uses[place] = ColumnUse.IGNORE
    return TableChoice(tuple(uses), "track" if ColumnUse.EVENT in uses else "identify")


def events_of(table: EventTable, choice: TableChoice, origin: Origin = Origin.FILE) -> Iterator[Sample]:
    """One event per row."""
    names = set(table.header)
    plan = [(use, _path(name, names)) for use, name in zip(choice.uses, table.header, strict=True)]
    for row in table.rows:
        yield collected(_body(plan, row, choice), origin)


def _body(
    plan: Sequence[tuple[ColumnUse, tuple[str, ...]]], row: Sequence[str], choice: TableChoice
) -> JsonObject:
    cells = [(use, path, cell.strip()) for (use, path), cell in zip(plan, row, strict=True)]
    kind = next((cell.casefold() for use, _, cell in cells if use is ColumnUse.TYPE and cell), "")
    kind = kind or choice.default_type
    body: dict[str, JsonValue] = {"type": kind}
    data: dict[str, JsonValue] = {}
    for use, path, cell in cells:
        if not cell or use in (ColumnUse.IGNORE, ColumnUse.TYPE):
            continue
        if use in _TOP_LEVEL:
            body[use.value] = cell
        elif use is ColumnUse.EMAIL:
            data["email"] = cell
        else:
            value = _typed(cell) if choice.typed else cell
            target = body if path[0] in _ROOTS and len(path) > 1 else data
            _put(target, path, value)
    if data:
        place = "traits" if kind in ("identify", "group") else "properties"
        known = body.get(place)
        body[place] = {**known, **data} if isinstance(known, dict) else data
    return body


def _put(target: dict[str, JsonValue], path: tuple[str, ...], value: JsonValue) -> None:
    inner = target
    for key in path[:-1]:
        below = inner.setdefault(key, {})
        if not isinstance(below, dict):  # an email column under another name is the only way to get here
            below = inner[key] = {}
        inner = below
    inner[path[-1]] = value


def _path(name: str, names: set[str]) -> tuple[str, ...]:
    """Dotted names nest, unless a column of its own holds what they would nest in."""
    parts = tuple(part.strip() for part in name.split("."))
    outer = {".".join(parts[:length]) for length in range(1, len(parts))}
    return parts if all(parts) and len(parts) <= 20 and not outer & names else (name,)


def _typed(cell: str) -> JsonValue:
    """Numbers as JSON writes them, with at most 15 digits; anything with a leading zero is a code."""
    word = cell.casefold()
    if word in ("true", "false"):
        return word == "true"
    if _NUMBER.fullmatch(cell):
        return float(cell) if "." in cell else int(cell)
    return cell


def _holds_types(table: EventTable, column: int) -> bool:
    values = {row[column].strip().casefold() for row in table.rows[:200]} - {""}
    return bool(values) and values <= set(EVENT_TYPES)


def _is_name(name: str) -> bool:
    return len(name) <= 200 and not any(mark in name for mark in '{}[]="\n')


def _outside_quotes(line: str, mark: str) -> int:
    return sum(part.count(mark) for part in line.split('"')[::2])
