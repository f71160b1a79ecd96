"""“Send myself an event”: a signed sample, posted to the relay the way Segment posts one."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from uuid import uuid4

from app.errors import AppError
from app.json_value import JsonObject
from app.workflows.webhook_post import post_webhook

OWN_PREFIX = "segment-close-test-"
"""How the ``messageId`` of our own events begins: they prove less than an event from Segment."""


def is_own(message_id: str) -> bool:
    """Whether an event was sent by this program and not by Segment."""
    return message_id.startswith(OWN_PREFIX)


def own_event(sample: JsonObject, *, now: datetime | None = None, unique: str | None = None) -> JsonObject:
    """The sample as an event of now, marked as ours."""
    stamp = (now or datetime.now(UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    times = dict.fromkeys(("originalTimestamp", "sentAt", "receivedAt", "timestamp"), stamp)
    return {**sample, **times, "messageId": OWN_PREFIX + (unique or uuid4().hex)}


async def send_own_event(url: str, secret: str | None, sample: JsonObject) -> str:
    """Post the sample to ``url`` (the relay's own address on this computer) and return its messageId.

    Raises ``AppError`` (``RELAY-NOT-ANSWERING``, ``OWN-EVENT-REFUSED``) when it is not acknowledged.
    """
    event = own_event(sample)
    answer = await post_webhook(url, event, secret)
    if answer.status != HTTPStatus.OK:
        raise AppError(
            "OWN-EVENT-REFUSED",
            f"The relay refused the event ({answer.status}).",
            cause=answer.message,
            remedy="Stop and start the relay, then send the event again.",
        )
    return str(event["messageId"])
