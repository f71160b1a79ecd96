"""The few rules of JavaScript that Segment's language rests on, for decoded JSON values.

Segment runs on Node: numbers are doubles, text is a row of UTF-16 units, a missing value is something
else than ``null``, and an object lists its index-like keys first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from struct import iter_unpack
from typing import Any, Final, TypeAlias

JsValue: TypeAlias = Any
"""A decoded JSON value in which members may also be ``UNDEFINED`` at any depth."""

LARGEST_SAFE_INTEGER: Final = 2**53
JS_WHITE_SPACE: Final = (
    "\t\n\x0b\x0c\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_INDEX_KEY = re.compile(r"0|[1-9][0-9]{0,9}")
_LARGEST_INDEX = 2**32 - 2
_SPLIT_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


MAX_VALUES: Final = 200_000
"""Values in one object or list, all depths together. An event holds at most 10 000 properties; chained
directives can double what they are given at every step."""


class TooLargeError(ValueError):
    """A mapping or template runs away; the text names what has grown too large."""


class Undefined(Enum):
    """The type of ``UNDEFINED``; an enumeration so that ``is UNDEFINED`` narrows types."""

    UNDEFINED = "undefined"

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNDEFINED"


UNDEFINED: Final = Undefined.UNDEFINED


def double(number: float) -> float:
    """The number as JavaScript holds it; whole numbers stay ``int`` so that they print as such."""
    if not isinstance(number, int) or -LARGEST_SAFE_INTEGER <= number <= LARGEST_SAFE_INTEGER:
        return number
    try:
        return int(float(number))
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def is_number(value: JsValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_truthy(value: JsValue) -> bool:
    """JavaScript's truth: empty lists and objects are true, NaN is false."""
    if isinstance(value, dict | list):
        return True
    return bool(value) and value == value


def kind_of(value: JsValue) -> str:
    """The name Segment's messages give to the type of a value."""
    if value is UNDEFINED:
        return "undefined"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, dict):
        return "object"
    return "array" if isinstance(value, list) else "number"


def is_index(key: str) -> bool:
    """Whether JavaScript takes the key for a position in a list."""
    return _INDEX_KEY.fullmatch(key) is not None and int(key) <= _LARGEST_INDEX


def ordered_items(value: dict[str, JsValue]) -> Iterable[tuple[str, JsValue]]:
    """The members in JavaScript's order: index-like keys ascending, then the others as written."""
    if not any(key and key[0] in "0123456789" and is_index(key) for key in value):
        return value.items()
    return _index_keys_first(value)


def _index_keys_first(value: dict[str, JsValue]) -> Iterator[tuple[str, JsValue]]:
    indexes = sorted((key for key in value if is_index(key)), key=int)
    for key in indexes:
        yield key, value[key]
    seen = set(indexes)
    for key, member in value.items():
        if key not in seen:
            yield key, member


def units_of(text: str) -> str:
    """Each UTF-16 unit as a character of its own, for code that counts the way JavaScript does."""
    if text.isascii():
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(unit) for (unit,) in iter_unpack("<H", units))


def from_units(units: str) -> str:
    """The opposite of ``units_of``; half a pair stays behind as a lone surrogate."""
    if _SPLIT_PAIR.search(units) is None:
        return units
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_slice(text: str, start: int, end: int) -> str:
    """The units from ``start`` up to ``end``."""
    return text[start:end] if text.isascii() else from_units(units_of(text)[start:end])


def member_of(value: JsValue, key: str) -> JsValue:
    """What ``value[key]`` is in JavaScript, for values that came from JSON."""
    if isinstance(value, dict):
        return value.get(key, UNDEFINED)
    if isinstance(value, list):
        if key == "length":
            return len(value)
        if is_index(key):
            position = int(key)
            return value[position] if position < len(value) else UNDEFINED
    elif isinstance(value, str):
        if key == "length":
            return utf16_length(value)
        if is_index(key):
            return utf16_slice(value, int(key), int(key) + 1) or UNDEFINED
    return UNDEFINED
