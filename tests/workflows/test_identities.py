"""Identities seeded from Close, and duplicates found and merged."""

from __future__ import annotations

import pytest

from app.actions.trace import Outcome
from app.actions.upsert_payload import ActionSettings
from app.close.failures import CloseError
from app.close.sandbox.faults import Fault
from app.workflows.identity_rebuild import IdentityRebuild, RebuildProgress
from app.workflows.stray_sweep import StraySweep
from tests.actions.builders import Stage, identify, stage

ACME = ("co_1", "Acme")


def fill(scene: Stage, count: int) -> None:
    """Leads with a contact each, made by somebody else; several in one second."""
    person = scene.sandbox.person
    for number in range(count):
        lead = person.add_lead(
            {
                "name": f"Company {number}",
                f"custom.{scene.company_field.id}": f"co_{number}",
                "contacts": [{"name": f"P {number}", f"custom.{scene.user_field.id}": f"u_{number}"}],
            }
        )
        assert lead.id
        if number % 3 == 0:
            scene.time.advance(1)
    scene.time.advance(60)


def rebuild(scene: Stage, progress: list[RebuildProgress] | None = None) -> IdentityRebuild:
    settings = ActionSettings(scene.company_field.id, scene.user_field.id)
    heard = progress if progress is not None else []
    return IdentityRebuild(scene.close, scene.memory, settings, heard.append)


async def test_identities_are_learned_from_close_and_answer_before_search() -> None:
    async with stage() as scene:
        fill(scene, 450)
        progress: list[RebuildProgress] = []
        report = await rebuild(scene, progress).run()
        assert (report.leads, report.contacts, report.learned, report.shared) == (450, 450, 900, ())
        assert progress[0] == RebuildProgress("lead", 200, 450)
        assert progress[-1] == RebuildProgress("contact", 450, 450)
        scene.sandbox.calls.clear()
        event = identify("u_77", title="CTO", company=("co_77", "Company 77"))
        assert (await scene.run(event)).outcome is Outcome.DELIVERED
        assert scene.searches() == 0
        again = await rebuild(scene).run()
        assert (again.learned, again.known) == (0, 900)


@pytest.mark.parametrize("kind", ["503", "truncated_json"])
async def test_an_interrupted_walk_goes_on_behind_its_last_page(kind: str) -> None:
    async with stage() as scene:
        fill(scene, 450)
        scene.sandbox.calls.clear()
        walk = rebuild(scene)
        heard: list[RebuildProgress] = []

        def interrupt(progress: RebuildProgress) -> None:
            heard.append(progress)
            if len(heard) == 2:
                scene.sandbox.faults.add(Fault(kind=kind, path="/data/search/"))  # type: ignore[arg-type]

        walk.on_progress = interrupt
        with pytest.raises(CloseError):
            await walk.run()
        before = scene.searches()
        report = await rebuild(scene).run()
        assert report.contacts == 450
        for number in (0, 399, 400, 449):
            assert scene.memory.identities.lead_for(f"company:co_{number}") is not None
        # One page of the leads was left, and three of the contacts.
        assert scene.searches() - before == 4


async def test_a_cursor_that_dies_is_replaced_by_a_new_query() -> None:
    async with stage() as scene:
        fill(scene, 450)
        walk = rebuild(scene)
        walk.on_progress = lambda _progress: scene.time.advance(35)
        report = await walk.run()
        assert report.learned == 900


async def test_an_id_on_two_records_is_named_and_the_oldest_one_used() -> None:
    async with stage() as scene:
        fill(scene, 2)
        first, second = scene.leads()
        scene.sandbox.person.edit_lead(second.id, {f"custom.{scene.company_field.id}": "co_0"})
        scene.time.advance(60)
        report = await rebuild(scene).run()
        (shared,) = report.shared
        assert (shared.external_id, shared.used_id, shared.other_id) == ("co_0", first.id, second.id)


def sweep(scene: Stage) -> StraySweep:
    settings = ActionSettings(scene.company_field.id, scene.user_field.id)

    async def sleep(seconds: float) -> None:
        scene.time.advance(seconds)

    return StraySweep(
        scene.close, scene.memory, settings, lambda: round(scene.time.now().timestamp() * 1000), sleep
    )


async def test_a_double_that_an_endless_index_lag_has_left_is_found_and_merged() -> None:
    # The index lags longer than the quiet time: what nobody can wait out.
    async with stage(index_lag_s=60) as scene:
        scene.sandbox.switches.index_lag_s = 11
        event = identify(name="Bo Li", email="bo@acme.example", company=ACME)
        scene.sandbox.switches.index_lag_s = "never"
        scene.sandbox.faults.add(Fault(kind="drop_after_commit", method="POST", path="/lead/"))
        assert (await scene.run(event)).error is not None
        scene.time.advance(61)
        assert (await scene.run(event)).outcome is Outcome.DELIVERED
        assert (len(scene.leads()), len(scene.contacts())) == (2, 2)
        scene.sandbox.switches.index_lag_s = 0
        found = await sweep(scene).find()
        assert [(one.object_type, one.external_id, len(one.others)) for one in found] == [("lead", "co_1", 1)]
        assert await sweep(scene).merge(found[0]) == 1
        assert len(scene.leads()) == 1
        # Under one lead now: the doubled contact is seen as well.
        (people,) = await sweep(scene).find()
        assert (people.object_type, people.external_id) == ("contact", "u_1")
        await sweep(scene).merge(people)
        assert (len(scene.leads()), len(scene.contacts())) == (1, 1)
        assert await sweep(scene).find() == ()
        scene.time.advance(61)
        assert (await scene.run(event)).outcome is Outcome.UNCHANGED


async def test_creations_that_were_answered_cost_no_search() -> None:
    async with stage() as scene:
        await scene.run(identify(email="bo@acme.example", company=ACME))
        scene.sandbox.calls.clear()
        assert await sweep(scene).find() == ()
        assert scene.calls() == 0
        assert await sweep(scene).find(every=True) == ()
        assert scene.searches() == 2
