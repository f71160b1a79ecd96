"""The way in for Segment's own libraries: write keys, the web pages that may post, expected answers. Pure.

A write key is not a secret in the way the webhook's is: one that a web page uses can be read by every
visitor. So it lets events in and nothing else, and no deletion comes this way.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping

from app.relay.event_records import NewEvent, Trust
from app.relay.intake import (
    WRONG_HOST,
    IntakeRules,
    Refusal,
    SourceRules,
    new_event,
    refuse_body,
    refuse_content,
    wrong_host,
)
from app.segment.bodies import BodyError
from app.segment.tracking_calls import Endpoint, completed_calls, read_tracking_request

# How long a browser remembers that it may post, in seconds.
_PREFLIGHT_AGE_S = 600
_HEADERS = "authorization, content-type, x-retry-count"


def refuse_source_head(
    method: str, headers: Mapping[str, str], rules: IntakeRules, sources: SourceRules
) -> Refusal | None:
    """What can be refused before the body is read, or before a preflight is answered."""
    if wrong_host(headers, rules):
        return WRONG_HOST
    origin = headers.get("Origin")
    if origin is None:
        if headers.get("Sec-Fetch-Site", "none").lower() != "none":
            return Refusal(403, "Requests from web pages need an origin that is listed.", "origin_missing")
    elif origin.lower() not in sources.origins:
        return Refusal(403, "This web page is not listed as a source.", "origin_not_listed")
    if method == "OPTIONS" and origin is not None:
        return None
    if method != "POST":
        return Refusal(405, "Calls are accepted by POST.", "method_not_allowed")
    return refuse_content(headers)


def cors_headers(headers: Mapping[str, str], sources: SourceRules) -> dict[str, str]:
    """What lets the page read the answer; nothing for pages that are not listed."""
    origin = headers.get("Origin")
    if origin is None or origin.lower() not in sources.origins:
        return {}
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}


def preflight_headers(headers: Mapping[str, str], sources: SourceRules) -> dict[str, str]:
    """The answer to the question a browser asks before it posts."""
    answer = cors_headers(headers, sources) | {
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": _HEADERS,
        "Access-Control-Max-Age": str(_PREFLIGHT_AGE_S),
    }
    if headers.get("Access-Control-Request-Private-Network", "").lower() == "true":
        answer["Access-Control-Allow-Private-Network"] = "true"
    return answer


def read_source_request(
    endpoint: Endpoint,
    body: bytes,
    authorization: str | None,
    rules: IntakeRules,
    sources: SourceRules,
    now_ms: int,
    new_message_id: Callable[[], str],
) -> Refusal | tuple[NewEvent, ...]:
    """The events of a complete body, or why all of it is refused. An empty batch has none."""
    try:
        request = read_tracking_request(endpoint, body)
    except BodyError as error:
        refusal = refuse_body(error)
        code = "payload_too_large" if refusal.status == 413 else "payload_unreadable"
        return Refusal(refusal.status, refusal.message, code)
    # Where both are given the body's counts, as at Segment.
    key = request.write_key or _basic_user(authorization)
    if key is None:
        return Refusal(400, "The write key is missing.", "write_key_missing")
    if not _is_known(key, sources):
        return Refusal(401, "No source has this write key.", "unknown_source")
    return tuple(
        new_event(call.event, Trust.WRITE_KEY, rules.mode, now_ms, rejection=call.rejection)
        for call in completed_calls(endpoint, request, now_ms, new_message_id)
    )


def _basic_user(authorization: str | None) -> str | None:
    """The user of HTTP Basic, which is the write key; the colon after it may be missing."""
    scheme, _, encoded = (authorization or "").strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return text.partition(":")[0].strip() or None


def _is_known(key: str, sources: SourceRules) -> bool:
    given = key.encode("utf-8", "replace")
    # No early end: the time taken tells nothing about which key was nearly right.
    return sum(hmac.compare_digest(given, one.value.encode()) for one in sources.write_keys) > 0
