"""One mapping tried on one event, and one trigger: what Segment would make of them, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.actions.action_definitions import definition
from app.errors import AppError
from app.json_value import JsonObject, JsonValue
from app.segment import mapping as mapping_language
from app.segment import payload as payload_check
from app.segment import triggers
from app.segment.js_values import TooLargeError, Undefined
from app.segment.triggers import Clause, TriggerError
from app.workflows.mapping_files import NamedMapping


@dataclass(frozen=True, slots=True)
class TrialProblem:
    """``place`` is the key path in the mapping (``/contact_email/@case/value``)."""

    place: str
    message: str


@dataclass(frozen=True, slots=True)
class MappingTrial:
    """``payload`` is what the mapping gives, None when it failed or gives nothing.

    ``problems`` are what Segment would refuse the event for: parts of the mapping that cannot run, or values
    that do not fit the fields of the action.
    """

    payload: JsonValue
    problems: tuple[TrialProblem, ...] = ()


def try_mapping(tried: NamedMapping, event: JsonObject) -> MappingTrial:
    """Raises ``AppError`` (``MAPPING-ACTION-UNKNOWN``) when the mapping is for an action nobody knows."""
    action = definition(tried.action) if tried.action else None
    try:
        mapped = mapping_language.transform(tried.mapping, event)
    except mapping_language.MappingError as error:
        problems = (
            TrialProblem(one.place, f"expected {one.expected}, found {one.found}") for one in error.problems
        )
        return MappingTrial(None, tuple(problems))
    if isinstance(mapped, Undefined):
        return MappingTrial(None)
    if action is None or not isinstance(mapped, Mapping):
        return MappingTrial(mapped)
    refused = payload_check.validate(action, mapped).problems
    return MappingTrial(mapped, tuple(TrialProblem(f"/{one.field}", one.message) for one in refused))


@dataclass(frozen=True, slots=True)
class TriggerTrial:
    """``trace`` has every clause with the event's value; ``warnings`` say where Segment reads otherwise."""

    matches: bool
    trace: tuple[Clause, ...]
    warnings: tuple[str, ...]


def try_trigger(text: str, event: JsonObject) -> TriggerTrial:
    """Raises ``AppError`` (``TRIGGER-FAILS``) where Segment cannot evaluate the trigger for this event."""
    try:
        return TriggerTrial(
            triggers.matches(text, event), triggers.trace(text, event), triggers.warnings(text)
        )
    except (TriggerError, TooLargeError) as error:
        raise AppError(
            "TRIGGER-FAILS",
            "The trigger cannot be evaluated for this event.",
            cause=str(error),
            remedy="Correct the trigger: as it is, Segment delivers no such event.",
        ) from error
