"""A mapping of the profile, compiled once and run on every event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.actions.action_definitions import definition
from app.actions.trace import StepStatus, TraceClause, TraceStep
from app.errors import AppError
from app.json_value import JsonObject
from app.segment import mapping as mapping_language
from app.segment import payload as payload_check
from app.segment import triggers
from app.segment.events import Event
from app.segment.js_values import TooLargeError
from app.storage.profile import MappingSpec


@dataclass(frozen=True, slots=True)
class Match:
    """``error`` is set when the trigger cannot be evaluated on this event."""

    matches: bool
    reason: str
    step: TraceStep
    error: AppError | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """``error`` is set when the mapping or its result is unusable; then ``values`` is empty."""

    values: JsonObject
    step: TraceStep
    error: AppError | None = None


class CompiledMapping:
    """Raises ``AppError`` from the constructor for a mapping that cannot run: ``MAPPING-INVALID``, or
    ``MAPPING-ACTION-UNKNOWN`` when its action does not exist.
    """

    def __init__(self, spec: MappingSpec) -> None:
        self.name = spec.name
        self.enabled = spec.enabled
        self.only_changes = spec.only_changes
        self.action = definition(spec.action)
        self._trigger = spec.trigger
        self._matches: Callable[[JsonObject], bool] = triggers.compile(spec.trigger)
        try:
            self._transform = mapping_language.compile(spec.mapping)
        except mapping_language.MappingError as error:
            raise _invalid(spec.name, str(error)) from error

    def match(self, event: Event) -> Match:
        """Whether the trigger lets the event through, clause by clause."""
        try:
            matches = self._matches(event.body)
            clauses = tuple(
                TraceClause(clause.text, clause.actual, clause.passed)
                for clause in triggers.trace(self._trigger, event.body)
            )
        except (triggers.TriggerError, TooLargeError) as error:
            failure = _invalid(self.name, str(error))
            step = TraceStep(failure.title, StepStatus.FAILED, failure.cause)
            return Match(matches=False, reason=failure.title, step=step, error=failure)
        passed = sum(clause.passed for clause in clauses)
        measure = f"{passed} of {len(clauses)}" if clauses else ""
        if matches:
            title = f"Matched “{self.name}”"
            return Match(
                matches=True,
                reason="",
                step=TraceStep(title, StepStatus.OK, measure=measure, clauses=clauses),
            )
        first = next((clause for clause in clauses if not clause.passed), None)
        reason = f"“{self.name}” runs when {first.text}" if first else f"“{self.name}” does not match"
        if first and first.actual:
            reason += f"; this one has {first.actual}"
        title = f"Not matched “{self.name}”"
        return Match(
            matches=False,
            reason=reason + ".",
            step=TraceStep(title, StepStatus.SKIPPED, measure=measure, clauses=clauses),
        )

    def map(self, event: Event) -> Mapped:
        """The payload Segment would hand to the action, checked as Segment checks it."""
        try:
            mapped = self._transform(event.body)
        except mapping_language.MappingError as error:
            return self._failed(_invalid(self.name, str(error)))
        checked = payload_check.validate(self.action, mapped if isinstance(mapped, Mapping) else {})
        if checked.problems:
            problems = " ".join(problem.message for problem in checked.problems)
            return self._failed(
                AppError(
                    "MAPPING-PAYLOAD",
                    "The mapped values do not fit the action.",
                    cause=problems,
                    remedy="Change the mapping of the fields named here, then retry the event.",
                )
            )
        count = len(checked.values)
        fields = "1 field" if count == 1 else f"{count} fields"
        return Mapped(checked.values, TraceStep("Mapped", StepStatus.OK, measure=fields))

    @staticmethod
    def _failed(error: AppError) -> Mapped:
        return Mapped({}, TraceStep(error.title, StepStatus.FAILED, error.cause), error)


def _invalid(name: str, problems: str) -> AppError:
    return AppError(
        "MAPPING-INVALID",
        f"The mapping “{name}” cannot be used.",
        cause=problems,
        remedy="Correct the mapping, then retry the event.",
    )
