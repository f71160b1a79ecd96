"""What can be said about a trigger without any event: that it never matches, or that it always does.

The answers are certain, not complete: a tree is called impossible only when every way to fulfil it asks
one field for values that do not exist together. Conditions on different fields never contradict here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Final, TypeAlias

from app.segment.trigger_tree import NESTED, Comparison, Condition, EmptyGroup, Group
from app.segment.trigger_value_sets import ValueSet, have_no_common_value, values_where

_MOST_WAYS: Final = 2_000
_NAME_PIECE: Final = re.compile(r"[^\[.\]]+")

_Field: TypeAlias = tuple[str, ...]
_Way: TypeAlias = dict[_Field, tuple[ValueSet, ...]]
"""One way to fulfil a condition: what each field has to be. No way at all: it cannot be fulfilled."""


class _TooManyWaysError(Exception):
    """The tree has more ways to be fulfilled than are worth trying."""


def is_impossible(condition: Condition) -> bool:
    """Whether no event at all can fulfil the condition."""
    return _has_no_way(condition, holds=True)


def is_always_true(condition: Condition) -> bool:
    """Whether every event fulfils the condition."""
    return _has_no_way(condition, holds=False)


def contradiction(tree: Group) -> tuple[Comparison, ...]:
    """The fewest conditions that every match needs and that exclude each other; empty when there are none."""
    needed = [child for child in _flattened(tree, "and") if isinstance(child, Comparison)]
    alone = [one for one in needed if is_impossible(one)]
    if alone:
        return (alone[0],)
    for pair in combinations(needed, 2):
        if is_impossible(Group("and", pair)):
            return pair
    by_field: dict[_Field, list[Comparison]] = {}
    for one in needed:
        by_field.setdefault(_field(one), []).append(one)
    for together in by_field.values():
        if is_impossible(Group("and", tuple(together))):
            return tuple(together)
    return ()


def never_holding(tree: Group) -> tuple[Condition, ...]:
    """Alternatives ("any of") that can never be the one that holds, in a tree that itself can match."""
    if is_impossible(tree):
        return ()
    parts = _flattened(tree, "and")
    found: list[Condition] = []
    for part in parts:
        if isinstance(part, Group) and part.operator == "or" and len(part.children) > 1:
            context = tuple(other for other in parts if other is not part)
            found += [one for one in part.children if is_impossible(Group("and", (*context, one)))]
    return tuple(found)


def _flattened(condition: Condition, operator: str) -> tuple[Condition, ...]:
    """The members that ``operator`` joins, those of groups with the same operator included."""
    if isinstance(condition, Group) and (condition.operator == operator or len(condition.children) == 1):
        return tuple(part for child in condition.children for part in _flattened(child, operator))
    return (condition,)


def _has_no_way(condition: Condition, *, holds: bool) -> bool:
    try:
        return not _ways(condition, holds=holds)
    except (_TooManyWaysError, RecursionError):
        return False


def _ways(condition: Condition, *, holds: bool) -> list[_Way]:
    if isinstance(condition, EmptyGroup):
        return [{}]
    if isinstance(condition, Comparison):
        field = _field(condition)
        values = values_where(condition, holds=holds)
        if not field:
            return [{}]
        return [] if have_no_common_value([values]) else [{field: (values,)}]
    children = (_ways(child, holds=holds) for child in condition.children)
    if (condition.operator == "and") is holds:
        return _all_of(children)
    return _limited([way for ways in children for way in ways])


def _all_of(parts: Iterable[list[_Way]]) -> list[_Way]:
    together: list[_Way] = [{}]
    for ways in parts:
        merged = [_merged(one, other) for one in together for other in ways]
        together = _limited([way for way in merged if way is not None])
    return together


def _limited(ways: list[_Way]) -> list[_Way]:
    if len(ways) > _MOST_WAYS:
        raise _TooManyWaysError
    return ways


def _merged(one: _Way, other: _Way) -> _Way | None:
    """Both at once, None where a field would have to hold two values that exclude each other."""
    merged = dict(one)
    for field, sets in other.items():
        merged[field] = _joined(merged.get(field, ()), sets)
        if have_no_common_value(merged[field]):
            return None
    return merged


def _joined(one: Sequence[ValueSet], other: Sequence[ValueSet]) -> tuple[ValueSet, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _field(test: Comparison) -> _Field:
    """The place the comparison reads; empty where reading it fails or gives nothing."""
    if test.subject not in NESTED:
        return (test.subject.value,)
    pieces = _NAME_PIECE.findall(test.name)
    return (test.subject.value, *pieces) if pieces else ()
