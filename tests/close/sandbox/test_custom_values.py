"""Values of custom fields on leads and contacts."""

from __future__ import annotations

import pytest

from tests.close.sandbox.conftest import Caller


async def test_only_fields_with_a_value_are_answered(close: Caller) -> None:
    key = await close.field("lead", "Company ID")
    lead = await close.lead()
    assert key not in lead
    assert lead["custom"] == {}
    path = f"lead/{lead['id']}/"
    assert (await close.put(path, {key: "co_1"}))[key] == "co_1"
    assert (await close.get(path))["custom"] == {"Company ID": "co_1"}
    cleared = await close.put(path, {key: None})
    assert key not in cleared
    assert cleared["custom"] == {}


async def test_contacts_have_no_by_name_dict(close: Caller) -> None:
    key = await close.field("contact", "User ID")
    contact = await close.contact(**{key: "u_1"})
    assert contact[key] == "u_1"
    assert "custom" not in contact


async def test_text_is_kept_as_sent(close: Caller) -> None:
    key = await close.field("lead", "Company ID")
    assert (await close.lead(**{key: "Co  1001 É"}))[key] == "Co  1001 É"


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("number", 12.456, 12.456),
        ("date", "2009-02-13T23:31:30.000Z", "2009-02-13"),
        ("date", "2009-02-13", "2009-02-13"),
        ("datetime", "2009-02-13T23:31:30.000Z", "2009-02-13T23:31:30+00:00"),
        ("hidden", "x", "x"),
        ("textarea", "a\nb", "a\nb"),
        ("choices", "Team", "Team"),
    ],
)
async def test_values_are_normalised_by_type(close: Caller, kind, sent, kept) -> None:
    members = {"choices": ["Team", "Trial"]} if kind == "choices" else {}
    key = await close.field("lead", "F", kind, **members)
    assert (await close.lead(**{key: sent}))[key] == kept


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("number", "12"),
        ("number", True),
        ("date", "yesterday"),
        ("datetime", 5),
        ("choices", "Gold"),
        ("user", "user_none"),
        ("contact", "cont_none"),
        ("text", ["a"]),
        ("text", True),
    ],
)
async def test_values_of_another_type_are_refused(close: Caller, kind, sent) -> None:
    members = {"choices": ["Team"]} if kind == "choices" else {}
    key = await close.field("lead", "F", kind, **members)
    refusal = await close.refused("POST", "lead/", {key: sent})
    assert list(refusal["field-errors"]) == [key]
    assert len(close.sandbox.store.leads) == 0


async def test_users_and_contacts_are_referenced_by_id(close: Caller) -> None:
    user, person = await close.field("lead", "Owner", "user"), await close.field("lead", "Buyer", "contact")
    me, contact = await close.get("me/"), await close.contact()
    lead = await close.lead(**{user: me["id"], person: contact["id"]})
    assert (lead[user], lead[person]) == (me["id"], contact["id"])


async def test_a_number_in_a_text_field(close: Caller) -> None:
    key = await close.field("lead", "Company ID")
    await close.refused("POST", "lead/", {key: 1001})
    close.switches.number_into_text = "stored"
    assert (await close.lead(**{key: 1001}))[key] == "1001"


async def test_a_field_with_several_values(close: Caller) -> None:
    key = await close.field("lead", "Tags", accepts_multiple_values=True)
    lead = await close.lead(**{key: ["a", "b"]})
    path = f"lead/{lead['id']}/"
    assert lead[key] == ["a", "b"]
    assert (await close.put(path, {f"{key}.add": "c"}))[key] == ["a", "b", "c"]
    assert (await close.put(path, {f"{key}.add": "c"}))[key] == ["a", "b", "c"]
    assert (await close.put(path, {f"{key}.remove": "a"}))[key] == ["b", "c"]
    assert (await close.put(path, {key: "only"}))[key] == ["only"]
    assert key not in await close.put(path, {f"{key}.remove": "only"})
    assert key not in await close.put(path, {key: []})


async def test_add_and_remove_need_a_field_with_several_values(close: Caller) -> None:
    key = await close.field("lead", "Company ID")
    await close.refused("POST", "lead/", {f"{key}.add": "x"})


@pytest.mark.parametrize("key", ["custom.cf_none", "custom.Company ID", "custom.cf_none.add"])
async def test_an_unknown_field(close: Caller, key: str) -> None:
    refusal = await close.refused("POST", "lead/", {"name": "A", key: "x"})
    assert list(refusal["field-errors"]) == [key]
    close.switches.unknown_custom_field = "ignored"
    lead = await close.post("lead/", {"name": "A", key: "x"})
    assert key not in lead
    assert lead["custom"] == {}


async def test_a_contact_field_is_unknown_to_leads(close: Caller) -> None:
    key = await close.field("contact", "User ID")
    await close.refused("POST", "lead/", {key: "x"})


async def test_a_deleted_field_is_unknown(close: Caller) -> None:
    key = await close.field("contact", "User ID")
    close.sandbox.person.delete_field(key.removeprefix("custom."))
    await close.refused("POST", "contact/", {key: "x"})


async def test_a_field_restricted_to_other_roles(close: Caller) -> None:
    key = await close.field("contact", "User ID", editable_with_roles=["role_sales"])
    contact = await close.contact()
    path = f"contact/{contact['id']}/"
    assert "error" in await close.refused("PUT", path, {key: "u"}, status=403)
    close.switches.role_restricted_write = "401"
    assert await close.refused("PUT", path, {key: "u"}, status=401) == {"error": "Unauthorized"}
    assert (await close.get("me/", _fields="id"))["id"]
    close.switches.role_restricted_write = "ignored"
    answer = await close.put(path, {key: "u", "title": "CTO"})
    assert key not in answer
    assert answer["title"] == "CTO"
    close.sandbox.person.restrict_field(key.removeprefix("custom."), ["admin"])
    assert (await close.put(path, {key: "u"}))[key] == "u"
