"""What the parts of an expression in a template do when it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from app.segment.js_number import number_of
from app.segment.js_text import string_of
from app.segment.js_values import UNDEFINED, JsValue
from app.segment.liquid_filters import FILTERS
from app.segment.liquid_limits import Budget
from app.segment.liquid_values import contains, equals, is_less, is_true, plain, property_of

_PRECEDENCE = {"and": 0, "or": 0, "not": 1}
_COMPARISON_PRECEDENCE = 2


class Scope(Protocol):
    """What an expression reads from: the variables of the template before the members of the payload."""

    budget: Budget

    def variables_with(self, name: str) -> Mapping[str, JsValue]:
        """The variables that hold the name, or the payload."""


Evaluate = Callable[[Scope], JsValue]


@dataclass(frozen=True, slots=True)
class Value:
    """One operand; ``text`` is how it is written."""

    text: str
    evaluate: Evaluate


@dataclass(frozen=True, slots=True)
class Argument:
    """``name`` is None for a positional argument; a named one reaches the filter as [name, value]."""

    evaluate: Evaluate
    name: str | None = None


@dataclass(frozen=True, slots=True)
class FilterStep:
    name: str
    arguments: tuple[Argument, ...]

    def apply(self, value: JsValue, scope: Scope) -> JsValue:
        function = FILTERS.get(self.name)
        arguments = [
            argument.evaluate(scope) if argument.name is None else [argument.name, argument.evaluate(scope)]
            for argument in self.arguments
        ]
        return value if function is None else function(value, arguments, scope.budget)


def filtered_value(value: Evaluate, steps: list[FilterStep]) -> Evaluate:
    """The value after each filter in turn."""

    def evaluate(scope: Scope) -> JsValue:
        result = value(scope)
        for step in steps:
            result = step.apply(result, scope)
        return result

    return evaluate


def postfix(parts: list[Value | str]) -> list[Value | str]:
    """Operands before their operators; operators of one rank group from the right."""
    result: list[Value | str] = []
    waiting: list[str] = []
    for part in parts:
        if isinstance(part, Value):
            result.append(part)
            continue
        rank = _PRECEDENCE.get(part, _COMPARISON_PRECEDENCE)
        while waiting and _PRECEDENCE.get(waiting[-1], _COMPARISON_PRECEDENCE) > rank:
            result.append(waiting.pop())
        waiting.append(part)
    return [*result, *reversed(waiting)]


_BINARY: dict[str, Callable[[JsValue, JsValue], bool]] = {
    "==": equals,
    "!=": lambda left, right: not equals(left, right),
    ">": lambda left, right: is_less(right, left),
    "<": is_less,
    ">=": lambda left, right: is_less(right, left, or_equal=True),
    "<=": lambda left, right: is_less(left, right, or_equal=True),
    "contains": contains,
    "and": lambda left, right: is_true(left) and is_true(right),
    "or": lambda left, right: is_true(left) or is_true(right),
}


def evaluation(parts: list[Value | str]) -> Evaluate:
    def evaluate(scope: Scope) -> JsValue:
        operands: list[JsValue] = []
        for part in parts:
            if isinstance(part, Value):
                operands.append(part.evaluate(scope))
                continue
            right = operands.pop() if operands else UNDEFINED
            if part == "not":
                operands.append(not is_true(right))
            else:
                left = operands.pop() if operands else UNDEFINED
                operands.append(_BINARY[part](left, right))
        return operands[0]

    return evaluate


def constant(value: JsValue) -> Evaluate:
    return lambda _scope: value


def read_variable(properties: list[Evaluate]) -> Evaluate:
    def evaluate(scope: Scope) -> JsValue:
        keys = [read(scope) for read in properties]
        value: JsValue = scope.variables_with(string_of(plain(keys[0])))
        for key in keys:
            value = property_of(value, key)
        return value

    return evaluate


def read_properties(variable: Evaluate, properties: list[Evaluate]) -> Evaluate:
    def evaluate(scope: Scope) -> JsValue:
        value = variable(scope)
        for read in properties:
            value = property_of(value, read(scope))
        return value

    return evaluate


def range_of(low: Evaluate, high: Evaluate) -> Evaluate:
    def evaluate(scope: Scope) -> JsValue:
        first, last = number_of(plain(low(scope))), number_of(plain(high(scope)))
        scope.budget.use(last - first + 1)
        numbers: list[JsValue] = []
        while first < last + 1:
            numbers.append(first)
            first += 1
        return numbers

    return evaluate
