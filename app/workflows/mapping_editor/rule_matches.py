"""How many of the collected events run a rule, and which condition stops each of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.json_value import JsonObject
from app.segment.trigger_tree import Comparison, Condition, Group, Subject, TriggerError
from app.segment.triggers import compile as compile_trigger
from app.segment.triggers import trace
from app.workflows.mapping_editor.rule_reading import rule_of
from app.workflows.mapping_editor.rule_words import FieldNames, in_words, not_in_words
from app.workflows.mapping_editor.rule_writing import meaning_of

MATCHED: Final = -1
_EXAMPLES: Final = 3
_STEP: Final = 50


@dataclass(frozen=True, slots=True)
class Misses:
    """Events that the same condition stops. ``most_often`` are the values they have, with their counts."""

    words: str
    count: int
    most_often: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RuleMatches:
    """``reasons`` has one number per event: ``MATCHED``, or the index of what stops it in ``misses``."""

    matched: int
    total: int
    misses: tuple[Misses, ...] = ()
    reasons: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One member that every match needs, and its words when it does not hold."""

    condition: Condition
    passes: Callable[[JsonObject], bool]
    is_type: bool


@dataclass(slots=True)
class _Pile:
    count: int = 0
    values: Counter[str] = field(default_factory=Counter)


class MatchCount:
    """The count in steps, so that it can be given up between two of them.

    The trigger is compiled once. A trigger without a tree (Segment cannot read it) matches nothing.
    """

    def __init__(self, tree: Group | None, events: Sequence[JsonObject]) -> None:
        self._events = events
        self._matches = compile_trigger(tree) if tree is not None else None
        self._names = FieldNames(tree)
        self._parts = _parts(tree) if tree is not None else ()
        self._piles: dict[str, _Pile] = {}
        self._keys: list[str] = []

    def step(self, size: int = _STEP) -> bool:
        """Look at the next events; True when all have been looked at."""
        start = len(self._keys)
        for event in self._events[start : start + size]:
            self._keys.append(self._look_at(event))
        return len(self._keys) >= len(self._events)

    def result(self) -> RuleMatches:
        """What has been counted so far; reasons with the most events first."""
        ranked = sorted(self._piles, key=lambda key: -self._piles[key].count)
        index = {key: number for number, key in enumerate(ranked)}
        misses = tuple(
            Misses(key, self._piles[key].count, tuple(self._piles[key].values.most_common(_EXAMPLES)))
            for key in ranked
        )
        reasons = tuple(index.get(key, MATCHED) for key in self._keys)
        return RuleMatches(reasons.count(MATCHED), len(reasons), misses, reasons)

    def _look_at(self, event: JsonObject) -> str:
        """The words of what stops the event, empty when it runs."""
        if self._matches is None:
            return self._stopped("Segment cannot read the trigger")
        try:
            if self._matches(event):
                return ""
            failing = next((part for part in self._parts if not part.passes(event)), None)
        except TriggerError:
            return self._stopped("Segment fails on the trigger")
        if failing is None:
            return self._stopped("no alternative holds")
        return self._stopped_by(failing, event)

    def _stopped_by(self, part: _Part, event: JsonObject) -> str:
        if part.is_type:
            return self._stopped(f"type is {str(event.get('type', 'missing'))[:40]}")
        if not isinstance(part.condition, Comparison):
            return self._stopped(self._alternatives(part.condition))
        actual = trace(Group("and", (part.condition,)), event)[0].actual
        if actual in {"missing", "null"} and part.condition.operator not in {"exists", "not_exists"}:
            field_name = self._names.of(part.condition.subject, part.condition.name)
            return self._stopped(f"{field_name} is missing")
        shown = "" if actual in {"missing", "null"} else actual
        return self._stopped(not_in_words(part.condition, self._names), shown)

    def _stopped(self, words: str, value: str = "") -> str:
        pile = self._piles.setdefault(words, _Pile())
        pile.count += 1
        if value:
            pile.values[value] += 1
        return words

    def _alternatives(self, condition: Condition) -> str:
        if isinstance(condition, Group) and all(isinstance(one, Comparison) for one in condition.children):
            words = [in_words(one, self._names) for one in condition.children if isinstance(one, Comparison)]
            if condition.operator == "or" and len(words) <= 3:
                return "neither " + " nor ".join(words) if len(words) == 2 else "none of: " + ", ".join(words)
        return "no alternative holds"


def count_matches(
    tree: Group | None, events: Sequence[JsonObject], cancelled: Callable[[], bool] = lambda: False
) -> RuleMatches | None:
    """Count to the end; None when ``cancelled`` said so between two steps."""
    count = MatchCount(tree, events)
    while not count.step():
        if cancelled():
            return None
    return count.result()


def _parts(tree: Group) -> tuple[_Part, ...]:
    """What every match needs, the type first; a rule written as alternatives is taken by its meaning."""
    rule = rule_of(tree)
    meaning = meaning_of(rule) if rule is not None else None
    whole = meaning or tree
    members = whole.children if whole.operator == "and" else (whole,)
    parts = [_Part(one, compile_trigger(Group("and", (one,))), _is_type(one)) for one in members]
    return tuple(sorted(parts, key=lambda part: not part.is_type))


def _is_type(condition: Condition) -> bool:
    if isinstance(condition, Group):
        return all(map(_is_type, condition.children))
    return isinstance(condition, Comparison) and condition.subject is Subject.TYPE
