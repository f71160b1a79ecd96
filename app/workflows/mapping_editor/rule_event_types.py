"""The event types a rule can choose, and what each would do with the mapping's action."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.actions.action_definitions import DELETE, MERGE, RECORD
from app.json_value import JsonObject
from app.workflows.mapping_editor.rule_words import TYPE_NAMES
from app.workflows.mapping_editor.rules import TYPES


@dataclass(frozen=True, slots=True)
class EventTypeChoice:
    """``caution`` marks types that are seldom wanted or cannot be taken back."""

    key: str
    name: str
    consequence: str
    caution: bool
    count: int
    total: int


_MEANINGS: Final = {
    "identify": "A person logged in or changed.",
    "track": "A person did something.",
    "group": "A person joined a company.",
    "page": "A person saw a web page.",
    "screen": "A person saw an app screen.",
    "alias": "Two IDs, one person.",
    "delete": "A request to be erased.",
}
_UPSERT: Final = {
    "identify": "Contact and lead are updated.",
    "track": "Add the event’s name below.",
    "group": "The lead of the company is updated.",
    "page": "High volume; usually not needed.",
    "screen": "High volume; usually not needed.",
    "alias": "This action does not merge them.",
    "delete": "This action erases nothing.",
}
_RECORD: Final = {
    "identify": "Written on the lead.",
    "track": "It is written on the lead. Add its name below.",
    "group": "Written on the lead.",
    "page": "High volume; several become one entry.",
    "screen": "High volume; several become one entry.",
    "alias": "Seldom of use on a lead.",
    "delete": "Seldom of use on a lead.",
}
_NOT_MERGING: Final = "It names no previous ID, so there is nothing to merge."
_NOT_ERASING: Final = "This action deletes the contact. Use it for erasure requests only."
_CAUTIONS: Final = {
    RECORD.slug: frozenset({"page", "screen", "alias", "delete"}),
    MERGE.slug: frozenset(TYPES),
    DELETE.slug: frozenset(TYPES),
}
_USUAL_CAUTIONS: Final = frozenset({"page", "screen", "alias", "delete"})


def event_types(action: str, events: Sequence[JsonObject] = ()) -> tuple[EventTypeChoice, ...]:
    """Every type, in the order in which they are offered, with its share of the collected events."""
    counts = Counter(str(event.get("type", "")) for event in events)
    cautions = _CAUTIONS.get(action, _USUAL_CAUTIONS)
    return tuple(
        EventTypeChoice(
            key,
            TYPE_NAMES[key],
            f"{_MEANINGS[key]} {_consequence(action, key)}",
            key in cautions,
            counts[key],
            len(events),
        )
        for key in TYPES
    )


def _consequence(action: str, key: str) -> str:
    if action == MERGE.slug:
        if key != "alias":
            return _NOT_MERGING
        return "Their records are merged; merging leads cannot be undone and needs confirmation."
    if action == DELETE.slug:
        if key != "delete":
            return _NOT_ERASING
        return "Their contacts are deleted; this cannot be undone and needs confirmation."
    return (_RECORD if action == RECORD.slug else _UPSERT)[key]
