"""What a mapping gives for an event: every row's value as Close would get it, and the payload.

An ``Evaluator`` is compiled once and run for every event; it keeps no state between runs and may be used
from any thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.json_value import JsonObject, JsonValue
from app.segment import mapping as mapping_language
from app.segment import payload as payload_check
from app.segment import triggers
from app.segment.close_destination import ActionDefinition
from app.segment.js_values import TooLargeError
from app.segment.mapping import MappingError, Problem
from app.segment.mapping_compiler import ROOT_DIRECTIVE_KEY
from app.segment.payload import PayloadProblem
from app.storage.profile import MappingSpec
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.target_check import (
    Check,
    ProblemKind,
    TargetValue,
    ValueState,
    check_of,
    problem_value,
)
from app.workflows.mapping_editor.target_values import (
    CUSTOM_CONTAINERS,
    WHOLE_MAPPING,
    base_of,
    members_of,
    value_at,
)
from app.workflows.mapping_editor.targets import MappingTarget, targets_of

__all__ = ["Evaluation", "Evaluator", "ProblemKind", "TargetValue", "ValueState", "evaluate"]

_FAILING = frozenset({ProblemKind.WRONG_TYPE, ProblemKind.NOT_IN_LIST})


@dataclass(frozen=True, slots=True)
class Evaluation:
    """``values`` holds the mapped rows by key; ``of`` answers for the others too.

    ``payload`` is what Segment hands to the action: checked, turned into the fields' types, empties gone.
    ``validation`` says which values it refuses, ``errors`` which parts of the mapping could not run, with
    their place. With either the event is not delivered; ``payload`` then holds what is in order.
    """

    values: Mapping[str, TargetValue]
    payload: JsonObject
    validation: tuple[PayloadProblem, ...] = ()
    errors: tuple[Problem, ...] = ()

    @property
    def delivered(self) -> bool:
        """Whether Segment would hand the payload over."""
        return not self.validation and not self.errors

    @property
    def fails(self) -> bool:
        """Whether a value does not fit its field: then the action writes nothing of the event."""
        return any(value.kind in _FAILING for value in self.values.values())

    def of(self, key: str) -> TargetValue:
        return self.values.get(key) or TargetValue(key, ValueState.UNMAPPED)


@dataclass(frozen=True, slots=True)
class _Row:
    """A mapped target with the way to its value in the checked payload."""

    key: str
    field: str
    member: str
    check: Check

    @property
    def stands_on(self) -> tuple[str, str, str]:
        """The pieces of the mapping that all have to run for this row."""
        return self.key, self.field, WHOLE_MAPPING


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the mapping that runs on its own, for mappings of which another piece fails."""

    key: str
    run: mapping_language.CompiledMapping | None
    problems: tuple[Problem, ...] = ()


class Evaluator:
    """Nothing here raises for a mapping or trigger that is wrong: an editor shows what is half written."""

    def __init__(self, spec: MappingSpec, action: ActionDefinition, vocabulary: CloseVocabulary) -> None:
        self.spec = spec
        self.action = action
        self.targets = targets_of(action, vocabulary, spec.mapping)
        self._mapping = spec.mapping
        self._trigger = triggers.compile(spec.trigger)
        self._rows = tuple(_rows(self.targets, spec.mapping, vocabulary))
        try:
            self._whole: mapping_language.CompiledMapping | None = mapping_language.compile(spec.mapping)
        except MappingError:
            self._whole = None

    def matches(self, event: JsonObject) -> bool:
        """Whether the trigger lets the event through; one that cannot be evaluated never does."""
        try:
            return self._trigger(event)
        except (triggers.TriggerError, TooLargeError):
            return False

    def run(self, event: JsonObject) -> Evaluation:
        """The mapping on one event, whatever its trigger says."""
        if self._whole is not None:
            try:
                return self._evaluation(self._whole(event), {})
            except MappingError:
                pass
        mapped, failed = self._by_parts(event)
        return self._evaluation(mapped, failed)

    def _evaluation(
        self, mapped: JsonValue | mapping_language.Undefined, failed: Mapping[str, tuple[Problem, ...]]
    ) -> Evaluation:
        checked = payload_check.validate(self.action, mapped if isinstance(mapped, Mapping) else {})
        refused = {problem.field: problem for problem in checked.problems}
        values: dict[str, TargetValue] = {}
        for row in self._rows:
            broken = next((failed[key] for key in row.stands_on if key in failed), None) if failed else None
            if broken is not None:
                values[row.key] = _failure(row.key, broken)
            elif row.field in refused:
                problem = refused[row.field]
                values[row.key] = problem_value(row.key, ProblemKind.PAYLOAD, problem.message, problem.value)
            else:
                held = checked.values.get(row.field)
                if row.member:
                    held = held.get(row.member) if isinstance(held, dict) else None
                values[row.key] = row.check(held)
        if WHOLE_MAPPING in values and WHOLE_MAPPING not in failed:
            values[WHOLE_MAPPING] = TargetValue(
                WHOLE_MAPPING, ValueState.OK, checked.values, f"{len(checked.values)} fields"
            )
        errors = tuple(problem for problems in failed.values() for problem in problems)
        return Evaluation(values, checked.values, checked.problems, errors)

    def _by_parts(self, event: JsonObject) -> tuple[JsonObject, dict[str, tuple[Problem, ...]]]:
        """Each target on its own, so that one that is wrong does not hide what the others give."""
        mapped: dict[str, JsonValue] = {}
        failed: dict[str, tuple[Problem, ...]] = {}
        for part in self._parts:
            if part.run is None:
                failed[part.key] = part.problems
                continue
            try:
                result = part.run(event)
            except MappingError as error:
                failed[part.key] = error.problems
                continue
            for key, value in (result if isinstance(result, Mapping) else {}).items():
                held = mapped.get(key)
                if isinstance(held, Mapping) and isinstance(value, Mapping):
                    value = {**held, **value}
                mapped[key] = value
        return mapped, failed

    @cached_property
    def _parts(self) -> tuple[_Part, ...]:
        return tuple(_part(key, piece) for key, piece in _pieces(self._mapping))


def evaluate(
    spec: MappingSpec, action: ActionDefinition, vocabulary: CloseVocabulary, event_body: JsonObject
) -> Evaluation:
    """One event, once; for several events make an ``Evaluator``."""
    return Evaluator(spec, action, vocabulary).run(event_body)


def _rows(
    targets: tuple[MappingTarget, ...], mapping: JsonObject, vocabulary: CloseVocabulary
) -> Iterator[_Row]:
    # A directive in the mapping's place may fill any field, so every row has to be looked at.
    everything = base_of(mapping) is not None or ROOT_DIRECTIVE_KEY in mapping
    for target in targets:
        container, _, member = target.key.partition(".")
        custom = container in CUSTOM_CONTAINERS and bool(member)
        filled = everything or (custom and base_of(members_of(mapping).get(container)) is not None)
        if filled or value_at(mapping, target.key) is not None:
            check = check_of(target, vocabulary, custom=custom)
            yield _Row(target.key, container if custom else target.key, member if custom else "", check)


def _pieces(mapping: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """The mapping cut into mappings of one target each; whole where it hangs together."""
    if base_of(mapping) is not None or ROOT_DIRECTIVE_KEY in mapping:
        yield WHOLE_MAPPING, mapping
        return
    for key, value in mapping.items():
        if key not in CUSTOM_CONTAINERS or not isinstance(value, Mapping) or base_of(value) is not None:
            yield key, {key: value}
            continue
        for member, inner in value.items():
            yield f"{key}.{member}", {key: {member: inner}}


def _part(key: str, piece: JsonObject) -> _Part:
    try:
        return _Part(key, mapping_language.compile(piece))
    except MappingError as error:
        return _Part(key, None, error.problems)


def _failure(key: str, problems: tuple[Problem, ...]) -> TargetValue:
    first = problems[0]
    sentence = f"This cannot run: expected {first.expected}, found {first.found}."
    return problem_value(key, ProblemKind.MAPPING, sentence)
