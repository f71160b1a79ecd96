"""What values look like: an email, a phone number, a web address, a number, a day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from app.actions.custom_values import is_empty
from app.json_value import JsonObject, JsonValue
from app.segment.references import Keys

MAX_EVENTS: Final = 1000
"""Events that are looked into, newest first: enough for every share that is told."""

_EMAIL: Final = re.compile(r"[^@\s<>,;]+@[^@\s<>,;.]+(?:\.[^@\s<>,;.]+)+")
_PHONE: Final = re.compile(r"\+?[\d\s().\-/]{7,24}(?:\s*(?:x|ext\.?)\s*\d{1,6})?", re.IGNORECASE)
_URL: Final = re.compile(r"https?://[^\s/.]+\.\S+", re.IGNORECASE)
_HOST: Final = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,24}(?:/\S*)?", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,300}\.?\d{0,300}|\.\d{1,300})")
_LEADING_ZERO: Final = re.compile(r"0\d+")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")


class Shape(StrEnum):
    """``HOST`` is a web address without ``https://``; ``LIST`` and ``OBJECT`` are JSON's."""

    EMAIL = "an email"
    PHONE = "a phone number"
    URL = "a web address"
    HOST = "a web address without https://"
    NUMBER = "a number"
    DAY = "a date"
    MOMENT = "a date and time"
    SWITCH = "true or false"
    TEXT = "text"
    LIST = "a list"
    OBJECT = "an object"


def shape_of(value: JsonValue) -> Shape:
    """The narrowest shape of a value that is not null."""
    if isinstance(value, bool):
        return Shape.SWITCH
    if isinstance(value, int | float):
        return Shape.NUMBER
    if isinstance(value, str):
        return _shape_of_text(value.strip())
    return Shape.OBJECT if isinstance(value, Mapping) else Shape.LIST


def _shape_of_text(text: str) -> Shape:
    if _DAY.fullmatch(text):
        return Shape.DAY if _is_moment(text) else Shape.TEXT
    if _MOMENT.fullmatch(text):
        return Shape.MOMENT if _is_moment(text) else Shape.TEXT
    if _NUMBER.fullmatch(text):
        # Codes and phone numbers are written in digits too, but no quantity starts with a zero.
        return Shape.PHONE if _LEADING_ZERO.fullmatch(text) and len(text) > 6 else Shape.NUMBER
    for shape, pattern in ((Shape.EMAIL, _EMAIL), (Shape.URL, _URL), (Shape.HOST, _HOST)):
        if pattern.fullmatch(text):
            return shape
    return Shape.PHONE if is_phone(text) else Shape.TEXT


def is_phone(text: str) -> bool:
    """Seven to fifteen digits with what people put between them."""
    return _PHONE.fullmatch(text) is not None and 7 <= sum(map(str.isdecimal, text)) <= 21


def is_code(value: JsonValue) -> bool:
    """Digits that are no quantity: a leading zero would be lost in a number."""
    return isinstance(value, str) and _LEADING_ZERO.fullmatch(value.strip()) is not None


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
    except ValueError:
        return False
    return True


def values_at(keys: Keys, bodies: Sequence[JsonObject]) -> tuple[JsonValue, ...]:
    """What each event has there, None where it has nothing."""
    return tuple(_value_at(keys, body) for body in bodies)


def _value_at(keys: Keys, body: JsonValue) -> JsonValue:
    for key in keys:
        if not isinstance(body, Mapping):
            return None
        body = body.get(key)
    return None if is_empty(body) else body


def filled(values: Iterable[JsonValue]) -> tuple[JsonValue, ...]:
    return tuple(value for value in values if value is not None)
