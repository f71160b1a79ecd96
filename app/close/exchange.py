"""One request to Close and its answer, as people see it in the HTTP tab."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.json_value import JsonValue

ANSWER_HEAD_CHARS = 2000
# More than is shown, so that a secret across the cut is still whole when it is looked for.
_REDACTED_BYTES = 6 * ANSWER_HEAD_CHARS


@dataclass(frozen=True, slots=True)
class Exchange:
    """What went over the wire, without the key and without headers of ours.

    ``path`` is relative to the API's base and holds the query. ``status`` is ``None`` when no
    complete answer came; ``error`` is then the code of the failure, else empty. ``trace_id`` is
    Close's own name for the request.
    """

    method: str
    path: str
    status: int | None
    duration_ms: float
    group: str
    request_body: JsonValue
    answer_head: str
    trace_id: str
    error: str


def answer_head(body: bytes, redact: Callable[[str], str]) -> str:
    """The beginning of an answer as text without secrets."""
    return redact(body[:_REDACTED_BYTES].decode("utf-8", "replace"))[:ANSWER_HEAD_CHARS]
