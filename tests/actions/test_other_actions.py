"""Recording, merging and deleting, through the runner and the real client into a sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from app.actions.action_definitions import MERGE, RECORD
from app.actions.trace import EventReport, Outcome
from app.actions.undo import Undo
from app.actions.undo_decisions import UndoOutcome
from app.close.failures import CloseError
from app.close.sandbox.entities import NoteRecord
from app.close.sandbox.faults import Fault
from app.segment.close_destination import ActionDefinition
from app.segment.events import Event, read_event
from app.storage.profile import MappingSpec
from tests.actions.builders import STARTED, Stage, identify, mapping, stage

ACME = ("co_1", "Acme")
_numbers = iter(range(1_000_000))


def of(action: ActionDefinition, **expressions: Any) -> MappingSpec:
    values = {**action.default_mapping(), **expressions}
    return MappingSpec(action.name, action.slug, action.default_trigger, values)


def call(kind: str, user_id: str = "u_1", **members: Any) -> Event:
    return read_event({"type": kind, "messageId": f"m{next(_numbers)}", "userId": user_id, **members})


def track(event: str = "Report Exported", **members: Any) -> Event:
    return call("track", event=event, **members)


def reason(report: EventReport) -> str:
    return report.results[-1].reason


def new_notes(scene: Stage) -> list[NoteRecord]:
    """The notes that were not there at the start."""
    return [note for note in scene.sandbox.store.notes.values() if note.date_created >= STARTED]


def notes(scene: Stage) -> list[str]:
    return [note.note for note in new_notes(scene)]


# Group -------------------------------------------------------------------------------------------

GROUPS = mapping(
    name="Groups",
    trigger='type = "group"',
    lead_name={"@path": "$.traits.name"},
    lead_external_id={"@path": "$.groupId"},
    # The traits of a group are the company's.
    contact_name=None,
    contact_email=None,
)


def group(company: tuple[str, str], user_id: str = "u_1") -> Event:
    return call("group", user_id, groupId=company[0], traits={"name": company[1]})


async def test_a_group_call_makes_the_persons_own_lead_the_company() -> None:
    async with stage(mapping(), GROUPS) as scene:
        await scene.run(identify(name="Bo Li", email="bo@acme.example"))
        await scene.run(group(ACME))
        (lead,), (contact,) = scene.leads(), scene.contacts()
        assert (lead.name, scene.company_id_of(lead), contact.lead_id) == ("Acme", "co_1", lead.id)


async def test_a_group_call_creates_the_lead_and_the_contact_it_names() -> None:
    async with stage(mapping(), GROUPS) as scene:
        report = await scene.run(group(ACME))
        (lead,), (contact,) = scene.leads(), scene.contacts()
        assert report.outcome is Outcome.DELIVERED
        assert (lead.name, scene.user_id_of(contact), contact.lead_id) == ("Acme", "u_1", lead.id)


async def test_a_person_of_another_company_joins_with_name_and_address() -> None:
    async with stage(mapping(), GROUPS) as scene:
        await scene.run(identify(name="Bo Li", email="bo@acme.example", company=ACME))
        await scene.run(identify("u_2", email="cy@bolt.example", company=("co_2", "Bolt")))
        await scene.run(group(("co_2", "Bolt")))
        joined = [one for one in scene.contacts() if scene.user_id_of(one) == "u_1"]
        assert [one.name for one in joined] == ["Bo Li", "Bo Li"]
        assert joined[1].emails[0].email == "bo@acme.example"
        assert scene.company_id_of(scene.sandbox.store.leads[joined[1].lead_id]) == "co_2"


# Record on the lead ----------------------------------------------------------------------------


async def test_an_event_becomes_a_note_on_the_persons_lead() -> None:
    async with stage(mapping(), of(RECORD)) as scene:
        await scene.run(identify(name="Bo Li", email="bo@acme.example", company=ACME))
        report = await scene.run(track())
        (note,) = new_notes(scene)
        assert (report.outcome, reason(report)) == (
            Outcome.DELIVERED,
            "Recorded “Report Exported” on lead Acme. No new records.",
        )
        assert (note.lead_id, note.contact_id) == (scene.leads()[0].id, scene.contacts()[0].id)
        assert note.note == "Report Exported"


async def test_a_burst_becomes_one_entry_and_costs_few_calls() -> None:
    async with stage(mapping(), of(RECORD)) as scene:
        await scene.run(identify(email="bo@acme.example", company=ACME))
        scene.sandbox.calls.clear()
        for number in range(120):
            await scene.run(track("Login" if number == 60 else "Report Exported"))
            scene.time.advance(20)
        assert notes(scene) == ["Report Exported (100 times or more)\nLogin"]
        assert scene.writes() <= 10
        assert scene.calls() <= 32
        # The window is over: a new entry begins.
        scene.time.advance(3600)
        await scene.run(track())
        assert notes(scene)[1:] == ["Report Exported"]


async def test_without_a_window_every_event_has_an_entry_of_its_own() -> None:
    async with stage(mapping(), of(RECORD, collapse_minutes="0")) as scene:
        await scene.run(identify(email="bo@acme.example", company=ACME))
        for _ in range(3):
            await scene.run(track())
        assert notes(scene) == ["Report Exported"] * 3


async def test_an_entry_that_a_person_edited_is_theirs_and_a_new_one_begins() -> None:
    async with stage(mapping(), of(RECORD)) as scene:
        await scene.run(identify(email="bo@acme.example", company=ACME))
        await scene.run(track())
        (note,) = new_notes(scene)
        scene.sandbox.person.edit_note(note.id, "Report Exported, called back")
        await scene.run(track())
        assert notes(scene) == ["Report Exported, called back", "Report Exported"]


async def test_a_lost_answer_to_a_note_does_not_write_it_twice() -> None:
    async with stage(mapping(), of(RECORD)) as scene:
        await scene.run(identify(email="bo@acme.example", company=ACME))
        scene.sandbox.faults.add(Fault(kind="drop_after_commit", method="POST", path="/activity/note/"))
        event = track()
        assert (await scene.run(event)).error is not None
        early = await scene.run(event)
        assert isinstance(early.error, CloseError)
        assert early.error.code == "CLOSE-ANSWER-LOST"
        scene.time.advance(61)
        assert (await scene.run(event)).outcome is Outcome.UNCHANGED
        assert notes(scene) == ["Report Exported"]
        await scene.run(track())
        assert notes(scene) == ["Report Exported (twice)"]


async def test_a_lost_note_is_not_taken_for_the_same_words_about_a_colleague() -> None:
    async with stage(mapping(), of(RECORD)) as scene:
        await scene.run(identify("u_1", email="bo@acme.example", company=ACME))
        await scene.run(identify("u_2", email="ada@acme.example", company=ACME))
        scene.sandbox.faults.add(
            Fault(kind="drop_after_commit", method="POST", path="/activity/note/", times=2)
        )
        events = [call("track", user, event="Report Exported") for user in ("u_1", "u_2")]
        for event in events:
            assert (await scene.run(event)).error is not None
        scene.time.advance(61)
        for event in reversed(events):
            assert (await scene.run(event)).outcome is Outcome.UNCHANGED
        assert notes(scene) == ["Report Exported"] * 2


async def test_last_seen_is_written_once_per_window_and_never_goes_back() -> None:
    async with stage(mapping()) as first:
        seen = first.sandbox.person.add_field("contact", "Last seen", "datetime")
        field_id = seen.id
    spec = of(
        RECORD,
        note_text="",
        contact_custom_fields={field_id: {"@path": "$.timestamp"}},
    )
    async with stage(mapping(), spec) as scene:
        assert scene.sandbox.person.add_field("contact", "Last seen", "datetime").id == field_id
        await scene.run(identify(email="bo@acme.example", company=ACME))
        scene.sandbox.calls.clear()
        for minute in (0, 1, 30, 59, 61, 10):
            await scene.run(track(timestamp=f"2026-03-04T{10 + minute // 60}:{minute % 60:02}:00Z"))
        assert scene.writes() == 2
        assert scene.contacts()[0].custom[field_id] == "2026-03-04T11:01:00+00:00"


async def test_a_custom_activity_is_recorded_with_its_fields() -> None:
    spec = of(
        RECORD,
        activity_type_id="actitype_1",
        activity_custom_fields={"cf_what": {"@path": "$.event"}},
    )
    async with stage(mapping(), spec) as scene:
        await scene.run(identify(email="bo@acme.example", company=ACME))
        await scene.run(track())
        await scene.run(track())
        (activity,) = scene.sandbox.store.custom_activities.values()
        assert (activity.custom_activity_type_id, activity.custom) == (
            "actitype_1",
            {"cf_what": "Report Exported"},
        )


async def test_nothing_is_recorded_or_created_for_somebody_unknown() -> None:
    async with stage(mapping(), of(RECORD)) as scene:
        report = await scene.run(track())
        assert (report.outcome, scene.writes()) == (Outcome.SKIPPED, 0)
        assert "nothing to record it on" in reason(report)


async def test_a_recorded_note_is_taken_back_unless_later_events_are_in_it() -> None:
    async with stage(mapping(), of(RECORD)) as scene:
        await scene.run(identify(email="bo@acme.example", company=ACME))
        first, second = track(), track()
        await scene.run(first)
        await scene.run(second)

        async def undone(event: Event) -> list[UndoOutcome]:
            plans = scene.memory.plans.plans_of(event.message_id or "")
            report = await Undo(scene.close, scene.memory, live=True).run(plans)
            return [line.outcome for line in report.lines]

        assert await undone(first) == [UndoOutcome.LEFT]
        assert await undone(second) == [UndoOutcome.REVERTED]
        assert notes(scene) == ["Report Exported"]
        assert await undone(first) == [UndoOutcome.REMOVED]
        assert notes(scene) == []


# Merge -----------------------------------------------------------------------------------------


def alias(previous: str = "u_old", user: str = "u_1") -> Event:
    return call("alias", user, previousId=previous)


async def two_people(scene: Stage, *companies: tuple[str, str] | None) -> None:
    """“u_1” and “u_old”, each with a company or a lead of their own."""
    first, second = companies
    await scene.run(
        identify("u_1", email="bo@acme.example", name="Bo Li", **({"company": first} if first else {}))
    )
    await scene.run(
        identify(
            "u_old",
            email="bo@home.example",
            phone="+14155550132",
            title="CTO",
            **({"company": second} if second else {}),
        )
    )
    scene.time.advance(61)


async def test_merging_is_off_until_it_is_switched_on_and_shows_what_it_would_do() -> None:
    async with stage(mapping(), of(MERGE)) as scene:
        await two_people(scene, ACME, ACME)
        scene.sandbox.calls.clear()
        report = await scene.run(alias())
        assert (report.outcome, scene.writes()) == (Outcome.SKIPPED, 0)
        assert reason(report).startswith("Merging is switched off for this mapping.")
        plan = report.results[-1].plan
        assert plan is not None
        assert "merge" in [change.kind for change in plan.changes]
        assert plan.notes[0] == "Merged leads and deleted contacts cannot be restored."


@pytest.mark.parametrize("merge", ["immediate", "async"])
async def test_two_contacts_of_one_company_become_one_with_everything_of_both(merge: str) -> None:
    async with stage(mapping(), of(MERGE, allow_merging=True), merge=merge) as scene:
        await two_people(scene, ACME, ACME)
        gone = next(one for one in scene.contacts() if scene.user_id_of(one) == "u_old")
        note = scene.sandbox.person.add_note(gone.lead_id, "called", gone.id)
        report = await scene.run(alias())
        assert report.outcome is Outcome.DELIVERED
        (contact,) = scene.contacts()
        assert (contact.name, contact.title, scene.user_id_of(contact)) == ("Bo Li", "CTO", "u_1")
        assert [entry.email for entry in contact.emails] == ["bo@acme.example", "bo@home.example"]
        assert scene.sandbox.store.notes[note.id].contact_id == contact.id
        # A late event that names the old id goes to the contact that is left.
        late = await scene.run(identify("u_old", title="CEO", company=ACME))
        assert (late.outcome, len(scene.contacts()), scene.contacts()[0].title) == (
            Outcome.DELIVERED,
            1,
            "CEO",
        )
        assert scene.user_id_of(scene.contacts()[0]) == "u_1"


async def test_a_lead_of_their_own_is_merged_into_the_company_they_belong_to() -> None:
    async with stage(mapping(), of(MERGE, allow_merging=True)) as scene:
        await two_people(scene, ACME, None)
        assert len(scene.leads()) == 2
        await scene.run(alias())
        (lead,), (contact,) = scene.leads(), scene.contacts()
        assert (scene.company_id_of(lead), contact.lead_id) == ("co_1", lead.id)


async def test_leads_of_different_companies_stay_apart() -> None:
    async with stage(mapping(), of(MERGE, allow_merging=True)) as scene:
        await two_people(scene, ACME, ("co_2", "Bolt"))
        report = await scene.run(alias())
        plan = report.results[-1].plan
        assert plan is not None
        assert "stay apart" in " ".join(plan.notes)
        assert (len(scene.leads()), len(scene.contacts())) == (2, 1)
        assert scene.calls("POST", "/lead/merge/") == 0


async def test_a_slow_merge_goes_on_with_the_next_try_and_is_asked_for_once() -> None:
    async with stage(mapping(), of(MERGE, allow_merging=True), merge="async", merge_takes_s=30.0) as scene:
        await two_people(scene, ACME, None)
        event = alias()
        first = await scene.run(event)
        assert isinstance(first.error, CloseError)
        assert (first.error.code, first.error.transient) == ("CLOSE-MERGE-RUNNING", True)
        scene.time.advance(30)
        assert (await scene.run(event)).error is None
        assert scene.calls("POST", "/lead/merge/") == 1
        assert (len(scene.leads()), len(scene.contacts())) == (1, 1)


async def test_a_merge_that_close_fails_is_told_and_tried_again_only_by_a_person() -> None:
    async with stage(mapping(), of(MERGE, allow_merging=True), merge="errored") as scene:
        await two_people(scene, ACME, None)
        event = alias()
        report = await scene.run(event)
        assert isinstance(report.error, CloseError)
        assert (report.error.code, report.error.transient) == ("CLOSE-MERGE-FAILED", False)
        assert len(scene.contacts()) == 2
        scene.sandbox.switches.merge = "immediate"
        assert (await scene.run(event)).error is None
        assert len(scene.contacts()) == 1


async def test_a_contact_with_an_active_sequence_stays_without_its_id_and_says_why() -> None:
    async with stage(mapping(), of(MERGE, allow_merging=True)) as scene:
        await two_people(scene, ACME, ACME)
        gone = next(one for one in scene.contacts() if scene.user_id_of(one) == "u_old")
        scene.sandbox.person.subscribe(gone.id)
        await scene.run(alias())
        assert len(scene.contacts()) == 2
        assert scene.user_id_of(scene.sandbox.store.contacts[gone.id]) is None
        assert "an active sequence" in notes(scene)[0]


async def test_a_person_known_only_by_the_old_id_gets_the_new_one() -> None:
    async with stage(mapping(), of(MERGE, allow_merging=True)) as scene:
        await scene.run(identify("u_old", email="bo@acme.example", company=ACME))
        scene.time.advance(61)
        await scene.run(alias())
        (contact,) = scene.contacts()
        assert scene.user_id_of(contact) == "u_1"
        for user_id in ("u_1", "u_old"):
            await scene.run(identify(user_id, email="bo@acme.example", title=user_id, company=ACME))
        assert (len(scene.contacts()), scene.contacts()[0].title) == (1, "u_old")
