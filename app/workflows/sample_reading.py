"""Events from whatever text people have: JSON, lines of JSON, batches, library calls, tables.

Pure: text in, events and problems out. Reading large text takes seconds: for worker threads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from app.errors import AppError
from app.json_value import JsonObject, JsonValue
from app.segment.bodies import MAX_DEPTH
from app.workflows.sample_calls import METHODS, STAND_IN_ID, CallError, event_of_call, has_nobody
from app.workflows.sample_collection import MOST_EVENTS
from app.workflows.sample_literals import Call, Literal, LiteralError, LiteralReader
from app.workflows.sample_tables import EventTable, read_table
from app.workflows.samples import (
    NotJsonError,
    Origin,
    Sample,
    caret,
    collected,
    place_of,
    unusable_json_error,
)

MOST_LITERAL_CHARACTERS = 4_000_000
"""Text that strict JSON refuses is read leniently, and slowly, up to this length."""

_SHOWN_PROBLEMS = 20
# Text that goes wrong again and again is no list of events; each new try costs time.
_MOST_ERRORS = 100
_LONGEST_LENIENT_LINE = 100_000
_EVENT_MEMBERS = {
    "type",
    "event",
    "userId",
    "anonymousId",
    "groupId",
    "previousId",
    "messageId",
    "traits",
    "properties",
}
_STAND_IN_WHY = (
    "The copy did not say whose event it is: an anonymousId stands in, as a browser would send one."
)


@dataclass(frozen=True, slots=True)
class ReadProblem:
    """One line or element that is no event. ``line`` and ``column`` are from 1, 0 where there is none.

    ``number`` is the element's place in a list, from 1; ``excerpt`` the text with a caret below it.
    """

    message: str
    line: int = 0
    column: int = 0
    number: int = 0
    excerpt: str = ""

    @property
    def place(self) -> str:
        """“Line 3, column 14” or “Event 3”."""
        if self.line:
            return f"Line {self.line}" + (f", column {self.column}" if self.column else "")
        return f"Event {self.number}" if self.number else ""


@dataclass(frozen=True, slots=True)
class ReadEvents:
    """``bad`` counts everything that is no event, ``problems`` holds the first of them.

    ``more`` says that there were further events after the first 10 000.
    """

    samples: tuple[Sample, ...]
    problems: tuple[ReadProblem, ...] = ()
    bad: int = 0
    more: bool = False


@dataclass(slots=True)
class EventSink:
    """Takes what a reader finds, up to ``most`` events."""

    origin: Origin
    most: int = MOST_EVENTS
    samples: list[Sample] = field(default_factory=list)
    problems: list[ReadProblem] = field(default_factory=list)
    bad: int = 0
    more: bool = False

    @property
    def full(self) -> bool:
        return len(self.samples) >= self.most

    def take(self, value: JsonValue, *, line: int = 0, number: int = 0, why: str = "") -> None:
        """One decoded element."""
        trouble = not_an_event(value)
        if trouble or not isinstance(value, Mapping):
            self.refuse(ReadProblem(trouble, line=line, number=number))
        elif self.full:
            self.more = True
        else:
            self.samples.append(collected(value, self.origin, why))

    def take_all(self, value: JsonValue, *, line: int = 0) -> None:
        """One decoded text: an event, an array of events, or a batch object."""
        elements = batch_elements(value)
        if elements is None:
            self.take(value, line=line)
            return
        for number, element in enumerate(elements, 1):
            self.take(element, number=number)

    def refuse(self, problem: ReadProblem) -> None:
        self.bad += 1
        if len(self.problems) < _SHOWN_PROBLEMS:
            self.problems.append(problem)

    def result(self) -> ReadEvents:
        """Raises ``AppError`` (``SAMPLE-NOT-AN-EVENT``, ``SAMPLE-NOT-JSON``) when there is no event."""
        if not self.samples:
            raise no_event_error(self.problems, self.bad)
        return ReadEvents(tuple(self.samples), tuple(self.problems), self.bad, self.more)


def read_text(
    text: str, *, origin: Origin = Origin.PASTED, most: int = MOST_EVENTS
) -> ReadEvents | EventTable:
    """The events in ``text``, or the table whose columns a person has to name first.

    Raises ``AppError`` (``SAMPLE-EMPTY``, ``SAMPLE-NOT-JSON``, ``SAMPLE-NOT-AN-EVENT``).
    """
    text = text.removeprefix("\ufeff")
    if not text.strip("\ufeff \t\r\n"):
        raise AppError(
            "SAMPLE-EMPTY",
            "There is nothing to read.",
            cause="The text is empty.",
            remedy="Copy an event from Segment’s debugger, or a list of events.",
        )
    sink = EventSink(origin, most)
    try:
        value = decode(text)
    except json.JSONDecodeError as error:
        return _read_lenient(text, sink, error)
    except (ValueError, RecursionError) as error:
        raise unusable_json_error(error) from None
    sink.take_all(value)
    return sink.result()


def decode(text: str) -> JsonValue:
    """Strict JSON. Raises ``json.JSONDecodeError``, ``ValueError`` for numbers no event holds."""
    value: JsonValue = json.loads(text, parse_constant=refuse_constant, parse_float=finite)
    return value


def finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:20]} is too large")
    return value


def batch_elements(value: JsonValue) -> list[JsonValue] | None:
    """The events of an array or a batch object; None for anything else.

    What a batch object says for all its events goes into each that does not say it itself.
    """
    if isinstance(value, list):
        return value
    if not isinstance(value, Mapping) or not isinstance(batch := value.get("batch"), list):
        return None
    shared = {key: value[key] for key in ("context", "integrations", "sentAt") if key in value}
    return [{**shared, **one} if isinstance(one, Mapping) else one for one in batch]


def not_an_event(value: JsonValue) -> str:
    """Why the value is no event, in words; empty when it may be one."""
    if not isinstance(value, Mapping):
        return "An event is a JSON object in braces."
    if not _EVENT_MEMBERS & value.keys():
        return "It has none of the members of a Segment event (type, userId, traits, properties, …)."
    return f"Events are nested at most {MAX_DEPTH} levels deep." if _too_deep(value) else ""


def json_line(text: str, line: int, sink: EventSink) -> None:
    """Read one line of NDJSON; ``line`` is its number from 1. Empty lines are nothing."""
    stripped = text.strip().removesuffix(",")
    if not stripped:
        return
    try:
        value = decode(stripped)
    except json.JSONDecodeError as error:
        _lenient_line(text, line, sink, error)
    except (ValueError, RecursionError) as error:
        sink.refuse(ReadProblem(unusable_json_error(error).title, line))
    else:
        sink.take(value, line=line)


def _lenient_line(text: str, line: int, sink: EventSink, error: json.JSONDecodeError) -> None:
    """A line that is no strict JSON may still be a literal; if not, its error is in words."""
    position, message = len(text) - len(text.lstrip()) + error.pos, f"{error.msg}."
    if len(text) <= _LONGEST_LENIENT_LINE:
        try:
            items = list(LiteralReader(text).items())
        except LiteralError as trouble:
            position, message = trouble.position, str(trouble)
        else:
            if len(items) == 1 and isinstance(items[0], Literal):
                sink.take(items[0].value, line=line)
                return
    sink.refuse(ReadProblem(message, line, position + 1, 0, caret(text, position)))


def looks_like_json_lines(text: str) -> bool:
    """Whether whole objects stand on lines of their own: at least one that can be read, and two in all."""
    whole = [line for line in _first_lines(text) if line[:1] == "{" and line.rstrip(",")[-1:] == "}"]
    return len(whole) > 1 and any(_is_json(line.removesuffix(",")) for line in whole)


def no_event_error(problems: list[ReadProblem], bad: int) -> AppError:
    """What is told when nothing could be used."""
    first = problems[0] if problems else ReadProblem("It holds no events.")
    remedy = "An event has a type (identify, track, group, …) and a userId or an anonymousId."
    if first.column:
        title = f"This is not JSON: line {first.line}, column {first.column}."
        if bad > 1:
            title = f"None of the {bad} lines is an event. The first problem is in line {first.line}."
        return AppError("SAMPLE-NOT-JSON", title, cause=first.message, remedy=remedy, detail=first.excerpt)
    title = "This is not a Segment event." if bad < 2 else f"None of the {bad} elements is a Segment event."
    return AppError("SAMPLE-NOT-AN-EVENT", title, cause=first.message, remedy=remedy)


# -------------------------------------------------------------------------------------------------


def _read_lenient(text: str, sink: EventSink, error: json.JSONDecodeError) -> ReadEvents | EventTable:
    """Text that is not one JSON value: lines, calls, literals, or a table."""
    if looks_like_json_lines(text):
        for number, line in enumerate(text.split("\n"), 1):
            json_line(line, number, sink)
        return sink.result()
    first = text.lstrip()[:1]
    if first not in "{[":
        table = read_table(text)
        if table is not None and not _begins_with_call(text):
            return table
    if len(text) > MOST_LITERAL_CHARACTERS:
        raise NotJsonError(text, error.pos, f"{error.msg}.")
    _read_items(text, sink)
    return sink.result()


def _read_items(text: str, sink: EventSink) -> None:
    """Values and calls, one after another. Raises ``AppError`` for an error with nothing around it."""
    reader = LiteralReader(text)
    unread = True
    line, counted = 1, 0
    while unread:
        unread = False
        try:
            for item in reader.items():
                line, counted = line + text.count("\n", counted, item.position), item.position
                if isinstance(item, Call):
                    _take_call(item, line, sink)
                else:
                    sink.take_all(item.value, line=line)
        except LiteralError as error:
            if not sink.samples and not sink.bad and not _more_follow(text, error.position):
                raise NotJsonError(text, error.position, str(error)) from None
            sink.refuse(
                ReadProblem(str(error), *place_of(text, error.position), 0, caret(text, error.position))
            )
            unread = sink.bad < _MOST_ERRORS and reader.skip_to_next_item()


def _take_call(call: Call, line: int, sink: EventSink) -> None:
    try:
        body = event_of_call(call)
    except CallError as error:
        sink.refuse(ReadProblem(str(error), line))
        return
    why = ""
    if has_nobody(body):
        body, why = {**body, "anonymousId": STAND_IN_ID}, _STAND_IN_WHY
    sink.take(body, line=line, why=why)


def _begins_with_call(text: str) -> bool:
    before, bracket, _ = text.lstrip().partition("(")
    return bool(bracket) and before.strip().rpartition(".")[2] in METHODS


def _more_follow(text: str, position: int) -> bool:
    return "\n{" in text[position:] or any(f".{method}(" in text[position:] for method in METHODS)


def _first_lines(text: str, most: int = 50) -> Iterator[str]:
    start = 0
    for _ in range(most):
        end = text.find("\n", start)
        yield text[start : end if end >= 0 else len(text)].strip()
        if end < 0:
            return
        start = end + 1


def _is_json(text: str) -> bool:
    try:
        decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def _too_deep(value: JsonObject) -> bool:
    level: list[JsonValue] = [value]
    for _ in range(MAX_DEPTH):
        below: list[JsonValue] = []
        for one in level:
            below += one.values() if isinstance(one, Mapping) else one if isinstance(one, list) else ()
        level = [one for one in below if isinstance(one, Mapping | list)]
        if not level:
            return False
    return True


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
