"""Reading back after a test: every action proves what it has written, and says what Close holds instead."""

from __future__ import annotations

from typing import cast

import pytest

from app.actions.action_definitions import DELETE, MERGE, RECORD
from app.actions.apply import Applied
from app.actions.plan import Change, ChangeKind, Plan, RecordRef, Verdict
from app.actions.read_back import CloseReads, read_back
from app.actions.trace import EventReport, Outcome, StepStatus, TraceStep
from app.close.records import Contact, ListEntry
from app.segment.close_destination import DESTINATION_NAME
from tests.actions.builders import STARTED, identify, mapping, stage
from tests.actions.test_other_actions import ACME, alias, call, of, track, two_people


def last_step(report: EventReport) -> TraceStep:
    return report.results[-1].steps[-1]


async def test_values_that_were_written_are_read_again() -> None:
    async with stage(mapping()) as scene:
        event = identify(name="Bo Li", email="bo@acme.example", title="CTO", company=ACME)
        report = await scene.run(event, check=True)
        result = report.results[0]
        assert result.plan is not None
        assert last_step(report).title == "Read back"
        assert [one.change for one in result.held] == list(result.plan.changes)
        assert all(one.stands for one in result.held)
        assert {one.change.field: one.value for one in result.held}["Title"] == "CTO"


@pytest.mark.parametrize("companies", [(ACME, ACME), (ACME, None), (ACME, ("co_2", "Bolt"))])
async def test_a_merge_is_proven_by_what_is_gone(companies: tuple[tuple[str, str], tuple[str, str]]) -> None:
    async with stage(mapping(), of(MERGE, allow_merging=True)) as scene:
        await two_people(scene, *companies)
        report = await scene.run(alias(), check=True)
        assert (report.outcome, last_step(report).status) == (Outcome.DELIVERED, StepStatus.OK), report
        assert all(one.stands for one in report.results[-1].held)


async def test_a_deletion_and_a_note_are_proven() -> None:
    async with stage(mapping(), of(RECORD), of(DELETE, allow_deleting=True)) as scene:
        await scene.run(identify(name="Bo Li", email="bo@acme.example", company=ACME))
        noted = await scene.run(track(), check=True)
        recorded = next(one for one in noted.results if one.plan is not None and one.plan.changes)
        assert recorded.steps[-1].title == "Read back"
        assert [one.value for one in recorded.held] == ["Report Exported"]
        erased = await scene.run(call("delete"), check=True)
        assert last_step(erased).detail == "3 values stand in Close as planned."


async def test_what_close_holds_instead_is_named() -> None:
    contact = RecordRef("contact", "cont_1", "Bo Li")
    plan = Plan(
        Verdict.CHANGES,
        "",
        (
            Change(contact, "Title", "title", "CEO", "CTO", ChangeKind.SET, ""),
            Change(contact, "User ID", "custom.cf_1", "u_9", None, ChangeKind.CLEAR, ""),
            Change(contact, "Email", "emails", None, "a@x.example, b@x.example", ChangeKind.SET, ""),
        ),
    )
    emails = (ListEntry("a@x.example", "office"), ListEntry("b@x.example", "office"))
    held = Contact("cont_1", "lead_1", "Bo Li", "Head of IT", emails, (), (), {}, STARTED)
    step, values = await read_back(cast(CloseReads, Held(held)), plan, Applied(records=(held,)))
    assert (step.status, step.detail) == (StepStatus.FAILED, "Title is 'Head of IT'.")
    assert [one.stands for one in values] == [False, True, True]
    assert values[0].value == "Head of IT"


async def test_an_event_that_no_mapping_sees_says_where_it_stopped() -> None:
    async with stage(mapping()) as scene:
        report = await scene.run(call("track", event="X", integrations={DESTINATION_NAME: False}))
        assert [step.title for step in report.steps] == ["The event is not meant for Close"]
        assert report.results == ()


class Held:
    def __init__(self, contact: Contact) -> None:
        self._contact = contact

    async def contact(self, contact_id: str) -> Contact:
        assert contact_id == self._contact.id
        return self._contact
