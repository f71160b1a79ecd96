"""``/lead/merge/`` and its LeadMerge activity."""

from __future__ import annotations

import pytest

from tests.close.sandbox.conftest import Caller


async def two_leads(close: Caller, **destination) -> tuple[str, str]:
    source = await close.lead(
        name="Old", description="From the source", url="https://old.example", contacts=[{"name": "Bo"}]
    )
    return source["id"], (await close.lead(**{"name": "New", **destination}))["id"]


async def merge_status(close: Caller, destination: str) -> str:
    (merge,) = (await close.get("activity/lead_merge/", lead_id=destination))["data"]
    return merge["merge_status"]


async def test_an_immediate_merge_folds_the_source_into_the_destination(close: Caller) -> None:
    close.switches.merge = "immediate"
    key = await close.field("lead", "Company ID")
    other = await close.field("lead", "Region")
    source, destination = await two_leads(close, **{key: "kept"})
    await close.put(f"lead/{source}/", {key: "lost", other: "North"})
    await close.post("activity/note/", {"lead_id": source, "note": "hello"})
    bo = (await close.get(f"lead/{source}/"))["contact_ids"][0]

    assert await close.post("lead/merge/", {"source": source, "destination": destination}) == {}

    lead = await close.get(f"lead/{destination}/")
    assert (lead["name"], lead["description"]) == ("New", "From the source")
    assert (lead[key], lead[other]) == ("kept", "North")
    assert lead["contact_ids"] == [bo]
    assert (await close.get(f"contact/{bo}/"))["lead_id"] == destination
    assert [note["note"] for note in (await close.get("activity/note/", lead_id=destination))["data"]] == [
        "hello"
    ]
    await close.refused("GET", f"lead/{source}/", status=404)
    (merge,) = (await close.get("activity/lead_merge/", lead_id=destination))["data"]
    assert (merge["_type"], merge["merge_status"], merge["error_message"]) == ("LeadMerge", "completed", None)
    assert (merge["source_lead_id"], merge["destination_lead_id"]) == (source, destination)
    assert await close.get(f"activity/lead_merge/{merge['id']}/") == merge


async def test_an_asynchronous_merge_takes_its_time(close: Caller) -> None:
    close.switches.merge_takes_s = 10
    source, destination = await two_leads(close)
    await close.post("lead/merge/", {"source": source, "destination": destination})
    assert await merge_status(close, destination) == "pending"
    assert (await close.get(f"lead/{source}/"))["name"] == "Old"
    close.clock.advance(6)
    assert await merge_status(close, destination) == "in_progress"
    close.clock.advance(5)
    await close.refused("GET", f"lead/{source}/", status=404)
    assert await merge_status(close, destination) == "completed"


async def test_a_merge_can_end_in_an_error(close: Caller) -> None:
    close.switches.merge = "errored"
    source, destination = await two_leads(close)
    await close.post("lead/merge/", {"source": source, "destination": destination})
    close.clock.advance(10)
    (merge,) = (await close.get("activity/lead_merge/", lead_id=destination))["data"]
    assert merge["merge_status"] == "errored"
    assert merge["error_message"]
    assert (await close.get(f"lead/{source}/"))["contacts"]


async def test_a_source_deleted_meanwhile_ends_in_an_error(close: Caller) -> None:
    source, destination = await two_leads(close)
    await close.post("lead/merge/", {"source": source, "destination": destination})
    await close.delete(f"lead/{source}/")
    close.clock.advance(10)
    assert await merge_status(close, destination) == "errored"


async def test_two_merges_of_one_lead_exclude_each_other(close: Caller) -> None:
    source, destination = await two_leads(close)
    third = (await close.lead(name="Third"))["id"]
    await close.post("lead/merge/", {"source": source, "destination": destination})
    refusal = await close.refused("POST", "lead/merge/", {"source": third, "destination": destination})
    assert "participating in another merge" in refusal["error"]
    close.clock.advance(10)
    assert await close.post("lead/merge/", {"source": third, "destination": destination}) == {}


async def test_the_busy_switch_refuses_every_merge(close: Caller) -> None:
    close.switches.merge = "busy"
    source, destination = await two_leads(close)
    refusal = await close.refused("POST", "lead/merge/", {"source": source, "destination": destination})
    assert "participating in another merge" in refusal["error"]


@pytest.mark.parametrize("missing", ["source", "destination"])
async def test_an_unknown_lead_is_refused(close: Caller, missing: str) -> None:
    source, destination = await two_leads(close)
    body = {"source": source, "destination": destination, missing: "lead_none"}
    assert list((await close.refused("POST", "lead/merge/", body))["field-errors"]) == [missing]
    del body[missing]
    assert list((await close.refused("POST", "lead/merge/", body))["field-errors"]) == [missing]


async def test_a_lead_cannot_be_merged_into_itself(close: Caller) -> None:
    source, _ = await two_leads(close)
    await close.refused("POST", "lead/merge/", {"source": source, "destination": source})
    assert source in close.sandbox.store.leads


async def test_the_event_log_tells_about_the_merge(close: Caller) -> None:
    close.switches.merge = "immediate"
    source, destination = await two_leads(close)
    bo = (await close.get(f"lead/{source}/"))["contact_ids"][0]
    await close.post("lead/merge/", {"source": source, "destination": destination})
    (merged,) = (await close.get("event/", object_type="lead", action="merged"))["data"]
    meta = {"merge_source_lead_id": source, "merge_destination_lead_id": destination}
    assert (merged["object_id"], merged["meta"]) == (destination, meta)
    (moved,) = (await close.get("event/", object_id=bo, action="updated"))["data"]
    assert (moved["meta"], moved["changed_fields"]) == (meta, ["lead_id"])
    (deleted,) = (await close.get("event/", object_type="lead", action="deleted"))["data"]
    assert deleted["object_id"] == source


async def test_merges_chain(close: Caller) -> None:
    """A lead that took in others can itself be folded away; the tracks follow."""
    close.switches.merge = "immediate"
    source, middle = await two_leads(close)
    last = (await close.lead(name="Last"))["id"]
    await close.post("lead/merge/", {"source": source, "destination": middle})
    await close.post("lead/merge/", {"source": middle, "destination": last})
    merges = (await close.get("activity/lead_merge/", lead_id=last))["data"]
    assert {merge["source_lead_id"] for merge in merges} == {source, middle}
    assert [c["name"] for c in (await close.get(f"lead/{last}/"))["contacts"]] == ["Bo"]
