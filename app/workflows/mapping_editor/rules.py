"""The rule of a mapping as the builder shows it: event types, conditions, and one group of the other kind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from app.workflows.mapping_editor.rule_conditions import RuleCondition

TYPES: Final = ("identify", "track", "group", "page", "screen", "alias", "delete")
"""Event types in the order in which they are offered: the most useful first."""


class Joiner(StrEnum):
    """How conditions are joined; the values are Segment's operators of groups."""

    ALL = "and"
    ANY = "or"

    @property
    def other(self) -> Joiner:
        return Joiner.ANY if self is Joiner.ALL else Joiner.ALL


@dataclass(frozen=True, slots=True)
class Place:
    """Where a condition stands: its index among the conditions, or among those of the group."""

    index: int
    in_group: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """The type is one of ``types`` (any type when empty) and the conditions hold.

    ``group`` is one more member of the conditions, joined inside with the other joiner; None: no group.
    """

    types: tuple[str, ...] = ()
    joiner: Joiner = Joiner.ALL
    conditions: tuple[RuleCondition, ...] = ()
    group: tuple[RuleCondition, ...] | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        """Every condition's place, from the first row to the last."""
        inner = range(len(self.group or ()))
        return (*map(Place, range(len(self.conditions))), *(Place(index, in_group=True) for index in inner))

    def at(self, place: Place) -> RuleCondition:
        return self._row(in_group=place.in_group)[place.index]

    def with_type(self, name: str, *, chosen: bool) -> Rule:
        names = {*self.types, name} if chosen else set(self.types) - {name}
        return replace(self, types=tuple(one for one in TYPES if one in names))

    def with_condition(self, place: Place, condition: RuleCondition) -> Rule:
        row = list(self._row(in_group=place.in_group))
        row[place.index] = condition
        return self._with_row(tuple(row), in_group=place.in_group)

    def added(self, condition: RuleCondition, *, in_group: bool = False) -> tuple[Rule, Place]:
        """With one more condition at the end, and the place it got; makes the group when there is none."""
        row = self._row(in_group=in_group)
        return self._with_row((*row, condition), in_group=in_group), Place(len(row), in_group)

    def removed(self, place: Place) -> Rule:
        row = self._row(in_group=place.in_group)
        return self._with_row((*row[: place.index], *row[place.index + 1 :]), in_group=place.in_group)

    def moved(self, place: Place, step: int) -> tuple[Rule, Place]:
        """One row up (-1) or down (+1), into the group and out of it where the border is crossed."""
        row = self._row(in_group=place.in_group)
        target = place.index + step
        if 0 <= target < len(row):
            swapped = list(row)
            swapped[place.index], swapped[target] = swapped[target], swapped[place.index]
            return self._with_row(tuple(swapped), in_group=place.in_group), Place(target, place.in_group)
        enters = step > 0 and not place.in_group and self.group is not None
        leaves = step < 0 and place.in_group
        return self.carried(place) if enters or leaves else (self, place)

    def carried(self, place: Place) -> tuple[Rule, Place]:
        """The condition taken over the border: to the beginning of the group, or to the end before it."""
        condition, rest = self.at(place), self.removed(place)
        if place.in_group:
            return rest.added(condition)
        inner = (condition, *(rest.group or ()))
        return replace(rest, group=inner), Place(0, in_group=True)

    def _row(self, *, in_group: bool) -> tuple[RuleCondition, ...]:
        return (self.group or ()) if in_group else self.conditions

    def _with_row(self, row: tuple[RuleCondition, ...], *, in_group: bool) -> Rule:
        return replace(self, group=row) if in_group else replace(self, conditions=row)


def finished(rule: Rule) -> Rule:
    """The part of the rule that can be written down: rows that are complete and that Segment can read."""
    conditions = tuple(one for one in rule.conditions if one.comparison is not None)
    group = tuple(one for one in rule.group or () if one.comparison is not None)
    return replace(rule, conditions=conditions, group=group or None)
