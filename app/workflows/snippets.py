"""Code for a site or a server that makes the calls the mappings wait for. Pure but for reading a template.

Identify reaches Close only when traits have changed: the integrations object of the others says
``Close: false``, which holds for Segment's own destination and for the relay alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Final, TypeAlias

from app.json_value import JsonValue
from app.resource_files import resource
from app.workflows.snippet_calls import SnippetCall

ADVICE: Final = (
    "Identify on every page load is the usual cause of used-up API limits in Close. "
    "This code hands it on only when the traits have changed."
)


class Language(StrEnum):
    BROWSER = "browser"
    NODE = "node"
    PYTHON = "python"


def snippet(language: Language, calls: Sequence[SnippetCall]) -> str:
    """Code that runs as it is once the write key is there; values are literals whatever they hold."""
    template = resource("snippets", f"{language}.txt").read_text(encoding="utf-8")
    before, after = template.split("%%CALLS%%")
    write = _python if language is Language.PYTHON else _node if language is Language.NODE else _browser
    lines = [line for call in calls for line in write(call)]
    if not lines:
        lines = [f"{_COMMENT[language]} No mapping is on: there is nothing to send."]
    return before + "\n".join(lines) + after


_COMMENT: Final = {Language.BROWSER: "  //", Language.NODE: "//", Language.PYTHON: "#"}


def _python(call: SnippetCall) -> Iterator[str]:
    user, data = python_literal(call.user_id), python_literal(call.data, 0)
    extra = f", context={python_literal(call.context, 0)}" if call.context else ""
    match call.type:
        case "identify":
            yield f"identify({user}, {data})"
        case "group":
            yield f"analytics.group({user}, {python_literal(call.group_id)}, {data}{extra})"
        case "page":
            yield f"analytics.page({user}, None, {python_literal(call.name)}, {data}{extra})"
        case _:
            yield f"analytics.track({user}, {python_literal(call.name)}, {data}{extra})"


def _node(call: SnippetCall) -> Iterator[str]:
    user, data = js_literal(call.user_id), js_literal(call.data, 1)
    extra = f"  context: {js_literal(call.context, 1)},\n" if call.context else ""
    if call.type == "identify":
        yield f"identify({user}, {js_literal(call.data, 0)});"
        return
    own = {
        "group": f"  groupId: {js_literal(call.group_id)},\n  traits: {data},\n",
        "page": f"  name: {js_literal(call.name)},\n  properties: {data},\n",
        "track": f"  event: {js_literal(call.name)},\n  properties: {data},\n",
    }[call.type]
    yield f"analytics.{call.type}({{\n  userId: {user},\n{own}{extra}}});"


def _browser(call: SnippetCall) -> Iterator[str]:
    data = js_literal(call.data, 1)
    extra = f", {{ context: {js_literal(call.context, 1)} }}" if call.context else ""
    match call.type:
        case "identify":
            yield f"  identify({js_literal(call.user_id)}, {data});"
        case "group":
            yield f"  window.analytics.group({js_literal(call.group_id)}, {data}{extra});"
        case _:
            yield f"  window.analytics.{call.type}({js_literal(call.name)}, {data}{extra});"


# Nothing that could end a script element, a line of old JavaScript, or be no character at all.
_RISKY: Final = re.compile("[<>\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ud800-\udfff]")
_INDENT: Final = "  "
_Key: TypeAlias = Callable[[str], str]


def _text(value: str) -> str:
    """A literal that JSON, JavaScript and Python read alike."""
    quoted = json.dumps(value, ensure_ascii=False)
    return _RISKY.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def js_literal(value: JsonValue, depth: int = 0) -> str:
    """``__proto__`` is written as a computed key: as a plain one it would set the object's prototype."""

    def key(name: str) -> str:
        return '["__proto__"]' if name == "__proto__" else _text(name)

    return _literal(value, depth, key, {True: "true", False: "false", None: "null"})


def python_literal(value: JsonValue, depth: int = 0) -> str:
    return _literal(value, depth, _text, {True: "True", False: "False", None: "None"})


def _literal(value: JsonValue, depth: int, key: _Key, words: dict[bool | None, str]) -> str:
    if value is None or isinstance(value, bool):
        return words[value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        members = [
            f"{key(name)}: {_literal(member, depth + 1, key, words)}" for name, member in value.items()
        ]
        return _block(members, "{", "}", depth)
    if isinstance(value, list):
        return _block([_literal(item, depth + 1, key, words) for item in value], "[", "]", depth)
    return json.dumps(value, allow_nan=False)


def _block(members: list[str], opening: str, closing: str, depth: int) -> str:
    if not members:
        return opening + closing
    inner = "".join(f"{_INDENT * (depth + 1)}{member},\n" for member in members)
    return f"{opening}\n{inner}{_INDENT * depth}{closing}"
