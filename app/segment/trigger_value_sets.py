"""Which values pass a condition, kind by kind, and whether any value passes several at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, isnan
from typing import Final

from app.segment.js_number import number_of
from app.segment.js_text import text_of
from app.segment.trigger_tree import Comparison

_OPPOSITES: Final = {
    "=": "!=",
    "<": ">=",
    "<=": ">",
    "number_equals": "number_not_equals",
    "contains": "not_contains",
    "starts_with": "not_starts_with",
    "ends_with": "not_ends_with",
    "exists": "not_exists",
}
_OPPOSITE_OF: Final = _OPPOSITES | {opposite: operator for operator, opposite in _OPPOSITES.items()}
_NUMERIC: Final = frozenset({"<", "<=", ">", ">=", "number_equals", "number_not_equals"})
_TEXTUAL: Final = frozenset(
    {"contains", "not_contains", "starts_with", "not_starts_with", "ends_with", "not_ends_with"}
)


@dataclass(frozen=True, slots=True)
class NumberTest:
    operator: str
    operand: float


@dataclass(frozen=True, slots=True)
class TextTest:
    operator: str
    operand: str


@dataclass(frozen=True, slots=True)
class ValueSet:
    """Values by kind. ``nothing`` is null or missing, ``other`` objects and lists.

    ``number`` and ``text`` are True for all of the kind, False for none, or a test on them.
    """

    nothing: bool = False
    true: bool = False
    false: bool = False
    other: bool = False
    number: NumberTest | bool = False
    text: TextTest | bool = False


_ALL: Final = ValueSet(nothing=True, true=True, false=True, other=True, number=True, text=True)
_NOTHING: Final = ValueSet(nothing=True)
_SOMETHING: Final = ValueSet(true=True, false=True, other=True, number=True, text=True)


def values_where(test: Comparison, *, holds: bool) -> ValueSet:
    """The values for which the comparison gives ``holds``."""
    operator = test.operator
    if operator in _NUMERIC:
        return _numbers_where(operator, number_of(test.value if test.value is not None else 0), holds=holds)
    if operator in _TEXTUAL or operator in {"=", "!="}:
        return _texts_where(operator, "null" if test.value is None else text_of(test.value), holds=holds)
    if operator in {"exists", "not_exists"}:
        return _SOMETHING if (operator == "exists") is holds else _NOTHING
    if operator in {"is_true", "is_false"}:
        is_true = operator == "is_true"
        chosen = ValueSet(true=is_true, false=not is_true)
        rest = ValueSet(nothing=True, true=not is_true, false=is_true, other=True, number=True, text=True)
        return chosen if holds else rest
    return ValueSet() if holds else _ALL


def _numbers_where(operator: str, operand: float, *, holds: bool) -> ValueSet:
    if isnan(operand):
        number: NumberTest | bool = (operator == "number_not_equals") is holds
    else:
        number = NumberTest(operator if holds else _OPPOSITE_OF[operator], operand)
    rest = not holds
    return ValueSet(nothing=rest, true=rest, false=rest, other=rest, number=number, text=rest)


def _texts_where(operator: str, operand: str, *, holds: bool) -> ValueSet:
    """``!=`` is the one of them that every value of another kind passes."""
    test = TextTest(operator if holds else _OPPOSITE_OF[operator], operand)
    rest = (operator == "!=") is holds
    return ValueSet(nothing=rest, true=rest, false=rest, other=rest, number=rest, text=test)


def have_no_common_value(sets: Sequence[ValueSet]) -> bool:
    """Whether it is certain that no value is in all of the sets; False also means "not known"."""
    for kind in (
        all(one.nothing for one in sets),
        all(one.true for one in sets),
        all(one.false for one in sets),
        all(one.other for one in sets),
    ):
        if kind:
            return False
    numbers = [one.number for one in sets]
    if all(number is not False for number in numbers) and not _no_number(
        [number for number in numbers if isinstance(number, NumberTest)]
    ):
        return False
    texts = [one.text for one in sets]
    return any(text is False for text in texts) or _no_text(
        [text for text in texts if isinstance(text, TextTest)]
    )


def _no_number(tests: Sequence[NumberTest]) -> bool:
    low, low_open, high, high_open = -inf, False, inf, False
    for test in tests:
        if test.operator in {">", ">=", "number_equals"}:
            is_open = test.operator == ">"
            if test.operand > low or (test.operand == low and is_open):
                low, low_open = test.operand, is_open
        if test.operator in {"<", "<=", "number_equals"}:
            is_open = test.operator == "<"
            if test.operand < high or (test.operand == high and is_open):
                high, high_open = test.operand, is_open
    if low != high:
        return low > high
    excluded = any(test.operator == "number_not_equals" and test.operand == low for test in tests)
    return low_open or high_open or excluded


_PASSES: Final[dict[str, Callable[[str, str], bool]]] = {
    "=": lambda text, operand: text == operand,
    "!=": lambda text, operand: text != operand,
    "contains": lambda text, operand: operand in text,
    "not_contains": lambda text, operand: operand not in text,
    "starts_with": str.startswith,
    "not_starts_with": lambda text, operand: not text.startswith(operand),
    "ends_with": str.endswith,
    "not_ends_with": lambda text, operand: not text.endswith(operand),
}


def _no_text(tests: Sequence[TextTest]) -> bool:
    exact = next((test.operand for test in tests if test.operator == "="), None)
    if exact is not None:
        return not all(_PASSES[test.operator](exact, test.operand) for test in tests)
    begin = max(_operands(tests, "starts_with"), key=len, default="")
    end = max(_operands(tests, "ends_with"), key=len, default="")
    required = [begin, end, *_operands(tests, "contains")]
    return (
        not all(begin.startswith(other) for other in _operands(tests, "starts_with"))
        or not all(end.endswith(other) for other in _operands(tests, "ends_with"))
        or any(begin.startswith(other) for other in _operands(tests, "not_starts_with"))
        or any(end.endswith(other) for other in _operands(tests, "not_ends_with"))
        or any(other in one for other in _operands(tests, "not_contains") for one in required)
    )


def _operands(tests: Sequence[TextTest], operator: str) -> list[str]:
    return [test.operand for test in tests if test.operator == operator]
