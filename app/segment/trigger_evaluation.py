"""Running a condition tree on events: compiled functions, and the trace that explains the answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from typing import NoReturn

from app.segment.js_number import number_of
from app.segment.js_text import json_text, number_text, text_of
from app.segment.js_values import UNDEFINED, JsValue, is_number, kind_of, member_of
from app.segment.paths import walk
from app.segment.trigger_tree import (
    FIELD_OF,
    NESTED,
    WITHOUT_OPERAND,
    Comparison,
    Condition,
    EmptyGroup,
    Group,
    TriggerError,
)

Matcher = Callable[[JsValue], bool]

_NAME_PIECE = re.compile(r"[^\[.\]]+")
_LONGEST_ACTUAL = 120


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition in words, the value the event really had, and whether it passed."""

    text: str
    actual: str
    passed: bool


def matcher(condition: Condition) -> Matcher:
    """A function from event to answer. It raises ``TriggerError`` where Segment's evaluation fails."""
    if isinstance(condition, Comparison):
        read, passes = _reader(condition), _comparison(condition)
        return lambda event: passes(read(event))
    if isinstance(condition, EmptyGroup):
        return _fail_on_empty
    children = [matcher(child) for child in condition.children]
    if len(children) == 1:
        return children[0]
    if condition.operator == "and":
        return lambda event: all(child(event) for child in children)
    return lambda event: any(child(event) for child in children)


def _fail_on_empty(_event: JsValue) -> bool:
    raise TriggerError("The trigger holds an empty pair of parentheses.")


def clauses(condition: Condition, event: JsValue) -> tuple[Clause, ...]:
    """Every comparison of the tree, in order, whether or not Segment would have got to it."""
    if isinstance(condition, Group):
        return tuple(clause for child in condition.children for clause in clauses(child, event))
    if isinstance(condition, EmptyGroup):
        return (Clause("an empty pair of parentheses", "", passed=False),)
    try:
        actual = _reader(condition)(event)
    except TriggerError as error:
        return (Clause(in_words(condition), str(error), passed=False),)
    return (Clause(in_words(condition), _shown(actual), _comparison(condition)(actual)),)


def _reader(test: Comparison) -> Callable[[JsValue], JsValue]:
    root = FIELD_OF[test.subject]
    if test.subject not in NESTED:
        return lambda event: _root_value(event, root)
    pieces = tuple(_NAME_PIECE.findall(test.name))
    if not test.name:
        return lambda _event: UNDEFINED
    if not pieces:
        return lambda _event: _fail_on_name(test.name, root)
    return lambda event: walk(_root_value(event, root), pieces)


def _fail_on_name(name: str, root: str) -> NoReturn:
    raise TriggerError(f"The name {name!r} below {root} cannot be read.")


def _root_value(event: JsValue, root: str) -> JsValue:
    if event.__class__ is dict:
        return event.get(root, UNDEFINED)
    if event is None:
        raise TriggerError("The event is null.")
    return member_of(event, root)


def _comparison(test: Comparison) -> Matcher:
    text = _operand_text(test)
    number = number_of(test.value if test.value is not None else 0)
    comparison = _COMPARISONS.get(test.operator)
    return comparison(text, number) if comparison is not None else lambda _actual: False


def _operand_text(test: Comparison) -> str:
    return "null" if test.value is None else text_of(test.value)


def _is_missing(actual: JsValue) -> bool:
    return actual is None or actual is UNDEFINED


_COMPARISONS: dict[str, Callable[[str, float], Matcher]] = {
    "=": lambda text, _: lambda actual: actual == text,
    "!=": lambda text, _: lambda actual: actual != text,
    "number_equals": lambda _, number: lambda actual: is_number(actual) and actual == number,
    "number_not_equals": lambda _, number: lambda actual: is_number(actual) and actual != number,
    "<": lambda _, number: lambda actual: is_number(actual) and actual < number,
    "<=": lambda _, number: lambda actual: is_number(actual) and actual <= number,
    ">": lambda _, number: lambda actual: is_number(actual) and actual > number,
    ">=": lambda _, number: lambda actual: is_number(actual) and actual >= number,
    "contains": lambda text, _: lambda actual: isinstance(actual, str) and text in actual,
    "not_contains": lambda text, _: lambda actual: isinstance(actual, str) and text not in actual,
    "starts_with": lambda text, _: lambda actual: isinstance(actual, str) and actual.startswith(text),
    "not_starts_with": lambda text, _: lambda actual: isinstance(actual, str) and not actual.startswith(text),
    "ends_with": lambda text, _: lambda actual: isinstance(actual, str) and actual.endswith(text),
    "not_ends_with": lambda text, _: lambda actual: isinstance(actual, str) and not actual.endswith(text),
    "exists": lambda _text, _number: lambda actual: not _is_missing(actual),
    "not_exists": lambda _text, _number: _is_missing,
    "is_true": lambda _text, _number: lambda actual: actual is True,
    "is_false": lambda _text, _number: lambda actual: actual is False,
}

_WORDS = {
    "=": "is",
    "!=": "is not",
    "number_equals": "equals",
    "number_not_equals": "does not equal",
    "<": "is less than",
    "<=": "is at most",
    ">": "is greater than",
    ">=": "is at least",
    "contains": "contains",
    "not_contains": "does not contain",
    "starts_with": "starts with",
    "not_starts_with": "does not start with",
    "ends_with": "ends with",
    "not_ends_with": "does not end with",
    "exists": "exists",
    "not_exists": "does not exist",
    "is_true": "is true",
    "is_false": "is false",
}


def in_words(test: Comparison) -> str:
    """The comparison as a person says it: ``type is identify``, ``properties.seats is at least 20``."""
    words = _WORDS.get(test.operator, f"{test.operator} (no operator Segment knows)")
    if test.operator in WITHOUT_OPERAND:
        return f"{test.field} {words}"
    return f"{test.field} {words} {_quoted_if_unclear(_operand_text(test), test.value)}"


def _shown(actual: JsValue) -> str:
    if actual is UNDEFINED:
        return "missing"
    if isinstance(actual, str):
        return _shortened(_quoted_if_unclear(actual, actual))
    if is_number(actual):
        return number_text(actual)
    if kind_of(actual) in {"null", "boolean"}:
        return "null" if actual is None else text_of(actual)
    return _shortened(json_text(actual) or "")


def _quoted_if_unclear(text: str, value: JsValue) -> str:
    """Text that could be taken for a number, a boolean or nothing at all stands in quotes."""
    if not isinstance(value, str):
        return text
    looks_else = text in {"true", "false", "null", "missing"} or not isnan(number_of(text))
    return f'"{text}"' if looks_else or text != text.strip() else text


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_ACTUAL else f"{text[: _LONGEST_ACTUAL - 1]}…"
