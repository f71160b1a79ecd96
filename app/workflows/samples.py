"""Sample events: the built-in ones, and what people paste or open."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn

from app.errors import AppError
from app.json_value import JsonObject, JsonValue
from app.resource_files import resource
from app.segment.events import Event, EventError, read_event

# The order in which built-in samples are offered: most useful first.
_BUILT_IN = (
    "identify",
    "identify-from-server",
    "identify-with-traps",
    "user-signed-up",
    "demo-requested",
    "newsletter-track",
    "trial-started",
    "order-completed",
    "group",
    "page",
    "screen",
    "alias",
    "delete",
)


class Origin(StrEnum):
    """Where an event comes from."""

    BUILT_IN = "built-in"
    PASTED = "pasted"
    FILE = "file"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class Sample:
    """An event to try things on. ``why`` says what it is good for.

    ``number`` names it within an ``EventCollection`` (0 outside of one). Two samples are equal when they
    are the same event: where it came from and whether it is starred do not matter.
    """

    name: str
    why: str
    body: JsonObject
    origin: Origin = field(default=Origin.BUILT_IN, compare=False)
    starred: bool = field(default=False, compare=False)
    number: int = field(default=0, compare=False)

    @property
    def event(self) -> Event:
        """The event as the rest of the program sees it. Raises ``AppError`` (``SAMPLE-NOT-AN-EVENT``)."""
        return event_of(self.body)

    @property
    def type(self) -> str:
        return str(self.body.get("type", ""))


def only_built_in(samples: Sequence[Sample]) -> bool:
    """Whether what is counted over these events says nothing about anybody's own data."""
    return all(sample.origin is Origin.BUILT_IN for sample in samples)


def built_in_samples() -> tuple[Sample, ...]:
    """The samples that come with the program."""
    return tuple(_read_built_in(slug) for slug in _BUILT_IN)


def _read_built_in(slug: str) -> Sample:
    data = json.loads(resource("samples", f"{slug}.json").read_text("utf-8"))
    return Sample(name=data["name"], why=data["why"], body=data["event"])


def read_sample(text: str, *, name: str = "Pasted event") -> Sample:
    """An event from JSON text. Raises ``AppError`` naming line and column, or what is not an event."""
    body = parse_json(text)
    if not isinstance(body, Mapping):
        raise AppError(
            "SAMPLE-NOT-AN-EVENT",
            "This JSON is not a Segment event.",
            cause="An event is a JSON object in braces.",
            remedy="Copy one event from Segment's debugger, including its braces.",
        )
    sample = Sample(name=name, why="", body=body)
    event_of(body)
    return sample


def parse_json(text: str) -> JsonValue:
    """Decode JSON. Raises ``AppError`` (``SAMPLE-NOT-JSON``) with line, column and a caret."""
    # A byte order mark is what some editors put before a file's first character.
    text = text.removeprefix("\ufeff")
    try:
        value: JsonValue = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise NotJsonError(text, error.pos, f"{error.msg}.") from None
    except (RecursionError, ValueError) as error:
        raise unusable_json_error(error) from None
    return value


def unusable_json_error(error: RecursionError | ValueError) -> AppError:
    """What is told about JSON that Python reads and no event can be: too deep, or with odd numbers."""
    if isinstance(error, RecursionError):
        return AppError(
            "SAMPLE-NOT-JSON",
            "This JSON is nested too deeply to be an event.",
            remedy="Copy the whole event again, from the first brace to the last.",
        )
    return AppError(
        "SAMPLE-NOT-JSON",
        "This JSON holds a number that no event can hold.",
        cause=f"{error}.",
        remedy="Put numbers of this kind in quotes.",
    )


class NotJsonError(AppError):
    """Text that cannot be read further than ``position``, told with line, column and a caret."""

    def __init__(self, text: str, position: int, cause: str) -> None:
        line, column = place_of(text, position)
        super().__init__(
            "SAMPLE-NOT-JSON",
            f"This is not JSON: line {line}, column {column}.",
            cause=cause,
            remedy="Copy the whole event again, from the first brace to the last.",
            detail=caret(text, position),
        )
        self.position = position


def place_of(text: str, position: int) -> tuple[int, int]:
    """Line and column of a position, both from 1; only line feeds end a line."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def caret(text: str, position: int) -> str:
    """The line around a position and below it a caret: at most 61 characters wide."""
    first = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    line = text[first : end if end >= 0 else len(text)].replace("\t", " ").rstrip("\r")
    column = position - first
    start = max(0, column - 39)
    return f"{line[start : column + 21]}\n{' ' * (column - start)}^"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def collected(body: JsonObject, origin: Origin, why: str = "") -> Sample:
    """An event that somebody brought, named after who or what it is about."""
    return Sample(title_of(body), why, body, origin)


def title_of(body: JsonObject) -> str:
    """Who or what an event is about, for lists; also for JSON that Segment would not have sent."""
    try:
        return read_event(body).title
    except EventError:
        traits = body.get("traits")
        known: Mapping[str, JsonValue] = traits if isinstance(traits, Mapping) else {}
        candidates = (body.get("event"), body.get("name"), known.get("name"), known.get("email"))
        for candidate in (*candidates, body.get("userId"), body.get("type")):
            if isinstance(candidate, str | int | float) and str(candidate).strip():
                return " ".join(str(candidate).split())[:200]
    return "Event without a name"


def event_of(body: JsonObject) -> Event:
    """The event in ``body``. Raises ``AppError`` (``SAMPLE-NOT-AN-EVENT``)."""
    try:
        return read_event(body)
    except EventError as problem:
        raise AppError(
            "SAMPLE-NOT-AN-EVENT",
            "This JSON is not a Segment event.",
            cause=str(problem),
            remedy="An event has a type (identify, track, group, …) and a userId or an anonymousId.",
        ) from None
