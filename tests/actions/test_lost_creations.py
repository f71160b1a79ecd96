"""Knowing again what a lost answer has created, and nothing else: what counts as made here may be deleted."""

from __future__ import annotations

from app.actions.trace import Outcome
from app.actions.workplace import QUIET_TIME_S
from app.close.sandbox.faults import Fault
from tests.actions.builders import Stage, identify, stage

EVENT = identify(email="bo@acme.example", company=("co_1", "Acme"))


async def lose_the_answer(scene: Stage, kind: str) -> None:
    scene.sandbox.faults.add(Fault(kind=kind, method="POST", path="/lead/"))
    assert (await scene.run(EVENT)).outcome is Outcome.FAILED


async def test_a_lead_that_a_person_typed_just_before_is_not_taken_for_ours() -> None:
    async with stage(index_lag_s=30) as scene:
        company = {f"custom.{scene.company_field.id}": "co_1"}
        typed = scene.sandbox.person.add_lead({"name": "Typed by hand", **company})
        scene.time.advance(10)
        await lose_the_answer(scene, "drop_after_commit")
        scene.time.advance(QUIET_TIME_S)
        await scene.run(EVENT)
        assert not scene.memory.plans.made_here(typed.id)


async def test_the_lead_of_a_lost_answer_is_known_as_made_here() -> None:
    async with stage(index_lag_s=30) as scene:
        await lose_the_answer(scene, "drop_after_commit")
        scene.time.advance(QUIET_TIME_S)
        await scene.run(EVENT)
        (lead,) = scene.leads()
        assert scene.memory.plans.made_here(lead.id)


async def test_it_is_known_also_when_a_person_has_renamed_it_since() -> None:
    async with stage(index_lag_s=30) as scene:
        await lose_the_answer(scene, "drop_after_commit")
        scene.sandbox.person.edit_lead(scene.leads()[0].id, {"name": "Renamed"})
        scene.time.advance(QUIET_TIME_S)
        await scene.run(EVENT)
        (lead,) = scene.leads()
        assert scene.memory.plans.made_here(lead.id)
