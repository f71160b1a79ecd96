"""Compiled parts of a mapping: functions from the payload to a value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NoReturn

from app.segment.js_values import MAX_VALUES, UNDEFINED, JsValue, TooLargeError, is_truthy
from app.segment.mapping_problems import MappingError, Problem

Evaluate = Callable[[JsValue], JsValue]


@dataclass(frozen=True, slots=True)
class Node:
    """``constructs`` tells that the value may hold ``UNDEFINED`` inside, which must go before the end."""

    evaluate: Evaluate
    constructs: bool = False


Compile = Callable[[JsValue, str], Node]
"""Compiles any value of a mapping; the second argument is its place."""

CompileDirective = Callable[[JsValue, str, Compile], Node]


def constant(value: JsValue) -> Node:
    return Node(lambda _payload: value)


NOTHING = constant(UNDEFINED)


def refusal(place: str, expected: str, found: str) -> Node:
    """A part that Segment refuses only when it runs, and so do we."""
    return failure(MappingError([Problem(place, expected, found)]))


def failure(error: MappingError) -> Node:
    """A part that raises the problems of ``error`` whenever it runs."""

    def fail(_payload: JsValue) -> NoReturn:
        raise MappingError(error.problems)

    return Node(fail)


def first_missing(options: dict[str, JsValue], keys: Iterable[str]) -> str | None:
    """The first of the required members that is absent or falsy as written."""
    return next((key for key in keys if not is_truthy(options.get(key))), None)


def without_undefined(value: JsValue) -> JsValue:
    """The value as JSON has it: undefined members are gone, undefined list members are null."""
    return _Cleaner().clean(value)


class _Cleaner:
    def __init__(self) -> None:
        self._values = 0

    def clean(self, value: JsValue) -> JsValue:
        kind = type(value)
        if kind is dict:
            self._count(len(value))
            return {key: self.clean(member) for key, member in value.items() if member is not UNDEFINED}
        if kind is list:
            self._count(len(value))
            return [None if member is UNDEFINED else self.clean(member) for member in value]
        return value

    def _count(self, members: int) -> None:
        self._values += members
        if self._values > MAX_VALUES:
            raise TooLargeError(f"more than {MAX_VALUES:,} values")
