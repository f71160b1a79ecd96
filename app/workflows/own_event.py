"""“Send myself an event”: a signed sample, posted to the relay the way Segment posts one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

import httpx

from app.errors import AppError
from app.json_value import JsonObject
from app.segment.signature import sign

OWN_PREFIX = "segment-close-test-"
"""How the ``messageId`` of our own events begins: they prove less than an event from Segment."""

_TIMEOUT_S = 10.0


def is_own(message_id: str) -> bool:
    """Whether an event was sent by this program and not by Segment."""
    return message_id.startswith(OWN_PREFIX)


def own_event(sample: JsonObject, *, now: datetime | None = None, unique: str | None = None) -> JsonObject:
    """The sample as an event of now, marked as ours."""
    stamp = (now or datetime.now(UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    times = dict.fromkeys(("originalTimestamp", "sentAt", "receivedAt", "timestamp"), stamp)
    return {**sample, **times, "messageId": OWN_PREFIX + (unique or uuid4().hex)}


async def send_own_event(
    url: str,
    secret: str | None,
    sample: JsonObject,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
) -> str:
    """Post the sample to ``url`` (the relay's own address on this computer) and return its messageId.

    Raises ``AppError`` (``OWN-EVENT-…``) when it is not acknowledged.
    """
    event = own_event(sample)
    body = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"}
    if secret:
        headers["X-Signature"] = sign(secret, body)
    try:
        # A proxy from the environment has no business between this computer and itself.
        async with httpx.AsyncClient(transport=transport, timeout=_TIMEOUT_S, trust_env=False) as client:
            answer = await client.post(url, content=body, headers=headers)
    except httpx.HTTPError as error:
        raise AppError(
            "OWN-EVENT-NO-ANSWER",
            "The relay did not answer.",
            cause="It may have stopped, or another program holds up connections on this computer.",
            remedy="Look at the relay's state, then send the event again.",
            detail=type(error).__name__,
        ) from error
    if not answer.is_success:
        raise AppError(
            "OWN-EVENT-REFUSED",
            f"The relay refused the event ({answer.status_code}).",
            cause=_message(answer),
            remedy="Stop and start the relay, then send the event again.",
        )
    return str(event["messageId"])


def _message(answer: httpx.Response) -> str:
    try:
        content = answer.json()
    except ValueError:
        return ""
    return str(content.get("message", "")) if isinstance(content, Mapping) else ""
