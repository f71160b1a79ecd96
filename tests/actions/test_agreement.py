"""A live run does not go beyond the dry run that was agreed to."""

from __future__ import annotations

import pytest

from app.actions.action_definitions import DELETE, MERGE, RECORD
from app.actions.agreement import PLAN_CHANGED, Agreement
from app.actions.trace import EventReport, Outcome
from app.errors import AppError
from app.segment.events import Event
from tests.actions.builders import Stage, identify, mapping, stage
from tests.actions.test_other_actions import ACME, alias, call, new_notes, of, track, two_people

NEW = identify(name="Bo Li", email="bo@acme.example", company=ACME)


async def send_agreed(scene: Stage, event: Event, shown: EventReport) -> EventReport:
    return await scene.runner.run(event, live=True, check=True, agreed=Agreement(shown))


async def test_what_was_shown_is_done_by_several_mappings_in_turn() -> None:
    async with stage(mapping(), mapping(name="Again"), of(RECORD)) as scene:
        shown = await scene.run(NEW, live=False)
        report = await send_agreed(scene, NEW, shown)
        assert (report.outcome, report.error) == (Outcome.DELIVERED, None), report.reason
        shown = await scene.run(track(), live=False)
        assert (await send_agreed(scene, track(), shown)).error is None
        assert len(new_notes(scene)) == 1


async def test_a_value_that_somebody_changed_meanwhile_is_not_written_over() -> None:
    async with stage(mapping()) as scene:
        await scene.run(NEW)
        event = identify(name="Bo", email="bo@acme.example", company=ACME)
        shown = await scene.run(event, live=False)
        (contact,) = scene.contacts()
        scene.sandbox.person.edit_contact(contact.id, {"name": "Their Name"})
        before = scene.writes()
        report = await send_agreed(scene, event, shown)
        assert report.outcome is Outcome.FAILED
        assert report.error is not None
        assert report.error.code == PLAN_CHANGED
        assert "Their Name" in report.error.cause
        assert scene.writes() == before


async def test_a_new_record_needs_to_have_been_shown() -> None:
    async with stage(mapping()) as scene:
        await scene.run(NEW)
        event = identify(name="Bo", email="bo@acme.example", company=ACME)
        shown = await scene.run(event, live=False)
        other = identify("u_2", name="Cy", email="cy@acme.example", company=("co_2", "Bolt"))
        report = await send_agreed(scene, other, shown)
        assert report.error is not None
        assert "A new lead would be made: Bolt." in report.error.cause
        assert len(scene.leads()) == 1


@pytest.mark.parametrize("event", [alias(), call("delete")])
async def test_what_is_final_needs_to_have_been_shown(event: Event) -> None:
    merge, erase = of(MERGE, allow_merging=True), of(DELETE, allow_deleting=True)
    async with stage(mapping(), merge, erase) as scene:
        await two_people(scene, ACME, ("co_2", "Bolt"))
        nothing = await scene.run(track(), live=False)
        before = len(scene.contacts())
        report = await send_agreed(scene, event, nothing)
        assert report.error is not None
        assert report.error.code == PLAN_CHANGED
        assert len(scene.contacts()) == before
        assert (await send_agreed(scene, event, await scene.run(event, live=False))).error is None
        assert len(scene.contacts()) < before


async def test_after_a_first_write_only_what_weighs_is_held_against_a_plan() -> None:
    async with stage(mapping()) as scene:
        nothing = Agreement(await scene.run(track(), live=False))
        plan = (await scene.run(NEW, live=False)).results[0].plan
        assert plan is not None
        with pytest.raises(AppError, match="more than was shown"):
            nothing.check(plan, begun=True)
        await scene.run(NEW)
        changed = await scene.run(identify(name="Bo", email="bo@acme.example", company=ACME), live=False)
        assert changed.results[0].plan is not None
        nothing.check(changed.results[0].plan, begun=True)


async def test_a_dry_run_knows_what_was_made_here_and_notes_nothing() -> None:
    async with stage(mapping(), of(DELETE, allow_deleting=True)) as scene:
        await scene.run(NEW)
        reading = scene.memory.read_only()
        (lead,) = scene.leads()
        assert reading.plans.made_here(lead.id)
        reading.plans.forget_record(lead.id)
        reading.plans.prune(10**15)
        assert scene.memory.plans.made_here(lead.id)
