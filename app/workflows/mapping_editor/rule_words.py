"""A trigger said in words, with Segment's true meaning where the words alone would mislead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from app.segment.js_number import number_of
from app.segment.js_text import number_text, text_of
from app.segment.trigger_tree import NESTED, Comparison, Condition, EmptyGroup, Group, Subject
from app.workflows.mapping_editor.rule_operators import RuleOperator, Takes, of_comparison
from app.workflows.mapping_editor.rule_reading import rule_of
from app.workflows.mapping_editor.rules import Joiner, Rule

TYPE_NAMES: Final = {
    "identify": "Identify",
    "track": "Track",
    "group": "Group",
    "page": "Page",
    "screen": "Screen",
    "alias": "Alias",
    "delete": "Delete",
}
_ROOTS: Final = {Subject.PROPERTY: "property", Subject.TRAIT: "trait", Subject.CONTEXT: "context"}
_SUBJECTS: Final = {
    Subject.TYPE: "type",
    Subject.EVENT: "event name",
    Subject.NAME: "page name",
    Subject.USER_ID: "user ID",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence; ``strong`` pieces are what a person has chosen."""

    text: str
    strong: bool = False


def sentence(parts: Iterable[Part]) -> str:
    return "".join(part.text for part in parts)


def readback(tree: Group | None) -> tuple[Part, ...]:
    """The whole trigger as one sentence; without a tree it says that nothing runs."""
    if tree is None:
        return (Part("Runs for no event yet. Choose an event type or add a condition."),)
    rule = rule_of(tree)
    names = FieldNames(tree)
    if rule is None:
        return (Part("Runs when "), *_phrase(tree, names, outer=True), Part("."))
    return (Part("Runs for "), *_rule_parts(rule, names), Part("."))


class FieldNames:
    """Fields by their short names, or with "trait" and "property" before them where both are used."""

    def __init__(self, condition: Condition | None = None) -> None:
        roots = {test.subject for test in comparisons(condition)} & {Subject.PROPERTY, Subject.TRAIT}
        self._short = len(roots) < 2

    def of(self, subject: Subject, name: str) -> str:
        if subject not in NESTED:
            return _SUBJECTS[subject]
        if subject is Subject.CONTEXT or not self._short or not name:
            return f"{_ROOTS[subject]} {name}".strip()
        return name


def comparisons(condition: Condition | None) -> tuple[Comparison, ...]:
    """Every comparison of the tree, in order."""
    if isinstance(condition, Comparison):
        return (condition,)
    if isinstance(condition, Group):
        return tuple(test for child in condition.children for test in comparisons(child))
    return ()


def in_words(test: Comparison, names: FieldNames) -> str:
    """``plan is “team”``."""
    described = _described(test)
    words = described.words if described else f"{test.operator} (no operator Segment knows)"
    return _with_operand(test, names, words, described)


def not_in_words(test: Comparison, names: FieldNames) -> str:
    """What holds instead when the comparison fails: ``plan is not “team”``."""
    described = _described(test)
    words = described.opposite if described else f"is not {test.operator}"
    return _with_operand(test, names, words, described)


def remarks(tree: Group | None) -> tuple[str, ...]:
    """Sentences about conditions that mean more, or less, than they seem to say."""
    names = FieldNames(tree)
    return tuple(dict.fromkeys(note for test in comparisons(tree) if (note := _remark(test, names))))


def _remark(test: Comparison, names: FieldNames) -> str:
    field = names.of(test.subject, test.name)
    if test.operator == "!=" and test.subject is not Subject.TYPE:
        return f"“is not” also lets events through where {field} is missing or is no text."
    if test.operator == "number_not_equals":
        return f"“does not equal” holds only where {field} is a number; events without it do not run."
    if test.operator.startswith("not_") and test.operator != "not_exists":
        words = in_words(Comparison(test.subject, test.operator, None, test.name), names)
        verb = words.removeprefix(field).removesuffix("nothing").strip()
        return f"“{verb}” holds only where {field} is text; events without it do not run."
    if test.operator == "not_exists":
        return f"“is missing” also holds where {field} is null."
    return ""


def _described(test: Comparison) -> RuleOperator | None:
    return of_comparison(test.operator, test.value)


def _with_operand(test: Comparison, names: FieldNames, words: str, described: RuleOperator | None) -> str:
    field = names.of(test.subject, test.name)
    if described is not None and described.takes is Takes.NOTHING:
        return f"{field} {words}"
    return f"{field} {words} {_operand(test, described)}"


def _operand(test: Comparison, described: RuleOperator | None) -> str:
    if described is not None and described.takes is Takes.NUMBER:
        return number_text(number_of(test.value if test.value is not None else 0))
    if test.value is None:
        return "nothing"
    shown = text_of(test.value)
    return shown if test.subject is Subject.TYPE else f"“{shown}”"


def _rule_parts(rule: Rule, names: FieldNames) -> list[Part]:
    tests = [one.comparison for one in rule.conditions if one.comparison is not None]
    inner = [one.comparison for one in rule.group or () if one.comparison is not None]
    parts = _type_parts(rule.types)
    is_all = rule.joiner is Joiner.ALL or len(tests) + len(inner) == 1
    if is_all:
        named = next((test for test in tests if test.subject is Subject.EVENT and test.operator == "="), None)
        if named is not None:
            tests.remove(named)
            parts += [Part(" named "), Part(f"“{text_of(named.value)}”", strong=True)]
    pieces: list[list[Part]] = [[Part(in_words(test, names), strong=True)] for test in tests]
    if inner:
        inside = [[Part(in_words(test, names), strong=True)] for test in inner]
        joined = _join(inside, rule.joiner.other.value)
        pieces.append([Part("("), *joined, Part(")")] if len(inner) > 1 and pieces else joined)
    if pieces:
        parts += [Part(", when "), *_join(pieces, "and" if is_all else "or")]
    return parts


def _type_parts(types: Sequence[str]) -> list[Part]:
    if not types:
        return [Part("events of any type")]
    names = [[Part(TYPE_NAMES[name], strong=True)] for name in types]
    return [*_listed(names, "and"), Part(" events")]


def _listed(pieces: Sequence[list[Part]], word: str) -> list[Part]:
    """``a, b and c``."""
    parts: list[Part] = []
    for number, piece in enumerate(pieces):
        if number:
            parts.append(Part(f" {word} " if number == len(pieces) - 1 else ", "))
        parts += piece
    return parts


def _join(pieces: Sequence[list[Part]], word: str) -> list[Part]:
    parts: list[Part] = []
    for number, piece in enumerate(pieces):
        parts += [Part(f" {word} "), *piece] if number else piece
    return parts


def _phrase(condition: Condition, names: FieldNames, *, outer: bool = False) -> list[Part]:
    if isinstance(condition, Comparison):
        return [Part(in_words(condition, names), strong=True)]
    if isinstance(condition, EmptyGroup):
        return [Part("an empty pair of parentheses, where Segment fails", strong=True)]
    joined = _join([_phrase(child, names) for child in condition.children], condition.operator)
    return joined if outer or len(condition.children) == 1 else [Part("("), *joined, Part(")")]


@dataclass(frozen=True, slots=True)
class TreeLine:
    """One line of the tree as an outline; ``heading`` lines say how the lines below them are joined."""

    depth: int
    text: str
    heading: bool = False


def outline(condition: Condition | None, depth: int = 0) -> tuple[TreeLine, ...]:
    """The tree line by line, as Segment reads it."""
    names = FieldNames()
    if isinstance(condition, Comparison):
        text = in_words(condition, names)
        field = names.of(condition.subject, condition.name)
        full = condition.field if condition.subject in NESTED else field
        return (TreeLine(depth, full + text.removeprefix(field)),)
    if isinstance(condition, EmptyGroup):
        return (TreeLine(depth, "nothing: evaluation fails here"),)
    if condition is None:
        return ()
    if len(condition.children) == 1:
        return outline(condition.children[0], depth)
    heading = "All of these" if condition.operator == "and" else "Any of these"
    lines = (line for child in condition.children for line in outline(child, depth + 1))
    return (TreeLine(depth, heading, heading=True), *lines)
