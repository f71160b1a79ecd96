"""From the builder's rule to a trigger that Segment's own reader takes as it is meant.

Segment reads one operator per level, no groups in groups, and a group that holds ``contains`` or ``match``
only when that is its one and last. So a rule is first written in its short form; where Segment would
misread that, as alternatives (``(type and a) or (type and b)``); and where it would misread those as well,
the rule is refused in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.segment.trigger_tree import Comparison, Condition, Group, Subject, TriggerError
from app.segment.triggers import generate, parse
from app.workflows.mapping_editor.rule_conditions import RuleCondition
from app.workflows.mapping_editor.rules import Joiner, Rule, finished

_MOST_ALTERNATIVES: Final = 60
_FUNCTIONS: Final = frozenset(
    {"contains", "not_contains", "starts_with", "not_starts_with", "ends_with", "not_ends_with"}
)


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """``text`` is empty for an empty rule, and for one that cannot be written: then ``problem`` says why."""

    text: str
    tree: Group | None
    problem: str = ""


def write_rule(rule: Rule) -> WrittenRule:
    """The trigger of the finished part of the rule (see ``rules.finished``)."""
    rule = finished(rule)
    tree = meaning_of(rule)
    if tree is None:
        return WrittenRule("", None)
    for candidate in (tree, _as_alternatives(rule)):
        text = _read_back(candidate)
        if text:
            return WrittenRule(text, candidate)
    return WrittenRule("", tree, _refusal(rule))


def meaning_of(rule: Rule) -> Group | None:
    """The shortest tree that says what the rule means, whether or not Segment could read it as text."""
    types = [Comparison(Subject.TYPE, "=", name) for name in rule.types]
    members: list[Condition] = list(_tests(rule.conditions))
    inner = _functions_last(_tests(rule.group or ()))
    if inner:
        members.append(_joined(rule.joiner.other, inner))
    parts: list[Condition] = []
    if types:
        parts.append(_joined(Joiner.ANY, types))
    if rule.joiner is Joiner.ALL or len(members) == 1:
        parts += members
    elif members:
        parts.append(_joined(Joiner.ANY, _functions_last(members) if types else members))
    flat: list[Condition] = []
    for part in parts:
        flat += part.children if isinstance(part, Group) and part.operator == "and" else (part,)
    if not flat:
        return None
    whole = _joined(Joiner.ALL, flat)
    return whole if isinstance(whole, Group) else Group("and", (whole,))


def _as_alternatives(rule: Rule) -> Group | None:
    """``(type and a) or (type and b)``; None when it makes no difference or gets too long."""
    members, inner = _tests(rule.conditions), _tests(rule.group or ())
    if rule.joiner is Joiner.ANY:
        ways = [[one] for one in members] + ([inner] if inner else [])
    else:
        ways = [[*members, one] for one in inner]
    types: list[list[Comparison]] = [[Comparison(Subject.TYPE, "=", name)] for name in rule.types] or [[]]
    if len(ways) < 2 or len(types) * len(ways) > _MOST_ALTERNATIVES:
        return None
    alternatives = [_joined(Joiner.ALL, _functions_last([*one, *way])) for one in types for way in ways]
    return Group("or", tuple(alternatives))


def _read_back(tree: Group | None) -> str:
    """The text of the tree if Segment reads exactly this tree from it, otherwise an empty text."""
    if tree is None:
        return ""
    text = generate(tree, for_reader=True)
    try:
        return text if parse(text) == tree else ""
    except TriggerError:
        return ""


def _refusal(rule: Rule) -> str:
    inner = [test for test in _tests(rule.group or ()) if test.operator in _FUNCTIONS]
    if inner:
        return (
            "Segment reads only one “contains”, “starts with” or “ends with” in a group. "
            "Move the others out of the group, or use “is”."
        )
    return "Segment cannot read conditions combined like this. Use fewer types or fewer alternatives."


def _tests(conditions: Iterable[RuleCondition]) -> list[Comparison]:
    return [one.comparison for one in conditions if one.comparison is not None]


def _functions_last(conditions: Sequence[Condition]) -> list[Condition]:
    """In a group Segment takes the closing parenthesis of a function for the group's own."""
    return sorted(conditions, key=lambda one: isinstance(one, Comparison) and one.operator in _FUNCTIONS)


def _joined(joiner: Joiner, members: Sequence[Condition]) -> Condition:
    operator: Literal["and", "or"] = "and" if joiner is Joiner.ALL else "or"
    return members[0] if len(members) == 1 else Group(operator, tuple(members))
