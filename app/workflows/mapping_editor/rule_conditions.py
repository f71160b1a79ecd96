"""One row of the builder: a field, an operator and what was typed, and what is still wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from math import isinf
from typing import Final

from app.segment.js_number import number_of
from app.segment.js_text import number_text, text_of
from app.segment.js_values import is_number
from app.segment.trigger_tree import NESTED, Comparison, Group, Subject, TriggerError
from app.segment.triggers import generate, parse
from app.workflows.mapping_editor.rule_operators import (
    IS,
    RuleOperator,
    Takes,
    of_comparison,
    offered,
    operator,
)

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")
_LONGEST_TEXT: Final = 10_000


@dataclass(frozen=True, slots=True)
class RuleCondition:
    """``operator`` is a key of ``rule_operators``; ``value`` is always text, as it was typed.

    ``name`` is the path below properties, traits or context, as Segment's tree has it.
    """

    subject: Subject
    operator: str = IS
    value: str = ""
    name: str = ""

    @property
    def described(self) -> RuleOperator:
        return operator(self.operator)

    @property
    def comparison(self) -> Comparison | None:
        """The comparison for Segment's tree, None as long as something is missing or cannot be used."""
        return None if self.missing or self.problem else self.plain_comparison()

    @property
    def missing(self) -> str:
        """What has not been filled in yet, in words; empty when everything is there."""
        if self.subject in NESTED and not self.name:
            return "Choose a field. This condition is not part of the rule yet."
        if self.described.takes is not Takes.NOTHING and not self.value.strip(" "):
            return "Enter a value. This condition is not part of the rule yet."
        return ""

    @property
    def problem(self) -> str:
        """Why what was filled in cannot be part of a trigger; empty when it can."""
        if self.missing:
            return ""
        return _problem_of(self)

    def with_subject(self, subject: Subject, name: str = "") -> RuleCondition:
        """Another field; an operator that the new field does not have becomes "is"."""
        keys = [one.key for one in offered(subject)]
        kept = self.operator if self.operator in keys else IS
        return replace(self, subject=subject, name=name if subject in NESTED else "", operator=kept)

    def plain_comparison(self) -> Comparison:
        """The comparison whether or not Segment would read it as it is meant."""
        described = self.described
        if described.takes is Takes.NUMBER:
            return Comparison(self.subject, described.operator, number_of(self.value.strip()), self.name)
        value = self.value if described.takes is Takes.TEXT else described.fixed
        return Comparison(self.subject, described.operator, value, self.name)


@lru_cache(maxsize=512)
def _problem_of(condition: RuleCondition) -> str:
    """Asked for every row after every key, so the answers are kept. The last word has Segment's reader."""
    known = _name_problem(condition) or _value_problem(condition)
    if known:
        return known
    tree = Group("and", (condition.plain_comparison(),))
    try:
        same = parse(generate(tree, for_reader=True)) == tree
    except TriggerError:
        same = False
    return "" if same else "Segment would not read this condition as it is meant."


def condition_of(test: Comparison) -> RuleCondition | None:
    """The row that shows the comparison, None when the builder has no row for it."""
    is_switch = isinstance(test.value, bool) and test.operator in {"=", "!="}
    value = text_of(test.value) if is_switch else test.value
    described = of_comparison(test.operator, value)
    if described is None or described not in offered(test.subject):
        return None
    if described.takes is Takes.NOTHING:
        shown = ""
    elif described.takes is Takes.NUMBER:
        number = number_of(test.value if test.value is not None else 0)
        shown = number_text(number)
    elif is_number(value) or value is None:
        return None
    else:
        shown = text_of(value)
    condition = RuleCondition(test.subject, described.key, shown, test.name)
    return condition if condition.comparison is not None else None


def _name_problem(condition: RuleCondition) -> str:
    name = condition.name
    if condition.subject not in NESTED:
        return ""
    if any(ord(character) > 0xFFFF for character in name):
        return "Segment’s triggers cannot hold a field name with emoji. Map a copy of it under another name."
    if any(not part for part in name.split(".")):
        return "A field name has text before and after every dot."
    if "\x00" in name or "\r" in name or "\n" in name:
        return "A field name in a trigger stands on one line."
    return ""


def _value_problem(condition: RuleCondition) -> str:
    takes = condition.described.takes
    if takes is Takes.NUMBER:
        return _number_problem(condition.value.strip())
    if takes is Takes.NOTHING:
        return ""
    if '"' in condition.value:
        return "Segment’s triggers cannot hold a double quote. Use “contains” with the part before it."
    if len(condition.value) > _LONGEST_TEXT:
        return f"Values in a trigger have at most {_LONGEST_TEXT:,} characters."
    if condition.described.operator.endswith("ends_with") and condition.value.endswith("*"):
        return "Segment takes a * at the end for “starts with”. Leave it out or use “contains”."
    return ""


def _number_problem(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        return f"“{text[:40]}” is not a number. Use digits and a point, such as 10 or 2.5."
    number = number_of(text)
    if isinf(number) or not _NUMBER.fullmatch(number_text(number)):
        return "Segment’s triggers cannot hold a number this large or this small."
    return ""
