"""A request body split into its events, each with its original bytes.

One JSON object is one event, an array is a batch of 1 to 4000. What is wrong with the body as a
whole is a ``BodyError``; what is wrong with one event of a batch stays with that event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

import msgspec

from app.json_value import JsonObject, JsonValue
from app.segment.json_scan import array_elements, deeper_than, mend_surrogates

MAX_EVENTS = 4000
MAX_EVENT_BYTES = 32 * 1024
MAX_DEPTH = 64

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
    """``is_batch`` is true for an array, also for an array of one."""

    events: tuple[RawEvent, ...]
    is_batch: bool


def split_body(body: bytes) -> RequestBody:
    """The events of a request body. Raises ``BodyError`` when there are none to be had."""
    text = body.strip(b" \t\n\r")
    if text[:1] == b"[":
        return RequestBody(tuple(map(_read_element, _elements(text))), is_batch=True)
    return RequestBody((RawEvent(text, decode_event(text)),), is_batch=False)


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


def _elements(text: bytes) -> Sequence[bytes]:
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


def _read_element(raw: bytes) -> RawEvent:
    try:
        return RawEvent(raw, decode_event(raw))
    except BodyError as error:
        return RawEvent(raw, None, error)
