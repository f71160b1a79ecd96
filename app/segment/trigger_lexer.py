"""The words of a trigger text, cut the way Segment's lexer cuts them.

Several words count only when white space, ``,``, ``]``, ``)`` or the end follows; what looks like a
quirk below is one of Segment's, kept because the same text must mean the same here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from app.segment.js_values import from_units, units_of
from app.segment.trigger_tree import TriggerError

_END: Final = ""
_WHITE_SPACE = frozenset(" \t\n")
_AFTER_WORD = frozenset({_END, *" \t\n,])"})
_AFTER_IDENTIFIER = _AFTER_WORD | frozenset(".(=!")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset("0123456789")
_IN_IDENTIFIER = _LETTERS | _DIGITS | frozenset("_-\\")
_STARTS_IDENTIFIER = _LETTERS | frozenset("\\_")
_LONGEST_WORD = 100_000


class Kind(Enum):
    IDENTIFIER = "identifier"
    OPERATOR = "operator"
    CONDITIONAL = "conditional"
    TEXT = "text"
    NUMBER = "number"
    NULL = "null"
    PUNCTUATION = "punctuation"
    OPEN = "("
    CLOSE = ")"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` of a TEXT token keeps its quotes; ``start`` counts UTF-16 units from the beginning."""

    kind: Kind
    text: str
    start: int


def tokens_of(text: str) -> list[Token]:
    """Cut the text into tokens, an END token last. Raises ``TriggerError`` where Segment's lexer fails."""
    return _join_paths(list(_Lexer(units_of(text)).tokens()))


def _join_paths(tokens: list[Token]) -> list[Token]:
    """``properties``, ``.``, ``plan`` become one identifier."""
    joined: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if (
            token.text == "."
            and token.kind is Kind.PUNCTUATION
            and joined
            and joined[-1].kind is Kind.IDENTIFIER
            and following is not None
            and following.kind is Kind.IDENTIFIER
        ):
            start = joined.pop()
            joined.append(Token(Kind.IDENTIFIER, f"{start.text}.{following.text}", start.start))
            at += 2
        else:
            joined.append(token)
            at += 1
    return joined


class _Lexer:
    """One pass over the units; ``_at`` is the position of the next unit."""

    def __init__(self, units: str) -> None:
        self._units = units
        self._at = 0

    def tokens(self) -> list[Token]:
        tokens: list[Token] = []
        while self._at < len(self._units):
            start = self._at
            unit = self._next()
            if unit not in _WHITE_SPACE:
                kind, text = self._token(unit)
                if len(text) >= _LONGEST_WORD:
                    raise TriggerError("A word of the trigger is too long.")
                tokens.append(Token(kind, from_units(text), start))
        tokens.append(Token(Kind.END, "eos", self._at))
        return tokens

    def _next(self) -> str:
        unit = self._peek()
        self._at += len(unit)
        return unit

    def _peek(self) -> str:
        return self._units[self._at] if self._at < len(self._units) else _END

    def _token(self, unit: str) -> tuple[Kind, str]:
        if unit == "!":
            return Kind.OPERATOR, self._exclamation_mark()
        if unit == "=":
            return Kind.OPERATOR, unit
        if unit in "<>":
            return Kind.OPERATOR, f"{unit}=" if self._accept("=") else unit
        if unit in _STARTS_IDENTIFIER:
            return self._word(unit)
        if unit in _DIGITS or unit in "+-":
            return Kind.NUMBER, self._number(unit)
        if unit in "\"'":
            return Kind.TEXT, self._text(unit)
        if unit in "()":
            return (Kind.OPEN if unit == "(" else Kind.CLOSE), unit
        if unit in ".[],":
            return Kind.PUNCTUATION, unit
        raise TriggerError(f"The character {unit!r} cannot stand there.")

    def _exclamation_mark(self) -> str:
        if self._peek() in _LETTERS or self._peek() == "(":
            return "!"
        if self._accept("="):
            return "!="
        raise TriggerError('"!" stands alone, or "!=" has no space behind it.')

    def _word(self, unit: str) -> tuple[Kind, str]:
        if unit == "a" and self._accept("nd"):
            return Kind.CONDITIONAL, "and"
        if unit == "o" and self._accept("r"):
            return Kind.CONDITIONAL, "or"
        if unit == "n" and self._accept("ull"):
            return Kind.NULL, "null"
        return Kind.IDENTIFIER, self._identifier(unit)

    def _accept(self, rest: str) -> bool:
        """Take ``rest`` if it is next and a word may end behind it.

        When the text ends within ``rest``, Segment's lexer has already moved past the part that was
        there: ``an`` at the very end is read as ``a``.
        """
        taken = self._units[self._at : self._at + len(rest)]
        ends_early = len(taken) < len(rest) and not any(unit in _AFTER_WORD for unit in taken)
        if ends_early:
            self._at += len(taken)
            return False
        after = self._units[self._at + len(rest) : self._at + len(rest) + 1]
        if taken == rest and after in _AFTER_WORD:
            self._at += len(rest)
            return True
        return False

    def _identifier(self, unit: str) -> str:
        name = ""
        while True:
            if unit == "\\":
                unit = self._next()
                if unit == _END:
                    raise TriggerError("The trigger ends in a backslash.")
            name += unit
            if self._peek() == _END or self._peek() not in _IN_IDENTIFIER:
                break
            unit = self._next()
        if self._peek() not in _AFTER_IDENTIFIER:
            raise TriggerError(f"Behind {name[:60]!r} the character {self._peek()!r} cannot stand.")
        return name

    def _number(self, first: str) -> str:
        digits = first
        decimal = False
        while self._peek() != _END and (self._peek() in _DIGITS or self._peek() == "."):
            unit = self._next()
            digits += unit
            if unit == ".":
                if decimal or self._peek() in _AFTER_WORD:
                    raise TriggerError(f"The number {digits[:60]!r} cannot be read.")
                decimal = True
        return digits

    def _text(self, quote: str) -> str:
        end = self._units.find(quote, self._at)
        if end < 0:
            raise TriggerError(f"A text that begins with {quote} has no end.")
        text = self._units[self._at : end]
        self._at = end
        self._accept(quote)  # a quote with something right behind it stays and begins the next text
        return quote + text + quote
