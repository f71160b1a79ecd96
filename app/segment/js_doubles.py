"""Values of the event with their numbers as JavaScript holds them."""

from __future__ import annotations

from app.segment.evaluation_meter import READ_VALUE, charge
from app.segment.js_values import (
    LARGEST_SAFE_INTEGER,
    MAX_VALUES,
    JsValue,
    TooLargeError,
    double,
)


def as_doubles(value: JsValue) -> JsValue:
    """The value with every number as JavaScript holds it; the same object when nothing changes."""
    kind = type(value)
    if kind is int:
        return double(value)
    if (kind is dict or kind is list) and _holds_wide_integer(value):
        return _rebuilt(value)
    return value


def _holds_wide_integer(container: JsValue) -> bool:
    pending = [container]
    seen = 0
    while pending:
        value = pending.pop()
        seen += len(value)
        if seen > MAX_VALUES:
            raise TooLargeError(f"more than {MAX_VALUES:,} values")
        charge(READ_VALUE * len(value))
        for member in value.values() if isinstance(value, dict) else value:
            kind = type(member)
            if kind is int:
                if not -LARGEST_SAFE_INTEGER <= member <= LARGEST_SAFE_INTEGER:
                    return True
            elif kind is dict or kind is list:
                pending.append(member)
    return False


def _rebuilt(value: JsValue) -> JsValue:
    if isinstance(value, dict):
        return {key: _rebuilt(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_rebuilt(member) for member in value]
    return double(value) if isinstance(value, int) and not isinstance(value, bool) else value
