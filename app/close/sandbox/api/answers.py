"""Answers, and the refusals that handlers raise."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from app.close.sandbox.entities import Json


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):  # noqa: N818 - an answer, not a failure of the sandbox
    """Stops a handler; the caller gets this status and body."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


def json_reply(body: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(body, ensure_ascii=False).encode())


def error(status: int, text: str) -> Refusal:
    """The one-string shape."""
    return Refusal(status, {"error": text})


def field_error(name: str, text: str) -> Refusal:
    """A refused parameter."""
    return Refusal(400, {"errors": [], "field-errors": {name: text}})


def no_such_object() -> Refusal:
    return error(404, "Empty query: the object you asked for does not exist or is not visible to you.")


def forbidden(permission: str) -> Refusal:
    return error(403, f"You do not have the permission to do this ({permission}).")
