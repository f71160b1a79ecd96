"""Filters on lists, and those that take any value."""

from __future__ import annotations

from typing import Final

from app.segment.js_number import number_of
from app.segment.js_text import json_text, string_of, text_of
from app.segment.js_values import UNDEFINED, JsValue, from_units, is_truthy, member_of, units_of, utf16_length
from app.segment.liquid_filter import Filter, argument, position_in, text_argument, whole_number
from app.segment.liquid_limits import Budget, LiquidError
from app.segment.liquid_values import (
    Special,
    as_list,
    equals,
    is_nil,
    is_true,
    item_at,
    plain,
    printed,
    property_of,
)


def _charged_list(value: JsValue, budget: Budget) -> list[JsValue]:
    items = as_list(value)
    budget.use(len(items))
    return items


def _join(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    given = plain(argument(arguments, 0))
    separator = " " if is_nil(given) else printed(given)
    pieces = [text_of(plain(item)) for item in as_list(value)]
    budget.use(sum(map(len, pieces)) + len(separator) * max(len(pieces) - 1, 0))
    return separator.join(pieces)


def _first(value: JsValue, _arguments: list[JsValue], _budget: Budget) -> JsValue:
    return _end_of(plain(value), 0)


def _last(value: JsValue, _arguments: list[JsValue], _budget: Budget) -> JsValue:
    return _end_of(plain(value), -1)


def _end_of(value: JsValue, position: int) -> JsValue:
    if isinstance(value, list):
        return item_at(value, position)
    if isinstance(value, str) and value:
        units = units_of(value)
        return units[position]
    return ""


def _size(value: JsValue, _arguments: list[JsValue], _budget: Budget) -> JsValue:
    if isinstance(value, str):
        return utf16_length(value)
    if isinstance(value, list):
        return len(value)
    length = value.get("length") if isinstance(value, dict) else 0
    return length if is_truthy(length) else 0


def _compact(value: JsValue, _arguments: list[JsValue], budget: Budget) -> JsValue:
    return [item for item in _charged_list(value, budget) if not is_nil(plain(item))]


def _push(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    return [*_charged_list(value, budget), argument(arguments, 0)]


def _unshift(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    return [argument(arguments, 0), *_charged_list(value, budget)]


def _pop(value: JsValue, _arguments: list[JsValue], budget: Budget) -> JsValue:
    return _charged_list(value, budget)[:-1]


def _shift(value: JsValue, _arguments: list[JsValue], budget: Budget) -> JsValue:
    return _charged_list(value, budget)[1:]


def _slice(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    value = plain(value)
    if is_nil(value):
        return []
    items = value if isinstance(value, list) else units_of(printed(value))
    written, count = plain(argument(arguments, 0)), plain(argument(arguments, 1, 1))
    begin, length = number_of(written), number_of(count)
    # A begin that is text is joined with the length where JavaScript adds the two: "1" and 2 end at 12.
    behind = number_of(written + string_of(count)) if isinstance(written, str) else begin + length
    if begin < 0:
        behind += len(items)
        begin += len(items)
    if begin < 0 or length < 0:
        return [] if isinstance(value, list) else ""
    budget.use(min(length, len(items)))
    start, end = position_in(len(items), begin), position_in(len(items), behind)
    part = items[start:end]
    return from_units(part) if isinstance(part, str) else part


def _sum(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    path = argument(arguments, 0)
    total = 0.0
    for item in _charged_list(value, budget):
        found = _at_path(item, printed(path)) if is_truthy(plain(path)) else item
        number = number_of(plain(found))
        total += 0 if number != number else number
    return total


def _at_path(value: JsValue, path: str) -> JsValue:
    for key in path.split("."):
        value = property_of(value, key)
    return value


def _where(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    path = [piece for piece in text_argument(arguments, 0).strip().split(".") if piece]
    expected = argument(arguments, 1)

    def passes(item: JsValue) -> bool:
        found = item if path else UNDEFINED
        for key in path:
            found = property_of(found, key)
        return is_true(found) if expected is UNDEFINED else equals(found, expected)

    return [item for item in _charged_list(value, budget) if passes(item)]


def _default(value: JsValue, arguments: list[JsValue], _budget: Budget) -> JsValue:
    value = plain(value)
    fallback = argument(arguments, 0)
    if isinstance(value, list | str):
        return value if value else fallback
    if value is False and _allows_false(arguments[1:]):
        return False
    return value if is_true(value) else fallback


def _allows_false(options: list[JsValue]) -> bool:
    if not all(isinstance(option, list) for option in options):
        raise LiquidError("default takes one value and, behind it, only allow_false: true.")
    pairs = {member_of(option, "0"): member_of(option, "1") for option in options}
    return is_truthy(plain(pairs.get("allow_false", False)))


def _json(value: JsValue, arguments: list[JsValue], budget: Budget) -> JsValue:
    if isinstance(value, Special):
        return "{}"
    text = json_text(value, indent=_indent(plain(argument(arguments, 0, 0))))
    budget.use(len(text or ""))
    return UNDEFINED if text is None else text


def _indent(space: JsValue) -> str:
    if isinstance(space, str):
        return space[:10]
    if isinstance(space, bool) or not isinstance(space, int | float):
        return ""
    return " " * int(max(0, min(10, whole_number(space))))


def _unchanged(value: JsValue, _arguments: list[JsValue], _budget: Budget) -> JsValue:
    return value


LIST_FILTERS: Final[dict[str, Filter]] = {
    "join": _join,
    "first": _first,
    "last": _last,
    "size": _size,
    "compact": _compact,
    "push": _push,
    "unshift": _unshift,
    "pop": _pop,
    "shift": _shift,
    "slice": _slice,
    "sum": _sum,
    "where": _where,
    "default": _default,
    "json": _json,
    "jsonify": _json,
    "inspect": _json,
    "raw": _unchanged,
}
