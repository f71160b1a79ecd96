"""Posting an event to our own relay the way Segment does: for the self-test and “send myself an event”."""

from __future__ import annotations

import json

import httpx

from app.errors import AppError
from app.json_value import JsonValue
from app.segment.signature import sign

_TIMEOUT_S = 5.0
"""Segment gives a webhook five seconds to answer."""


async def post_webhook(url: str, payload: JsonValue, secret: str | None) -> int:
    """Post one event, or a list as a batch, signed with ``secret``; the HTTP status of the answer.

    Segment signs only the first event of a batch. Raises ``AppError`` (``RELAY-NOT-ANSWERING``).
    """
    body = _compact(payload)
    headers = {"Content-Type": "application/json", "User-Agent": "Segment (Actions)"}
    if secret:
        first = payload[0] if isinstance(payload, list | tuple) and payload else payload
        headers["X-Signature"] = sign(secret, _compact(first))
    try:
        # The address is our own: a proxy of the machine has nothing to do with it.
        async with httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False) as http:
            answer = await http.post(url, content=body, headers=headers)
    except httpx.HTTPError as error:
        raise AppError(
            "RELAY-NOT-ANSWERING",
            "The relay does not answer.",
            cause="It is not running, or another program holds its port.",
            remedy="Start the relay, then send the event again.",
            detail=type(error).__name__,
        ) from error
    return answer.status_code


def _compact(value: JsonValue) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
