"""What is wrong with a rule, or surprising about it: found in the rule itself and in the collected events."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from app.json_value import JsonObject
from app.segment.js_values import UNDEFINED, JsValue, is_number
from app.segment.paths import walk
from app.segment.trigger_logic import contradiction, is_always_true, is_impossible, never_holding
from app.segment.trigger_tree import FIELD_OF, NESTED, Comparison, Condition, Group, Subject
from app.workflows.mapping_editor.rule_conditions import RuleCondition
from app.workflows.mapping_editor.rule_operators import EQUALS, IS
from app.workflows.mapping_editor.rule_words import TYPE_NAMES, FieldNames, comparisons, in_words
from app.workflows.mapping_editor.rules import TYPES, Place, Rule

_NEAR: Final = 0.6
_BORDERS: Final = re.compile(r"[.\[\]]")


class Severity(StrEnum):
    """How bad it is: the rule can never work, it probably does not do what is meant, it is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """``place`` is the row it is about, None for the whole rule. ``fix`` is a better row, ``fix_words`` what
    a person presses to get it."""

    severity: Severity
    title: str
    text: str = ""
    place: Place | None = None
    fix: RuleCondition | None = None
    fix_words: str = ""


def logic_findings(tree: Group | None) -> tuple[Finding, ...]:
    """What holds for any event: rules and alternatives that can never hold, and rules that always do."""
    if tree is None:
        return ()
    names = FieldNames(tree)
    if is_impossible(tree):
        together = contradiction(tree)
        words = " and ".join(in_words(test, names) for test in together)
        if len(together) == 1:
            text = f"No value passes {words}."
        elif together:
            text = f"{words} exclude each other."
        else:
            text = "Whichever alternative holds, another condition excludes it."
        return (Finding(Severity.ERROR, "This rule can never match", text),)
    found = [
        Finding(
            Severity.WARNING,
            "One alternative can never hold",
            f"{_joined_words(one, names)} is excluded by the other conditions.",
        )
        for one in never_holding(tree)
    ]
    if is_always_true(tree) or is_always_true(_without_types(tree)):
        found.append(
            Finding(Severity.WARNING, "The conditions hold for every event", "Only the type decides.")
        )
    return tuple(found)


def _without_types(tree: Group) -> Group:
    """The tree's members that do not only ask for the type; the whole tree when nothing else is left."""
    if tree.operator == "or":
        return tree
    rest = [one for one in tree.children if any(t.subject is not Subject.TYPE for t in comparisons(one))]
    return Group("and", tuple(rest)) if rest else tree


def _joined_words(condition: Condition, names: FieldNames) -> str:
    tests = comparisons(condition)
    return " and ".join(in_words(test, names) for test in tests)


def event_findings(rule: Rule, events: Sequence[JsonObject]) -> tuple[Finding, ...]:
    """What the collected events say about each row: fields and names that never occur, wrong operators."""
    relevant = [event for event in events if not rule.types or event.get("type") in rule.types]
    if not relevant:
        return tuple(_missing_type(rule, events))
    found: list[Finding] = []
    for place in rule.places:
        condition = rule.at(place)
        test = condition.comparison
        if test is None:
            continue
        finding = _about_row(condition, test, relevant)
        if finding is not None:
            found.append(replace(finding, place=place))
    return tuple(found)


def _missing_type(rule: Rule, events: Sequence[JsonObject]) -> Iterator[Finding]:
    if events and rule.types:
        names = " or ".join(TYPE_NAMES[name] for name in rule.types)
        yield Finding(Severity.NOTE, f"None of {len(events)} collected events is of type {names}")


def _about_row(condition: RuleCondition, test: Comparison, events: Sequence[JsonObject]) -> Finding | None:
    if test.subject is Subject.TYPE:
        return _about_type(condition)
    if test.subject is Subject.EVENT:
        return _about_event_name(condition, events)
    if test.subject in NESTED:
        return _about_values(condition, test, events)
    return None


def _about_type(condition: RuleCondition) -> Finding | None:
    if condition.value in TYPES:
        return None
    title = f"Segment has no events of type {condition.value[:40]}"
    return _with_near(Finding(Severity.WARNING, title), condition, TYPES)


def _about_event_name(condition: RuleCondition, events: Sequence[JsonObject]) -> Finding | None:
    """Only for "is": a part of a name may well be meant for events that have not come yet."""
    names = Counter(name for event in events if isinstance(name := event.get("event"), str))
    if condition.operator != IS or not names or condition.value in names:
        return None
    title = f"None of {sum(names.values())} collected Track events is named “{condition.value[:60]}”"
    return _with_near(Finding(Severity.WARNING, title), condition, tuple(names))


def _with_near(finding: Finding, condition: RuleCondition, known: Sequence[str]) -> Finding:
    by_folded = {name.casefold(): name for name in reversed(known)}
    near = get_close_matches(condition.value.casefold(), by_folded, n=1, cutoff=_NEAR)
    if not near:
        return finding
    name = by_folded[near[0]]
    return replace(
        finding,
        text=f"Did you mean “{name}”?",
        fix=replace(condition, value=name),
        fix_words=f"Use “{name[:40]}”",
    )


def _about_values(condition: RuleCondition, test: Comparison, events: Sequence[JsonObject]) -> Finding | None:
    kinds = Counter(_kind(value_in(event, test)) for event in events)
    absent = kinds.pop("missing", 0)
    present = len(events) - absent
    name = FieldNames().of(test.subject, test.name)
    if not present:
        is_meant = test.operator == "not_exists"
        title = f"{name} is in none of {len(events)} events of this type"
        return None if is_meant else Finding(Severity.WARNING, title)
    wanted = _wanted_kind(test.operator)
    if wanted is None or kinds[wanted] == present:
        return None
    other = max((kind for kind in kinds if kind != wanted), key=lambda kind: kinds[kind])
    return _mismatch(condition, events, test, name=name, wanted=wanted, other=other, kinds=kinds)


def _mismatch(
    condition: RuleCondition,
    events: Sequence[JsonObject],
    test: Comparison,
    *,
    name: str,
    wanted: str,
    other: str,
    kinds: Counter[str],
) -> Finding:
    present = kinds.total()
    words = condition.described.words
    if kinds[wanted]:
        title = f"{name} is {other} in {kinds[other]} of {present} events"
        return Finding(Severity.NOTE, title, f"“{words}” only works on {_PLURALS[wanted]}.")
    title = f"{name} is {other} in all {present} events that have it"
    example = next(value for event in events if _kind(value := value_in(event, test)) == other)
    finding = Finding(Severity.WARNING, title, _consequence(words, wanted, example))
    if other == "a number" and condition.operator in _NUMERIC_TWINS:
        twin = replace(condition, operator=_NUMERIC_TWINS[condition.operator])
        if not twin.missing and not twin.problem:
            return replace(finding, fix=twin, fix_words=f"Use “{twin.described.words}”")
    if other == "text" and condition.operator in _TEXT_TWINS:
        twin = replace(condition, operator=_TEXT_TWINS[condition.operator])
        return replace(finding, fix=twin, fix_words=f"Use “{twin.described.words}”")
    if other == "text" and condition.operator in {"is-true", "is-false"}:
        twin = replace(condition, operator=IS, value=condition.operator.removeprefix("is-"))
        return replace(finding, fix=twin, fix_words=f"Use is “{twin.value}”")
    return finding


def _consequence(words: str, wanted: str, example: JsValue) -> str:
    text = f"“{words}” only works on {_PLURALS[wanted]}."
    if wanted == "text" and is_number(example) and words == "is":
        return f"{text} The number {example} never is the text “{example}”."
    if wanted == "a boolean" and isinstance(example, str):
        return f"{text} The text “{example[:20]}” is none."
    return text


_NUMERIC_TWINS: Final = {"is": EQUALS, "is-not": "not-equals"}
_TEXT_TWINS: Final = {EQUALS: IS, "not-equals": "is-not"}
_PLURALS: Final = {"text": "text", "a number": "numbers", "a boolean": "true and false"}


def _wanted_kind(operator: str) -> str | None:
    """The kind of value an operator can hold for; None for operators that take any."""
    if operator in {"exists", "not_exists"}:
        return None
    if operator in {"is_true", "is_false"}:
        return "a boolean"
    numeric = operator in {"<", "<=", ">", ">="} or operator.startswith("number_")
    return "a number" if numeric else "text"


def value_in(event: JsonObject, test: Comparison) -> JsValue:
    """The value the comparison looks at, ``UNDEFINED`` where the event has none."""
    root = event.get(FIELD_OF[test.subject], UNDEFINED)
    if test.subject not in NESTED:
        return root
    pieces = tuple(piece for piece in _BORDERS.split(test.name) if piece)
    return walk(root, pieces) if isinstance(root, dict) and pieces else UNDEFINED


def _kind(value: JsValue) -> str:
    if value is None or value is UNDEFINED:
        return "missing"
    if isinstance(value, bool):
        return "a boolean"
    if is_number(value):
        return "a number"
    return "text" if isinstance(value, str) else "a list or an object"
