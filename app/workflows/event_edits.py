"""An edited copy of an event, sent as a new event that is linked to the first."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from app.errors import AppError
from app.json_value import JsonObject
from app.relay.event_records import EventRow
from app.relay.replay_store import ReplayStore
from app.segment.bodies import BodyError, decode_event
from app.segment.events import EventError, read_event
from app.workflows.samples import parse_json


def edited_body(text: str, original: JsonObject, new_id: Callable[[], str]) -> bytes:
    """The edited event as it is sent. It gets a message id of its own unless a person gave it one.

    With the first one's id it would be taken for a duplicate. Raises ``AppError`` (``SAMPLE-NOT-JSON``,
    ``EDIT-NOT-AN-EVENT``).
    """
    value = parse_json(text)
    if not isinstance(value, Mapping):
        raise _not_an_event("An event is a JSON object in braces.")
    given = value.get("messageId")
    body = dict(value)
    if not given or given == original.get("messageId"):
        body["messageId"] = f"edited-{new_id()}"
    raw = json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()
    try:
        read_event(decode_event(raw))
    except (BodyError, EventError) as error:
        raise _not_an_event(str(error)) from error
    return raw


def send_edited(
    store: ReplayStore,
    event_id: int,
    original: JsonObject,
    text: str,
    *,
    new_id: Callable[[], str],
    now_ms: int,
) -> EventRow:
    """Queue the edited copy; the relay takes it within seconds. Blocks. Raises ``AppError``."""
    return store.edited(event_id, edited_body(text, original, new_id), now_ms=now_ms)


def _not_an_event(cause: str) -> AppError:
    return AppError(
        "EDIT-NOT-AN-EVENT",
        "The edited text is not a Segment event.",
        cause=cause,
        remedy="An event has a type (identify, track, group, …) and a userId or an anonymousId.",
    )
