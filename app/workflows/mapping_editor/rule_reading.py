"""From a trigger's text to the builder's rule, as long as the builder can show all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.segment.trigger_reader import read
from app.segment.trigger_tree import Comparison, Condition, Group, Subject, TriggerError
from app.workflows.mapping_editor.rule_conditions import RuleCondition, condition_of
from app.workflows.mapping_editor.rule_writing import write_rule
from app.workflows.mapping_editor.rules import TYPES, Joiner, Rule


@dataclass(frozen=True, slots=True)
class RuleReading:
    """What the builder makes of a text.

    ``rule`` is None when the builder cannot show the text: ``reason`` says why. ``tree`` is what Segment
    reads, None when it cannot read the text at all. ``read_rule`` is the rule of what Segment reads even
    where the text says more than that. ``warnings`` say where the two differ.
    """

    text: str
    tree: Group | None
    rule: Rule | None
    read_rule: Rule | None = None
    reason: str = ""
    warnings: tuple[str, ...] = ()


def read_rule(text: str) -> RuleReading:
    """Read a trigger; an empty text is an empty rule."""
    if not text.strip():
        return RuleReading(text, None, Rule(), Rule())
    try:
        reading = read(text)
    except TriggerError as error:
        reason = "Segment cannot read this trigger, so it never runs."
        return RuleReading(text, None, None, None, reason, (str(error),))
    tree, notes = reading.tree, reading.notes
    rule = rule_of(tree)
    if rule is not None and notes and write_rule(rule).text == text:
        # Segment skips a parenthesis behind a function; what the builder writes there means the same.
        notes = ()
    if notes:
        reason = "Segment reads this trigger differently from how it is written."
        return RuleReading(text, tree, None, rule, reason, notes)
    if rule is None:
        return RuleReading(text, tree, None, None, _why_not(tree))
    return RuleReading(text, tree, rule, rule)


def rule_of(tree: Group) -> Rule | None:
    """The rule that means what the tree means, None when the builder has no place for all of it."""
    return _rule_of_all(tree) if tree.operator == "and" else _rule_of_any(tree)


def _rule_of_all(tree: Group) -> Rule | None:
    parts = list(_without_needless_groups(tree))
    types: tuple[str, ...] = ()
    for part in parts:
        types = _types_in(part)
        if types:
            parts.remove(part)
            break
    groups = [part for part in parts if isinstance(part, Group)]
    conditions = _conditions(part for part in parts if isinstance(part, Comparison))
    if conditions is None or len(groups) > 1 or any(not isinstance(p, Group | Comparison) for p in parts):
        return None
    if not groups:
        return Rule(types, Joiner.ALL, conditions)
    inner = _conditions(groups[0].children)
    if inner is None:
        return _rule_with_alternatives(types, groups[0]) if not conditions else None
    return Rule(types, Joiner.ALL, conditions, inner) if conditions else Rule(types, Joiner.ANY, inner)


def _rule_with_alternatives(types: tuple[str, ...], group: Group) -> Rule | None:
    rule = _rule_of_any(group)
    if rule is None or rule.types:
        return None
    return Rule(types, rule.joiner, rule.conditions, rule.group)


def _rule_of_any(tree: Group) -> Rule | None:
    types = _types_in(tree)
    if types:
        return Rule(types)
    ways: list[tuple[RuleCondition, ...]] = []
    for child in tree.children:
        way = _conditions(child.children if isinstance(child, Group) else (child,))
        if way is None or (isinstance(child, Group) and child.operator == "or"):
            return None
        ways.append(way)
    if any(len(way) > 1 for way in ways):
        found, factored = _types_first(ways)
        return _rule_of_ways(found, factored)
    return Rule((), Joiner.ANY, tuple(way[0] for way in ways))


def _types_first(
    ways: list[tuple[RuleCondition, ...]],
) -> tuple[tuple[str, ...], list[tuple[RuleCondition, ...]]]:
    """``(t1 and a) or (t1 and b) or (t2 and a) or (t2 and b)`` is "t1 or t2" and the ways a, b."""
    by_type: dict[str, list[tuple[RuleCondition, ...]]] = {}
    for way in ways:
        first = way[0]
        if first.subject is not Subject.TYPE or first.operator != "is" or len(way) < 2:
            return (), ways
        by_type.setdefault(first.value, []).append(way[1:])
    tails = list(by_type.values())
    if any(tail != tails[0] for tail in tails) or not set(by_type) <= set(TYPES):
        return (), ways
    return tuple(name for name in TYPES if name in by_type), tails[0]


def _rule_of_ways(types: tuple[str, ...], ways: list[tuple[RuleCondition, ...]]) -> Rule | None:
    if len(ways) == 1:
        return Rule(types, Joiner.ALL, ways[0])
    long = [way for way in ways if len(way) > 1]
    if len(long) <= 1:
        singles = tuple(way[0] for way in ways if len(way) == 1)
        return Rule(types, Joiner.ANY, singles, long[0] if long else None)
    shared = Counter(ways[0])
    for way in ways[1:]:
        shared &= Counter(way)
    common = _taken(ways[0], shared)[: len(ways[0]) - 1]
    rests = [_without(way, common) for way in ways]
    if any(len(rest) != 1 for rest in rests):
        return None
    return Rule(types, Joiner.ALL, common, tuple(rest[0] for rest in rests))


def _taken(way: tuple[RuleCondition, ...], counts: Counter[RuleCondition]) -> tuple[RuleCondition, ...]:
    """The rows of ``way`` that are counted, each as often as it is counted."""
    left = counts.copy()
    taken: list[RuleCondition] = []
    for row in way:
        if left[row] > 0:
            left[row] -= 1
            taken.append(row)
    return tuple(taken)


def _without(way: tuple[RuleCondition, ...], rows: tuple[RuleCondition, ...]) -> tuple[RuleCondition, ...]:
    return _taken(way, Counter(way) - Counter(rows))


def _types_in(condition: Condition) -> tuple[str, ...]:
    """The event types of a condition that only asks for types the builder offers; empty for any other."""
    if isinstance(condition, Group):
        members = [_types_in(child) for child in condition.children]
        if condition.operator == "and" or not all(members):
            return ()
        return tuple(name for name in TYPES if any(name in member for member in members))
    if not isinstance(condition, Comparison) or condition.subject is not Subject.TYPE:
        return ()
    known = condition.operator == "=" and condition.value in TYPES
    return (str(condition.value),) if known else ()


def _without_needless_groups(tree: Group) -> Sequence[Condition]:
    """The members of an "all of", with those of "all of" groups inside among them."""
    parts: list[Condition] = []
    for child in tree.children:
        if isinstance(child, Group) and child.operator == "and":
            parts += _without_needless_groups(child)
        else:
            parts.append(child)
    return parts


def _conditions(tests: Iterable[Condition]) -> tuple[RuleCondition, ...] | None:
    """The rows of comparisons, None when one of them is something else or has no row."""
    rows: list[RuleCondition] = []
    for test in tests:
        row = condition_of(test) if isinstance(test, Comparison) else None
        if row is None:
            return None
        rows.append(row)
    return tuple(rows)


def _why_not(tree: Group) -> str:
    if any(isinstance(child, Group) for child in tree.children) and _all_rows(tree):
        return "It has more groups than the builder, which has one."
    return "It uses a comparison that the builder does not offer."


def _all_rows(condition: Condition) -> bool:
    if isinstance(condition, Group):
        return all(map(_all_rows, condition.children))
    return isinstance(condition, Comparison) and condition_of(condition) is not None
