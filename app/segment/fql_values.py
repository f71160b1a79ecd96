"""Values, functions and globs of Segment's filter language as documented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.segment.js_number import number_of
from app.segment.js_text import number_text
from app.segment.js_values import JsValue, is_number


class FqlError(ValueError):
    """A statement that cannot be read, or an evaluation Segment would not finish. The text says why."""


def type_name(value: JsValue) -> str:
    """What ``typeof`` answers."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if is_number(value):
        return "number"
    if isinstance(value, str):
        return "string"
    return "list" if isinstance(value, list) else "object"


def is_equal(left: JsValue, right: JsValue) -> bool:
    """Values of different types are never equal."""
    kind = type_name(left)
    if kind != type_name(right):
        return False
    if kind == "list":
        return len(left) == len(right) and all(map(is_equal, left, right))
    if kind == "object":
        return bool(left.keys() == right.keys() and all(is_equal(left[key], right[key]) for key in left))
    return bool(left == right)


def as_condition(value: JsValue) -> bool:
    """An operand of ``and``, ``or`` and ``!``: a boolean, or null, which counts as false."""
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    raise FqlError(f"A {type_name(value)} stands where a condition is needed.")


@dataclass(frozen=True, slots=True)
class _Piece:
    """One step of a glob: a run of anything, or one character that ``accepts`` likes."""

    accepts: Callable[[str], bool] | None


class Glob:
    """A pattern over the whole text: ``*`` any run, ``?`` one character, ``[a-z]`` a class, ``\\`` escapes.

    A class that is not closed, or whose range runs backwards, never matches.
    """

    def __init__(self, pattern: str) -> None:
        self._pieces: list[_Piece] | None = []
        at = 0
        while at < len(pattern) and self._pieces is not None:
            at = self._read(pattern, at)

    def _read(self, pattern: str, at: int) -> int:
        character = pattern[at]
        pieces = self._pieces or []
        self._pieces = pieces
        if character == "*":
            if not pieces or pieces[-1].accepts is not None:
                pieces.append(_Piece(None))
        elif character == "?":
            pieces.append(_Piece(lambda _character: True))
        elif character == "[":
            end, accepts = _read_class(pattern, at + 1)
            if accepts is None:
                self._pieces = None
            else:
                pieces.append(_Piece(accepts))
            return end
        elif character == "\\":
            if at + 1 == len(pattern):
                self._pieces = None
            else:
                pieces.append(_Piece(pattern[at + 1].__eq__))
            return at + 2
        else:
            pieces.append(_Piece(character.__eq__))
        return at + 1

    def matches(self, text: str) -> bool:
        """Time grows at worst with text length times pattern length."""
        pieces = self._pieces
        if pieces is None:
            return False
        piece = at = 0
        run_piece, run_start = -1, 0
        while at < len(text):
            accepts = pieces[piece].accepts if piece < len(pieces) else None
            if piece < len(pieces) and accepts is None:
                run_piece, run_start = piece, at
                piece += 1
            elif accepts is not None and accepts(text[at]):
                piece += 1
                at += 1
            elif run_piece >= 0:
                run_start += 1
                piece, at = run_piece + 1, run_start
            else:
                return False
        return all(rest.accepts is None for rest in pieces[piece:])


def _read_class(pattern: str, at: int) -> tuple[int, Callable[[str], bool] | None]:
    """A class whose inside begins at ``at``: where it ends, and its test, None for a malformed one."""
    negated = pattern[at : at + 1] == "^"
    at += negated
    ranges: list[tuple[str, str]] = []
    while True:
        low, at = _class_character(pattern, at)
        if low is None:
            return at, None
        high = low
        if pattern[at : at + 1] == "-":
            end, at = _class_character(pattern, at + 1)
            if end is None or end < low:
                return at, None
            high = end
        ranges.append((low, high))
        if pattern[at : at + 1] == "]":
            return at + 1, lambda character: any(a <= character <= b for a, b in ranges) != negated


def _class_character(pattern: str, at: int) -> tuple[str | None, int]:
    character = pattern[at : at + 1]
    if character == "\\":
        return (pattern[at + 1 : at + 2] or None), at + 2
    if character in {"", "-", "]"}:
        return None, at
    return character, at + 1


def _contains(arguments: list[JsValue]) -> JsValue:
    text, part = arguments
    return isinstance(text, str) and isinstance(part, str) and part in text


def _match(arguments: list[JsValue]) -> JsValue:
    text, pattern = arguments
    return isinstance(text, str) and isinstance(pattern, str) and Glob(pattern).matches(text)


def _length(arguments: list[JsValue]) -> JsValue:
    """Bytes of a text, members of a list."""
    (value,) = arguments
    if value is None:
        return 0
    if isinstance(value, str):
        return len(value.encode("utf-8", "surrogatepass"))
    if isinstance(value, list):
        return len(value)
    raise FqlError(f"length does not work on a {type_name(value)}.")


def _on_text(name: str, change: Callable[[str], str]) -> Callable[[list[JsValue]], JsValue]:
    def apply(arguments: list[JsValue]) -> JsValue:
        (value,) = arguments
        if value is None:
            return None
        if isinstance(value, str):
            return change(value)
        raise FqlError(f"{name} does not work on a {type_name(value)}.")

    return apply


def _to_bool(arguments: list[JsValue]) -> JsValue:
    (value,) = arguments
    if value is None or isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise FqlError(f"{_shown(value)} cannot be turned into a boolean.")


def _to_string(arguments: list[JsValue]) -> JsValue:
    (value,) = arguments
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value):
        return number_text(value)
    raise FqlError(f"A {type_name(value)} cannot be turned into a string.")


def _to_number(arguments: list[JsValue]) -> JsValue:
    (value,) = arguments
    if value is None or is_number(value):
        return value
    number = number_of(value) if isinstance(value, str) and value.strip() else float("nan")
    if number != number:
        raise FqlError(f"{_shown(value)} cannot be turned into a number.")
    return number


def _shown(value: JsValue) -> str:
    return repr(value[:40]) if isinstance(value, str) else f"A {type_name(value)}"


FUNCTIONS: Final[dict[str, tuple[int, Callable[[list[JsValue]], JsValue]]]] = {
    "contains": (2, _contains),
    "match": (2, _match),
    "length": (1, _length),
    "lowercase": (1, _on_text("lowercase", str.lower)),
    "uppercase": (1, _on_text("uppercase", str.upper)),
    "snakecase": (1, _on_text("snakecase", lambda text: text.replace(" ", "_"))),
    "kebabcase": (1, _on_text("kebabcase", lambda text: text.replace(" ", "-"))),
    "titlecase": (1, _on_text("titlecase", str.title)),
    "typeof": (1, lambda arguments: type_name(arguments[0])),
    "bool": (1, _to_bool),
    "string": (1, _to_string),
    "number": (1, _to_number),
}
"""Name to number of arguments and function."""
