"""What undo takes back, or names, where answers were lost, values refused and leads merged."""

from __future__ import annotations

from typing import Any

from app.actions.action_definitions import MERGE, RECORD
from app.actions.trace import Outcome
from app.actions.undo import Undo
from app.actions.undo_decisions import UndoOutcome
from app.close.records import Contact, ContactWrite
from app.close.sandbox.faults import Fault
from tests.actions.builders import Stage, identify, mapping, stage
from tests.actions.test_other_actions import alias, of, track
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


async def test_tries_that_never_came_about_are_in_neither_the_preview_nor_the_undo() -> None:
    async with stage(index_lag_s=0) as scene:
        await scene.run(numbered(1, identify(email="bo@acme.example", company=ACME)))
        scene.sandbox.faults.add(Fault(kind="drop_before", method="POST", path="/contact/", times=2))
        joining = numbered(2, identify("u_3", email="cy@acme.example", company=ACME))
        for _ in range(2):
            assert (await scene.run(joining)).error is not None
            scene.time.advance(61)
        assert (await scene.run(joining)).outcome is Outcome.DELIVERED
        # From here on the ID stands for a contact that was created inside another lead.
        await scene.run(numbered(3, identify("u_3", company=("co_2", "Bolt"))))
        preview = await undo(scene, 1, 2, 3, live=False)
        done = await undo(scene, 1, 2, 3)
        assert done.lines == preview.lines
        assert "It is gone from Close." not in {line.reason for line in done.lines}
        assert (scene.leads(), scene.contacts()) == ([], [])


async def test_a_contact_that_was_given_an_older_entry_of_ours_goes_all_the_same() -> None:
    mappings = (mapping(), of(RECORD), of(MERGE, allow_merging=True))
    async with stage(*mappings, merge="immediate") as scene:
        await scene.run(numbered(1, identify("u_2", email="cy@acme.example")))
        await scene.run(numbered(2, track(user_id="u_2")))
        await scene.run(numbered(3, identify("u_1", email="bo@acme.example")))
        await scene.run(numbered(4, alias("u_2", "u_1")))
        (survivor,) = scene.contacts()
        report = await undo(scene, 1, 2, 3, 4)
        assert scene.contacts() == []
        assert survivor.id in {line.record.id for line in report.of(UndoOutcome.REMOVED)}


async def lose_a_lead(scene: Stage, number: int) -> None:
    """Acme's lead and Bo are created, and the answer never arrives."""
    scene.sandbox.faults.add(Fault(kind="drop_after_commit", method="POST", path="/lead/"))
    assert (await scene.run(numbered(number, identify(email="bo@acme.example", company=ACME)))).error


async def test_the_contact_of_a_lost_lead_is_named_when_nothing_of_ours_is_left_in_it() -> None:
    async with stage(index_lag_s=0) as scene:
        await lose_a_lead(scene, 1)
        scene.time.advance(61)
        await scene.run(numbered(1, identify(email="bo@acme.example", company=ACME)))
        (contact,) = scene.contacts()
        members = {"emails": [], "name": "Cy", f"custom.{scene.user_field.id}": "u_4"}
        scene.sandbox.person.edit_contact(contact.id, members)
        report = await undo(scene, 1)
        assert contact.id in {line.record.id for line in report.of(UndoOutcome.LEFT)}


async def test_the_contact_of_a_lost_lead_is_named_when_its_lead_was_merged_into_another_of_ours() -> None:
    async with stage(index_lag_s=0) as scene:
        await scene.run(numbered(1, identify("u_2", email="cy@bolt.example")))
        (bolt,) = scene.leads()
        await lose_a_lead(scene, 2)
        (acme,) = [lead for lead in scene.leads() if lead.id != bolt.id]
        (contact,) = scene.sandbox.store.contacts_of(acme.id)
        scene.sandbox.person.merge_leads(acme.id, bolt.id)
        scene.time.advance(61)
        await scene.run(numbered(2, identify(email="bo@acme.example", company=ACME)))
        report = await undo(scene, 1, 2)
        assert contact.id in scene.sandbox.store.contacts
        assert contact.id in {line.record.id for line in report.of(UndoOutcome.LEFT)}


async def test_a_step_that_was_not_sent_because_a_field_had_gone_takes_nothing_from_people() -> None:
    async with stage(role_restricted_write="ignored") as scene:
        scene.sandbox.person.restrict_field(scene.user_field.id, ["role_nobody"])
        bramble = ("co_9", "Bramble & Co")
        event = identify("u_9", email="maren.oakes@bramble.example", company=bramble)
        assert (await scene.run(numbered(1, event))).error is not None
        (contact,) = [one for one in scene.sandbox.store.contacts.values() if one.name == "Maren Oakes"]
        lead = scene.sandbox.store.leads[contact.lead_id]
        assert scene.company_id_of(lead) is None
        scene.sandbox.person.edit_lead(lead.id, {f"custom.{scene.company_field.id}": "co_9"})
        await undo(scene, 1)
        assert scene.company_id_of(scene.sandbox.store.leads[lead.id]) == "co_9"


class _Meanwhile:
    """Close, where a person adds an address as soon as the first contact is written."""

    def __init__(self, scene: Stage) -> None:
        self._scene = scene
        self._typed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._scene.close, name)

    async def update_contact(self, contact_id: str, contact: ContactWrite) -> Contact:
        written = await self._scene.close.update_contact(contact_id, contact)
        if not self._typed:
            self._typed = True
            emails = [{"email": entry.value, "type": entry.type} for entry in written.emails]
            emails.append({"email": "typed@acme.example", "type": "office"})
            self._scene.sandbox.person.edit_contact(contact_id, {"emails": emails})
        return written


async def test_what_somebody_adds_while_an_undo_is_under_way_is_kept() -> None:
    async with stage() as scene:
        for number, address in enumerate(("bo@acme.example", "bo@home.example", "bo@club.example"), 1):
            await scene.run(numbered(number, identify(email=address, company=ACME)))
        plans = [plan for number in (2, 3) for plan in scene.memory.plans.plans_of(f"m{number}")]
        await Undo(_Meanwhile(scene), scene.memory, live=True).run(plans)
        (contact,) = scene.contacts()
        assert [entry.email for entry in contact.emails] == ["bo@acme.example", "typed@acme.example"]


async def test_a_contact_that_left_the_lead_of_a_lost_answer_is_named_as_staying() -> None:
    async with stage(index_lag_s=0) as scene:
        scene.sandbox.faults.add(Fault(kind="drop_after_commit", method="POST", path="/lead/"))
        event = numbered(1, identify(name="Bo Li", email="bo@acme.example", company=ACME))
        assert (await scene.run(event)).error is not None
        (moved,) = scene.contacts()
        home = scene.sandbox.person.add_lead({"name": "Elsewhere"})
        scene.sandbox.person.move_contact(moved.id, home.id)
        scene.time.advance(61)
        await scene.run(event)
        report = await undo(scene, 1)
        assert moved.id in {one.id for one in scene.contacts()}
        left = [line for line in report.of(UndoOutcome.LEFT) if line.record.object_type == "contact"]
        assert [(line.record.name, line.reason) for line in left] == [
            ("Bo Li", "It was created with this lead and is no longer in it.")
        ]


async def test_a_second_contact_whose_answer_was_lost_is_not_taken_for_the_first_one() -> None:
    async with stage(index_lag_s=0) as scene:
        await scene.run(numbered(1, identify("u_1", email="bo@acme.example", company=ACME)))
        await scene.run(numbered(2, identify("u_2", email="cy@bolt.example", company=("co_2", "Bolt"))))
        scene.sandbox.faults.add(Fault(kind="drop_after_commit", method="POST", path="/contact/"))
        joining = numbered(3, identify("u_1", name="Bo", email="bo@acme.example", company=("co_2", "Bolt")))
        assert (await scene.run(joining)).error is not None
        report = await undo(scene, 1, 2, 3)
        assert len(scene.contacts()) == 1
        assert "Close never confirmed that it was created." in {line.reason for line in report.lines}
