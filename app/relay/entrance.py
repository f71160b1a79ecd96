"""Which way in a request takes: Segment's webhook, or the addresses of its Tracking API. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from app.relay.event_records import NewEvent
from app.relay.intake import METHODS, IntakeRules, Probe, Refusal, read_request, refuse_head
from app.relay.source_door import cors_headers, preflight_headers, read_source_request, refuse_source_head
from app.segment.tracking_calls import endpoint_of


@dataclass(frozen=True, slots=True)
class Entry:
    """What is decided before the body is read. ``headers`` go onto every answer.

    ``read`` takes the body and the time in milliseconds since 1970, and gives the events, a refusal, or
    the answer to a probe. A ``preflight`` is answered by ``headers`` alone.
    """

    read: Callable[[bytes, int], Refusal | Probe | tuple[NewEvent, ...]]
    methods: frozenset[str]
    refusal: Refusal | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    preflight: bool = False


def enter(
    method: str,
    path: str,
    headers: Mapping[str, str],
    rules: IntakeRules,
    new_message_id: Callable[[], str],
) -> Entry:
    """Judge a request by its head. ``headers`` ignores case, as HTTP does."""
    sources = rules.sources
    endpoint = endpoint_of(path) if sources else None
    if sources is None or endpoint is None:
        signature = headers.get("X-Signature")
        return Entry(
            lambda body, now_ms: read_request(body, signature, rules, now_ms),
            METHODS,
            refuse_head(method, path, headers, rules),
        )
    read = partial(
        read_source_request,
        endpoint,
        authorization=headers.get("Authorization"),
        rules=rules,
        sources=sources,
        new_message_id=new_message_id,
    )
    refusal = refuse_source_head(method, headers, rules, sources)
    preflight = refusal is None and method == "OPTIONS"
    answer = preflight_headers(headers, sources) if preflight else cors_headers(headers, sources)
    return Entry(
        lambda body, now_ms: read(body=body, now_ms=now_ms), frozenset({"POST"}), refusal, answer, preflight
    )
