"""One call to Close as data: what is asked, what came back, and what that means."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from app.close.answers import UnexpectedShapeError
from app.close.exchange import answer_head
from app.close.limits import retry_wait_s
from app.close.refusals import bad_answer, not_an_id, not_json, refusal
from app.json_value import JsonObject, JsonValue

_RECORD_ID = re.compile(r"[A-Za-z0-9_]+")

_Record = TypeVar("_Record")


@dataclass(frozen=True, slots=True)
class Call:
    """A request. ``resource`` is the path without ids, ``path`` the whole, with its query."""

    method: str
    resource: str
    path: str
    body: JsonObject | None = None

    @property
    def group(self) -> str:
        """What the call counts as for Close's rate limits."""
        return f"{self.method} {self.resource}"

    @property
    def name(self) -> str:
        return f"{self.method} /{self.path}"

    def content(self) -> bytes | None:
        """The body on the wire. Raises ``CloseError`` for values that JSON does not have."""
        if self.body is None:
            return None
        try:
            # Escaped, because events may hold half a surrogate pair, which UTF-8 cannot carry.
            return json.dumps(self.body, allow_nan=False, separators=(",", ":")).encode("ascii")
        except (ValueError, RecursionError) as error:
            raise not_json(f"{self.name}: {error}") from None


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def judged(call: Call, answer: Answer, redact: Callable[[str], str]) -> JsonValue:
    """The JSON of an answer to anything but a 429. Raises ``CloseError`` for no success or no JSON."""
    if not 200 <= answer.status < 300:
        stated = answer.status == 503 and "retry-after" in answer.headers
        pause = retry_wait_s(answer.headers) if stated else None
        raise refusal(answer.status, answer.body, call.name, redact, retry_after_s=pause)
    if call.method == "DELETE" and not answer.body.strip():
        return {}
    try:
        decoded: JsonValue = json.loads(answer.body)
    except (ValueError, RecursionError):
        detail = f"{call.name}: {answer_head(answer.body, redact)[:200]!r}"
        raise bad_answer("It is not JSON.", detail, status=answer.status) from None
    return decoded


def shaped(read: Callable[[JsonValue], _Record], answer: JsonValue) -> _Record:
    """The record in an answer. Raises ``CloseError`` when it is not there."""
    try:
        return read(answer)
    except UnexpectedShapeError as error:
        raise bad_answer("It does not hold what Close documents.", str(error), status=200) from None


def record_id(text: str) -> str:
    """The id, if it can stand in a path. Raises ``CloseError`` for anything no record can have as id."""
    if not _RECORD_ID.fullmatch(text):
        raise not_an_id(text)
    return text
