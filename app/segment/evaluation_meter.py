"""What one evaluation of a mapping may make altogether, where bounds on single values do not add up.

Ten texts at their bound are harmless, a thousand are not, and neither is a shape that is filled in for each
of many items, or a large object that is read again and again. Only mappings that
could do this are metered; all others pay nothing.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

from app.segment.js_values import JsValue, TooLargeError

MOST_CHARACTERS: Final = 20_000_000
"""Of all texts made in one evaluation; far above anything made from an event of 32 KB."""

VALUE: Final = 50
"""Characters that one value in a list of shapes counts as."""

READ_VALUE: Final = 4
"""Characters that each value inside an object or list counts as, whenever the whole is read."""

_UNMETERED_TEXTS: Final = 10
_UNMETERED_PATHS: Final = 50
_TEXT_DIRECTIVES: Final = frozenset({"@template", "@case", "@replace", "@json", "@liquid"})

_left: ContextVar[list[int] | None] = ContextVar("left", default=None)


def needs_meter(mapping: JsValue) -> bool:
    """Whether the mapping has many directives that make text or read values, or one that is run for each item
    of a list."""
    texts = paths = 0
    pending = [mapping]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if "@arrayPath" in value:
                return True
            texts += not _TEXT_DIRECTIVES.isdisjoint(value)
            paths += "@path" in value
            pending += value.values()
        elif isinstance(value, list):
            pending += value
    return texts > _UNMETERED_TEXTS or paths > _UNMETERED_PATHS


def start() -> None:
    """Begin a metered evaluation in this context (thread or task)."""
    _left.set([MOST_CHARACTERS])


def stop() -> None:
    _left.set(None)


def charge(characters: int) -> None:
    """Count what was made. Raises ``TooLargeError`` when a metered evaluation has made too much."""
    left = _left.get()
    if left is None:
        return
    left[0] -= characters
    if left[0] < 0:
        raise TooLargeError(f"more than {MOST_CHARACTERS:,} characters altogether")


def count_of(value: JsValue) -> int:
    """How many values a shape holds, all depths together."""
    count = 0
    pending = [value]
    while pending:
        one = pending.pop()
        count += 1
        if isinstance(one, dict):
            pending += one.values()
        elif isinstance(one, list):
            pending += one
    return count
