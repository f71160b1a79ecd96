"""How a place in the event is named in the mapping language, and which place a name stands for.

A place is a row of keys, any text each. Paths (``$.traits.email``) and templates (``{{traits.email}}``)
cannot name keys that hold dots, quotes or some brackets; Liquid can (``traits["a.b"]``), but its output is
always text. ``value_of`` therefore lets Liquid write such a value as JSON and decodes it, so that numbers,
switches, lists and objects keep their type; a place the event does not have gives null there. Only names
that lead back to the same keys are handed out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from app.json_value import JsonValue
from app.segment import liquid
from app.segment.js_values import JS_WHITE_SPACE, is_index, utf16_length
from app.segment.liquid_limits import MAX_TEMPLATE_LENGTH
from app.segment.paths import path_pieces, without_root

Keys = tuple[str, ...]

_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NOT_A_VARIABLE: Final = frozenset(
    {"true", "false", "nil", "null", "empty", "blank", "and", "or", "not", "contains"}
)
_COUNTED: Final = frozenset({"size", "first", "last"})
"""Liquid answers these for values that have no such member, where a path finds nothing."""
_AS_JSON: Final = ' | json | default: "null"'
_LIQUID_STEP: Final = re.compile(
    r"""\.(?P<word>[A-Za-z0-9_-]+)|\[(?P<index>0|[1-9][0-9]{0,9})\]"""
    r"""|\[(?:"(?P<double>(?:[^"\\]|\\["'\\])*)"|'(?P<single>(?:[^'\\]|\\["'\\])*)')\]"""
)
_ESCAPED: Final = re.compile(r"""\\(["'\\])""")
_MARK: Final = "found"


def path_of(keys: Keys) -> str | None:
    """The path with ``$.``, or None when no path names these keys. The whole event is ``$.``."""
    path = "$." + ".".join(key or "''" for key in keys)
    return path if keys_of_path(path) == keys else None


def keys_of_path(path: str) -> Keys:
    return path_pieces(without_root(path))


def template_name_of(keys: Keys) -> str | None:
    """What stands between the braces of a template, or None when no template can name these keys."""
    if not keys:
        return "."
    name = ".".join(f"'{key}'" if key != key.strip(JS_WHITE_SPACE) else key or "''" for key in keys)
    return name if "}" not in name and keys_of_template_name(name) == keys else None


def keys_of_template_name(name: str) -> Keys:
    """The keys for what stands between braces; templates know no ``$.``."""
    return path_pieces(name.strip(JS_WHITE_SPACE))


@lru_cache(maxsize=4096)
def liquid_name_of(keys: Keys) -> str | None:
    """The variable in Liquid's spelling, such as ``traits["a.b"]``; what it prints is text.

    None for the whole event, which Liquid cannot name; for keys that a template of 1000 characters cannot
    hold; and for keys such as ``size``, which Liquid would work out where the event does not have them.
    """
    if not keys or not _COUNTED.isdisjoint(keys):
        return None
    first, *others = keys
    is_word = _WORD.fullmatch(first) and first not in _NOT_A_VARIABLE
    name = (first if is_word else f"[{liquid_text(first)}]") + "".join(map(_liquid_step, others))
    if utf16_length(name) > MAX_TEMPLATE_LENGTH - len("{{  }}"):
        return None
    return name if _liquid_finds(name, keys) else None


def _liquid_step(key: str) -> str:
    if is_index(key):
        return f"[{key}]"
    is_word = _WORD.fullmatch(key) and key not in _NOT_A_VARIABLE
    return f".{key}" if is_word else f"[{liquid_text(key)}]"


def _liquid_finds(name: str, keys: Keys) -> bool:
    event: JsonValue = _MARK
    for key in reversed(keys):
        event = {key: event}
    try:
        return liquid.parse(f"{{{{ {name} }}}}").render(event) == _MARK
    except liquid.LiquidError:
        return False


def liquid_text(text: str) -> str:
    """The text as a quoted literal of Liquid."""
    quote = "'" if '"' in text and "'" not in text else '"'
    escaped = text.replace("\\", "\\\\").replace(quote, "\\" + quote)
    return f"{quote}{escaped}{quote}"


def keys_of_liquid_name(name: str) -> Keys | None:
    """The keys a variable of Liquid stands for; None for anything but a plain variable."""
    first = _WORD.match(name)
    keys = [first[0]] if first else []
    if first and first[0] in _NOT_A_VARIABLE:
        return None
    at = first.end() if first else 0
    while at < len(name):
        step = _LIQUID_STEP.match(name, at)
        if step is None:
            return None
        keys.append(_key_of_step(step))
        at = step.end()
    found = tuple(keys)
    return found if name[:1] != "." and liquid_name_of(found) is not None else None


def _key_of_step(step: re.Match[str]) -> str:
    if step["index"] is not None:
        return step["index"]
    if step["word"] is not None:
        return step["word"]
    return liquid_text_value(step["double"] if step["double"] is not None else step["single"])


def liquid_text_value(literal: str) -> str:
    """The text of a literal without its quotes, when only quotes and backslashes are escaped in it."""
    return _ESCAPED.sub(r"\1", literal)


def value_of(keys: Keys) -> JsonValue:
    """The mapping value that gives what the event has there, type included, for any keys."""
    path = path_of(keys)
    if path is not None:
        return {"@path": path}
    name = liquid_name_of(keys)
    if name is not None and utf16_length(name) + len("{{  }}" + _AS_JSON) <= MAX_TEMPLATE_LENGTH:
        return _decoded(name)
    return _held_key(keys)


def _decoded(name: str) -> JsonValue:
    return {"@json": {"mode": "decode", "value": {"@liquid": f"{{{{ {name}{_AS_JSON} }}}}"}}}


def _held_key(keys: Keys) -> JsonValue:
    """The last key that no path names is kept as data beside what it is looked up in: no key is too long."""
    at = max(place for place, key in enumerate(keys) if path_of((key,)) is None)
    found: JsonValue = {
        "@transform": {
            "apply": {"from": value_of(keys[:at]), "key": keys[at]},
            "mapping": _decoded("from[key]"),
        }
    }
    rest = keys[at + 1 :]
    if not rest:
        return found
    return {"@transform": {"apply": {"found": found}, "mapping": value_of(("found", *rest))}}


def keys_of_value(value: JsonValue) -> Keys | None:
    """The keys a mapping value reads, when it does nothing else: the opposite of ``value_of``."""
    keys = _keys_of_value(value)
    if keys is None or (isinstance(value, dict) and "@path" in value):
        return keys
    return keys if value_of(keys) == value else None


def _keys_of_value(value: JsonValue) -> Keys | None:
    """The keys, if the value has the outline of one that ``value_of`` makes."""
    match value:
        case {"@path": str(path), **others} if not others:
            keys = keys_of_path(path)
            return keys if path_of(keys) is not None else None
        case {"@json": {"mode": "decode", "value": {"@liquid": str(source)}}}:
            name = source.removeprefix("{{ ").removesuffix(f"{_AS_JSON} }}}}")
            return keys_of_liquid_name(name)
        case {"@transform": {"apply": {"from": container, "key": str(key)}}}:
            return _longer(_keys_of_value(container), (key,))
        case {"@transform": {"apply": {"found": container}, "mapping": {"@path": str(path)}}}:
            return _longer(_keys_of_value(container), keys_of_path(path)[1:])
    return None


def _longer(keys: Keys | None, more: Keys) -> Keys | None:
    return None if keys is None else keys + more
