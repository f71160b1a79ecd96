"""What collected events hold: every variable with how often it is there, its types and an example."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.json_value import JsonObject, JsonValue
from app.segment.variable_labels import label_of

MAX_VARIABLES: Final = 20_000
MAX_DEPTH: Final = 60
"""Keys of one variable. What is nested deeper is shown as an object."""

_ID_KEYS: Final = ("userId", "anonymousId", "groupId", "previousId")
_CONTENT_KEYS: Final = ("traits", "properties")
_TYPE_NAMES: Final = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    list: "array",
    dict: "object",
}


@dataclass(frozen=True, slots=True)
class EventVariable:
    """One place in the events. ``present`` of ``total`` events have a value there: null counts as absent.

    ``types`` are JSON's names of the types seen: string, number, boolean, array, object. ``example`` is the
    first value that is not empty (``''``, ``[]``, ``{}``), or an empty one when there is no other; it is part
    of an event and must not be changed. ``is_object`` is true when nothing but objects was seen.
    """

    keys: tuple[str, ...]
    label: str
    example: JsonValue
    present: int
    total: int
    types: frozenset[str]
    is_object: bool


class _Place:
    """What was seen under one key; ``members`` are the places below it."""

    __slots__ = ("example", "has_example", "members", "present", "types")

    def __init__(self) -> None:
        self.present = 0
        self.types: set[type] = set()
        self.example: JsonValue = None
        self.has_example = False
        self.members: dict[str, _Place] = {}


def collect(bodies: Iterable[JsonObject]) -> tuple[EventVariable, ...]:
    """The variables of the events, newest event first: its values become the examples.

    Leaves, whole lists, and objects beside what they hold. Ids come first, then traits and properties, then
    context, then the rest, each in the order of its keys. Past ``MAX_VARIABLES`` new places are left out.
    """
    collector = _Collector()
    for body in bodies:
        collector.add(body)
    return collector.variables()


class _Collector:
    def __init__(self) -> None:
        self._root = _Place()
        self._total = self._places = 0

    def add(self, body: JsonObject) -> None:
        self._total += 1
        level: list[tuple[_Place, JsonObject]] = [(self._root, body)]
        for _ in range(MAX_DEPTH):
            level = [below for place, value in level for below in self._members(place, value)]
            if not level:
                return

    def _members(self, place: _Place, value: JsonObject) -> list[tuple[_Place, JsonObject]]:
        """Count the members of an object; gives those that are objects themselves."""
        objects: list[tuple[_Place, JsonObject]] = []
        places = place.members
        for key, member in value.items():
            if member is None:
                continue
            seen = places.get(key)
            if seen is None:
                if self._places >= MAX_VARIABLES:
                    continue
                self._places += 1
                seen = places[key] = _Place()
            seen.present += 1
            kind = member.__class__
            seen.types.add(kind)
            if not seen.has_example:
                is_empty = kind in (str, list, dict) and not member
                if not is_empty or seen.present == 1:
                    seen.example, seen.has_example = member, not is_empty
            if isinstance(member, dict):
                objects.append((seen, member))
        return objects

    def variables(self) -> tuple[EventVariable, ...]:
        found: list[EventVariable] = []
        pending: list[tuple[tuple[str, ...], _Place]] = [((), self._root)]
        while pending:
            keys, place = pending.pop()
            for key, member in place.members.items():
                below = (*keys, key)
                found.append(self._variable(below, member))
                if member.members:
                    pending.append((below, member))
        found.sort(key=_order)
        return tuple(found)

    def _variable(self, keys: tuple[str, ...], place: _Place) -> EventVariable:
        types = frozenset(_TYPE_NAMES[kind] for kind in place.types)
        return EventVariable(
            keys=keys,
            label=label_of(keys),
            example=place.example,
            present=place.present,
            total=self._total,
            types=types,
            is_object=types == {"object"},
        )


def _order(variable: EventVariable) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    first = variable.keys[0]
    if first in _ID_KEYS:
        return _ID_KEYS.index(first), (), variable.keys
    groups = (*_CONTENT_KEYS, "context")
    group = groups.index(first) if first in groups else len(groups)
    return len(_ID_KEYS) + group, tuple(key.casefold() for key in variable.keys), variable.keys
