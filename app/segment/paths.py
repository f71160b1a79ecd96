"""Paths such as ``$.traits.company.name`` and the walk along them."""

from __future__ import annotations

import re
from collections.abc import Callable

from app.segment.js_doubles import as_doubles
from app.segment.js_values import JsValue, is_truthy, member_of

Read = Callable[[JsValue], JsValue]

_SEPARATOR = re.compile(r"""\.|\[(?=["'0-9])|(?<=["'0-9])\]+""")
_QUOTES = str.maketrans("", "", "\"'")


def path_pieces(path: str) -> tuple[str, ...]:
    """The keys a path names; none for the whole payload. A leading ``$.`` must already be gone."""
    if path in {"", "."}:
        return ()
    return tuple(piece.translate(_QUOTES) for piece in _SEPARATOR.split(path) if piece)


def without_root(path: str) -> str:
    """The path without the first ``$.`` in it, wherever that stands."""
    return path.replace("$.", "", 1)


def walk(value: JsValue, pieces: tuple[str, ...]) -> JsValue:
    """Follow the keys; a falsy value on the way ends the walk and is the result."""
    for piece in pieces:
        if not is_truthy(value):
            return value
        value = member_of(value, piece)
    return value


def reader(path: str) -> Read:
    """A function that reads one path (``$.`` already removed), numbers as JavaScript holds them."""
    pieces = path_pieces(path)
    if len(pieces) == 1:
        return _reader_of_one(pieces)
    if len(pieces) == 2:
        return _reader_of_two(pieces)
    if len(pieces) == 3:
        return _reader_of_three(pieces)
    return lambda payload: as_doubles(walk(payload, pieces))


# The three below repeat one pattern on purpose: nearly all paths in use are this short, and nested
# subscripts are three times as fast as a walk. Anything unusual on the way (a list, a text, null, a
# missing key) raises, and the walk then decides.


def _reader_of_one(pieces: tuple[str, ...]) -> Read:
    (only,) = pieces

    def read(payload: JsValue) -> JsValue:
        try:
            value = payload[only]
        except (KeyError, TypeError):
            return as_doubles(walk(payload, pieces))
        return value if value.__class__ is str else as_doubles(value)

    return read


def _reader_of_two(pieces: tuple[str, ...]) -> Read:
    first, second = pieces

    def read(payload: JsValue) -> JsValue:
        try:
            value = payload[first][second]
        except (KeyError, TypeError):
            return as_doubles(walk(payload, pieces))
        return value if value.__class__ is str else as_doubles(value)

    return read


def _reader_of_three(pieces: tuple[str, ...]) -> Read:
    first, second, third = pieces

    def read(payload: JsValue) -> JsValue:
        try:
            value = payload[first][second][third]
        except (KeyError, TypeError):
            return as_doubles(walk(payload, pieces))
        return value if value.__class__ is str else as_doubles(value)

    return read
