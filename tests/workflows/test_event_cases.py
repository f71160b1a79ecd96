from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.actions.plan import Change, ChangeKind, Plan, RecordRef, Verdict
from app.actions.trace import EventReport, MappingResult, Outcome
from app.errors import AppError
from app.json_value import JsonValue
from app.storage.case_store import EventCase
from app.storage.profile import MappingSpec, Profile
from app.workflows.event_cases import case_of, check_cases, differences, with_case
from app.workflows.samples import Sample
from app.workflows.trial_scope import only

SPEC = MappingSpec("Identify", "createUpdateContactAndLead", 'type = "identify"', {})
OTHER = MappingSpec("Merge", "mergeContactsAndLeads", 'type = "alias"', {}, enabled=False)
PROFILE = Profile("0" * 32, "default", mappings=(SPEC, OTHER))
SAMPLE = Sample("Maria Lopez", "", {"type": "identify", "userId": "u_42"})
CONTACT = RecordRef("contact", "cont_1", "Maria Lopez")
VALUES: dict[str, JsonValue] = {"contact_title": "VP Growth", "lead_custom_fields": {"cf_1": 3}}


def change(record: RecordRef = CONTACT, kind: ChangeKind = ChangeKind.SET, **more: Any) -> Change:
    values = {"field": "Title", "field_id": "title", "before": None, "after": "VP Growth", "reason": ""}
    return Change(record, kind=kind, **{**values, **more})


SEATS = change(RecordRef("lead", "lead_1", "Acme"), field="Seats", field_id="custom.cf_1", after=3)


def report(
    values: dict[str, JsonValue] | None = VALUES,
    changes: tuple[Change, ...] = (change(), SEATS),
    outcome: Outcome = Outcome.WOULD_CHANGE,
    name: str = "Identify",
) -> EventReport:
    plan = (
        Plan(Verdict.CHANGES if changes else Verdict.UNCHANGED, "", changes) if values is not None else None
    )
    result = MappingResult(name, outcome, "The reason.", (), values, plan)
    return EventReport(outcome, "The reason.", (result,))


CASE = case_of(SAMPLE, report(), PROFILE.mappings)


def test_the_same_again_passes() -> None:
    assert differences(CASE, report()) == ()


def test_what_close_holds_already_is_not_held_against_a_case() -> None:
    assert differences(CASE, report(changes=(), outcome=Outcome.UNCHANGED)) == ()


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (report({**VALUES, "contact_title": "CTO"}), "Contact Title was VP Growth, now is CTO."),
        (report({"lead_custom_fields": {"cf_1": 3}}), "Contact Title was VP Growth, now is empty."),
        (report({**VALUES, "lead_custom_fields": {"cf_1": True}}), "Seats was 3, now is true."),
        (report(None, (), Outcome.SKIPPED), "“Identify” ran, now it does not: The reason."),
        (report(outcome=Outcome.WOULD_FAIL), "It worked, now it fails: The reason."),
        (report(name="Another"), "“Identify” is gone or switched off."),
        (
            EventReport(Outcome.SKIPPED, "A filter.", ()),
            "It reached the mappings, now it does not: A filter.",
        ),
        (
            report(changes=(change(RecordRef("lead", None, "Bolt"), ChangeKind.CREATE),)),
            "It would create the lead Bolt, which was there before.",
        ),
        (
            report(changes=(change(kind=ChangeKind.DELETE),)),
            "It would delete the contact Maria Lopez, which it did not.",
        ),
    ],
)
def test_a_difference_is_told_in_words(now: EventReport, said: str) -> None:
    assert said in differences(CASE, now)


def test_records_that_were_created_meanwhile_are_no_difference() -> None:
    new = change(RecordRef("lead", None, "Bolt"), ChangeKind.CREATE)
    case = case_of(SAMPLE, report(changes=(new,)), PROFILE.mappings)
    assert differences(case, report(changes=())) == ()
    assert differences(case, report(changes=(new,))) == ()


def test_saving_the_same_event_again_replaces_and_another_gets_a_name_of_its_own() -> None:
    cases, first = with_case((), CASE)
    cases, again = with_case(cases, replace(CASE, name="Renamed", outcome="unchanged"))
    assert cases == (again,)
    assert (again.name, again.outcome) == (first.name, "unchanged")
    cases, other = with_case(cases, replace(CASE, event={"type": "track"}))
    assert other.name == "Maria Lopez 2"
    cases, scoped = with_case(cases, replace(CASE, mapping="Identify"))
    assert [one.name for one in cases] == ["Maria Lopez", "Maria Lopez 2", "Maria Lopez 3"]
    assert scoped is cases[-1]


async def test_cases_run_one_after_the_other_each_with_its_mapping() -> None:
    ran: list[tuple[str, list[tuple[str, bool]]]] = []

    async def run(profile: Profile, sample: Sample) -> EventReport:
        ran.append((sample.name, [(spec.name, spec.enabled) for spec in profile.mappings]))
        return report()

    cases = (CASE, replace(CASE, name="One", mapping="Merge"), replace(CASE, name="Gone", mapping="Lost"))
    heard: list[EventCase] = []
    results = await check_cases(PROFILE, cases, run, lambda result: heard.append(result.case))
    assert heard == list(cases)
    assert ran == [
        ("Maria Lopez", [("Identify", True), ("Merge", False)]),
        ("One", [("Merge", True)]),
    ]
    assert [result.passed for result in results] == [True, True, False]
    assert results[2].differences == ("The mapping “Lost” does not exist any more.",)


async def test_a_case_that_close_does_not_answer_has_an_error_instead_of_differences() -> None:
    error = AppError("CLOSE-UNREACHABLE", "Close cannot be reached.", remedy="Try again.")

    async def run(_profile: Profile, _sample: Sample) -> EventReport:
        return replace(report(outcome=Outcome.WOULD_FAIL), error=error)

    (result,) = await check_cases(PROFILE, (CASE,), run)
    assert (result.passed, result.error, result.differences) == (False, error, ())


def test_one_mapping_runs_also_when_it_is_switched_off() -> None:
    assert only(PROFILE, None) is PROFILE
    assert only(PROFILE, "Merge").mappings == (replace(OTHER, enabled=True),)
    with pytest.raises(AppError, match="no mapping called “Lost”"):
        only(PROFILE, "Lost")
