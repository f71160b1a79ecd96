"""What undo takes back, or names, where answers were lost, values refused and leads merged."""

from __future__ import annotations

from app.actions.action_definitions import MERGE
from app.actions.trace import Outcome
from app.actions.undo_decisions import UndoOutcome
from app.close.sandbox.faults import Fault
from tests.actions.builders import identify, mapping, stage
from tests.actions.test_other_actions import alias, of
from tests.actions.test_undo import ACME, numbered, undo


async def test_a_list_that_close_refused_is_not_said_to_be_taken_away_by_somebody() -> None:
    async with stage() as scene:
        await scene.run(numbered(1, identify(name="Bo Li", email="bo@acme.example", company=ACME)))
        changed = identify(name="Bo", email="bo@acme.example", phone="12", company=ACME)
        await scene.run(numbered(2, changed))
        report = await undo(scene, 2)
        assert report.of(UndoOutcome.LEFT) == ()
        assert [line.field for line in report.lines] == ["Name"]


async def test_a_contact_whose_lead_a_person_merged_away_is_still_taken_back() -> None:
    async with stage() as scene:
        await scene.run(numbered(1, identify(name="Bo Li", email="bo@acme.example", company=ACME)))
        (lead,) = scene.leads()
        other = scene.sandbox.person.add_lead({"name": "Acme Holding"})
        scene.sandbox.person.merge_leads(lead.id, other.id)
        await undo(scene, 1)
        assert scene.contacts() == []
        assert [one.name for one in scene.leads()] == ["Acme Holding"]


async def test_a_lost_creation_is_named_also_when_a_person_changed_it_before_it_was_found() -> None:
    async with stage(index_lag_s=0) as scene:
        scene.sandbox.faults.add(Fault(kind="drop_after_commit", method="POST", path="/lead/"))
        event = numbered(1, identify(name="Bo Li", email="bo@acme.example"))
        assert (await scene.run(event)).error is not None
        (contact,) = scene.contacts()
        scene.sandbox.person.edit_contact(contact.id, {"title": "CTO"})
        scene.time.advance(61)
        assert (await scene.run(event)).outcome is Outcome.UNCHANGED
        report = await undo(scene, 1)
        assert contact.id in {line.record.id for line in report.of(UndoOutcome.LEFT)}


async def test_undoing_a_merge_leaves_the_company_id_that_the_lead_had_before() -> None:
    async with stage(mapping(), of(MERGE, allow_merging=True), merge="immediate") as scene:
        await scene.run(numbered(1, identify("u_1", email="bo@acme.example", company=ACME)))
        await scene.run(numbered(2, identify("u_2", email="cy@acme.example")))
        await scene.run(numbered(3, alias("u_2", "u_1")))
        await undo(scene, 3)
        assert "co_1" in [scene.company_id_of(lead) for lead in scene.leads()]
