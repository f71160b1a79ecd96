"""A request body split into its events, each with its original bytes.

One JSON object is one event, an array is a batch of 1 to 4000. Webhooks can be told to send any other
shape, so events are also found in

- an object that is no event itself and carries them under one key: ``{"batch": [...]}``,
  ``{"data": {...}}``, at most four such objects inside each other;
- lines of JSON objects (NDJSON), empty lines left out.

An object with a member that only events have (``type``, ``messageId``, an id) is always the event itself,
whatever else it holds. What is wrong with the body as a whole is a ``BodyError``; what is wrong with one
event of a batch stays with that event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

import msgspec

from app.json_value import JsonObject, JsonValue
from app.segment.events import EVENT_TYPES
from app.segment.json_scan import array_elements, deeper_than, first_element, mend_surrogates

MAX_EVENTS = 4000
MAX_EVENT_BYTES = 32 * 1024
MAX_DEPTH = 64

_OWN_MEMBERS = frozenset({"type", "messageId", "userId", "anonymousId", "previousId"})
_CARRIER_LEVELS = 4

# Millions of tiny elements would take a gigabyte: above this many commas the elements are counted first.
_MANY_COMMAS = 100 * MAX_EVENTS

_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_any = msgspec.json.Decoder().decode


class BodyProblem(StrEnum):
    NOT_JSON = "not JSON"
    NOT_EVENTS = "neither an object nor an array of objects"
    EMPTY = "no events"
    TOO_MANY = "too many events"
    TOO_DEEP = "nested too deeply"
    TOO_LARGE = "event too large"


_SENTENCES = {
    BodyProblem.NOT_JSON: "The text is not valid JSON.",
    BodyProblem.NOT_EVENTS: "An event has to be a JSON object.",
    BodyProblem.EMPTY: "The request has no events.",
    BodyProblem.TOO_MANY: f"A batch holds at most {MAX_EVENTS} events.",
    BodyProblem.TOO_DEEP: f"Events are nested at most {MAX_DEPTH} levels deep.",
    BodyProblem.TOO_LARGE: f"An event holds at most {MAX_EVENT_BYTES // 1024} KB.",
}


class BodyError(ValueError):
    """The body, or the event in it, cannot be used. The message holds nothing of its content."""

    def __init__(self, problem: BodyProblem) -> None:
        super().__init__(_SENTENCES[problem])
        self.problem = problem


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One element as received. Exactly one of ``body`` and ``error`` is set."""

    raw: bytes
    body: JsonObject | None
    error: BodyError | None = None


@dataclass(frozen=True, slots=True)
class RequestBody:
    """``is_batch`` is true for an array and for lines, also for an array of one."""

    events: tuple[RawEvent, ...]
    is_batch: bool


def split_body(body: bytes) -> RequestBody:
    """The events of a request body. Raises ``BodyError`` when there are none to be had."""
    text = body.strip(b" \t\n\r")
    if text[:1] == b"[":
        return _batch(elements_of(text))
    if text[:1] != b"{":
        return RequestBody((RawEvent(text, decode_event(text)),), is_batch=False)
    event = _plain_event(text)
    if event is not None:
        return event
    carried = _carried(text)
    if carried is not None:
        return carried
    lines = _lines(text)
    if lines is not None:
        return _batch(lines)
    return RequestBody((RawEvent(text, decode_event(text)),), is_batch=False)


def _plain_event(text: bytes) -> RequestBody | None:
    """What nearly every request is, at the cost of one decoding; None for everything else."""
    if len(text) > MAX_EVENT_BYTES or deeper_than(text, MAX_DEPTH):
        return None
    try:
        value = _decode_any(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if _OWN_MEMBERS.isdisjoint(value):
        return None
    return RequestBody((RawEvent(text, value),), is_batch=False)


def _batch(elements: Sequence[bytes]) -> RequestBody:
    return RequestBody(tuple(map(read_element, elements)), is_batch=True)


def _carried(text: bytes, levels: int = _CARRIER_LEVELS) -> RequestBody | None:
    """The events in an object that carries them; None when it is an event, or nothing to be found."""
    members = members_of(text)
    if members is None or not _OWN_MEMBERS.isdisjoint(members):
        return None
    for name, member in members.items():
        raw = bytes(member)
        # An empty list only says that there are no events where nothing else could have been meant.
        if raw[:1] == b"[" and (name == "batch" or _holds_events(raw)):
            return _batch(elements_of(raw))
        if raw[:1] != b"{":
            continue
        if _is_event(raw):
            return RequestBody((RawEvent(raw, decode_event(raw)),), is_batch=False)
        inner = _carried(raw, levels - 1) if levels > 1 else None
        if inner is not None:
            return inner
    return None


def _holds_events(array: bytes) -> bool:
    first = first_element(array)
    return first is not None and _is_event(first)


def _is_event(raw: bytes) -> bool:
    """Whether an object inside another one is an event: it says of which kind, and whose."""
    members = members_of(raw)
    if members is None or "type" not in members or _OWN_MEMBERS.isdisjoint(members.keys() - {"type"}):
        return False
    kind = bytes(members["type"])
    return kind[:1] == b'"' and kind[1:-1].decode("ascii", "replace") in EVENT_TYPES


def members_of(text: bytes) -> dict[str, msgspec.Raw] | None:
    """The members of a JSON object, undecoded; None for anything else. Raises ``BodyError``.

    Where half a surrogate pair is escaped the members are those of the mended text.
    """
    for mend in (False, True):
        try:
            return _decode_members(mend_surrogates(text) if mend else text)
        except RecursionError as error:
            raise BodyError(BodyProblem.TOO_DEEP) from error
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
    return None


def _lines(text: bytes) -> Sequence[bytes] | None:
    """The lines of NDJSON; None for a text whose first line is not an object by itself."""
    first, newline, _ = text.partition(b"\n")
    if not newline or members_of(first) is None:
        return None
    lines = [line for line in (each.strip(b" \t\r") for each in text.split(b"\n")) if line]
    if len(lines) > MAX_EVENTS:
        raise BodyError(BodyProblem.TOO_MANY)
    return lines


def decode_event(raw: bytes) -> JsonObject:
    """Decode one event and hold it to the limits. Raises ``BodyError``."""
    if len(raw) > MAX_EVENT_BYTES:
        raise BodyError(BodyProblem.TOO_LARGE)
    value = decode_json(raw)
    if not isinstance(value, Mapping):
        raise BodyError(BodyProblem.NOT_EVENTS)
    return value


def decode_json(raw: bytes) -> JsonValue:
    """Decode JSON of any size; halves of surrogate pairs become U+FFFD. Raises ``BodyError``."""
    if deeper_than(raw, MAX_DEPTH):
        raise BodyError(BodyProblem.TOO_DEEP)
    try:
        value: JsonValue = _decode_any(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        value = _decode_mended(raw)
    return value


def _decode_mended(raw: bytes) -> JsonValue:
    mended = mend_surrogates(raw)
    if mended == raw:
        raise BodyError(BodyProblem.NOT_JSON)
    try:
        value: JsonValue = _decode_any(mended)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BodyError(BodyProblem.NOT_JSON) from error
    return value


def elements_of(text: bytes) -> Sequence[bytes]:
    """The elements of an array as their original bytes. Raises ``BodyError``, also for too many or none."""
    if text.count(b",") > _MANY_COMMAS and next(islice(array_elements(text), MAX_EVENTS, None), None):
        raise BodyError(BodyProblem.TOO_MANY)
    try:
        elements = _raw_elements(text)
    except RecursionError as error:
        raise BodyError(BodyProblem.TOO_DEEP) from error
    if not elements:
        raise BodyError(BodyProblem.EMPTY)
    if len(elements) > MAX_EVENTS:
        raise BodyError(BodyProblem.TOO_MANY)
    return elements


def _raw_elements(text: bytes) -> Sequence[bytes]:
    try:
        return [bytes(element) for element in _decode_array(text)]
    except msgspec.DecodeError:
        pass
    # Half a surrogate pair in one event makes the decoder refuse all: check the mended text, but
    # keep the bytes that came.
    try:
        count = len(_decode_array(mend_surrogates(text)))
    except msgspec.DecodeError as error:
        raise BodyError(BodyProblem.NOT_JSON) from error
    elements = list(islice(array_elements(text), MAX_EVENTS + 1))
    if len(elements) != min(count, MAX_EVENTS + 1):
        raise BodyError(BodyProblem.NOT_JSON)
    return elements


def read_element(raw: bytes) -> RawEvent:
    """One event of several, with what is wrong with it."""
    try:
        return RawEvent(raw, decode_event(raw))
    except BodyError as error:
        return RawEvent(raw, None, error)
