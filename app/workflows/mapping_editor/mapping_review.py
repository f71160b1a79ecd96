"""What advice is made of, and what a piece of it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from app.actions.action_definitions import UPSERT
from app.json_value import JsonObject, JsonValue
from app.segment.close_destination import ActionDefinition
from app.segment.event_variables import EventVariable
from app.segment.references import Keys
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.statistics import MappingStatistics
from app.workflows.mapping_editor.target_values import base_of, value_at
from app.workflows.mapping_editor.targets import MappingTarget


class Severity(StrEnum):
    """ERROR: events fail or nothing is written. WARNING: some values do not arrive. INFO: good to know."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Advice:
    """``key`` is the target's, empty for the mapping as a whole; ``text`` is one or two sentences."""

    key: str
    severity: Severity
    text: str


@dataclass(frozen=True)
class MappingUnderReview:
    """Everything advice is made of. ``variables`` are those of the events the statistics were made of;
    ``made_up`` tells that these came with the program, so that counts over them are no warning."""

    mapping: JsonObject
    action: ActionDefinition
    vocabulary: CloseVocabulary
    targets: Sequence[MappingTarget]
    statistics: MappingStatistics = field(default_factory=MappingStatistics)
    variables: Sequence[EventVariable] = ()
    made_up: bool = False

    def value(self, key: str) -> JsonValue | None:
        return value_at(self.mapping, key)

    def is_mapped(self, *keys: str) -> bool:
        return any(self.value(key) is not None for key in keys)

    @property
    def writes_people(self) -> bool:
        """Whether ids and addresses are written, not only looked up."""
        return self.action.slug == UPSERT.slug

    @cached_property
    def whole(self) -> bool:
        """Whether one directive gives all fields: then nothing can be said about a single one."""
        return base_of(self.mapping) is not None

    @cached_property
    def known_places(self) -> frozenset[Keys]:
        return frozenset(variable.keys for variable in self.variables)


def events_in_words(number: int) -> str:
    return "1 event" if number == 1 else f"{number} events"


def either(names: Sequence[str]) -> str:
    """“a”, “a or b”, “a, b or c”."""
    return " or ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} or {names[-1]}"
