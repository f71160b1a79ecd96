"""Expressions of templates, ``traits.name | upcase``, read and evaluated the way LiquidJS does it.

The rules are LiquidJS's, leniency included: of several values in a row the first one counts, an operator
without an operand compares with nothing, unknown filters pass their value on.
"""

from __future__ import annotations

from app.segment.js_number import number_of
from app.segment.js_values import UNDEFINED
from app.segment.liquid_evaluation import (
    Argument,
    Evaluate,
    FilterStep,
    Value,
    constant,
    evaluation,
    filtered_value,
    postfix,
    range_of,
    read_properties,
    read_variable,
)
from app.segment.liquid_limits import LiquidError
from app.segment.liquid_values import LITERALS

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
        steps: list[FilterStep] = []
        while (step := self._filter()) is not None:
            steps.append(step)
        return filtered_value(value, steps) if steps else value

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
        return evaluation(postfix(parts))

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
            return Value(text, read_variable(properties))
        return Value(text, read_properties(variable.evaluate, properties))

    def _literal(self) -> Value | None:
        for word, value in LITERALS.items():
            if self._source.startswith(word, self._at):
                behind = self.peek(len(word))
                if behind and is_word(behind):
                    return None
                self._at += len(word)
                return Value(word, constant(value))
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
        return Value(text, constant(_unescaped(text[1:-1])))

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
        return Value(self._source[start : self._at], range_of(low.evaluate, high.evaluate))

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
        return Value(text, constant(number_of(text)))

    def _properties(self, may_begin: bool) -> list[Evaluate]:
        properties: list[Evaluate] = []
        while True:
            if self.take("["):
                key = self.value()
                if not self.skip_past("]"):
                    raise LiquidError("A [ is not closed.")
                properties.append(key.evaluate if key is not None else constant(""))
                continue
            if may_begin and not properties:
                name = self.identifier()
                if name:
                    properties.append(constant(name))
                    continue
            if self.peek() == "." and self.peek(1) != ".":
                self._at += 1
                name = self.identifier()
                if name:
                    properties.append(constant(name))
                    continue
            return properties

    def _filter(self) -> FilterStep | None:
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
        arguments: list[Argument] = []
        if self.peek() == ":":
            self._arguments(arguments)
        elif self.peek() not in {"|", ""}:
            raise LiquidError(f'":" is expected behind the filter {name}.')
        return FilterStep(name, tuple(arguments))

    def _arguments(self, arguments: list[Argument]) -> None:
        while True:
            self._at += 1
            value = self.value()
            if value is not None:
                self.skip_blank()
                if self.take(":"):
                    named = self.value()
                    arguments.append(Argument(named.evaluate if named else constant(UNDEFINED), value.text))
                else:
                    arguments.append(Argument(value.evaluate))
            self.skip_blank()
            if self.peek() not in {"", ",", "|"}:
                raise LiquidError(f"{self.rest()!r} cannot stand behind an argument.")
            if self.peek() != ",":
                return


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
    return letter, at + 1
