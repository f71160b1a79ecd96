"""Mapping values as expressions: what Segment's editor, this program or a person wrote, as chips and text.

A value is taken apart only where writing it again gives the same result for every event; whatever has no
form here, or says more than the form could, stays whole as ``Advanced``. One thing is simplified: what a
triple ``{{{x}}}`` puts into a template is not read as a template once more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from typing import Final

from app.json_value import JsonValue
from app.segment import template_parts
from app.segment.js_values import is_truthy, utf16_length
from app.segment.liquid_chain import read_chain
from app.segment.mapping_compiler import ROOT_DIRECTIVE_KEY
from app.segment.mapping_problems import MAX_NESTING
from app.segment.mapping_validation import is_directive
from app.segment.references import keys_of_value
from app.segment.value_expression import (
    Advanced,
    ChangeCase,
    Coalesce,
    ConvertJson,
    Expression,
    Flatten,
    JsonMode,
    LetterCase,
    Liquid,
    Replace,
    Static,
    Text,
    Variable,
)
from app.segment.value_writer import HELD_VALUE, plain_join, write

_LONGEST_PATTERN: Final = 10
_DOLLAR: Final = re.compile(r"\$([$&`'])")


def read(value: JsonValue) -> Expression:
    """The expression that shows a mapping value; never fails."""
    return _read(value) if _is_shallow(value) else Advanced(value)


def _read(value: JsonValue) -> Expression:
    if isinstance(value, str):
        return Text(value)
    if not is_directive(value):
        return Static(value) if _is_static(value) else Advanced(value)
    keys = keys_of_value(value)
    if keys is not None:
        return Variable(keys)
    expression = None
    if isinstance(value, dict) and len(value) == 1:
        ((name, argument),) = value.items()
        expression = _READERS[name](argument) if name in _READERS else None
    return Advanced(value) if expression is None else expression


def _is_shallow(value: JsonValue) -> bool:
    """Whether the value is nested no deeper than a mapping may be."""
    level: list[JsonValue] = [value]
    for _ in range(2 * MAX_NESTING):
        level = [member for container in level for member in _members(container)]
        if not level:
            return True
    return False


def _is_static(value: JsonValue) -> bool:
    """Whether there is no directive in the value at any depth."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, dict) and any(key.startswith("@") for key in one):
            return False
        pending += _members(one)
    return True


def _members(value: JsonValue) -> Collection[JsonValue]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _options(
    argument: JsonValue, required: Collection[str], optional: Collection[str] = ()
) -> dict[str, JsonValue] | None:
    """The options of a directive when they are exactly the expected ones."""
    if not isinstance(argument, dict) or not set(required) <= argument.keys():
        return None
    return argument if argument.keys() <= {*required, *optional} else None


def _is_text_or_directive(value: JsonValue) -> bool:
    return bool(value) if isinstance(value, str) else is_directive(value)


def _literal(argument: JsonValue) -> Expression | None:
    if isinstance(argument, str):
        return Text(argument)
    return Static(argument) if _is_static(argument) else None


def _template(argument: JsonValue) -> Expression | None:
    parts = template_parts.parts_of(argument) if isinstance(argument, str) else None
    return None if parts is None else plain_join(parts)


def _coalesce(argument: JsonValue) -> Expression | None:
    """``@if`` that gives what it asks for. An *else* that is falsy as written counts as none for Segment."""
    for condition in ("exists", "blank"):
        options = _options(argument, (condition, "then", "else"))
        if options is None or not is_truthy(options[condition]) or not is_truthy(options["else"]):
            continue
        if json.dumps(options[condition]) == json.dumps(options["then"]):
            return Coalesce(_read(options["then"]), _read(options["else"]), blank=condition == "blank")
    return None


def _case(argument: JsonValue) -> Expression | None:
    options = _options(argument, ("operator", "value"))
    if options is None or not _is_text_or_directive(options["value"]):
        return None
    match options["operator"]:
        case "lower" | "upper" as case:
            return ChangeCase(_read(options["value"]), LetterCase(case))
    return None


def _replace(argument: JsonValue) -> Expression | None:
    """A second pair is a second function around the first."""
    options = _options(
        argument,
        ("pattern", "value"),
        ("replacement", "pattern2", "replacement2", "ignorecase", "global"),
    )
    if options is None or not _is_text_or_directive(options["value"]):
        return None
    ignore_case, everywhere = options.get("ignorecase", False), options.get("global", True)
    if not isinstance(ignore_case, bool) or not isinstance(everywhere, bool):
        return None
    pairs = [(options["pattern"], options.get("replacement", ""))]
    if options.get("pattern2") not in (None, ""):
        second = options.get("replacement2")
        pairs.append((options["pattern2"], "" if second is None else second))
    expression = _read(options["value"])
    for pattern, written in pairs:
        replacement = _literal_replacement(written)
        if not isinstance(pattern, str) or not 1 <= utf16_length(pattern) <= _LONGEST_PATTERN:
            return None
        if replacement is None:
            return None
        expression = Replace(expression, pattern, replacement, ignore_case, everywhere)
    return expression


def _literal_replacement(written: JsonValue) -> str | None:
    """The text that is put in, unless it depends on what was found."""
    if not isinstance(written, str) or utf16_length(written) > _LONGEST_PATTERN:
        return None
    if any(found[1] != "$" for found in _DOLLAR.finditer(written)):
        return None
    return written.replace("$$", "$")


def _flatten(argument: JsonValue) -> Expression | None:
    options = _options(argument, ("value", "separator"), ("omitArrays",))
    if options is None:
        return None
    separator, keep_lists = options["separator"], options.get("omitArrays", False)
    if not isinstance(separator, str) or not separator or not isinstance(keep_lists, bool):
        return None
    return Flatten(_read(options["value"]), separator, keep_lists)


def _json(argument: JsonValue) -> Expression | None:
    options = _options(argument, ("mode", "value"))
    if options is None or not is_truthy(options["value"]):
        return None
    match options["mode"]:
        case "encode" | "decode" as mode:
            return ConvertJson(_read(options["value"]), JsonMode(mode))
    return None


def _liquid(argument: JsonValue) -> Expression | None:
    if not isinstance(argument, str):
        return None
    chain = read_chain(argument)
    # Written again it has to be a template on the event itself: paths and Liquid differ in small ways.
    is_same = chain is not None and "@liquid" in _keys(write(chain))
    return chain if chain is not None and is_same else Liquid(argument)


def _keys(value: JsonValue) -> Collection[str]:
    return value.keys() if isinstance(value, dict) else ()


def _transform(argument: JsonValue) -> Expression | None:
    """Parts worked out under private names and put together by a template, or one that is filtered."""
    options = _options(argument, ("apply", "mapping"))
    held = options["apply"] if options else None
    if options is None or not isinstance(held, dict) or ROOT_DIRECTIVE_KEY in held:
        return None
    if any(name.startswith("@") for name in held):
        return None
    match options["mapping"]:
        case {"@template": str(template), **others} if not others and "{{{" not in template:
            return _join_of_held(template, held)
        case {"@liquid": str(source), **others} if not others and held.keys() == {HELD_VALUE}:
            chain = read_chain(source, HELD_VALUE, _read(held[HELD_VALUE]))
            is_same = chain is not None and write(chain) == {"@transform": argument}
            return chain if is_same else None
    return None


def _join_of_held(template: str, held: dict[str, JsonValue]) -> Expression | None:
    """Every held value has to be used: one that is not could still fail."""
    values: dict[tuple[str, ...], Expression] = {(name,): _read(value) for name, value in held.items()}
    written = template_parts.parts_of(template) or ()
    used = {part.keys for part in written if isinstance(part, Variable)}
    if not held or used != values.keys():
        return None
    return plain_join([part if isinstance(part, Text) else values[part.keys] for part in written])


_READERS: Final[dict[str, Callable[[JsonValue], Expression | None]]] = {
    "@literal": _literal,
    "@template": _template,
    "@if": _coalesce,
    "@case": _case,
    "@replace": _replace,
    "@flatten": _flatten,
    "@json": _json,
    "@liquid": _liquid,
    "@transform": _transform,
}
