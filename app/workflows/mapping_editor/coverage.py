"""Which of the collected variables a mapping uses, which a person left out on purpose, and which are new."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.json_value import JsonObject
from app.segment.event_variables import EventVariable
from app.segment.references import Keys
from app.segment.variable_labels import keys_of_label
from app.workflows.mapping_editor.variables_read import variables_read

# Anonymous ids name nobody; the rest of an event is about how it was sent.
_WANTED = (
    ("userId",),
    ("groupId",),
    ("previousId",),
    ("traits",),
    ("properties",),
    ("context", "traits"),
    ("context", "groupId"),
)


class CoverageState(StrEnum):
    MAPPED = "mapped"
    IGNORED = "ignored"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every variable somebody may want is in exactly one of the three, in the order it came."""

    mapped: tuple[EventVariable, ...]
    ignored: tuple[EventVariable, ...]
    new: tuple[EventVariable, ...]

    @property
    def total(self) -> int:
        return len(self.mapped) + len(self.ignored) + len(self.new)

    @property
    def text(self) -> str:
        """“9 of 19 mapped · 7 ignored”."""
        words = f"{len(self.mapped)} of {self.total} mapped"
        return f"{words} · {len(self.ignored)} ignored" if self.ignored else words

    @property
    def new_text(self) -> str:
        """“3 new”, empty when there is nothing to decide."""
        return f"{len(self.new)} new" if self.new else ""


def wanted_variables(variables: Sequence[EventVariable]) -> tuple[EventVariable, ...]:
    """Ids, traits and properties, without the objects around them."""
    return tuple(
        variable
        for variable in variables
        if not variable.is_object and any(variable.keys[: len(start)] == start for start in _WANTED)
    )


def coverage(
    variables: Sequence[EventVariable], mapping: JsonObject, ignored: Collection[str] = ()
) -> Coverage:
    """``ignored`` are labels; one of an object stands for all it holds. What is mapped is not ignored.

    A variable is mapped when it is read itself, as part of an object that is read, or by one of its items.
    Reading the whole event at once says nothing about a single variable and does not count.
    """
    read = _Places(variables_read(mapping))
    left_out = _Places(_keys_of(ignored))
    found: dict[CoverageState, list[EventVariable]] = {state: [] for state in CoverageState}
    for variable in wanted_variables(variables):
        if read.covers(variable.keys) or read.looks_into(variable.keys):
            state = CoverageState.MAPPED
        elif left_out.covers(variable.keys):
            state = CoverageState.IGNORED
        else:
            state = CoverageState.NEW
        found[state].append(variable)
    return Coverage(*(tuple(found[state]) for state in CoverageState))


class _Places:
    """Places in the event, asked about for thousands of variables."""

    def __init__(self, places: Collection[Keys]) -> None:
        self._places = frozenset(places)
        self._above = frozenset(keys[:length] for keys in self._places for length in range(1, len(keys)))

    def covers(self, keys: Keys) -> bool:
        return any(keys[:length] in self._places for length in range(1, len(keys) + 1))

    def looks_into(self, keys: Keys) -> bool:
        return keys in self._above


def _keys_of(labels: Collection[str]) -> frozenset[Keys]:
    """Labels come from a file that people may edit: one that names nothing ignores nothing."""
    found: set[Keys] = set()
    for label in labels:
        try:
            found.add(keys_of_label(label))
        except ValueError:
            continue
    return frozenset(found)
