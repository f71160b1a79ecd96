"""Expressions as mapping values: the directives that Segment runs.

Where Segment's own editor has a form for something, that form is written. Functions that only Liquid has
(trim, capitalize, join, date) become its filters, and anything that has to be worked out first is put under
a private name with ``@transform``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.json_value import JsonValue
from app.segment import template_parts
from app.segment.js_text import text_of
from app.segment.js_values import utf16_length
from app.segment.liquid_limits import MAX_TEMPLATE_LENGTH
from app.segment.mapping_validation import is_directive
from app.segment.references import liquid_name_of, liquid_text, value_of
from app.segment.value_expression import (
    Advanced,
    ChangeCase,
    Coalesce,
    ConvertJson,
    Expression,
    Flatten,
    FormatDate,
    Joined,
    JoinList,
    LetterCase,
    Liquid,
    Replace,
    Static,
    Text,
    Trim,
    Variable,
)

HELD_VALUE: Final = "value"
"""The private name of what a Liquid filter works on."""

_SPECIAL_DOLLAR: Final = re.compile(r"\$(?=[$&`'])")


def write(expression: Expression) -> JsonValue:
    """The mapping value of an expression.

    Every result can be compiled, but for a ``Replace`` beyond its limits, a ``Flatten`` without a separator
    and an ``Advanced`` value that is invalid itself: those are written all the same, so that the place and
    kind of the problem can be shown.
    """
    match expression:
        case Text(text):
            return text or {"@literal": ""}
        case Variable(keys):
            return value_of(keys)
        case Static(value):
            # A bare null would read as "not mapped".
            return {"@literal": None} if value is None else value
        case Joined():
            return _joined(expression)
        case Coalesce():
            return _coalesce(expression)
        case ChangeCase(value, LetterCase.LOWER | LetterCase.UPPER as case):
            return {"@case": {"operator": str(case), "value": _argument(value)}}
        case Replace():
            return _replace(expression)
        case Flatten(value, separator, keep_lists):
            options: dict[str, JsonValue] = {"value": _argument(value), "separator": separator}
            return {"@flatten": {**options, "omitArrays": True} if keep_lists else options}
        case ConvertJson(value, mode):
            return {"@json": {"mode": str(mode), "value": _argument(value)}}
        case Liquid(source):
            return {"@liquid": source}
        case Advanced(mapping):
            return mapping
        case _:
            return _filtered(expression)


def _argument(expression: Expression) -> JsonValue:
    """The value where a directive asks for text or a directive, or takes an empty one for a missing one."""
    value = write(expression)
    if (isinstance(value, str) and value) or is_directive(value):
        return value
    return {"@literal": value}


def _coalesce(expression: Coalesce) -> JsonValue:
    """``@if`` as Segment's editor writes it. A falsy literal behind ``else`` would count as none."""
    value = _argument(expression.value)
    condition = "blank" if expression.blank else "exists"
    return {"@if": {condition: value, "then": value, "else": _argument(expression.fallback)}}


def _replace(expression: Replace) -> JsonValue:
    options: dict[str, JsonValue] = {
        "pattern": expression.pattern,
        "replacement": _SPECIAL_DOLLAR.sub("$$", expression.replacement),
    }
    if expression.ignore_case:
        options["ignorecase"] = True
    if not expression.everywhere:
        options["global"] = False
    return {"@replace": {**options, "value": _argument(expression.value)}}


def _joined(expression: Joined) -> JsonValue:
    plain = plain_join(expression.parts)
    if isinstance(plain, Text):
        return write(plain)
    template = template_parts.template_of(plain.parts)
    return _template_over_parts(plain.parts) if template is None else {"@template": template}


def plain_join(parts: Sequence[Expression]) -> Joined | Text:
    """The join in its simplest form: a text alone when nothing else is in it."""
    plain = _plain_parts(parts)
    if not plain:
        return Text("")
    first = plain[0]
    return first if len(plain) == 1 and isinstance(first, Text) else Joined(plain)


def _plain_parts(parts: Sequence[Expression]) -> tuple[Expression, ...]:
    """The parts of a join without joins inside, neighbouring texts made one, fixed values as text."""
    plain: list[Expression] = []
    for part in parts:
        if isinstance(part, Static):
            part = Text(text_of(part.value))
        for one in _plain_parts(part.parts) if isinstance(part, Joined) else (part,):
            if isinstance(one, Text) and plain and isinstance(plain[-1], Text):
                plain[-1] = Text(plain[-1].text + one.text)
            elif one != Text(""):
                plain.append(one)
    return tuple(plain)


def _template_over_parts(parts: Sequence[Expression]) -> JsonValue:
    """Parts that a template cannot name are worked out first; so are texts a template would take apart."""
    held: dict[str, JsonValue] = {}
    pieces: list[str] = []
    for part in parts:
        if isinstance(part, Text) and not {"{", "}"} & set(part.text):
            pieces.append(part.text)
        else:
            name = f"part{len(held) + 1}"
            held[name] = write(part)
            pieces.append(f"{{{{{name}}}}}")
    return {"@transform": {"apply": held, "mapping": {"@template": "".join(pieces)}}}


def _filtered(expression: Expression) -> JsonValue:
    """A chain of functions that only Liquid has, as one template."""
    filters: list[str] = []
    value = expression
    while (step := _filter_of(value)) is not None:
        text, value = step
        filters.insert(0, f" | {text}")
    if isinstance(value, Joined):
        value = plain_join(value.parts)
    chain = "".join(filters)
    name = None
    if isinstance(value, Variable):
        name = liquid_name_of(value.keys)
    elif isinstance(value, Text):
        name = liquid_text(value.text)
    source = f"{{{{ {name}{chain} }}}}"
    if name is not None and utf16_length(source) <= MAX_TEMPLATE_LENGTH:
        return {"@liquid": source}
    over_value: JsonValue = {"@liquid": f"{{{{ {HELD_VALUE}{chain} }}}}"}
    return {"@transform": {"apply": {HELD_VALUE: write(value)}, "mapping": over_value}}


def _filter_of(expression: Expression) -> tuple[str, Expression] | None:
    """The filter and what it works on."""
    match expression:
        case Trim(value):
            return "strip", value
        case ChangeCase(value, LetterCase.CAPITALIZE):
            return "capitalize", value
        case JoinList(value, separator):
            return f"join: {liquid_text(separator)}", value
        case FormatDate(value, form, zone):
            return f"date: {liquid_text(form)}" + (f", {liquid_text(zone)}" if zone else ""), value
    return None
