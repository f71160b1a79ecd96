"""Trigger text from a condition tree, the text Segment's own builder would store."""

from __future__ import annotations

import re

from app.json_value import JsonValue
from app.segment.js_number import number_of
from app.segment.js_text import number_text, text_of
from app.segment.js_values import is_number
from app.segment.trigger_tree import FIELD_OF, NESTED, Comparison, Condition, EmptyGroup, Group, TriggerError

_NEEDS_ESCAPE = re.compile(r"[^a-zA-Z0-9._-]")
_NEEDS_READER_ESCAPE = re.compile(r"(?:(?<=\.)|^)(?:[0-9-]|(?:and|or|null)(?=\.|$))|[^a-zA-Z0-9._-]")
_FIXED = {"exists": "!= null", "not_exists": "= null", "is_true": "= true", "is_false": "= false"}
_NUMERIC = {
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
    "number_equals": "=",
    "number_not_equals": "!=",
}


def generate(tree: Group, *, for_reader: bool = False) -> str:
    """Write the tree down. Raises ``TriggerError`` for a tree that holds an empty group.

    ``for_reader`` also escapes the parts of names that Segment's writer leaves as they are and Segment's
    reader then stumbles over: ``1st``, ``-x``, and ``and``, ``or``, ``null`` as whole parts.
    """
    text = _group_text(tree, _NEEDS_READER_ESCAPE if for_reader else _NEEDS_ESCAPE)
    if text.startswith("(") and text.endswith(")") and text.count("(") + text.count(")") == 2:
        return text[1:-1]
    return text


def _group_text(group: Group, special: re.Pattern[str]) -> str:
    return f" {group.operator} ".join(_condition_text(child, special) for child in group.children)


def _condition_text(condition: Condition, special: re.Pattern[str]) -> str:
    if isinstance(condition, Group):
        return f"({_group_text(condition, special)})"
    if isinstance(condition, EmptyGroup):
        raise TriggerError("An empty pair of parentheses cannot be written down.")
    return _test_text(condition, special)


def _test_text(test: Comparison, special: re.Pattern[str]) -> str:
    field = FIELD_OF[test.subject]
    if test.subject in NESTED:
        field = f"{field}.{special.sub(_escaped, test.name)}"
    operator = test.operator
    if operator in _FIXED:
        return f"{field} {_FIXED[operator]}"
    if operator in _NUMERIC:
        return f"{field} {_NUMERIC[operator]} {number_text(number_of(test.value))}"
    positive = operator.removeprefix("not_")
    negation = "!" if positive != operator else ""
    if positive == "contains":
        return f"{negation}contains({field}, {_operand(test.value)})"
    if positive == "starts_with":
        return f'{negation}match({field}, "{_words(test.value)}*")'
    if positive == "ends_with":
        return f'{negation}match({field}, "*{_words(test.value)}")'
    return f"{field} {operator} {_operand(test.value)}"


def _escaped(found: re.Match[str]) -> str:
    """A backslash before each UTF-16 unit."""
    units = found[0].encode("utf-16-le", "surrogatepass")
    pairs = (units[at : at + 2].decode("utf-16-le", "surrogatepass") for at in range(0, len(units), 2))
    return "".join(f"\\{unit}" for unit in pairs)


def _operand(value: JsonValue) -> str:
    return text_of(value) if isinstance(value, bool) or is_number(value) else f'"{_words(value)}"'


def _words(value: JsonValue) -> str:
    return "null" if value is None else text_of(value)
