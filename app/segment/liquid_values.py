"""Values inside templates: special words, truth, equality, order and property access."""

from __future__ import annotations

from enum import Enum
from typing import Final

from app.segment.js_number import number_of
from app.segment.js_text import string_of, text_of
from app.segment.js_values import (
    JS_WHITE_SPACE,
    MAX_VALUES,
    UNDEFINED,
    JsValue,
    TooLargeError,
    is_number,
    member_of,
    units_of,
    utf16_length,
)


class Special(Enum):
    """The words ``nil``, ``empty`` and ``blank``: they compare with many values and print as nothing."""

    NIL = "nil"
    EMPTY = "empty"
    BLANK = "blank"


LITERALS: Final[dict[str, JsValue]] = {
    "true": True,
    "false": False,
    "nil": Special.NIL,
    "null": Special.NIL,
    "empty": Special.EMPTY,
    "blank": Special.BLANK,
}


def plain(value: JsValue) -> JsValue:
    """The ordinary value a special word stands for; everything else as it is."""
    if isinstance(value, Special):
        return None if value is Special.NIL else ""
    return value


def is_nil(value: JsValue) -> bool:
    return value is None or value is UNDEFINED


def is_true(value: JsValue) -> bool:
    """Liquid's truth: only false, null and missing are false."""
    value = plain(value)
    return not (value is False or value is None or value is UNDEFINED)


def printed(value: JsValue) -> str:
    """The text of a value in the output: list items follow each other without a separator."""
    value = plain(value)
    if not isinstance(value, list):
        return text_of(value)
    pieces: list[str] = []
    pending = [iter(value)]
    seen = 0
    while pending:
        for member in pending[-1]:
            seen += 1
            if seen > MAX_VALUES:
                raise TooLargeError(f"a list of more than {MAX_VALUES:,} values")
            if isinstance(member, list):
                pending.append(iter(member))
                break
            pieces.append(text_of(plain(member)))
        else:
            pending.pop()
    return "".join(pieces)


def equals(left: JsValue, right: JsValue) -> bool:
    if isinstance(left, Special):
        return _special_equals(left, right)
    if isinstance(right, Special):
        return _special_equals(right, left)
    if isinstance(left, list):
        return isinstance(right, list) and _lists_are_equal(left, right)
    if isinstance(left, dict | bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str):
        return isinstance(right, str) and left == right
    if is_number(left):
        return is_number(right) and left == right
    return left is right


def _lists_are_equal(left: list[JsValue], right: list[JsValue]) -> bool:
    """Item by item; without recursion, because lists may be nested and shared without end."""
    pending = [(left, right)]
    seen = 0
    while pending:
        first, second = pending.pop()
        if len(first) != len(second):
            return False
        seen += len(first)
        if seen > MAX_VALUES:
            raise TooLargeError(f"a list of more than {MAX_VALUES:,} values")
        for one, other in zip(first, second, strict=True):
            if isinstance(one, list) and isinstance(other, list):
                pending.append((one, other))
            elif not equals(one, other):
                return False
    return True


def _special_equals(special: Special, value: JsValue) -> bool:
    if special is Special.NIL:
        return is_nil(plain(value))
    if special is Special.BLANK:
        if value is False or is_nil(plain(value)):
            return True
        if isinstance(value, str):
            return not value.strip(JS_WHITE_SPACE)
    if isinstance(value, Special):
        return False
    return isinstance(value, str | list | dict) and not value


def is_less(left: JsValue, right: JsValue, *, or_equal: bool = False) -> bool:
    """JavaScript's ``<`` and ``<=``: two texts by their units, everything else as numbers."""
    if isinstance(left, Special) or isinstance(right, Special):
        return False
    if isinstance(left, list | dict):
        left = text_of(left)
    if isinstance(right, list | dict):
        right = text_of(right)
    if isinstance(left, str) and isinstance(right, str):
        first, second = units_of(left), units_of(right)
        return first <= second if or_equal else first < second
    lower, upper = number_of(left), number_of(right)
    return lower <= upper if or_equal else lower < upper


def contains(left: JsValue, right: JsValue) -> bool:
    left = plain(left)
    if isinstance(left, list):
        return any(equals(item, right) for item in left)
    return isinstance(left, str) and string_of(plain(right)) in left


def property_of(value: JsValue, key: JsValue) -> JsValue:
    """``value[key]`` with the extra properties ``size``, ``first`` and ``last``."""
    value, key = plain(value), plain(key)
    if is_nil(value):
        return value
    if isinstance(value, list) and is_number(key):
        return item_at(value, key)
    name = string_of(key)
    found = member_of(value, name)
    if found is not UNDEFINED:
        return found
    if name == "size":
        return _size(value)
    if name in {"first", "last"} and isinstance(value, list):
        return item_at(value, 0 if name == "first" else -1)
    return UNDEFINED


def item_at(items: list[JsValue], position: float) -> JsValue:
    """The item at a position, negative ones from the end."""
    if position < 0:
        position += len(items)
    return items[int(position)] if 0 <= position < len(items) and position == int(position) else UNDEFINED


def _size(value: JsValue) -> JsValue:
    if isinstance(value, str):
        return utf16_length(value)
    return len(value) if isinstance(value, list | dict) else UNDEFINED


def as_list(value: JsValue) -> list[JsValue]:
    value = plain(value)
    if is_nil(value):
        return []
    return value if isinstance(value, list) else [value]
