"""JSON as strict as JavaScript reads it."""

from __future__ import annotations

import json
from typing import NoReturn

from app.segment.js_values import JsValue, double


class NotJsonError(ValueError):
    """The text is no JSON."""


def parse(text: str) -> JsValue:
    """The decoded text, numbers as doubles. Raises ``NotJsonError``."""
    try:
        return json.loads(text, parse_int=_integer, parse_constant=_no_constant)
    except ValueError as error:
        raise NotJsonError(str(error)) from None


def _integer(digits: str) -> float:
    if len(digits) > 400:  # past the largest double, and Python refuses to read much longer ones
        return float(digits)
    return double(int(digits))


def _no_constant(name: str) -> NoReturn:
    raise NotJsonError(f"{name} is not JSON")
