"""``/event/``: the event log."""

from __future__ import annotations

import re

import pytest

from tests.close.sandbox.conftest import Caller


async def test_a_change_is_told_with_before_and_after(close: Caller) -> None:
    contact = await close.contact(title="CTO")
    close.clock.advance(1)
    await close.put(f"contact/{contact['id']}/", {"title": "CEO", "emails": [{"email": "a@b.example"}]})
    (event,) = (await close.get("event/", object_id=contact["id"], action="updated"))["data"]
    assert re.fullmatch(r"ev_\w+", event["id"])
    assert re.fullmatch(r"req_\w+", event["request_id"])
    assert (event["object_type"], event["lead_id"]) == ("contact", contact["lead_id"])
    assert event["user_id"] == close.sandbox.store.account.owner.user_id
    assert event["organization_id"] == close.sandbox.store.organization_id
    assert set(event["changed_fields"]) == {"title", "emails"}
    assert event["previous_data"] == {"title": "CTO", "emails": []}
    assert event["data"]["title"] == "CEO"
    assert event["date_created"] == "2026-03-04T09:00:01.000000+00:00"


async def test_everything_made_in_one_request_shares_its_id(close: Caller) -> None:
    lead = await close.lead(contacts=[{"name": "Bo"}])
    events = (await close.get("event/", lead_id=lead["id"]))["data"]
    assert [(e["object_type"], e["action"]) for e in events] == [("contact", "created"), ("lead", "created")]
    (request_id,) = {event["request_id"] for event in events}
    assert len((await close.get("event/", request_id=request_id))["data"]) == 2


async def test_deletes_cascade_and_keep_what_was_there(close: Caller) -> None:
    lead = await close.lead(contacts=[{"name": "Bo"}])
    await close.delete(f"lead/{lead['id']}/")
    events = (await close.get("event/", lead_id=lead["id"]))["data"]
    deleted = [e for e in events if e["action"] == "deleted"]
    assert [e["object_type"] for e in deleted] == ["lead", "contact"]
    assert deleted[0]["previous_data"]["name"] == "Acme"


async def test_a_contacts_change_is_no_update_of_its_lead(close: Caller) -> None:
    contact = await close.contact()
    await close.put(f"contact/{contact['id']}/", {"title": "CEO"})
    assert (await close.get("event/", object_type="lead", action="updated"))["data"] == []


async def test_fields_statuses_and_notes_are_in_the_log(close: Caller) -> None:
    key = await close.field("lead", "Company ID")
    await close.field("contact", "User ID")
    await close.put(f"custom_field/lead/{key.removeprefix('custom.')}/", {"name": "Account ID"})
    await close.delete(f"custom_field/lead/{key.removeprefix('custom.')}/")
    await close.post("activity/note/", {"lead_id": (await close.lead())["id"], "note": "x"})
    events = (await close.get("event/"))["data"]
    assert [(e["object_type"], e["action"]) for e in reversed(events)] == [
        ("custom_fields.lead", "created"),
        ("custom_fields.contact", "created"),
        ("custom_fields.lead", "updated"),
        ("custom_fields.lead", "deleted"),
        ("lead", "created"),
        ("activity.note", "created"),
    ]


@pytest.mark.parametrize(
    "names",
    [
        "lead_id",
        "user_id",
        "request_id",
        "object_type object_id",
        "object_type action",
        "object_id action",
        "lead_id object_type",
        "lead_id object_type action",
        "lead_id user_id",
        "lead_id user_id object_type",
        "lead_id user_id object_type action",
        "user_id object_id",
        "user_id object_id action",
        "user_id object_type",
        "user_id object_type action",
    ],
)
async def test_documented_combinations_of_filters(close: Caller, names: str) -> None:
    contact = await close.contact()
    await close.contact(name="Somebody else")
    close.sandbox.person.edit_contact(contact["id"], {"title": "CEO"})
    events = (await close.get("event/"))["data"]
    wanted = next(e for e in events if e["object_id"] == contact["id"] and e["action"] == "created")
    filters = {name: wanted[name] for name in names.split()}
    found = (await close.get("event/", **filters))["data"]
    assert wanted in found
    assert found == [e for e in events if all(e[name] == value for name, value in filters.items())]
    assert len(found) < len(events)
    late = await close.get("event/", **filters, date_updated__gt=wanted["date_updated"])
    assert wanted not in late["data"]


@pytest.mark.parametrize("names", ["action", "object_type", "object_id", "lead_id action", "user_id action"])
async def test_other_combinations_are_refused(close: Caller, names: str) -> None:
    query = "&".join(f"{name}=x" for name in names.split())
    await close.refused("GET", f"event/?{query}")


async def test_ranges_of_time(close: Caller) -> None:
    for name in "ABC":
        await close.lead(name=name)
        close.clock.advance(60)

    async def names(**params: str) -> list[str]:
        return [event["data"]["name"] for event in (await close.get("event/", **params))["data"]]

    middle = "2026-03-04T09:01:00+00:00"
    assert await names(date_updated__gt=middle) == ["C"]
    assert await names(date_updated__gte=middle) == ["C", "B"]
    assert await names(date_updated__lt=middle) == ["A"]
    assert await names(date_updated__lte=middle, date_updated__gt="2026-03-04T09:00:30") == ["B"]
    await close.refused("GET", "event/?date_updated__gt=soon")


async def test_events_are_walked_with_a_cursor(close: Caller) -> None:
    for number in range(5):
        await close.lead(name=str(number))

    async def page(cursor: str | None) -> tuple[list[str], str | None, str | None]:
        params = {"_limit": 2} | ({"_cursor": cursor} if cursor else {})
        answer = await close.get("event/", **params)
        names = [event["data"]["name"] for event in answer["data"]]
        return names, answer["cursor_next"], answer["cursor_previous"]

    first, to_second, before_first = await page(None)
    second, to_third, back = await page(to_second)
    third, end, _ = await page(to_third)
    assert (first, second, third) == (["4", "3"], ["2", "1"], ["0"])
    assert (before_first, end) == (None, None)
    assert (await page(back))[0] == first
    await close.lead(name="5")
    assert (await page(to_second))[0] == second  # new events do not shift a walk


async def test_a_page_has_at_most_50_events_and_no_skip(close: Caller) -> None:
    for _ in range(51):
        close.sandbox.person.add_lead({"name": "L"})
    assert len((await close.get("event/"))["data"]) == 50
    await close.refused("GET", "event/?_limit=51")
    await close.refused("GET", "event/?_skip=1")
    await close.refused("GET", "event/?_cursor=zz")


async def test_events_are_kept_for_thirty_days(close: Caller) -> None:
    lead = await close.lead()
    close.clock.advance(29 * 86400)
    assert len((await close.get("event/"))["data"]) == 1
    close.clock.advance(2 * 86400)
    assert (await close.get("event/"))["data"] == []
    await close.put(f"lead/{lead['id']}/", {"name": "New"})
    assert len(close.sandbox.store.events) == 1
