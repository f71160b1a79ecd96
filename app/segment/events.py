"""One Segment call, read from JSON with the tolerance Segment's own libraries need.

Absent and null ids are the same, numbers become text, unknown members are kept in ``body``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from app.json_value import JsonObject, JsonValue

EVENT_TYPES = ("identify", "track", "page", "screen", "group", "alias", "delete")


class EventError(ValueError):
    """The JSON is no event the product can act on; the message says why, in words for people."""


@dataclass(frozen=True, slots=True)
class Event:
    """A call with the members everything else asks for; ``body`` is the whole event as received.

    ``company_id`` is the account the event speaks of: ``groupId`` of a group call, else
    ``traits.company.id``, else ``context.groupId`` (Segment's B2B convention).
    """

    type: str
    message_id: str | None
    user_id: str | None
    anonymous_id: str | None
    previous_id: str | None
    company_id: str | None
    title: str
    timestamp: datetime | None
    body: JsonObject

    @property
    def person_key(self) -> str:
        """Whose event this is: events of one person are delivered in order."""
        return f"user:{self.user_id}" if self.user_id else f"anonymous:{self.anonymous_id}"

    @property
    def entity_keys(self) -> tuple[str, ...]:
        """Everything this event must not overtake or be overtaken on: the person and the company."""
        keys = [self.person_key]
        if self.previous_id:
            keys.append(f"user:{self.previous_id}")
        if self.company_id:
            keys.append(f"company:{self.company_id}")
        return tuple(keys)


def read_event(body: JsonValue) -> Event:
    """Read one decoded event. Raises ``EventError`` for anything Segment would not have sent."""
    if not isinstance(body, dict) and not isinstance(body, Mapping):
        raise EventError("The event is not a JSON object.")
    kind = body.get("type")
    if not isinstance(kind, str) or kind not in EVENT_TYPES:
        raise EventError(
            "The event has no type." if kind is None else f"Unknown event type {str(kind)[:40]!r}."
        )
    user_id = _identifier(body.get("userId"))
    anonymous_id = _identifier(body.get("anonymousId"))
    if user_id is None and anonymous_id is None:
        raise EventError("The event has neither a userId nor an anonymousId.")
    return Event(
        type=kind,
        message_id=_identifier(body.get("messageId")),
        user_id=user_id,
        anonymous_id=anonymous_id,
        previous_id=_identifier(body.get("previousId")) if kind == "alias" else None,
        company_id=_company_id(kind, body),
        title=_title(kind, body),
        timestamp=read_time(body.get("timestamp")),
        body=body,
    )


def read_time(text: JsonValue) -> datetime | None:
    """An ISO-8601 time; naive ones are UTC, anything unreadable is None."""
    if not isinstance(text, str):
        return None
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _identifier(value: JsonValue) -> str | None:
    if value is None:
        return None
    # Nearly always; isinstance of a union costs several times as much.
    if type(value) is str:
        return value.strip() or None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return text.strip() or None


def _member(value: JsonValue, *names: str) -> JsonValue:
    for name in names:
        # A decoder gives dict; asking for Mapping costs ten times as much.
        if not isinstance(value, dict) and not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def _company_id(kind: str, body: JsonObject) -> str | None:
    if kind == "group":
        return _identifier(body.get("groupId"))
    return _identifier(_member(body, "traits", "company", "id")) or _identifier(
        _member(body, "context", "groupId")
    )


def _title(kind: str, body: JsonObject) -> str:
    """Who or what the event is about, for lists: at most 200 characters, one line."""
    if kind == "track" and type(name := body.get("event")) is str and name.strip():
        return " ".join(name.split())[:200]
    candidates: list[JsonValue] = {
        "track": [body.get("event")],
        "page": [body.get("name"), _member(body, "properties", "path")],
        "screen": [body.get("name")],
        "group": [_member(body, "traits", "name"), body.get("groupId")],
    }.get(kind, [])
    candidates += [
        _member(body, "traits", "name"),
        _member(body, "traits", "email"),
        body.get("userId"),
        body.get("anonymousId"),
    ]
    for candidate in candidates:
        text = " ".join(str(candidate).split()) if isinstance(candidate, str | int | float) else ""
        if text:
            return text[:200]
    return kind
