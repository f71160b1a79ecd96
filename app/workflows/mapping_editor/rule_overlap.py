"""The rule among the other mappings: events that run more than one, and events that run none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from app.actions.action_definitions import ACTIONS
from app.json_value import JsonObject
from app.segment.close_destination import FieldType
from app.segment.trigger_tree import Group, TriggerError
from app.segment.triggers import compile as compile_trigger
from app.storage.profile import MappingSpec
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary

_OBJECT_FIELDS: Final = ("lead_custom_fields", "contact_custom_fields")
_FINDS_RECORDS: Final = frozenset({"contact_external_id", "lead_external_id", "contact_email"})
"""Fields that two mappings share because both have to find the same person."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another enabled mapping that ``count`` of the rule's events run as well; ``fields`` are what both
    write, by their names."""

    name: str
    count: int
    fields: tuple[str, ...]


def overlaps(
    chosen: int,
    mappings: Sequence[MappingSpec],
    tree: Group | None,
    events: Sequence[JsonObject],
    vocabulary: CloseVocabulary,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Overlap, ...]:
    """The mappings that share events with the chosen one, most events first. ``tree`` is its rule."""
    if tree is None:
        return ()
    runs = compile_trigger(tree)
    mine = [event for event in events if _holds(runs, event)]
    found: list[Overlap] = []
    for index, other in enumerate(mappings):
        if index == chosen or not other.enabled or cancelled():
            continue
        other_runs = compile_trigger(other.trigger)
        count = sum(_holds(other_runs, event) for event in mine)
        if count:
            found.append(Overlap(other.name, count, shared_fields(mappings[chosen], other, vocabulary)))
    return tuple(sorted(found, key=lambda one: -one.count))


def run_by_none(
    mappings: Sequence[MappingSpec],
    events: Sequence[JsonObject],
    cancelled: Callable[[], bool] = lambda: False,
) -> bool:
    """Whether not one of the events runs an enabled mapping."""
    for spec in mappings:
        if not spec.enabled or cancelled():
            continue
        runs = compile_trigger(spec.trigger)
        if any(_holds(runs, event) for event in events):
            return False
    return True


def shared_fields(one: MappingSpec, other: MappingSpec, vocabulary: CloseVocabulary) -> tuple[str, ...]:
    """Fields of Close that both mappings write, as people know them."""
    names = _written(one, vocabulary)
    others = _written(other, vocabulary)
    return tuple(name for key, name in names.items() if key in others)


def _written(spec: MappingSpec, vocabulary: CloseVocabulary) -> dict[str, str]:
    action = next((one for one in ACTIONS if one.slug == spec.action), None)
    written: dict[str, str] = {}
    for field in action.fields if action else ():
        is_set = spec.mapping.get(field.key) is not None
        if is_set and field.type is FieldType.STRING and field.key not in _FINDS_RECORDS:
            written[field.key] = field.label
    custom: dict[str, str] = {field.id: field.name for field in vocabulary.custom_fields}
    for key in _OBJECT_FIELDS:
        values = spec.mapping.get(key)
        if isinstance(values, dict) and not any(str(name).startswith("@") for name in values):
            written |= {f"{key}.{name}": custom.get(str(name), str(name)) for name in values}
    return written


def _holds(runs: Callable[[JsonObject], bool], event: JsonObject) -> bool:
    try:
        return runs(event)
    except TriggerError:
        return False
