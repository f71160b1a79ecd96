"""From trigger text to the condition tree, with the gaps of Segment's own reader.

Segment takes the tokens in order and skips what it does not know. ``Reading.notes`` says in words where
that differs from what the text seems to mean.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

from app.json_value import JsonValue
from app.segment.js_number import number_of
from app.segment.js_text import number_text
from app.segment.trigger_lexer import Kind, Token, tokens_of
from app.segment.trigger_tree import (
    NESTED,
    OPERATORS,
    SUBJECT_OF,
    Comparison,
    Condition,
    EmptyGroup,
    Group,
    Subject,
    TriggerError,
)

_FUNCTIONS = ("contains", "match")
_SIMPLE_FUNCTION_FIELDS = {"event": Subject.EVENT, "name": Subject.NAME, "userId": Subject.USER_ID}
_BEGIN_CONDITIONS = frozenset({Kind.IDENTIFIER, Kind.OPEN, Kind.CONDITIONAL})
_INHERITED_NAMES = frozenset(
    {
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
        "__proto__",
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
    }
)
"""Names every JavaScript object has: as a field they swallow an operator and a value without effect."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What Segment makes of a text. ``notes`` are sentences, in the order of the text."""

    tree: Group
    notes: tuple[str, ...]


def read(text: str) -> Reading:
    """Raises ``TriggerError`` for a text Segment cannot read; such a trigger never matches."""
    reader = _Reader()
    condition = reader.condition(deque(tokens_of(text)))
    if condition is None:
        raise TriggerError("There is no condition in it that Segment knows.")
    tree = condition if isinstance(condition, Group) else Group("and", (condition,))
    return Reading(tree, tuple(dict.fromkeys(reader.notes)))


class _Reader:
    def __init__(self) -> None:
        self.notes: list[str] = []
        self._of_unknown_field = 0

    def condition(self, tokens: deque[Token]) -> Condition | None:
        """One level of the text: a group, its only member, or None when nothing is left of it."""
        children: list[Condition] = []
        operator: Literal["and", "or"] = "and"
        seen_operators: set[str] = set()
        while tokens:
            token = tokens.popleft()
            if token.kind is Kind.END:
                break
            if token.kind in _BEGIN_CONDITIONS:
                self._of_unknown_field = 0
            if token.kind is Kind.IDENTIFIER:
                self._identifier(token, tokens, children)
            elif token.kind is Kind.OPERATOR and token.text == "!":
                self._negation(tokens, children)
            elif token.kind is Kind.OPEN:
                children.append(self._group(tokens) or self._empty())
            elif token.kind is Kind.CONDITIONAL:
                operator = "or" if token.text == "or" else "and"
                seen_operators.add(operator)
            else:
                self._note_stray(token)
        if len(seen_operators) > 1:
            self.notes.append(
                f'"and" and "or" are mixed on one level: the last one, "{operator}", joins them all.'
            )
        if len(children) > 1:
            return Group(operator, tuple(children))
        if children and not isinstance(children[0], EmptyGroup):
            return children[0]
        return None

    def _note_stray(self, token: Token) -> None:
        """The operator and the value of a field that is skipped were named with the field."""
        if self._of_unknown_field and token.kind is not Kind.CLOSE:
            self._of_unknown_field -= 1
        else:
            self.notes.append(f"{token.text} stands where no condition is and is skipped.")

    def _empty(self) -> EmptyGroup:
        self.notes.append("A pair of parentheses holds no condition: evaluation fails when it gets there.")
        return EmptyGroup()

    def _group(self, tokens: deque[Token]) -> Condition | None:
        """Everything up to the first closing parenthesis, nested groups and functions notwithstanding."""
        inner: deque[Token] = deque()
        while True:
            if not tokens:
                raise TriggerError("A parenthesis is not closed.")
            token = tokens.popleft()
            if token.kind is Kind.CLOSE:
                break
            if token.kind is Kind.OPEN:
                self.notes.append(
                    "A group ends at the first closing parenthesis, even that of a function or group inside."
                )
            inner.append(token)
        inner.append(Token(Kind.END, "eos", token.start))
        return self.condition(inner)

    def _negation(self, tokens: deque[Token], children: list[Condition]) -> None:
        if tokens and _is_function(tokens[0]):
            self._function(tokens.popleft().text, tokens, children, negated=True)
        else:
            self.notes.append('"!" only works before contains and match; here it is skipped.')

    def _identifier(self, token: Token, tokens: deque[Token], children: list[Condition]) -> None:
        root = token.text.split(".", 1)[0]
        subject = SUBJECT_OF.get(root)
        if subject is not None:
            operator, operand = _take(tokens, "operator"), _take(tokens, "value")
            children.append(self._test(subject, token.text, operator, operand))
        elif root in _INHERITED_NAMES:
            _take(tokens, "operator")
            _take(tokens, "value")
            self.notes.append(f"{token.text} is not a field Segment tests and is skipped.")
        elif _is_function(token):
            self._function(token.text, tokens, children, negated=False)
        else:
            self.notes.append(f"{token.text} is not a field Segment tests and is skipped.")
            self._of_unknown_field = 2 if tokens and tokens[0].kind is Kind.OPERATOR else 0

    def _test(self, subject: Subject, field: str, operator: Token, operand: Token) -> Comparison:
        self._note_misread(subject, field, operator, operand)
        name = _below(field, subject) if subject in NESTED else ""
        sign = _special_operator(subject, operator, operand)
        if sign is not None:
            value = _value(operand) if sign.startswith("number_") else None
            return Comparison(subject, sign, value, name)
        value = _value(operand)
        return Comparison(subject, operator.text, value if subject in NESTED else _as_text(value), name)

    def _note_misread(self, subject: Subject, field: str, operator: Token, operand: Token) -> None:
        if operator.text not in OPERATORS:
            self.notes.append(f"{operator.text!r} behind {field} is taken for an operator: never true.")
        elif operator.text in {"<", ">"} and operand.text == "=":
            self.notes.append(
                f"{operator.text}= needs a space behind it; here {field} is compared with nothing."
            )
        elif operand.kind is Kind.NULL and subject in {Subject.EVENT, Subject.TYPE}:
            self.notes.append(f'{field} is compared with the text "null".')
        elif operator.text == "!=" and operand.text in {"true", "false"}:
            self.notes.append(f"{field} != {operand.text} compares with text: true for every boolean.")
        if operand.kind is Kind.END:
            self.notes.append(f'The value behind {field} is missing; Segment reads the text "eos".')
        if operand.kind is Kind.TEXT and operand.text.startswith("'"):
            self.notes.append(f"Single quotes belong to the text: {field} is compared with {operand.text}.")
        if operator.text in {"<", "<=", ">", ">="} and operand.kind is Kind.TEXT:
            self.notes.append(f"{operator.text} compares numbers; {operand.text} is turned into one.")

    def _function(self, name: str, tokens: deque[Token], children: list[Condition], *, negated: bool) -> None:
        """``contains(field, value)``: Segment counts five tokens and looks only at the second and fourth."""
        _drop(tokens)
        field = _take(tokens, "field")
        _drop(tokens)
        operand = _take(tokens, "value")
        _drop(tokens)
        text = _as_text(_value(operand))
        if name == "contains":
            operator = "contains"
        elif operand.text.endswith('*"'):
            operator, text = "starts_with", text[:-1]
        else:
            if not text.startswith("*"):
                self.notes.append(
                    f"match looks only at a * at the end or the beginning: {operand.text} is tested as "
                    f'"ends with {text[1:]}".'
                )
            operator, text = "ends_with", text[1:]
        subject = _function_subject(field.text)
        if subject is None:
            self.notes.append(f"{name} does not work on {field.text} and is skipped.")
            return
        if operator == "starts_with" and "*" in text:
            self.notes.append(f"Only the * at the end is a wildcard in {operand.text}.")
        if operand.kind is Kind.TEXT and operand.text.startswith("'"):
            self.notes.append(
                f"Single quotes belong to the text: {field.text} is compared with {operand.text}."
            )
        below = _below(field.text, subject) if subject in NESTED else ""
        children.append(Comparison(subject, f"not_{operator}" if negated else operator, text, below))


def _is_function(token: Token) -> bool:
    return token.kind is Kind.IDENTIFIER and token.text in _FUNCTIONS


def _take(tokens: deque[Token], what: str) -> Token:
    if not tokens:
        raise TriggerError(f"The trigger ends where a {what} is expected.")
    return tokens.popleft()


def _drop(tokens: deque[Token]) -> None:
    """Take one token of any kind; the end of the text is no error here."""
    if tokens:
        tokens.popleft()


def _function_subject(field: str) -> Subject | None:
    if field in _SIMPLE_FUNCTION_FIELDS:
        return _SIMPLE_FUNCTION_FIELDS[field]
    roots = {"properties": Subject.PROPERTY, "traits": Subject.TRAIT, "context": Subject.CONTEXT}
    return next((subject for root, subject in roots.items() if field.startswith(root)), None)


def _below(field: str, subject: Subject) -> str:
    """The name below the root; a root without a name stays as it is (``properties`` alone)."""
    root = {Subject.PROPERTY: "properties.", Subject.TRAIT: "traits.", Subject.CONTEXT: "context."}[subject]
    return field.removeprefix(root)


def _special_operator(subject: Subject, operator: Token, operand: Token) -> str | None:
    """The operators that ``=`` and ``!=`` become before null, true, false and numbers."""
    written = (operator.text, operand.text)
    if subject in {Subject.EVENT, Subject.TYPE}:
        return None
    if written == ("!=", "null"):
        return "exists"
    if written == ("=", "null"):
        return "not_exists"
    if subject is Subject.NAME:
        return None
    if operator.text == "=" and operand.text in {"true", "false"}:
        return f"is_{operand.text}"
    if subject in NESTED and operand.kind is Kind.NUMBER and operator.text in {"=", "!="}:
        return "number_equals" if operator.text == "=" else "number_not_equals"
    return None


def _value(token: Token) -> JsonValue:
    if token.kind is Kind.TEXT:
        return token.text[1:-1] if token.text[0] == '"' else token.text
    if token.kind is Kind.NUMBER:
        return number_of(token.text)
    if token.kind is Kind.IDENTIFIER and token.text in {"true", "false"}:
        return token.text == "true"
    return token.text


def _as_text(value: JsonValue) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, int | float) else "null"
