"""What is odd about collected events, said while people look at them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.json_value import JsonObject, JsonValue
from app.segment.events import EVENT_TYPES, read_time

_CLOCKS_DIFFER = timedelta(minutes=5)
_MOST_PATHS = 20_000
_PLACES = (("traits",), ("properties",), ("context", "traits"))


class CheckKind(StrEnum):
    NO_TYPE = "no type"
    UNKNOWN_TYPE = "unknown type"
    NOBODY = "nobody"
    NO_USER_ID = "no user id"
    FUTURE = "future"
    NO_EVENT_NAME = "no event name"
    NO_GROUP_ID = "no group id"


@dataclass(frozen=True, slots=True)
class SampleCheck:
    """``serious`` events are refused by Segment or by the relay; the others only surprise."""

    kind: CheckKind
    title: str
    text: str
    serious: bool


@dataclass(frozen=True, slots=True)
class VaryingType:
    """A trait or property that is of different types in different events, most frequent type first."""

    label: str
    types: tuple[tuple[str, int], ...]

    @property
    def sentence(self) -> str:
        """““seats” is a number in 180 events and text in 20”, without the outer quotes."""
        parts = [
            f"{_ARTICLES[kind]} in {count:,} {_events(count) if place == 0 else ''}".rstrip()
            for place, (kind, count) in enumerate(self.types)
        ]
        listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
        return f"“{self.label}” is {listed}"


_ARTICLES = {
    "text": "text",
    "number": "a number",
    "true or false": "true or false",
    "list": "a list",
    "object": "an object",
}


def check_event(body: JsonObject, now: datetime) -> tuple[SampleCheck, ...]:
    """What is wrong or surprising about one event; ``now`` is aware."""
    found: list[SampleCheck] = []
    kind = body.get("type")
    if kind in (None, ""):
        title, text = (
            "No type",
            "Segment sets it from the call: identify, track, group, page, screen or alias.",
        )
        found.append(SampleCheck(CheckKind.NO_TYPE, title, text, serious=True))
    elif not isinstance(kind, str) or kind not in EVENT_TYPES:
        title = f"Unknown type “{str(kind)[:40]}”"
        text = "Segment sends identify, track, group, page, screen, alias and delete."
        found.append(SampleCheck(CheckKind.UNKNOWN_TYPE, title, text, serious=True))
    found += _who(body)
    found += _members_of_type(body)
    found += _future(body, now)
    return tuple(found)


def varying_types(bodies: Iterable[JsonObject]) -> tuple[VaryingType, ...]:
    """Traits and properties whose type differs between events, the most frequent ones first.

    Null is no type of its own: it is how a value is left out.
    """
    counts: dict[str, Counter[str]] = {}
    for body in bodies:
        for place in _PLACES:
            inner: JsonValue = body
            for key in place:
                inner = inner.get(key) if isinstance(inner, Mapping) else None
            if isinstance(inner, Mapping):
                _count(inner, "", counts)
    varying = [
        VaryingType(label, tuple(kinds.most_common())) for label, kinds in counts.items() if len(kinds) > 1
    ]
    return tuple(sorted(varying, key=lambda one: -sum(count for _, count in one.types)))


def type_word(value: JsonValue) -> str:
    """The type of a value as people call it; empty for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    return "object" if isinstance(value, Mapping) else "list"


def _count(members: Mapping[str, JsonValue], prefix: str, counts: dict[str, Counter[str]]) -> None:
    for key, value in members.items():
        word = type_word(value)
        label = prefix + key
        if not word or (label not in counts and len(counts) >= _MOST_PATHS):
            continue
        counts.setdefault(label, Counter())[word] += 1
        if isinstance(value, Mapping):
            _count(value, f"{label}.", counts)


def _who(body: JsonObject) -> list[SampleCheck]:
    if _given(body, "userId"):
        return []
    if not _given(body, "anonymousId"):
        title = "Neither userId nor anonymousId"
        text = "Segment refuses such an event, and so does the relay."
        return [SampleCheck(CheckKind.NOBODY, title, text, serious=True)]
    title, text = "No userId", "The person is matched by email only, if the event has one."
    return [SampleCheck(CheckKind.NO_USER_ID, title, text, serious=False)]


def _members_of_type(body: JsonObject) -> list[SampleCheck]:
    if body.get("type") == "track" and not _given(body, "event"):
        title, text = "No event name", "A track call names what happened in “event”."
        return [SampleCheck(CheckKind.NO_EVENT_NAME, title, text, serious=True)]
    if body.get("type") == "group" and not _given(body, "groupId"):
        title, text = "No groupId", "A group call names the company in “groupId”."
        return [SampleCheck(CheckKind.NO_GROUP_ID, title, text, serious=True)]
    return []


def _future(body: JsonObject, now: datetime) -> list[SampleCheck]:
    moment = read_time(body.get("timestamp"))
    if moment is None or moment <= now + _CLOCKS_DIFFER:
        return []
    title = "The timestamp lies in the future"
    text = f"{body.get('timestamp')}: the clock of the device that sent it may be wrong."
    return [SampleCheck(CheckKind.FUTURE, title, text, serious=False)]


def _given(body: JsonObject, key: str) -> bool:
    value = body.get(key)
    return not isinstance(value, bool) and isinstance(value, str | int | float) and bool(str(value).strip())


def _events(count: int) -> str:
    return "event" if count == 1 else "events"
