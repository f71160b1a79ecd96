"""Notes, custom activities, merges and members: the client against a sandbox."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import pytest

from app.close.activities import RESOURCES, ActivityWrite, MergeStatus, read_merge
from app.close.client import CloseClient
from app.close.failures import CloseError, FailureKind
from app.close.sandbox.application import Sandbox
from app.close.sandbox.clock import VirtualClock
from app.close.sandbox.ids import IdSource
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import RunningSandbox


@pytest.fixture
def sandbox() -> Sandbox:
    clock = VirtualClock()
    return Sandbox(store=demo_data(clock=clock, ids=IdSource(random.Random(7))), clock=clock)


@pytest.fixture
async def close(sandbox: Sandbox) -> AsyncIterator[CloseClient]:
    async with (
        RunningSandbox(sandbox) as running,
        CloseClient(sandbox.api_key, base_url=running.base_url) as client,
    ):
        yield client


async def test_a_note_is_written_changed_listed_and_deleted(sandbox: Sandbox, close: CloseClient) -> None:
    contact = next(iter(sandbox.store.contacts.values()))
    note = await close.create_activity(ActivityWrite(contact.lead_id, contact.id, "called"))
    assert (note.type, note.note, note.contact_id, note.resource) == (
        "Note",
        "called",
        contact.id,
        "activity/note",
    )
    changed = await close.update_activity(
        "activity/note", note.id, ActivityWrite(contact.lead_id, None, "twice")
    )
    assert changed.note == "twice"
    assert (await close.activity("activity/note", note.id)).note == "twice"
    listed = await close.activities_of_lead(contact.lead_id, contact.id)
    assert note.id in [one.id for one in listed]
    await close.delete_activity("activity/note", note.id)
    with pytest.raises(CloseError) as caught:
        await close.activity("activity/note", note.id)
    assert caught.value.kind is FailureKind.NOT_FOUND


async def test_a_custom_activity_has_its_type_and_fields(sandbox: Sandbox, close: CloseClient) -> None:
    first, second = list(sandbox.store.contacts.values())[:2]
    sandbox.person.move_contact(second.id, first.lead_id)
    write = ActivityWrite(first.lead_id, first.id, type_id="actitype_1", custom={"cf_1": "a"})
    activity = await close.create_activity(write)
    assert (activity.type, activity.custom) == ("CustomActivity", {"cf_1": "a"})
    await close.give_to_contact(RESOURCES["CustomActivity"], activity.id, second.id)
    assert (await close.activity("activity/custom", activity.id)).contact_id == second.id
    with pytest.raises(CloseError) as caught:
        await close.create_activity(ActivityWrite("lead_unknown", None, type_id="actitype_1"))
    assert "lead_id" in caught.value.field_errors


async def test_a_merge_is_asked_for_and_its_end_seen(sandbox: Sandbox, close: CloseClient) -> None:
    source, destination = list(sandbox.store.leads)[:2]
    await close.merge_leads(source, destination)
    (job,) = await close.lead_merges(destination)
    assert (job.source_id, job.is_running) == (source, True)
    sandbox.clock.advance(5)  # type: ignore[attr-defined]
    (job,) = await close.lead_merges(destination)
    assert (job.status, job.is_running) == (MergeStatus.COMPLETED, False)


async def test_sequences_opportunities_and_members_are_counted(sandbox: Sandbox, close: CloseClient) -> None:
    contact = next(iter(sandbox.store.contacts.values()))
    assert await close.active_subscriptions(contact.id) == 0
    sandbox.person.subscribe(contact.id)
    assert await close.active_subscriptions(contact.id) == 1
    assert await close.opportunities_of_contact(contact.lead_id, contact.id) == ()
    assert {user.email for user in await close.users()} == {
        "dana.whitfield@acme.example",
        "robin.asher@acme.example",
    }


def test_a_status_that_close_adds_later_counts_as_running() -> None:
    job = read_merge({"source_lead_id": "lead_1", "merge_status": "thinking about it"})
    assert (job.status, job.is_running) == (MergeStatus.UNKNOWN, True)
