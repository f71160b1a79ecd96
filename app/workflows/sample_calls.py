"""The event that a call of one of Segment's libraries would have sent.

The browser library puts what a call is about first (``track(event, properties, options)``), the server
libraries the person (``track(user_id, event, properties)``) or one object with everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from app.json_value import JsonObject, JsonValue
from app.workflows.sample_literals import Call

METHODS = ("identify", "track", "page", "screen", "group", "alias")

_MEMBERS = {
    "user_id": "userId",
    "anonymous_id": "anonymousId",
    "group_id": "groupId",
    "previous_id": "previousId",
    "message_id": "messageId",
}
# What is no part of ``context`` in options, and in the one object that Node's library takes.
_TOP_LEVEL = {
    "userId",
    "anonymousId",
    "messageId",
    "timestamp",
    "originalTimestamp",
    "sentAt",
    "integrations",
    "context",
    "groupId",
    "previousId",
}
_WHOLE_EVENT = {"userId", "anonymousId", "messageId", "properties", "traits"}
STAND_IN_ID = "anonymous-sample"
"""Stands for the visitor where a copied call does not say whose it is; a browser always sends an id."""


class CallError(ValueError):
    """The call sends no event; the message is a sentence for people."""


def event_of_call(call: Call) -> JsonObject:
    """The body of the event. Raises ``CallError``."""
    method = call.name.casefold()
    if method not in METHODS:
        raise CallError(f"A call of “{call.name[:40]}” sends no event.")
    body: dict[str, JsonValue] = {"type": method}
    if call.keywords:
        body.update({_MEMBERS.get(key, key): value for key, value in call.keywords.items()})
    arguments = list(call.arguments)
    first = arguments[0] if arguments else None
    if _is_object(first) and _is_whole_event(first, method):
        body.update({_MEMBERS.get(key, key): value for key, value in first.items()})
    elif arguments or not call.keywords:
        _READERS[method](body, arguments)
    body["type"] = method
    return body


def has_nobody(body: JsonObject) -> bool:
    """Whether the event says of no one whose it is."""
    return body.get("userId") in (None, "") and body.get("anonymousId") in (None, "")


def _is_whole_event(first: JsonObject, method: str) -> bool:
    """Node's and Ruby's libraries take one object; the browser's ``identify({traits})`` does too."""
    names = {_MEMBERS.get(key, key) for key in first}
    return method in ("track", "group", "alias") or bool(names & _WHOLE_EVENT)


def _identify(body: dict[str, JsonValue], arguments: list[JsonValue]) -> None:
    texts = _take_texts(arguments, 1)
    if texts:
        body["userId"] = texts[0]
    body["traits"] = _take_object(arguments)
    _take_options(body, arguments)


def _track(body: dict[str, JsonValue], arguments: list[JsonValue]) -> None:
    texts = _take_texts(arguments, 2)
    if not texts:
        raise CallError("A track call needs the name of an event.")
    if len(texts) == 2:
        body["userId"] = texts[0]
    body["event"] = texts[-1]
    body["properties"] = _take_object(arguments)
    _take_options(body, arguments)


def _page(body: dict[str, JsonValue], arguments: list[JsonValue]) -> None:
    texts = _take_texts(arguments, 2)
    properties = dict(_take_object(arguments))
    # One text is the name, two are category and name; the library copies both into the properties.
    named = {"name": texts[-1]} if texts else {}
    if len(texts) == 2:
        named["category"] = texts[0]
    body.update(named)
    body["properties"] = {**named, **properties}
    _take_options(body, arguments)


def _group(body: dict[str, JsonValue], arguments: list[JsonValue]) -> None:
    texts = _take_texts(arguments, 2)
    if not texts:
        raise CallError("A group call needs the id of a group.")
    if len(texts) == 2:
        body["userId"] = texts[0]
    body["groupId"] = texts[-1]
    body["traits"] = _take_object(arguments)
    _take_options(body, arguments)


def _alias(body: dict[str, JsonValue], arguments: list[JsonValue]) -> None:
    texts = _take_texts(arguments, 2)
    if not texts:
        raise CallError("An alias call needs the new id.")
    body["userId"] = texts[0]
    if len(texts) == 2:
        body["previousId"] = texts[1]
    _take_options(body, arguments)


_READERS = {
    "identify": _identify,
    "track": _track,
    "page": _page,
    "screen": _page,
    "group": _group,
    "alias": _alias,
}


def _take_texts(arguments: list[JsonValue], most: int) -> list[str]:
    """Leading ids and names; null stands for one that was left out."""
    texts: list[str] = []
    while arguments and len(texts) < most:
        first = arguments[0]
        if first is not None and (isinstance(first, bool) or not isinstance(first, str | int | float)):
            break
        arguments.pop(0)
        if first is not None:
            texts.append(str(first))
    return texts


def _take_object(arguments: list[JsonValue]) -> JsonObject:
    while arguments:
        first = arguments.pop(0)
        if _is_object(first):
            return first
        if first is not None:
            raise CallError("After ids and names a call has an object in braces.")
    return {}


def _take_options(body: dict[str, JsonValue], arguments: list[JsonValue]) -> None:
    """Options name members of the event; what else stands in them belongs to ``context``."""
    options = _take_object(arguments)
    context: dict[str, JsonValue] = {}
    for key, value in options.items():
        name = _MEMBERS.get(key, key)
        if name == "context" and _is_object(value):
            context.update(value)
        elif name in _TOP_LEVEL:
            body[name] = value
        else:
            context[name] = value
    if context:
        body["context"] = context


def _is_object(value: JsonValue) -> TypeGuard[JsonObject]:
    return isinstance(value, Mapping)
