"""Erasure requests, through the runner and the real client into a sandbox."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from app.actions.action_definitions import DELETE, RECORD
from app.actions.trace import Outcome
from app.actions.undo import Undo
from app.actions.undo_decisions import UndoOutcome
from app.actions.workplace import RunOptions
from app.close.client import CloseClient
from app.close.sandbox.faults import Fault
from tests.actions.builders import Stage, identify, mapping, stage
from tests.actions.test_other_actions import ACME, call, notes, of, reason, track


async def test_deleting_is_off_until_it_is_switched_on_and_shows_what_would_go() -> None:
    async with stage(mapping(), of(DELETE)) as scene:
        await scene.run(identify(name="Bo Li", email="bo@acme.example", company=ACME))
        report = await scene.run(call("delete"))
        assert (report.outcome, len(scene.contacts())) == (Outcome.SKIPPED, 1)
        assert reason(report) == "Deleting is switched off for this mapping. It would delete Bo Li."
        plan = report.results[-1].plan
        assert plan is not None
        assert [(change.record.object_type, change.kind) for change in plan.changes] == [
            ("contact", "delete"),
            ("lead", "delete"),
        ]


async def test_a_person_is_erased_with_the_lead_that_was_made_for_them_and_our_notes() -> None:
    async with stage(mapping(), of(RECORD), of(DELETE, allow_deleting=True)) as scene:
        await scene.run(identify(name="Bo Li", email="bo@acme.example", company=ACME))
        await scene.run(track())
        report = await scene.run(call("delete"))
        assert report.outcome is Outcome.DELIVERED
        assert (scene.leads(), scene.contacts(), notes(scene)) == ([], [], [])
        assert scene.memory.identities.contact_for("user:u_1") is None
        plans = scene.memory.plans.creations(0)
        assert all("bo@acme.example" not in str(step.image) for plan in plans for step in plan.steps)


@pytest.mark.parametrize("because", ["it was not created here", "other contacts", "activities"])
async def test_a_lead_that_others_use_stays(because: str) -> None:
    async with stage(mapping(), of(DELETE, allow_deleting=True)) as scene:
        if because == "it was not created here":
            lead = scene.sandbox.person.add_lead({"name": "Acme", "contacts": [{"name": "Bo"}]})
            (contact,) = scene.sandbox.store.contacts_of(lead.id)
            scene.sandbox.person.edit_contact(contact.id, {f"custom.{scene.user_field.id}": "u_1"})
            scene.time.advance(61)
        else:
            await scene.run(identify(name="Bo Li", email="bo@acme.example", company=ACME))
            (made,) = scene.leads()
            if because == "other contacts":
                scene.sandbox.person.add_contact(made.id, {"name": "Colleague"})
            else:
                scene.sandbox.person.add_note(made.id, "called")
        report = await scene.run(call("delete"))
        assert report.outcome is Outcome.DELIVERED
        assert len(scene.leads()) == 1
        assert all(scene.user_id_of(contact) != "u_1" for contact in scene.contacts())
        plan = report.results[-1].plan
        assert plan is not None
        assert because in " ".join(plan.notes)


async def test_an_erasure_that_was_interrupted_is_finished_by_the_next_try() -> None:
    async with stage(mapping(), of(DELETE, allow_deleting=True), options=RunOptions(quiet_time_s=0)) as scene:
        await scene.run(identify(name="Bo Li", email="bo@acme.example", company=ACME))
        scene.sandbox.faults.add(Fault(kind="drop_after_commit", method="DELETE", path="/contact/*"))
        event = call("delete")
        assert (await scene.run(event)).error is not None
        assert (await scene.run(event)).error is None
        assert scene.contacts() == []


async def test_an_erasure_leaves_no_values_of_the_person_with_a_lead_that_stays() -> None:
    async with stage(mapping(), of(DELETE, allow_deleting=True)) as scene:
        await scene.run(identify(name="Bo Li", email="bo@acme.example", company=ACME))
        (made,) = scene.leads()
        scene.sandbox.person.add_contact(made.id, {"name": "Colleague"})
        await scene.run(call("delete"))
        assert len(scene.leads()) == 1
        plans = scene.memory.plans.creations(0)
        assert plans
        assert all("bo@acme.example" not in str(step.image) for plan in plans for step in plan.steps)


async def test_an_erased_persons_lead_leaves_the_undo_of_a_colleague_who_was_moved_away() -> None:
    async with stage(mapping(), of(DELETE, allow_deleting=True)) as scene:
        await scene.run(identify("u_2", name="Ada", email="ada@acme.example", company=ACME))
        (made,) = scene.leads()
        (colleague,) = scene.contacts()
        await scene.run(identify(name="Bo Li", email="bo@acme.example", company=ACME))
        other = scene.sandbox.person.add_lead({"name": "Acme Holding"})
        scene.sandbox.person.move_contact(colleague.id, other.id)
        scene.time.advance(61)
        await scene.run(call("delete"))
        assert made.id not in {lead.id for lead in scene.leads()}
        plans = scene.memory.plans.creations(0)
        report = await Undo(scene.close, scene.memory, live=True).run(plans)
        removed = {line.record.id: line.reason for line in report.of(UndoOutcome.REMOVED)}
        assert removed[colleague.id] == ""


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("a contact", "a contact was added to it meanwhile"),
        ("a note", "there are activities on it"),
        ("an address", "it was given addresses meanwhile"),
    ],
)
async def test_a_lead_that_somebody_adds_to_during_the_erasure_stays(
    what: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(mapping(), of(DELETE, allow_deleting=True)) as scene:
        await scene.run(identify(name="Bo Li", email="bo@acme.example", company=ACME))
        monkeypatch.setattr(
            CloseClient, "delete_contact", _followed_by(CloseClient.delete_contact, scene, what)
        )
        report = await scene.run(call("delete"))
        assert (report.outcome, len(scene.leads())) == (Outcome.DELIVERED, 1)
        plan = report.results[-1].plan
        assert plan is not None
        assert [change.record.object_type for change in plan.changes] == ["contact"]
        assert f"The lead Acme stays: {why}." in plan.notes


def _followed_by(
    delete: Callable[[CloseClient, str], Awaitable[None]], scene: Stage, what: str
) -> Callable[[CloseClient, str], Awaitable[None]]:
    """A person is at work on the lead while the program deletes the contact."""

    async def deleting(close: CloseClient, contact_id: str) -> None:
        await delete(close, contact_id)
        (lead,) = scene.leads()
        person = scene.sandbox.person
        match what:
            case "a contact":
                person.add_contact(lead.id, {"name": "Colleague"})
            case "a note":
                person.add_note(lead.id, "called")
            case _:
                person.edit_lead(lead.id, {"addresses": [{"label": "office", "city": "Oslo"}]})

    return deleting
