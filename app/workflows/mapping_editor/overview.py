"""A mapping in a few words, as the list of mappings shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.actions.action_definitions import definition
from app.errors import AppError
from app.json_value import JsonObject
from app.segment.js_values import TooLargeError
from app.segment.triggers import TriggerError
from app.segment.triggers import compile as compile_trigger
from app.storage.profile import MappingSpec
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.rule_reading import read_rule
from app.workflows.mapping_editor.rule_words import readback, sentence
from app.workflows.mapping_editor.targets import TargetGroup, mapped_count, targets_of


@dataclass(frozen=True, slots=True)
class MappingOverview:
    """``runs`` is the trigger as a sentence; ``mapped`` of ``fields`` are filled, rules not counted.

    ``trouble`` says why the mapping can never run, empty when nothing is known against it.
    """

    action: str
    runs: str
    mapped: int
    fields: int
    trouble: str = ""


def overview(spec: MappingSpec, vocabulary: CloseVocabulary) -> MappingOverview:
    """What one mapping does."""
    reading = read_rule(spec.trigger)
    runs = sentence(readback(reading.tree))
    trouble = reading.reason if reading.tree is None and spec.trigger.strip() else ""
    try:
        action = definition(spec.action)
    except AppError as error:
        return MappingOverview(spec.action, runs, len(spec.mapping), len(spec.mapping), error.title)
    targets = targets_of(action, vocabulary, spec.mapping)
    counts = [
        count
        for group, count in mapped_count(targets, spec.mapping, action).items()
        if group is not TargetGroup.RULES
    ]
    mapped = sum(count.mapped for count in counts)
    return MappingOverview(action.name, runs, mapped, sum(count.total for count in counts), trouble)


def events_that_run(trigger: str, events: Sequence[JsonObject]) -> int:
    """How many of the events the trigger lets through."""
    runs = compile_trigger(trigger)
    count = 0
    for event in events:
        try:
            count += runs(event)
        except (TriggerError, TooLargeError):
            continue
    return count
