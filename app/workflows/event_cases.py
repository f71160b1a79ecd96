"""Test cases: what a dry run showed is kept, and later dry runs are compared with it.

What counts is what the mappings make of the event: which of them run and with which values. What Close
already holds is not counted against a case, or each of them would fail once its event was sent. New records,
merges and deletions that were not expected do count.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.actions.action_definitions import ACTIONS
from app.actions.plan import Change, ChangeKind
from app.actions.trace import EventReport, MappingResult, Outcome
from app.errors import AppError
from app.json_value import JsonObject, JsonValue
from app.storage.case_store import EventCase, ExpectedChange, ExpectedResult
from app.storage.profile import MappingSpec, Profile
from app.workflows.samples import Sample
from app.workflows.trial_scope import find_mapping, only

_FAILED = (Outcome.FAILED, Outcome.WOULD_FAIL)
_CHANGING = (Outcome.WOULD_CHANGE, Outcome.DELIVERED)
_BY_OWN_FIELDS = "_custom_fields"

RunDry = Callable[[Profile, Sample], Awaitable[EventReport]]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """``differences`` are sentences; none means passed. ``error`` stopped the run altogether."""

    case: EventCase
    differences: tuple[str, ...] = ()
    report: EventReport | None = None
    error: AppError | None = None

    @property
    def passed(self) -> bool:
        return not self.differences and self.error is None


def case_of(
    sample: Sample, report: EventReport, mappings: Sequence[MappingSpec], mapping: str | None = None
) -> EventCase:
    """The case that a dry run makes; ``mapping`` is the only one that was tried."""
    results = tuple(_expected(result, mappings) for result in report.results)
    return EventCase(sample.name, sample.body, mapping, report.outcome, results)


def _expected(result: MappingResult, mappings: Sequence[MappingSpec]) -> ExpectedResult:
    spec = find_mapping(mappings, result.mapping_name)
    changes = result.plan.changes if result.plan else ()
    return ExpectedResult(
        result.mapping_name,
        spec.action if spec else "",
        result.outcome,
        result.payload,
        tuple(
            ExpectedChange(
                one.record.object_type, one.record.name, one.field, one.field_id, one.kind, one.after
            )
            for one in changes
        ),
    )


def with_case(cases: Sequence[EventCase], case: EventCase) -> tuple[tuple[EventCase, ...], EventCase]:
    """The list with the case, and the case under the name it got there.

    A case of the same event and the same mapping is replaced and keeps its name and place.
    """
    for place, known in enumerate(cases):
        if known.event == case.event and known.mapping == case.mapping:
            kept = EventCase(known.name, case.event, case.mapping, case.outcome, case.results)
            return (*cases[:place], kept, *cases[place + 1 :]), kept
    taken = {known.name for known in cases}
    name, number = case.name, 2
    while name in taken:
        name, number = f"{case.name} {number}", number + 1
    added = EventCase(name, case.event, case.mapping, case.outcome, case.results)
    return (*cases, added), added


async def check_cases(
    profile: Profile,
    cases: Sequence[EventCase],
    run: RunDry,
    heard: Callable[[CaseResult], None] = lambda _result: None,
) -> tuple[CaseResult, ...]:
    """Run the cases one after the other; ``heard`` is told of each as soon as it is known.

    Raises ``AppError`` when no case could run at all (no key, an unusable mapping).
    """
    results = []
    for case in cases:
        result = await _check(profile, case, run)
        results.append(result)
        heard(result)
    return tuple(results)


async def _check(profile: Profile, case: EventCase, run: RunDry) -> CaseResult:
    if case.mapping is not None and find_mapping(profile.mappings, case.mapping) is None:
        return CaseResult(case, (f"The mapping “{case.mapping}” does not exist any more.",))
    report = await run(only(profile, case.mapping), Sample(case.name, "", case.event))
    if report.outcome in _FAILED and case.outcome != report.outcome and report.error is not None:
        return CaseResult(case, (), report, report.error)
    return CaseResult(case, differences(case, report), report)


def differences(case: EventCase, report: EventReport) -> tuple[str, ...]:
    """What the event does now that it did not do when the case was saved, and the other way round."""
    now = list(report.results)
    found: list[str] = []
    if not report.results and case.results:
        return (f"It reached the mappings, now it does not: {report.reason}",)
    if report.results and not case.results:
        return ("It was stopped before any mapping, now it is not.",)
    for expected in case.results:
        result = next((one for one in now if one.mapping_name == expected.mapping), None)
        if result is None:
            found.append(f"“{expected.mapping}” is gone or switched off.")
        else:
            now.remove(result)
            found += _of_mapping(expected, result)
    found += [f"“{one.mapping_name}” runs for it as well." for one in now if one.payload is not None]
    return tuple(found)


def _of_mapping(expected: ExpectedResult, result: MappingResult) -> Iterator[str]:
    if expected.values is None or result.payload is None:
        if expected.values is not None:
            yield f"“{expected.mapping}” ran, now it does not: {result.reason}"
        elif result.payload is not None:
            yield f"“{expected.mapping}” did not run, now it does."
        return
    yield from _of_values(expected, result, expected.values, result.payload)
    if (expected.outcome in _FAILED) != (result.outcome in _FAILED):
        failed = result.outcome in _FAILED
        yield f"It worked, now it fails: {result.reason}" if failed else "It failed, now it works."
    yield from _of_records(expected, result)


def _of_values(
    expected: ExpectedResult, result: MappingResult, before: JsonObject, after: JsonObject
) -> Iterator[str]:
    names = {one.field_id: one.field for one in expected.changes}
    names |= {one.field_id: one.field for one in (result.plan.changes if result.plan else ())}
    old, new = dict(_flat(before)), dict(_flat(after))
    for key in dict.fromkeys((*old, *new)):
        if _canonical(old.get(key)) != _canonical(new.get(key)):
            label = _label(expected.action, key, names)
            yield f"{label} was {_shown(old.get(key))}, now is {_shown(new.get(key))}."


def _of_records(expected: ExpectedResult, result: MappingResult) -> Iterator[str]:
    """New records, merges and deletions; fewer of them mean that they were made meanwhile."""
    before = expected.changes if expected.outcome in _CHANGING else ()
    known = {(one.kind, one.record_type, one.record_name) for one in before if _weighs(one.kind)}
    created = {one.record_type for one in before if one.kind == ChangeKind.CREATE}
    now = result.plan.changes if result.plan and result.outcome in _CHANGING else ()
    for change in _first_of_records(now):
        kind, name = change.kind, change.record.name
        record_type = change.record.object_type
        if kind is ChangeKind.CREATE and change.record.id is None and record_type not in created:
            yield f"It would create the {record_type} {name}, which was there before."
        elif _weighs(kind) and (kind, record_type, name) not in known:
            yield f"It would {kind} the {record_type} {name}, which it did not."


def _weighs(kind: str) -> bool:
    return kind in (ChangeKind.MERGE, ChangeKind.DELETE)


def _first_of_records(changes: Sequence[Change]) -> list[Change]:
    first: dict[tuple[object, str], Change] = {}
    for change in changes:
        kind = change.kind if _weighs(change.kind) or change.record.id is None else ""
        if kind:
            first.setdefault((change.record, kind), change)
    return list(first.values())


def _flat(values: JsonObject) -> Iterator[tuple[str, JsonValue]]:
    """Custom fields stand for themselves: ``lead_custom_fields`` → ``custom.cf_…``."""
    for key, value in values.items():
        if key.endswith(_BY_OWN_FIELDS) and isinstance(value, Mapping):
            yield from ((f"custom.{field_id}", one) for field_id, one in value.items())
        else:
            yield key, value


def _label(action: str, key: str, names: Mapping[str, str]) -> str:
    if key.startswith("custom."):
        return names.get(key, key.removeprefix("custom."))
    fields = (one.field(key) for one in ACTIONS if one.slug == action)
    known = next((one for one in fields if one is not None), None)
    return known.label if known else key


def _canonical(value: JsonValue) -> str:
    """1 and true are different values, also inside of lists."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=dict)


def _shown(value: JsonValue) -> str:
    if value is None or value == "":
        return "empty"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=dict)
