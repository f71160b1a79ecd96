"""JavaScript's ``Number(value)``."""

from __future__ import annotations

import re
from math import inf, nan

from app.segment.js_text import text_of
from app.segment.js_values import JS_WHITE_SPACE, JsValue, Undefined, double

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_PREFIXED = re.compile(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+")
_INFINITIES = {"Infinity": inf, "+Infinity": inf, "-Infinity": -inf}


def number_of(value: JsValue) -> float:
    """Text is read as a number, NaN if it is none; empty text, null and false are 0."""
    if isinstance(value, Undefined):
        return nan
    if value is None:
        return 0
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return double(value)
    if isinstance(value, dict):
        return nan
    return _read(text_of(value).strip(JS_WHITE_SPACE))


def _read(text: str) -> float:
    if not text:
        return 0
    if text in _INFINITIES:
        return _INFINITIES[text]
    if _PREFIXED.fullmatch(text):
        return double(int(text, 0))
    if _DECIMAL.fullmatch(text) is None:
        return nan
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 and str(number) != "-0.0" else number
