"""Definitions of custom fields: creation, change, deletion, schema, shared fields."""

from __future__ import annotations

import re

import pytest

from tests.close.sandbox.conftest import Caller


@pytest.mark.parametrize("object_type", ["lead", "contact"])
async def test_a_field_is_created_and_read(close: Caller, object_type: str) -> None:
    field = await close.post(
        f"custom_field/{object_type}/", {"name": "Company ID", "type": "text", "choices": None}
    )
    me = await close.get("me/", _fields="id")
    assert re.fullmatch(r"cf_[A-Za-z0-9]{43}", field["id"])
    assert {
        key: value for key, value in field.items() if key not in ("id", "date_created", "date_updated")
    } == {
        "name": "Company ID",
        "description": None,
        "type": "text",
        "choices": None,
        "accepts_multiple_values": False,
        "editable_with_roles": [],
        "is_shared": False,
        "organization_id": close.sandbox.store.organization_id,
        "created_by": me["id"],
        "updated_by": me["id"],
    }
    assert await close.get(f"custom_field/{object_type}/{field['id']}/") == field
    assert await close.get(f"custom_field/{object_type}/") == {"has_more": False, "data": [field]}
    other = "contact" if object_type == "lead" else "lead"
    assert (await close.get(f"custom_field/{other}/"))["data"] == []
    await close.refused("GET", f"custom_field/{other}/{field['id']}/", status=404)


async def test_times_in_field_answers_may_lack_an_offset(close: Caller) -> None:
    field = await close.post("custom_field/lead/", {"name": "A", "type": "text"})
    assert field["date_created"] == "2026-03-04T09:00:00.000000"
    close.switches.naive_dates = False
    aware = await close.get(f"custom_field/lead/{field['id']}/")
    assert aware["date_created"] == "2026-03-04T09:00:00.000000+00:00"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"type": "text"}, "name"),
        ({"name": "A"}, "type"),
        ({"name": "A", "type": "colour"}, "type"),
        ({"name": "A", "type": "choices"}, "choices"),
        ({"name": 5, "type": "text"}, "name"),
        ({"name": "A", "type": "text", "accepts_multiple_values": "yes"}, "accepts_multiple_values"),
        ({"name": "A", "type": "choices", "choices": "one"}, "choices"),
    ],
)
async def test_a_bad_definition_is_refused(close: Caller, body, name) -> None:
    refusal = await close.refused("POST", "custom_field/lead/", body)
    assert list(refusal["field-errors"]) == [name]
    assert len(close.sandbox.store.fields) == 0


async def test_duplicate_names(close: Caller) -> None:
    await close.field("lead", "Company ID")
    await close.field("lead", "Company ID")
    close.switches.duplicate_field_name = "refused"
    refusal = await close.refused("POST", "custom_field/lead/", {"name": " company id", "type": "text"})
    assert list(refusal["field-errors"]) == ["name"]
    await close.field("contact", "Company ID")


async def test_the_quota_answers_402(close: Caller) -> None:
    close.switches.field_quota = 2
    await close.field("lead", "A")
    await close.field("contact", "B")
    assert "error" in await close.refused(
        "POST", "custom_field/lead/", {"name": "C", "type": "text"}, status=402
    )


async def test_a_put_is_a_patch(close: Caller) -> None:
    key = await close.field("lead", "Plan", "choices", choices=["A", "B"], description="What they pay for")
    path = f"custom_field/lead/{key.removeprefix('custom.')}/"
    changed = await close.put(path, {"choices": ["A", "B", "C"], "editable_with_roles": ["admin"]})
    assert changed["choices"] == ["A", "B", "C"]
    assert changed["editable_with_roles"] == ["admin"]
    assert (changed["name"], changed["description"]) == ("Plan", "What they pay for")
    assert (await close.put(path, {"name": "Tier"}))["name"] == "Tier"


async def test_a_change_of_type_is_carried_out_in_the_background(close: Caller) -> None:
    key = await close.field("lead", "Seats", "number")
    path = f"custom_field/lead/{key.removeprefix('custom.')}/"
    lead = await close.lead(**{key: 12})
    started = await close.put(path, {"type": "text"})
    assert (started["type"], started["converting_to_type"]) == ("number", "text")
    close.clock.advance(10)
    done = await close.get(path)
    assert done["type"] == "text"
    assert "converting_to_type" not in done
    assert (await close.get(f"lead/{lead['id']}/"))[key] == "12"


async def test_a_value_that_the_new_type_cannot_hold_is_gone(close: Caller) -> None:
    key = await close.field("contact", "Seats")
    good, bad = [await close.contact(**{key: value}) for value in ("12", "many")]
    await close.put(f"custom_field/contact/{key.removeprefix('custom.')}/", {"type": "number"})
    close.clock.advance(10)
    assert (await close.get(f"contact/{good['id']}/"))[key] == 12
    assert key not in await close.get(f"contact/{bad['id']}/")


async def test_a_deleted_field_takes_its_values_with_it(close: Caller) -> None:
    key = await close.field("lead", "Company ID")
    person = await close.field("contact", "User ID")
    lead = await close.lead(**{key: "co_1", "contacts": [{"name": "Bo", person: "u_1"}]})
    assert await close.delete(f"custom_field/lead/{key.removeprefix('custom.')}/") == {}
    assert await close.delete(f"custom_field/contact/{person.removeprefix('custom.')}/") == {}
    after = await close.get(f"lead/{lead['id']}/")
    assert key not in after
    assert after["custom"] == {}
    assert person not in after["contacts"][0]
    await close.refused("DELETE", f"custom_field/lead/{key.removeprefix('custom.')}/", status=404)


async def test_the_schema_lists_all_fields_in_order(close: Caller) -> None:
    ids = [(await close.field("lead", name)).removeprefix("custom.") for name in "ABC"]
    schema = await close.get("custom_field_schema/lead/")
    assert (schema["name"], schema["object_type"]) == ("Lead", "lead")
    assert [field["name"] for field in schema["fields"]] == ["A", "B", "C"]
    reordered = await close.put("custom_field_schema/lead/", {"fields": [{"id": ids[2]}, {"id": ids[1]}]})
    assert [field["name"] for field in reordered["fields"]] == ["C", "B", "A"]
    assert [f["name"] for f in (await close.get("custom_field_schema/lead/"))["fields"]] == ["C", "B", "A"]
    await close.refused("PUT", "custom_field_schema/lead/", {"fields": [{"id": "cf_none"}]})


async def test_shared_fields_are_always_in_the_schema(close: Caller) -> None:
    shared = close.sandbox.person.add_field(("lead", "contact"), "Region")
    for object_type in ("lead", "contact"):
        (field,) = (await close.get(f"custom_field_schema/{object_type}/"))["fields"]
        assert (field["id"], field["is_shared"]) == (shared.id, True)
        assert "choices" not in field
        assert {entry["object_type"] for entry in field["associations"]} == {"lead", "contact"}
        assert (await close.get(f"custom_field/{object_type}/"))["data"] == []
    close.switches.shared_fields_in_list = "listed"
    assert [f["id"] for f in (await close.get("custom_field/lead/"))["data"]] == [shared.id]


async def test_a_shared_field_holds_values_on_both_objects(close: Caller) -> None:
    key = f"custom.{close.sandbox.person.add_field(('lead', 'contact'), 'Region').id}"
    lead = await close.lead(**{key: "North", "contacts": [{key: "South"}]})
    assert (lead[key], lead["contacts"][0][key]) == ("North", "South")
