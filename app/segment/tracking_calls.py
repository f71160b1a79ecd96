"""What Segment's own libraries post: one call, or a batch, as the HTTP Tracking API takes it.

The calls become the events that Segment would hand on: the type comes from the address where the call
has none, a batch's ``context`` and ``integrations`` hold for each of its events, times are corrected by the
sender's clock, and what Segment rejects after its 200 is rejected with the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from app.json_value import JsonObject, JsonValue
from app.segment.bodies import (
    BodyError,
    BodyProblem,
    RawEvent,
    decode_event,
    decode_json,
    elements_of,
    members_of,
    read_element,
)
from app.segment.events import read_time


class Endpoint(StrEnum):
    """The addresses below ``/v1``; the value is the type that a call there has."""

    IDENTIFY = "identify"
    TRACK = "track"
    PAGE = "page"
    SCREEN = "screen"
    GROUP = "group"
    ALIAS = "alias"
    BATCH = "batch"


# What the API takes. Deletions are none of it: Segment itself sends them, and a write key may be public.
CALL_TYPES = frozenset(endpoint.value for endpoint in Endpoint) - {Endpoint.BATCH.value}

# analytics.js shortens each to its first letter; older libraries call a batch an import.
_PATHS = {
    f"/v1/{name}": endpoint
    for endpoint in Endpoint
    for name in (endpoint.value, endpoint.value[0], *(("import",) if endpoint is Endpoint.BATCH else ()))
}

_SENTENCES = {
    "no_user_anon_id": "it has neither a userId nor an anonymousId",
    "id_not_string": "its userId or anonymousId is not a text",
    "event_not_defined": "a track call needs the name of its event",
    "event_not_string": "the name of its event is not a text",
    "properties_not_object": "its properties are not an object",
    "traits_not_object": "its traits are not an object",
    "name_not_string": "the name of its page or screen is empty or not a text",
    "category_not_string": "the category of its page or screen is empty or not a text",
    "type_not_known": "it is none of identify, track, page, screen, group and alias",
}


@dataclass(frozen=True, slots=True)
class TrackingCall:
    """One event of a request. ``rejection`` is why it goes no further, empty when all is well."""

    event: RawEvent
    rejection: str = ""


@dataclass(frozen=True, slots=True)
class TrackingRequest:
    """``write_key`` is the one in the body, None without one. A batch may be empty."""

    write_key: str | None
    calls: tuple[RawEvent, ...]
    shared: JsonObject


def endpoint_of(path: str) -> Endpoint | None:
    """Which call is made at ``path``; None for what the Tracking API does not have."""
    return _PATHS.get(path.removesuffix("/"))


def read_tracking_request(endpoint: Endpoint, body: bytes) -> TrackingRequest:
    """Split a request. Raises ``BodyError`` when it is unreadable as a whole."""
    text = body.strip(b" \t\n\r")
    if endpoint is not Endpoint.BATCH:
        value = decode_event(text)
        return TrackingRequest(_text(value.get("writeKey")), (RawEvent(text, value),), {})
    members = members_of(text)
    if members is None:
        raise BodyError(BodyProblem.NOT_JSON)
    raw = bytes(members.pop("batch", msgspec.Raw(b"")))
    if raw[:1] != b"[":
        raise BodyError(BodyProblem.NOT_EVENTS)
    shared = {name: decode_json(bytes(member)) for name, member in members.items()}
    calls = () if not raw[1:-1].strip() else tuple(map(read_element, elements_of(raw)))
    return TrackingRequest(_text(shared.get("writeKey")), calls, shared)


def completed_calls(
    endpoint: Endpoint, request: TrackingRequest, now_ms: int, new_message_id: Callable[[], str]
) -> tuple[TrackingCall, ...]:
    """The events as Segment would hand them on, received at ``now_ms`` (since 1970)."""
    kind = None if endpoint is Endpoint.BATCH else endpoint.value
    received = datetime.fromtimestamp(now_ms / 1000, UTC)
    return tuple(_completed(call, kind, request.shared, received, new_message_id) for call in request.calls)


def _completed(
    call: RawEvent,
    kind: str | None,
    shared: JsonObject,
    received: datetime,
    new_message_id: Callable[[], str],
) -> TrackingCall:
    if call.body is None:
        return TrackingCall(call)
    # The write key is a secret and tells nothing about the event.
    event = {name: value for name, value in call.body.items() if name != "writeKey"}
    if kind is not None and event.get("type") is None:
        event["type"] = kind
    if not _text(event.get("messageId")):
        event["messageId"] = new_message_id()
    for name in ("context", "integrations"):
        common, own = shared.get(name), event.get(name)
        if isinstance(common, Mapping) and (own is None or isinstance(own, Mapping)):
            event[name] = {**common, **(own or {})}
    if event.get("sentAt") is None and shared.get("sentAt") is not None:
        event["sentAt"] = shared["sentAt"]
    event |= _times(event, received)
    return TrackingCall(replace(call, raw=msgspec.json.encode(event), body=event), _rejection(event))


def _times(event: JsonObject, received: datetime) -> dict[str, JsonValue]:
    """``timestamp`` by the receiver's clock: the sender's may be hours off."""
    original = read_time(event.get("originalTimestamp") or event.get("timestamp"))
    sent = read_time(event.get("sentAt"))
    moment = original or received
    try:
        if original is not None and sent is not None:
            moment = received - (sent - original)
        timestamp = _iso(moment)
    except OverflowError:
        # A year that no calendar has.
        timestamp = _iso(received)
    times: dict[str, JsonValue] = {"receivedAt": _iso(received), "timestamp": timestamp}
    if original is not None:
        times["originalTimestamp"] = event.get("originalTimestamp") or event.get("timestamp")
    return times


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _rejection(event: JsonObject) -> str:
    code = _rejection_code(event)
    return f"Rejected, as Segment would: {_SENTENCES[code]} ({code})." if code else ""


def _rejection_code(event: JsonObject) -> str:
    if str(event.get("type")) not in CALL_TYPES:
        return "type_not_known"
    ids = [value for value in (event.get("userId"), event.get("anonymousId")) if value not in (None, "")]
    if not ids:
        return "no_user_anon_id"
    if not all(isinstance(value, str) for value in ids):
        return "id_not_string"
    for name in ("properties", "traits"):
        if event.get(name) is not None and not isinstance(event[name], Mapping):
            return f"{name}_not_object"
    return _rejection_of_names(event)


def _rejection_of_names(event: JsonObject) -> str:
    if event["type"] == "track":
        name = event.get("event")
        if name in (None, ""):
            return "event_not_defined"
        return "" if isinstance(name, str) else "event_not_string"
    if event["type"] in ("page", "screen"):
        for member in ("name", "category"):
            value = event.get(member)
            if value is not None and (not isinstance(value, str) or not value):
                return f"{member}_not_string"
    return ""


def _text(value: JsonValue) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
