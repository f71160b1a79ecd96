"""``/lead/``."""

from __future__ import annotations

import re

import pytest

from tests.close.sandbox.conftest import Caller


async def test_a_name_is_a_complete_lead(close: Caller) -> None:
    lead = await close.post("lead/", {"name": "X"})
    me = await close.get("me/")
    assert re.fullmatch(r"lead_[A-Za-z0-9]{43}", lead["id"])
    assert lead == {
        "id": lead["id"],
        "name": "X",
        "display_name": "X",
        "description": "",
        "url": None,
        "status_id": me["organizations"][0]["lead_statuses"][0]["id"],
        "status_label": "Potential",
        "addresses": [],
        "contacts": [],
        "contact_ids": [],
        "opportunities": [],
        "tasks": [],
        "integration_links": [],
        "custom": {},
        "created_by": me["id"],
        "created_by_name": "Dana Whitfield",
        "updated_by": me["id"],
        "updated_by_name": "Dana Whitfield",
        "organization_id": me["organizations"][0]["id"],
        "html_url": f"https://app.close.com/lead/{lead['id']}/",
        "date_created": "2026-03-04T09:00:00.000000+00:00",
        "date_updated": "2026-03-04T09:00:00.000000+00:00",
    }
    assert await close.get(f"lead/{lead['id']}/") == lead


async def test_nothing_is_required_and_nothing_is_unique(close: Caller) -> None:
    key = await close.field("lead", "Company ID")
    assert (await close.post("lead/", {}))["name"] == ""
    one, two = [await close.post("lead/", {"name": "X", key: "co_1"}) for _ in range(2)]
    assert one["id"] != two["id"]


async def test_null_becomes_the_default(close: Caller) -> None:
    lead = await close.post("lead/", {"name": None, "description": None, "url": None})
    assert (lead["name"], lead["description"], lead["url"]) == ("", "", None)


async def test_a_lead_is_created_with_its_contacts(close: Caller) -> None:
    key = await close.field("contact", "User ID")
    lead = await close.lead(
        contacts=[{"name": "Bo", "emails": [{"email": "bo@acme.example"}], key: "u_1"}, {"name": "Cy"}]
    )
    assert [contact["name"] for contact in lead["contacts"]] == ["Bo", "Cy"]
    assert lead["contact_ids"] == [contact["id"] for contact in lead["contacts"]]
    first = lead["contacts"][0]
    assert (first["lead_id"], first[key]) == (lead["id"], "u_1")
    assert await close.get(f"contact/{first['id']}/") == first


async def test_a_bad_nested_contact_prevents_everything(close: Caller) -> None:
    body = {"name": "X", "contacts": [{"name": "ok"}, {"emails": [{"email": "nope"}]}]}
    nested = await close.refused("POST", "lead/", body)
    inner = nested["field-errors"]["contacts"]["errors"]["1"]["field-errors"]["emails"]
    assert inner["errors"]["0"]["field-errors"]["email"] == "Invalid email address."
    close.switches.nested_contact_error = "top_level"
    lifted = await close.refused("POST", "lead/", body)
    assert lifted["field-errors"] == {"emails": inner}
    assert len(close.sandbox.store.leads) == len(close.sandbox.store.contacts) == 0


async def test_status_by_label_or_by_id(close: Caller) -> None:
    statuses = {row["label"]: row["id"] for row in (await close.get("status/lead/"))["data"]}
    by_label = await close.lead(status="Customer")
    by_id = await close.lead(status_id=statuses["Qualified"])
    assert (by_label["status_id"], by_label["status_label"]) == (statuses["Customer"], "Customer")
    assert by_id["status_label"] == "Qualified"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"status_id": "stat_none"}, "status_id"),
        ({"status": "Nonsense"}, "status"),
        ({"status": "Customer", "status_id": "stat_x"}, "status"),
        ({"url": "not a url"}, "url"),
        ({"name": 5}, "name"),
        ({"addresses": "1 Main St"}, "addresses"),
        ({"addresses": ["1 Main St"]}, "addresses"),
        ({"contacts": {}}, "contacts"),
        ({"contacts": ["Bo"]}, "contacts"),
        ({"contacts": [{"lead_id": "lead_x"}]}, "contacts"),
    ],
)
async def test_bad_members_are_refused(close: Caller, body, name) -> None:
    assert list((await close.refused("POST", "lead/", body))["field-errors"]) == [name]


async def test_an_unknown_plain_member_is_accepted_and_dropped(close: Caller) -> None:
    lead = await close.post("lead/", {"name": "X", "shoe_size": 44})
    assert "shoe_size" not in lead


async def test_a_put_is_a_patch(close: Caller) -> None:
    address = {"address_1": "1 Main St", "city": "Reno", "state": "NV", "country": "US"}
    lead = await close.lead(url="https://acme.example", addresses=[address], contacts=[{"name": "Bo"}])
    assert lead["addresses"] == [{**address, "label": "business", "address_2": "", "zipcode": ""}]
    close.clock.advance(5)
    changed = await close.put(f"lead/{lead['id']}/", {"description": "New"})
    assert changed == {
        **lead,
        "description": "New",
        "date_updated": "2026-03-04T09:00:05.000000+00:00",
    }
    assert (await close.put(f"lead/{lead['id']}/", {"addresses": []}))["addresses"] == []


async def test_contacts_cannot_be_edited_through_the_lead(close: Caller) -> None:
    lead = await close.lead(contacts=[{"name": "Bo"}])
    changed = await close.put(f"lead/{lead['id']}/", {"contacts": [{"name": "Other"}]})
    assert [contact["name"] for contact in changed["contacts"]] == ["Bo"]


async def test_deleting_a_lead_takes_its_contacts_and_notes(close: Caller) -> None:
    lead = await close.lead(contacts=[{"name": "Bo"}])
    note = await close.post("activity/note/", {"lead_id": lead["id"], "note": "hello"})
    assert await close.delete(f"lead/{lead['id']}/") == {}
    for path in (
        f"lead/{lead['id']}/",
        f"contact/{lead['contact_ids'][0]}/",
        f"activity/note/{note['id']}/",
    ):
        await close.refused("GET", path, status=404)
    await close.refused("DELETE", f"lead/{lead['id']}/", status=404)
    await close.refused("PUT", f"lead/{lead['id']}/", {"name": "X"}, status=404)


async def test_reads_may_be_stale_after_a_delete(close: Caller) -> None:
    close.switches.stale_get_after_delete_s = 30
    lead = await close.lead(contacts=[{"name": "Bo"}])
    path, contact_path = f"lead/{lead['id']}/", f"contact/{lead['contact_ids'][0]}/"
    await close.delete(path)
    close.clock.advance(29)
    assert await close.get(path) == lead
    assert (await close.get(contact_path))["name"] == "Bo"
    assert (await close.get("lead/"))["total_results"] == 1
    await close.refused("PUT", path, {"name": "X"}, status=404)
    await close.refused("DELETE", path, status=404)
    close.clock.advance(2)
    await close.refused("GET", path, status=404)
    await close.refused("GET", contact_path, status=404)
    assert (await close.get("lead/"))["total_results"] == 0


async def test_without_staleness_a_deleted_lead_is_gone_at_once(close: Caller) -> None:
    lead = await close.lead()
    await close.delete(f"lead/{lead['id']}/")
    await close.refused("GET", f"lead/{lead['id']}/", status=404)
    assert (await close.get("lead/"))["data"] == []
