"""Segment's filter language (FQL) as documented for destination filters.

This is not what Segment reads triggers with: see ``triggers``. Here precedence, groups of any depth,
lists and functions work, a missing field is null, and types are never converted silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.json_value import JsonObject
from app.segment.fql_values import FUNCTIONS, FqlError, as_condition, is_equal
from app.segment.js_number import number_of
from app.segment.js_values import JsValue, is_number

__all__ = ["FqlError", "compile", "matches"]

MAX_BYTES = 5 * 1024
MAX_NESTING = 60

Evaluate = Callable[[JsValue], JsValue]

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<number>[+-]?[0-9]+(?:\.[0-9]+)?(?![\w.\\-]))
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<path>(?:[\w-]|\\.)+(?:\.(?:[\w-]|\\.)+)*)
    |(?P<sign>!=|<=|>=|[=<>!()\[\],])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PATH_PIECE = re.compile(r"(?:[^.\\]|\\.)+", re.DOTALL)
_CONSTANTS: dict[str, JsValue] = {"true": True, "false": False, "null": None}
_COMPARISONS: dict[str, Callable[[JsValue, JsValue], bool]] = {
    "=": is_equal,
    "!=": lambda left, right: not is_equal(left, right),
    "<": lambda left, right: _are_numbers(left, right) and left < right,
    "<=": lambda left, right: _are_numbers(left, right) and left <= right,
    ">": lambda left, right: _are_numbers(left, right) and left > right,
    ">=": lambda left, right: _are_numbers(left, right) and left >= right,
    "in": lambda left, right: isinstance(right, list) and any(is_equal(left, member) for member in right),
}


def compile(statement: str) -> Callable[[JsonObject], bool]:  # noqa: A001 - as ``triggers.compile``
    """The statement as a function of the event. Raises ``FqlError``, and so may the function."""
    if len(statement.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise FqlError("A filter statement has at most 5 KB.")
    evaluate = _Parser(statement).statement()
    return lambda event: evaluate(event) is True


def matches(statement: str, event: JsonObject) -> bool:
    """Whether the statement holds; one that cannot be read or evaluated does not."""
    try:
        return compile(statement)(event)
    except FqlError:
        return False


def _are_numbers(left: JsValue, right: JsValue) -> bool:
    return is_number(left) and is_number(right)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def _tokens(statement: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(statement):
        found = _TOKEN.match(statement, at)
        if found is None:
            raise FqlError(f"{statement[at : at + 20]!r} at character {at + 1} cannot be read.")
        if found.lastgroup != "space":
            tokens.append(_Token(found.lastgroup or "", found[0]))
        at = found.end()
    return tokens


class _Parser:
    """Recursive descent; ``or`` binds weakest, then ``and``, ``!``, comparisons."""

    def __init__(self, statement: str) -> None:
        self._tokens = _tokens(statement)
        self._at = 0
        self._depth = 0

    def statement(self) -> Evaluate:
        evaluate = self._or()
        if self._at < len(self._tokens):
            raise FqlError(f"{self._peek()!r} stands behind the end of the statement.")
        return evaluate

    def _peek(self) -> str:
        return self._tokens[self._at].text if self._at < len(self._tokens) else ""

    def _take(self, wanted: str) -> bool:
        if self._peek() != wanted:
            return False
        self._at += 1
        return True

    def _expect(self, wanted: str) -> None:
        if not self._take(wanted):
            raise FqlError(f"{wanted!r} is missing before {self._peek() or 'the end'!r}.")

    def _or(self) -> Evaluate:
        parts = [self._and()]
        while self._take("or"):
            parts.append(self._and())
        if len(parts) == 1:
            return parts[0]
        return lambda event: any(as_condition(part(event)) for part in parts)

    def _and(self) -> Evaluate:
        parts = [self._not()]
        while self._take("and"):
            parts.append(self._not())
        if len(parts) == 1:
            return parts[0]
        return lambda event: all(as_condition(part(event)) for part in parts)

    def _not(self) -> Evaluate:
        negations = 0
        while self._take("!"):
            negations += 1
        operand = self._comparison()
        if not negations:
            return operand
        wanted = negations % 2 == 0
        return lambda event: as_condition(operand(event)) is wanted

    def _comparison(self) -> Evaluate:
        left = self._operand()
        compare = _COMPARISONS.get(self._peek())
        if compare is None:
            return left
        self._at += 1
        right = self._operand()
        return lambda event: compare(left(event), right(event))

    def _operand(self) -> Evaluate:
        if self._at >= len(self._tokens):
            raise FqlError("The statement ends where a value is expected.")
        token = self._tokens[self._at]
        self._at += 1
        if token.kind == "number":
            return _constant(number_of(token.text))
        if token.kind == "text":
            return _constant(_ESCAPED.sub(r"\1", token.text[1:-1]))
        if token.kind == "path":
            return self._named(token.text)
        if token.text in {"(", "["}:
            return self._enclosed(token.text)
        raise FqlError(f"{token.text!r} stands where a value is expected.")

    def _named(self, word: str) -> Evaluate:
        if word in _CONSTANTS:
            return _constant(_CONSTANTS[word])
        if word in {"and", "or", "in"}:
            raise FqlError(f"{word!r} stands where a value is expected.")
        if self._peek() == "(":
            return self._call(word)
        return _read(tuple(_ESCAPED.sub(r"\1", piece) for piece in _PATH_PIECE.findall(word)))

    def _enclosed(self, opening: str) -> Evaluate:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise FqlError("The statement is nested too deeply.")
        if opening == "(":
            inner = self._or()
            self._expect(")")
        else:
            inner = _list_of(self._values_up_to("]"))
        self._depth -= 1
        return inner

    def _call(self, name: str) -> Evaluate:
        if name not in FUNCTIONS:
            raise FqlError(f"There is no function {name!r}.")
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise FqlError("The statement is nested too deeply.")
        self._expect("(")
        arguments = self._values_up_to(")")
        self._depth -= 1
        wanted, function = FUNCTIONS[name]
        if len(arguments) != wanted:
            raise FqlError(f"{name} takes {wanted} values, not {len(arguments)}.")
        return lambda event: function([read(event) for read in arguments])

    def _values_up_to(self, closing: str) -> list[Evaluate]:
        values: list[Evaluate] = []
        if self._take(closing):
            return values
        while True:
            values.append(self._or())
            if self._take(closing):
                return values
            self._expect(",")


def _constant(value: JsValue) -> Evaluate:
    return lambda _event: value


def _list_of(members: list[Evaluate]) -> Evaluate:
    return lambda event: [member(event) for member in members]


def _read(pieces: tuple[str, ...]) -> Evaluate:
    def evaluate(event: JsValue) -> JsValue:
        value = event
        for piece in pieces:
            if not isinstance(value, dict):
                return None
            value = value.get(piece)
        return value

    return evaluate
