"""Taking events back, in a sandbox that people go on working in."""

from __future__ import annotations

import pytest

from app.actions.trace import Outcome
from app.actions.undo import Undo, UndoReport
from app.actions.undo_decisions import UndoOutcome
from app.close.failures import CloseError
from app.close.sandbox.faults import Fault
from app.segment.events import Event, read_event
from tests.actions.builders import Stage, identify, stage

ACME = ("co_1", "Acme")


def numbered(number: int, event: Event) -> Event:
    """The same call with a message id of its own."""
    return read_event({**event.body, "messageId": f"m{number}"})


async def undo(scene: Stage, *numbers: int, live: bool = True) -> UndoReport:
    plans = [plan for number in numbers for plan in scene.memory.plans.plans_of(f"m{number}")]
    return await Undo(scene.close, scene.memory, live=live).run(plans)


def outcomes(report: UndoReport) -> list[tuple[str, str, UndoOutcome]]:
    return [(line.record.object_type, line.field, line.outcome) for line in report.lines]


async def test_a_lead_and_contact_that_an_event_created_are_removed_and_may_be_created_again() -> None:
    async with stage() as scene:
        event = identify(name="Bo Li", email="bo@acme.example", title="CTO", company=ACME)
        await scene.run(numbered(1, event))
        preview = await undo(scene, 1, live=False)
        assert (len(scene.leads()), len(scene.contacts())) == (1, 1)
        done = await undo(scene, 1)
        assert outcomes(done) == outcomes(preview)
        assert outcomes(done) == [
            ("contact", "", UndoOutcome.REMOVED),
            ("lead", "", UndoOutcome.REMOVED),
        ]
        assert done.summary == "2 records removed."
        assert (scene.leads(), scene.contacts()) == ([], [])
        # Not taken for deleted by a person: the next event creates them anew.
        scene.time.advance(61)
        report = await scene.run(numbered(2, event))
        assert report.outcome is Outcome.DELIVERED
        assert (len(scene.leads()), len(scene.contacts())) == (1, 1)


async def test_changed_fields_go_back_and_a_field_that_a_person_changed_since_stays() -> None:
    async with stage() as scene:
        await scene.run(numbered(1, identify(name="Bo", email="bo@acme.example", company=ACME)))
        await scene.run(
            numbered(
                2,
                identify(
                    name="Bo Li",
                    title="CTO",
                    email="bo@home.example",
                    phone="(415) 555-0132",
                    company=("co_1", "Acme Inc"),
                ),
            )
        )
        (contact,) = scene.contacts()
        scene.sandbox.person.edit_contact(contact.id, {"title": "CEO"})
        report = await undo(scene, 2)
        (contact,), (lead,) = scene.contacts(), scene.leads()
        assert (contact.name, contact.title, lead.name) == ("Bo", "CEO", "Acme")
        assert [entry.email for entry in contact.emails] == ["bo@acme.example"]
        assert contact.phones == ()
        (left,) = report.of(UndoOutcome.LEFT)
        assert (left.field, left.now, left.reason) == (
            "Title",
            "CEO",
            "Somebody has changed it in Close since.",
        )


async def test_several_events_go_back_in_one_and_the_preview_says_the_same() -> None:
    async with stage() as scene:
        await scene.run(numbered(1, identify(email="bo@acme.example", company=ACME)))
        for number, title in ((2, "CTO"), (3, "CEO"), (4, "Chair")):
            await scene.run(numbered(number, identify(email="bo@acme.example", title=title, company=ACME)))
        preview = await undo(scene, 2, 3, 4, live=False)
        assert [(line.now, line.back) for line in preview.lines] == [
            ("Chair", "CEO"),
            ("CEO", "CTO"),
            ("CTO", None),
        ]
        assert scene.contacts()[0].title == "Chair"
        assert (await undo(scene, 2, 3, 4)).lines == preview.lines
        assert scene.contacts()[0].title == ""


async def test_an_event_below_a_later_one_leaves_what_the_later_one_wrote() -> None:
    async with stage() as scene:
        await scene.run(numbered(1, identify(email="bo@acme.example", company=ACME)))
        await scene.run(numbered(2, identify(email="bo@acme.example", title="CTO", company=ACME)))
        await scene.run(numbered(3, identify(email="bo@acme.example", title="CEO", company=ACME)))
        (line,) = (await undo(scene, 2)).lines
        assert (line.outcome, line.reason) == (UndoOutcome.LEFT, "A later event has changed it.")
        assert scene.contacts()[0].title == "CEO"


@pytest.mark.parametrize("added", ["contact", "title", "note", "address"])
async def test_a_created_record_stays_when_something_was_added_to_it(added: str) -> None:
    async with stage() as scene:
        await scene.run(numbered(1, identify(name="Bo Li", email="bo@acme.example", company=ACME)))
        (lead,), (contact,) = scene.leads(), scene.contacts()
        person = scene.sandbox.person
        if added == "contact":
            person.add_contact(lead.id, {"name": "Colleague"})
        elif added == "title":
            person.edit_contact(contact.id, {"title": "CTO"})
        elif added == "note":
            await scene.close._call("POST", "activity/note", body={"lead_id": lead.id, "note": "called"})
        else:
            person.edit_lead(lead.id, {"addresses": [{"label": "business", "city": "Reno"}]})
        report = await undo(scene, 1)
        assert [one.id for one in scene.leads()] == [lead.id]
        reasons = {line.record.object_type: line.reason for line in report.of(UndoOutcome.LEFT)}
        assert {
            "contact": "It has contacts: Colleague." in reasons["lead"],
            "title": "changed since it was created (title)" in reasons.get("contact", ""),
            "note": "1 activity belongs to it." in reasons["lead"],
            "address": "It has addresses." in reasons["lead"],
        }[added]


async def test_an_id_that_was_given_is_taken_back_and_no_longer_stands_for_the_record() -> None:
    async with stage() as scene:
        await scene.run(
            numbered(
                1, identify("u_9", email="maren.oakes@bramble.example", company=("co_9", "Bramble & Co"))
            )
        )
        (contact,) = [one for one in scene.sandbox.store.contacts.values() if one.name == "Maren Oakes"]
        assert scene.user_id_of(contact) == "u_9"
        await undo(scene, 1)
        contact = scene.sandbox.store.contacts[contact.id]
        assert scene.user_id_of(contact) is None
        assert scene.memory.identities.contact_for("user:u_9") is None
        assert scene.memory.identities.lead_for("company:co_9") is None


async def test_a_create_whose_answer_was_lost_can_be_undone_after_it_was_found() -> None:
    async with stage(index_lag_s=0) as scene:
        scene.sandbox.faults.add(Fault(kind="drop_after_commit", method="POST", path="/lead/"))
        event = numbered(1, identify(name="Bo Li", email="bo@acme.example", company=ACME))
        assert (await scene.run(event)).error is not None
        scene.time.advance(61)
        assert (await scene.run(event)).outcome is Outcome.UNCHANGED
        await undo(scene, 1)
        assert (scene.leads(), scene.contacts()) == ([], [])


async def test_a_create_that_was_sent_twice_leaves_nothing_behind_and_the_preview_says_so() -> None:
    async with stage(index_lag_s=0) as scene:
        scene.sandbox.faults.add(Fault(kind="drop_before", method="POST", path="/lead/"))
        event = numbered(1, identify(name="Bo Li", email="bo@acme.example", company=ACME))
        assert (await scene.run(event)).error is not None
        scene.time.advance(61)
        assert (await scene.run(event)).outcome is Outcome.DELIVERED
        preview = await undo(scene, 1, live=False)
        done = await undo(scene, 1)
        assert (scene.leads(), scene.contacts()) == ([], [])
        assert outcomes(done) == outcomes(preview)
        assert done.of(UndoOutcome.LEFT) == ()


async def test_undo_that_met_a_lost_answer_goes_on_where_it_stopped() -> None:
    async with stage() as scene:
        await scene.run(numbered(1, identify(email="bo@acme.example", company=ACME)))
        await scene.run(
            numbered(2, identify(email="bo@acme.example", title="CTO", company=("co_1", "Acme Inc")))
        )
        scene.sandbox.faults.add(Fault(kind="drop_after_commit", method="PUT", path="/contact/*"))
        with pytest.raises(CloseError):
            await undo(scene, 2)
        report = await undo(scene, 2)
        (contact,), (lead,) = scene.contacts(), scene.leads()
        assert (contact.title, lead.name) == ("", "Acme")
        assert not report.of(UndoOutcome.REVERTED) or all(
            line.record.object_type == "contact" for line in report.of(UndoOutcome.REVERTED)
        )
        scene.sandbox.calls.clear()
        assert (await undo(scene, 2)).of(UndoOutcome.REVERTED) == ()
        assert scene.writes() == 0


async def test_an_undo_that_is_started_again_and_again_takes_no_field_further_back() -> None:
    """The value before the first event is the one after the third: it must not be taken for it."""
    async with stage() as scene:
        await scene.run(numbered(1, identify(name="Ada", email="bo@acme.example", company=ACME)))
        await scene.run(numbered(2, identify(name="Cy", email="bo@acme.example", company=ACME)))
        await scene.run(numbered(3, identify(name="Ada", title="CTO", email="bo@acme.example", company=ACME)))
        (contact,) = scene.contacts()
        scene.sandbox.person.edit_contact(contact.id, {"title": "CEO"})
        for _ in range(3):
            for number in (3, 2):
                await undo(scene, number)
        (contact,) = scene.contacts()
        assert (contact.name, contact.title) == ("Ada", "CEO")


async def test_a_field_that_is_back_already_is_not_left_for_somebodys_change() -> None:
    async with stage() as scene:
        await scene.run(numbered(1, identify(name="Ada", email="bo@acme.example", company=ACME)))
        await scene.run(numbered(2, identify(name="Cy", email="bo@acme.example", company=ACME)))
        (contact,) = scene.contacts()
        scene.sandbox.person.edit_contact(contact.id, {"name": "Ada"})
        report = await undo(scene, 2)
        assert [(line.outcome, line.reason) for line in report.lines] == [
            (UndoOutcome.REVERTED, "It is back already.")
        ]


async def test_what_close_forbids_is_left_with_its_words() -> None:
    async with stage() as scene:
        await scene.run(numbered(1, identify(email="bo@acme.example", company=ACME)))
        member = scene.sandbox.store.account.owner
        scene.sandbox.set_member(type(member)(**{**_members(member), "permissions": frozenset()}))
        report = await undo(scene, 1)
        assert report.of(UndoOutcome.LEFT)[-1].record.object_type == "lead"


def _members(member: object) -> dict[str, object]:
    return {name: getattr(member, name) for name in member.__dataclass_fields__}  # type: ignore[attr-defined]
