"""The operators a person can choose in the builder, in words, and what each compares with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.json_value import JsonValue
from app.segment.trigger_tree import NESTED, Subject


class Takes(StrEnum):
    """What stands behind the operator."""

    NOTHING = "nothing"
    TEXT = "text"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class RuleOperator:
    """``operator`` is Segment's; ``fixed`` is the value of operators that need none from a person;
    ``opposite`` says in words that it does not hold.
    """

    key: str
    words: str
    operator: str
    takes: Takes
    opposite: str
    fixed: JsonValue = None


def _text(key: str, words: str, operator: str, opposite: str) -> RuleOperator:
    return RuleOperator(key, words, operator, Takes.TEXT, opposite)


def _number(key: str, words: str, operator: str, opposite: str) -> RuleOperator:
    return RuleOperator(key, words, operator, Takes.NUMBER, opposite)


def _alone(key: str, words: str, operator: str, opposite: str, fixed: JsonValue = None) -> RuleOperator:
    return RuleOperator(key, words, operator, Takes.NOTHING, opposite, fixed)


IS: Final = "is"
EQUALS: Final = "equals"

OPERATORS: Final[tuple[RuleOperator, ...]] = (
    _text(IS, "is", "=", "is not"),
    _text("is-not", "is not", "!=", "is"),
    _text("contains", "contains", "contains", "does not contain"),
    _text("not-contains", "does not contain", "not_contains", "contains"),
    _text("starts-with", "starts with", "starts_with", "does not start with"),
    _text("not-starts-with", "does not start with", "not_starts_with", "starts with"),
    _text("ends-with", "ends with", "ends_with", "does not end with"),
    _text("not-ends-with", "does not end with", "not_ends_with", "ends with"),
    _number(EQUALS, "equals", "number_equals", "does not equal"),
    _number("not-equals", "does not equal", "number_not_equals", "equals"),
    _number("less", "is less than", "<", "is not less than"),
    _number("at-most", "is at most", "<=", "is not at most"),
    _number("greater", "is greater than", ">", "is not greater than"),
    _number("at-least", "is at least", ">=", "is not at least"),
    _alone("exists", "exists", "exists", "is missing"),
    _alone("missing", "is missing", "not_exists", "exists"),
    _alone("is-true", "is true", "is_true", "is not true"),
    _alone("is-false", "is false", "is_false", "is not false"),
    _alone("empty", "is empty text", "=", "is not empty text", ""),
    _alone("not-empty", "is not empty text", "!=", "is empty text", ""),
)
_BY_KEY: Final = {one.key: one for one in OPERATORS}
_OF_TEXT: Final = tuple(one for one in OPERATORS if one.takes is Takes.TEXT)
_PRESENCE: Final = (_BY_KEY["exists"], _BY_KEY["missing"])


def operator(key: str) -> RuleOperator:
    """Raises ``KeyError`` for a key that no operator has."""
    return _BY_KEY[key]


def offered(subject: Subject) -> tuple[RuleOperator, ...]:
    """What makes sense for the subject, and is read by Segment as it is written."""
    if subject is Subject.TYPE:
        return (_BY_KEY[IS], _BY_KEY["is-not"])
    if subject is Subject.EVENT:
        return _OF_TEXT
    if subject in NESTED:
        return OPERATORS
    return (*_OF_TEXT, *_PRESENCE)


def of_comparison(sign: str, value: JsonValue) -> RuleOperator | None:
    """The builder's operator for an operator of Segment's tree, None when it has none."""
    candidates = [one for one in OPERATORS if one.operator == sign]
    fixed = [one for one in candidates if one.takes is Takes.NOTHING and one.fixed == value]
    free = [one for one in candidates if one.takes is not Takes.NOTHING]
    return next(iter(fixed or free), None)
