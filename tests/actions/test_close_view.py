"""Reads under way are shared, what was written is read anew, and what is gone is not believed again."""

from __future__ import annotations

import asyncio

import pytest

from app.actions.close_view import CloseView
from app.close.failures import CloseError, FailureKind
from app.close.records import LeadWrite
from tests.actions.builders import Stage, identify, stage

ACME = ("co_1", "Acme")


def view(scene: Stage) -> CloseView:
    return CloseView(scene.close, lambda: round(scene.time.now().timestamp() * 1000))


async def some_lead(scene: Stage) -> str:
    await scene.run(identify(email="bo@acme.example", company=ACME))
    scene.time.advance(61)
    scene.sandbox.calls.clear()
    return scene.leads()[0].id


async def test_the_same_read_at_the_same_time_is_made_once() -> None:
    async with stage() as scene:
        lead_id = await some_lead(scene)
        close = view(scene)
        leads = await asyncio.gather(*(close.lead(lead_id) for _ in range(20)))
        assert (len({one.id for one in leads}), scene.calls("GET")) == (1, 1)
        field_id = scene.company_field.id
        await asyncio.gather(*(close.leads_by_company_id(field_id, "co_1") for _ in range(20)))
        assert scene.searches() == 1
        await close.lead(lead_id)
        assert scene.calls("GET") == 2


async def test_a_read_that_began_before_a_write_is_not_given_to_anybody_after_it() -> None:
    async with stage() as scene:
        lead_id = await some_lead(scene)
        close = view(scene)
        early = asyncio.create_task(close.lead(lead_id))
        await asyncio.sleep(0)
        await close.update_lead(lead_id, LeadWrite(name="Acme Inc"))
        assert (await close.lead(lead_id)).name == "Acme Inc"
        await early


async def test_one_who_is_cancelled_does_not_take_the_others_answer_along() -> None:
    async with stage() as scene:
        lead_id = await some_lead(scene)
        close = view(scene)
        first = asyncio.create_task(close.lead(lead_id))
        second = asyncio.create_task(close.lead(lead_id))
        await asyncio.sleep(0)
        first.cancel()
        assert (await second).id == lead_id
        assert scene.calls("GET") == 1


async def test_a_record_that_is_gone_is_not_believed_while_close_still_shows_it() -> None:
    async with stage(stale_get_after_delete_s=30) as scene:
        lead_id = await some_lead(scene)
        contact_id = scene.contacts()[0].id
        close = view(scene)
        scene.sandbox.person.delete_contact(contact_id)
        assert [one.id for one in (await close.lead(lead_id)).contacts] == [contact_id]
        with pytest.raises(CloseError):
            await close.delete_contact(contact_id)
        assert (await close.lead(lead_id)).contacts == ()
        with pytest.raises(CloseError) as caught:
            await close.contact(contact_id)
        assert caught.value.kind is FailureKind.NOT_FOUND


async def test_a_person_deleting_a_contact_during_an_event_is_met_by_looking_again() -> None:
    async with stage(stale_get_after_delete_s=30) as scene:
        await some_lead(scene)
        scene.sandbox.person.delete_contact(scene.contacts()[0].id)
        report = await scene.run(identify(email="bo@acme.example", title="CTO", company=ACME))
        assert report.error is None
        assert "Gone from Close" in [step.title for step in report.results[0].steps]
        assert scene.contacts() == []
