"""Expressions of templates, ``traits.name | upcase``, read and evaluated the way LiquidJS does it.

The rules are LiquidJS's, leniency included: of several values in a row the first one counts, an operator
without an operand compares with nothing, unknown filters pass their value on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from app.segment.js_number import number_of
from app.segment.js_text import string_of
from app.segment.js_values import UNDEFINED, JsValue, units_of
from app.segment.liquid_filters import FILTERS
from app.segment.liquid_limits import Budget, LiquidError
from app.segment.liquid_values import LITERALS, contains, equals, is_less, is_true, plain, property_of

BLANK = frozenset(
    "\t\n\x0b\x0c\r \xa0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_ASCII_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-?")
_NOT_WORD = BLANK | {"“", "”"}
_DIGITS = frozenset("0123456789")
_OCTAL = frozenset("01234567")
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\x0b"}
_OPERATORS = ("==", "!=", ">=", "<=", ">", "<", "contains", "not", "and", "or")
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


def is_word(character: str) -> bool:
    return character in _ASCII_WORD or (character >= "\x80" and character not in _NOT_WORD)


class Scanner:
    """Reads one expression or the arguments of one tag. Raises ``LiquidError``."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0

    def is_at_end(self) -> bool:
        return self._at >= len(self._source)

    def peek(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._source[at] if at < len(self._source) else ""

    def skip_blank(self) -> None:
        while self.peek() and self.peek() in BLANK:
            self._at += 1

    def take(self, wanted: str) -> bool:
        """Step over the character if it is next."""
        if self.peek() != wanted:
            return False
        self._at += 1
        return True

    def skip_past(self, wanted: str) -> bool:
        """Go behind the next ``wanted``; to the end if there is none."""
        found = self._source.find(wanted, self._at)
        self._at = len(self._source) if found < 0 else found + 1
        return found >= 0

    def rest(self) -> str:
        return self._source[self._at :][:32]

    def identifier(self) -> str:
        self.skip_blank()
        start = self._at
        while self.peek() and is_word(self.peek()):
            self._at += 1
        return self._source[start : self._at]

    def filtered(self) -> Evaluate:
        """A value with its filters, up to the end."""
        value = self._expression()
        steps: list[Evaluate | _Filter] = []
        while (step := self._filter()) is not None:
            steps.append(step)
        filters = [step for step in steps if isinstance(step, _Filter)]
        if not filters:
            return value

        def evaluate(scope: Scope) -> JsValue:
            result = value(scope)
            for step in filters:
                result = step.apply(result, scope)
            return result

        return evaluate

    def _expression(self) -> Evaluate:
        parts: list[Value | str] = []
        while not self.is_at_end():
            part = self._operator() or self.value()
            if part is None:
                break
            parts.append(part)
        if not parts:
            raise LiquidError(f"A value is missing or cannot be read: {self.rest()!r}.")
        first = parts[0]
        if isinstance(first, Value) and not any(isinstance(part, str) for part in parts):
            return first.evaluate
        return _evaluation(_postfix(parts))

    def _operator(self) -> str | None:
        self.skip_blank()
        for operator in _OPERATORS:
            if self._source.startswith(operator, self._at):
                behind = self.peek(len(operator))
                if operator[0].isalpha() and behind and is_word(behind):
                    return None
                self._at += len(operator)
                return operator
        return None

    def value(self) -> Value | None:
        self.skip_blank()
        start = self._at
        variable = self._literal() or self.quoted() or self._range() or self._number()
        properties = self._properties(variable is None)
        text = self._source[start : self._at]
        if not properties:
            return variable
        if variable is None:
            return Value(text, _read_variable(properties))
        return Value(text, _read_properties(variable.evaluate, properties))

    def _literal(self) -> Value | None:
        for word, value in LITERALS.items():
            if self._source.startswith(word, self._at):
                behind = self.peek(len(word))
                if behind and is_word(behind):
                    return None
                self._at += len(word)
                return Value(word, _constant(value))
        return None

    def quoted(self) -> Value | None:
        quote = self.peek()
        if not quote or quote not in "\"'":
            return None
        start = self._at
        self._at += 1
        while not self.is_at_end():
            character = self.peek()
            self._at += 1
            if character == quote:
                break
            if character == "\\":
                self._at += 1
        self._at = min(self._at, len(self._source))
        text = self._source[start : self._at]
        return Value(text, _constant(_unescaped(text[1:-1])))

    def _range(self) -> Value | None:
        if self.peek() != "(":
            return None
        start = self._at
        self._at += 1
        low = self._required_value()
        self.skip_blank()
        if not (self.take(".") and self.take(".")):
            raise LiquidError("A range is written (1..5).")
        high = self._required_value()
        self.skip_blank()
        if not self.take(")"):
            raise LiquidError("A range is written (1..5).")
        return Value(self._source[start : self._at], _range_of(low.evaluate, high.evaluate))

    def _required_value(self) -> Value:
        value = self.value()
        if value is None:
            raise LiquidError(f"A value is expected at {self.rest()!r}.")
        return value

    def _number(self) -> Value | None:
        length = 1 if self.peek() in {"-", "+"} else 0
        digits = decimal = False
        while True:
            character = self.peek(length)
            if character and character in _DIGITS:
                digits = True
            elif character == "." and self.peek(length + 1) != ".":
                if decimal or not digits:
                    return None
                decimal = True
            else:
                break
            length += 1
        behind = self.peek(length)
        if not digits or (behind and is_word(behind)):
            return None
        text = self._source[self._at : self._at + length]
        self._at += length
        return Value(text, _constant(number_of(text)))

    def _properties(self, may_begin: bool) -> list[Evaluate]:
        properties: list[Evaluate] = []
        while True:
            if self.take("["):
                key = self.value()
                if not self.skip_past("]"):
                    raise LiquidError("A [ is not closed.")
                properties.append(key.evaluate if key is not None else _constant(""))
                continue
            if may_begin and not properties:
                name = self.identifier()
                if name:
                    properties.append(_constant(name))
                    continue
            if self.peek() == "." and self.peek(1) != ".":
                self._at += 1
                name = self.identifier()
                if name:
                    properties.append(_constant(name))
                    continue
            return properties

    def _filter(self) -> _Filter | None:
        self.skip_blank()
        if self.is_at_end():
            return None
        if not self.take("|"):
            raise LiquidError(f'"|" is expected before a filter, not {self.rest()!r}.')
        name = self.identifier()
        if not name:
            if not self.is_at_end():
                raise LiquidError("A filter has no name.")
            return None
        self.skip_blank()
        arguments: list[_Argument] = []
        if self.peek() == ":":
            self._arguments(arguments)
        elif self.peek() not in {"|", ""}:
            raise LiquidError(f'":" is expected behind the filter {name}.')
        return _Filter(name, tuple(arguments))

    def _arguments(self, arguments: list[_Argument]) -> None:
        while True:
            self._at += 1
            value = self.value()
            if value is not None:
                self.skip_blank()
                if self.take(":"):
                    named = self.value()
                    arguments.append(_Argument(named.evaluate if named else _constant(UNDEFINED), value.text))
                else:
                    arguments.append(_Argument(value.evaluate))
            self.skip_blank()
            if self.peek() not in {"", ",", "|"}:
                raise LiquidError(f"{self.rest()!r} cannot stand behind an argument.")
            if self.peek() != ",":
                return


@dataclass(frozen=True, slots=True)
class _Argument:
    """``name`` is None for a positional argument; a named one reaches the filter as [name, value]."""

    evaluate: Evaluate
    name: str | None = None


@dataclass(frozen=True, slots=True)
class _Filter:
    name: str
    arguments: tuple[_Argument, ...]

    def apply(self, value: JsValue, scope: Scope) -> JsValue:
        function = FILTERS.get(self.name)
        arguments = [
            argument.evaluate(scope) if argument.name is None else [argument.name, argument.evaluate(scope)]
            for argument in self.arguments
        ]
        return value if function is None else function(value, arguments, scope.budget)


def _postfix(parts: list[Value | str]) -> list[Value | str]:
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


def _evaluation(postfix: list[Value | str]) -> Evaluate:
    def evaluate(scope: Scope) -> JsValue:
        operands: list[JsValue] = []
        for part in postfix:
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


def _constant(value: JsValue) -> Evaluate:
    return lambda _scope: value


def _read_variable(properties: list[Evaluate]) -> Evaluate:
    def evaluate(scope: Scope) -> JsValue:
        keys = [read(scope) for read in properties]
        value: JsValue = scope.variables_with(string_of(plain(keys[0])))
        for key in keys:
            value = property_of(value, key)
        return value

    return evaluate


def _read_properties(variable: Evaluate, properties: list[Evaluate]) -> Evaluate:
    def evaluate(scope: Scope) -> JsValue:
        value = variable(scope)
        for read in properties:
            value = property_of(value, read(scope))
        return value

    return evaluate


def _range_of(low: Evaluate, high: Evaluate) -> Evaluate:
    def evaluate(scope: Scope) -> JsValue:
        first, last = number_of(plain(low(scope))), number_of(plain(high(scope)))
        scope.budget.use(last - first + 1)
        numbers: list[JsValue] = []
        while first < last + 1:
            numbers.append(first)
            first += 1
        return numbers

    return evaluate


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    result: list[str] = []
    at = 0
    while at < len(text):
        if text[at] != "\\":
            result.append(text[at])
            at += 1
            continue
        piece, at = _escape_at(text, at + 1)
        result.append(piece)
    return "".join(result)


def _escape_at(text: str, at: int) -> tuple[str, int]:
    """What the escape whose letter stands at ``at`` means, and where the text goes on."""
    letter = text[at : at + 1]
    if letter in _ESCAPES:
        return _ESCAPES[letter], at + 1
    if letter == "u":
        end = at + 1
        while end <= at + 4 and text[end : end + 1] in _HEXADECIMAL:
            end += 1
        return chr(int(text[at + 1 : end] or "0", 16)), end
    if letter and letter in _OCTAL:
        end = at
        while end <= at + 2 and text[end : end + 1] in _OCTAL:
            end += 1
        return chr(int(text[at:end], 8)), end
    return units_of(letter), at + 1
