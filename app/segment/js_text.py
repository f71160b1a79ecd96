"""Values as text, the way JavaScript prints them."""

from __future__ import annotations

from json.encoder import encode_basestring
from math import inf, isinf, isnan
from re import compile as pattern

from app.segment.evaluation_meter import charge
from app.segment.js_values import (
    LARGEST_SAFE_INTEGER,
    MAX_VALUES,
    UNDEFINED,
    JsValue,
    TooLargeError,
    double,
    ordered_items,
)

LONGEST_TEXT = 2_000_000
"""Characters; nothing a mapping makes from a 32 KB event comes near it, a runaway mapping does at once."""

_METERED_FROM = 200
"""Characters; shorter texts are not worth counting."""

_SURROGATE = pattern("[\ud800-\udfff]")


def bounded(text: str) -> str:
    """The text that was made, if it is not too long. Raises ``TooLargeError``."""
    length = len(text)
    if length > _METERED_FROM:
        if length > LONGEST_TEXT:
            raise TooLargeError(f"a text of more than {LONGEST_TEXT:,} characters")
        charge(length)
    return text


def number_text(number: float) -> str:
    """``10.0`` is ``10``; plain decimals from 1e-6 up to 1e21, exponents beyond."""
    if isinstance(number, int) and -LARGEST_SAFE_INTEGER <= number <= LARGEST_SAFE_INTEGER:
        return str(number)
    value = float(double(number))
    if isnan(value):
        return "NaN"
    if isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    digits, point = _digits(abs(value))
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{point - 1:+d}"


def _digits(value: float) -> tuple[str, int]:
    """The shortest digits that read back as ``value``, and where the point stands among them."""
    mantissa, _, exponent = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    significant = digits.lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(digits) - len(significant))
    return significant.rstrip("0"), point


def text_of(value: JsValue) -> str:
    """The text of a value inside other text: nothing for missing and null, lists joined by commas."""
    if isinstance(value, str):
        return value
    if value is None or value is UNDEFINED:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "[object Object]"
    if isinstance(value, list):
        return _list_text(value)
    return number_text(value)


def _list_text(value: list[JsValue]) -> str:
    """Members joined by commas at every depth; without recursion, as parts may be shared without end."""
    pieces: list[str] = []
    length = seen = 0
    pending = [iter(enumerate(value))]
    while pending:
        for place, member in pending[-1]:
            seen += 1
            if place:
                pieces.append(",")
            if isinstance(member, list):
                pending.append(iter(enumerate(member)))
                break
            pieces.append(text_of(member))
            length += len(pieces[-1])
            if seen > MAX_VALUES or length > LONGEST_TEXT:
                raise TooLargeError(f"the text of more than {MAX_VALUES:,} values")
        else:
            pending.pop()
    return "".join(pieces)


def json_text(value: JsValue, *, indent: str = "") -> str | None:
    """What ``JSON.stringify`` gives; None for a value that JSON cannot hold at all."""
    if value is UNDEFINED:
        return None
    pieces: list[str] = []
    _Writer(pieces, indent).write(value, "\n")
    return "".join(pieces)


def string_of(value: JsValue) -> str:
    """JavaScript's ``String(value)``: like ``text_of``, but missing and null have names."""
    if value is UNDEFINED:
        return "undefined"
    return "null" if value is None else text_of(value)


class _Writer:
    """Collects the pieces of one JSON text and stops at the length limit."""

    def __init__(self, pieces: list[str], indent: str) -> None:
        self._pieces = pieces
        self._indent = indent
        self._length = 0

    def write(self, value: JsValue, line: str) -> None:
        if isinstance(value, str):
            self._add(_quoted(value))
        elif isinstance(value, bool):
            self._add("true" if value else "false")
        elif value is None or value is UNDEFINED:
            self._add("null")
        elif isinstance(value, dict):
            self._object(value, line)
        elif isinstance(value, list):
            self._list(value, line)
        else:
            self._add("null" if value != value or abs(value) == inf else number_text(value))

    def _object(self, value: dict[str, JsValue], line: str) -> None:
        inner = line + self._indent
        separator = "{"
        for key, member in ordered_items(value):
            if member is UNDEFINED:
                continue
            self._add(separator + (inner if self._indent else "") + _quoted(key))
            self._add(": " if self._indent else ":")
            self.write(member, inner)
            separator = ","
        if separator == "{":
            self._add("{}")
        else:
            self._add((line if self._indent else "") + "}")

    def _list(self, value: list[JsValue], line: str) -> None:
        if not value:
            self._add("[]")
            return
        inner = line + self._indent
        separator = "["
        for member in value:
            self._add(separator + (inner if self._indent else ""))
            self.write(member, inner)
            separator = ","
        self._add((line if self._indent else "") + "]")

    def _add(self, piece: str) -> None:
        self._length += len(piece)
        if self._length > LONGEST_TEXT:
            raise TooLargeError(f"a text of more than {LONGEST_TEXT:,} characters")
        self._pieces.append(piece)


def _quoted(text: str) -> str:
    quoted = encode_basestring(text)
    if quoted.isascii():
        return quoted
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
