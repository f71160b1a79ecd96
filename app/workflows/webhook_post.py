"""Posting to our own relay the way Segment does: for the self-test and “send myself an event”."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from app.errors import AppError
from app.json_value import JsonValue
from app.segment.signature import sign

_TIMEOUT_S = 5.0
"""Segment gives a webhook five seconds to answer."""


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """``message`` is the relay's own word for a refusal, empty otherwise."""

    status: int
    message: str


async def post_webhook(url: str, payload: JsonValue, secret: str | None) -> WebhookAnswer:
    """Post one event, or a list as a batch; signed with ``secret`` when there is one.

    Segment signs only the first event of a batch. Raises ``AppError`` (``RELAY-NOT-ANSWERING``).
    """
    body = _compact(payload)
    headers = {"Content-Type": "application/json", "User-Agent": "Segment (Actions)"}
    if secret:
        first = payload[0] if isinstance(payload, list | tuple) and payload else payload
        headers["X-Signature"] = sign(secret, _compact(first))
    try:
        # A proxy from the environment has no business between this computer and itself.
        async with httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False) as http:
            answer = await http.post(url, content=body, headers=headers)
    except httpx.HTTPError as error:
        raise AppError(
            "RELAY-NOT-ANSWERING",
            "The relay does not answer.",
            cause="It may have stopped, or another program holds up connections on this computer.",
            remedy="Look at the relay's state, then send the event again.",
            detail=type(error).__name__,
        ) from error
    return WebhookAnswer(answer.status_code, _message(answer))


def _compact(value: JsonValue) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _message(answer: httpx.Response) -> str:
    try:
        content = answer.json()
    except ValueError:
        return ""
    return str(content.get("message", "")) if isinstance(content, Mapping) else ""
