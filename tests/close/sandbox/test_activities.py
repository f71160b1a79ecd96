"""Notes and the lists of activities."""

from __future__ import annotations

import re

import pytest

from tests.close.sandbox.conftest import Caller


async def test_a_note_is_created_read_changed_and_deleted(close: Caller) -> None:
    contact = await close.contact()
    body = {"lead_id": contact["lead_id"], "contact_id": contact["id"], "note": "Called"}
    note = await close.post("activity/note/", body)
    assert re.fullmatch(r"acti_[A-Za-z0-9]{43}", note["id"])
    assert {key: note[key] for key in body} == body
    assert (note["_type"], note["user_name"]) == ("Note", "Dana Whitfield")
    path = f"activity/note/{note['id']}/"
    assert await close.get(path) == note
    assert (await close.put(path, {"note": "Called twice"}))["note"] == "Called twice"
    assert (await close.put(path, {"contact_id": None}))["contact_id"] is None
    assert await close.delete(path) == {}
    await close.refused("GET", path, status=404)


async def test_a_note_needs_a_lead_and_a_contact_of_it(close: Caller) -> None:
    lead, stranger = await close.lead(), await close.contact()
    assert "lead_id" in (await close.refused("POST", "activity/note/", {"note": "x"}))["field-errors"]
    assert "lead_id" in (await close.refused("POST", "activity/note/", {"lead_id": "lead_x"}))["field-errors"]
    body = {"lead_id": lead["id"], "contact_id": stranger["id"]}
    assert "contact_id" in (await close.refused("POST", "activity/note/", body))["field-errors"]
    body = {"lead_id": lead["id"], "note": 5}
    assert "note" in (await close.refused("POST", "activity/note/", body))["field-errors"]


async def test_a_note_may_be_given_to_another_contact_of_its_lead(close: Caller) -> None:
    first = await close.contact()
    second = await close.contact(lead_id=first["lead_id"])
    note = await close.post("activity/note/", {"lead_id": first["lead_id"], "contact_id": first["id"]})
    path = f"activity/note/{note['id']}/"
    assert (await close.put(path, {"contact_id": second["id"]}))["contact_id"] == second["id"]
    await close.refused("PUT", path, {"contact_id": (await close.contact())["id"]})


async def test_activities_are_listed_newest_first_and_filtered(close: Caller) -> None:
    close.switches.merge = "immediate"
    contact, source = await close.contact(), await close.lead()
    lead_id = contact["lead_id"]
    note = await close.post("activity/note/", {"lead_id": lead_id, "contact_id": contact["id"]})
    close.clock.advance(60)
    await close.post("lead/merge/", {"source": source["id"], "destination": lead_id})
    everything = (await close.get("activity/", lead_id=lead_id))["data"]
    assert [row["_type"] for row in everything] == ["LeadMerge", "Note"]
    merge_id = everything[0]["id"]
    assert [r["id"] for r in (await close.get("activity/", lead_id=lead_id, _type="Note"))["data"]] == [
        note["id"]
    ]
    by_contact = await close.get("activity/", lead_id=lead_id, contact_id=contact["id"])
    assert [row["id"] for row in by_contact["data"]] == [note["id"]]
    later = await close.get("activity/", date_created__gt="2026-03-04T09:00:30+00:00")
    assert [row["id"] for row in later["data"]] == [merge_id]
    by_id = await close.get("activity/lead_merge/", id__in=f"{merge_id},{note['id']}")
    assert [row["id"] for row in by_id["data"]] == [merge_id]
    assert (await close.get("activity/lead_merge/", date_created__gt="2027-01-01T00:00:00"))["data"] == []


@pytest.mark.parametrize("name", ["contact_id", "_type", "user_id"])
async def test_some_filters_work_only_together_with_the_lead(close: Caller, name: str) -> None:
    refusal = await close.refused("GET", f"activity/?{name}=x")
    assert list(refusal["field-errors"]) == [name]


async def test_an_unreadable_time_is_refused(close: Caller) -> None:
    await close.refused("GET", "activity/lead_merge/?date_created__gt=soon")
    await close.refused("GET", "activity/lead_merge/acti_none/", status=404)


async def test_there_are_no_opportunities(close: Caller) -> None:
    assert await close.get("opportunity/", lead_id="lead_x") == {"has_more": False, "data": []}
