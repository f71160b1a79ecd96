"""``/contact/``."""

from __future__ import annotations

import re

import pytest

from tests.close.sandbox.conftest import Caller


async def test_a_full_contact(close: Caller) -> None:
    lead = await close.lead()
    key = await close.field("contact", "User ID")
    contact = await close.post(
        "contact/",
        {
            "lead_id": lead["id"],
            "name": "Bo Li",
            "title": "CTO",
            "emails": [{"email": "bo@acme.example", "type": "office"}],
            "phones": [{"phone": "(415) 555-0132", "type": "mobile"}],
            "urls": [{"url": "https://bo.example", "type": "url"}],
            key: "u_42",
        },
    )
    me = await close.get("me/", _fields="id")
    assert re.fullmatch(r"cont_[A-Za-z0-9]{43}", contact["id"])
    assert contact == {
        "id": contact["id"],
        "lead_id": lead["id"],
        "name": "Bo Li",
        "display_name": "Bo Li",
        "title": "CTO",
        "emails": [{"email": "bo@acme.example", "type": "office", "is_unsubscribed": False}],
        "phones": [
            {"phone": "+14155550132", "phone_formatted": "+1 415-555-0132", "country": "US", "type": "mobile"}
        ],
        "urls": [{"url": "https://bo.example", "type": "url"}],
        "timezone": "America/Los_Angeles",
        "timezone_source": "inferred_from_phone_number",
        "integration_links": [],
        "organization_id": close.sandbox.store.organization_id,
        "created_by": me["id"],
        "updated_by": me["id"],
        "date_created": "2026-03-04T09:00:00.000000+00:00",
        "date_updated": "2026-03-04T09:00:00.000000+00:00",
        key: "u_42",
    }
    assert await close.get(f"contact/{contact['id']}/") == contact


async def test_types_have_defaults(close: Caller) -> None:
    contact = await close.contact(
        emails=[{"email": "bo@acme.example"}],
        phones=[{"phone": "8004445555", "type": None}],
        urls=[{"url": "https://bo.example"}],
    )
    assert contact["emails"][0]["type"] == "office"
    assert contact["urls"][0]["type"] == "url"
    assert (contact["phones"][0]["type"], contact["phones"][0]["phone"]) == ("office", "+18004445555")


@pytest.mark.parametrize(
    ("sent", "kept", "country"),
    [("+44 20 7946 0011", "+442079460011", "GB"), ("(212) 555-0142", "+12125550142", "US")],
)
async def test_phones_are_normalised(close: Caller, sent, kept, country) -> None:
    (phone,) = (await close.contact(phones=[{"phone": sent}]))["phones"]
    assert (phone["phone"], phone["country"]) == (kept, country)


async def test_a_contact_may_have_no_name(close: Caller) -> None:
    contact = await close.contact(name=None, title=None, emails=[{"email": "bo@acme.example"}])
    assert (contact["name"], contact["title"], contact["display_name"]) == ("", "", "bo@acme.example")


async def test_without_lead_id_a_lead_is_made(close: Caller) -> None:
    contact = await close.post("contact/", {"name": "Bo Li"})
    nameless = await close.post("contact/", {})
    assert (await close.get(f"lead/{contact['lead_id']}/"))["name"] == "Bo Li"
    assert (await close.get(f"lead/{nameless['lead_id']}/"))["name"] == ""
    assert len(close.sandbox.store.leads) == 2


async def test_an_unknown_lead_is_refused(close: Caller) -> None:
    refusal = await close.refused("POST", "contact/", {"lead_id": "lead_none"})
    assert refusal["field-errors"] == {"lead_id": "Object does not exist."}
    assert len(close.sandbox.store.contacts) == len(close.sandbox.store.leads) == 0


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"shoe_size": 44}, {"shoe_size": "This field is not allowed."}),
        ({"custom": {"User ID": "u"}}, {"custom": "This field is not allowed."}),
        ({"name": "x" * 1001}, {"name": "The value must be no longer than 1000 characters."}),
        ({"title": 7}, {"title": "Value must be of str type."}),
        ({"emails": "bo@acme.example"}, {"emails": "Value must be of list type."}),
        ({"emails": [{"email": "b@a.example"}] * 101}, {"emails": "List is too long."}),
    ],
)
async def test_bad_members_are_refused(close: Caller, body, words) -> None:
    body["lead_id"] = (await close.lead())["id"]
    assert (await close.refused("POST", "contact/", body))["field-errors"] == words
    assert len(close.sandbox.store.contacts) == 0


@pytest.mark.parametrize(
    ("name", "entry", "member", "words"),
    [
        ("emails", {"email": "nope"}, "email", "Invalid email address."),
        ("emails", {"email": "a b@c.example"}, "email", "Invalid email address."),
        ("emails", {"email": f"{'x' * 250}@c.example"}, "email", "The value must be no longer than 254"),
        ("emails", {"type": "home"}, "email", "This field is required."),
        ("emails", {"email": "a@b.example", "colour": 1}, "colour", "This field is not allowed."),
        ("phones", {"phone": "12"}, "phone", "Phone number is not valid."),
        ("phones", {"phone": "call me"}, "phone", "Phone number is not valid."),
        ("urls", {"url": "bo.example"}, "url", "Invalid URL."),
        ("urls", {"url": "https://[bad"}, "url", "Invalid URL."),
        ("urls", {"url": 5}, "url", "Value must be of str type."),
    ],
)
async def test_bad_list_entries_are_named(close: Caller, name, entry, member, words) -> None:
    body = {"lead_id": (await close.lead())["id"], name: [entry]}
    refusal = await close.refused("POST", "contact/", body)
    text = refusal["field-errors"][name]["errors"]["0"]["field-errors"][member]
    assert text.startswith(words)


async def test_an_entry_that_is_no_object_is_refused(close: Caller) -> None:
    body = {"lead_id": (await close.lead())["id"], "emails": ["a@b.example"]}
    refusal = await close.refused("POST", "contact/", body)
    assert refusal["field-errors"]["emails"]["errors"]["0"] == "Value must be of dict type."


async def test_addresses_are_trimmed_and_their_case_kept_or_lowered(close: Caller) -> None:
    emails = [{"email": "  Bo@Acme.example "}]
    assert (await close.contact(emails=emails))["emails"][0]["email"] == "Bo@Acme.example"
    close.switches.email_case = "lower"
    assert (await close.contact(emails=emails))["emails"][0]["email"] == "bo@acme.example"


async def test_computed_members_sent_back(close: Caller) -> None:
    contact = await close.contact(emails=[{"email": "a@b.example"}], phones=[{"phone": "+14155550132"}])
    path = f"contact/{contact['id']}/"
    lists = {"emails": contact["emails"], "phones": contact["phones"]}
    assert (await close.put(path, lists))["phones"] == contact["phones"]
    close.switches.computed_keys_in_lists = "refused"
    assert set((await close.refused("PUT", path, lists))["field-errors"]) == {"emails", "phones"}
    await close.put(path, {"emails": [{"email": "a@b.example", "type": "office"}]})


async def test_a_put_is_a_patch_and_lists_replace(close: Caller) -> None:
    contact = await close.contact(
        title="CTO", emails=[{"email": "a@b.example"}], urls=[{"url": "https://bo.example"}]
    )
    path = f"contact/{contact['id']}/"
    close.clock.advance(3)
    changed = await close.put(path, {"emails": [{"email": "c@d.example"}]})
    assert [entry["email"] for entry in changed["emails"]] == ["c@d.example"]
    assert (changed["title"], changed["urls"]) == ("CTO", contact["urls"])
    assert changed["date_updated"] == "2026-03-04T09:00:03.000000+00:00"
    assert (await close.put(path, {"urls": []}))["urls"] == []
    assert (await close.put(path, {"emails": None}))["emails"] == []


async def test_a_write_that_changes_nothing_leaves_the_date(close: Caller) -> None:
    contact = await close.contact(title="CTO")
    close.clock.advance(3)
    assert await close.put(f"contact/{contact['id']}/", {"title": "CTO"}) == contact


async def test_duplicates_are_allowed(close: Caller) -> None:
    key = await close.field("contact", "User ID")
    lead = await close.lead()
    members = {"lead_id": lead["id"], "emails": [{"email": "a@b.example"}], key: "u_1"}
    assert (await close.contact(**members))["id"] != (await close.contact(**members))["id"]


async def test_contacts_are_listed_by_lead_only(close: Caller) -> None:
    first, second = await close.contact(name="A"), await close.contact(name="B")
    listed = await close.get("contact/", lead_id=second["lead_id"])
    assert listed == {"has_more": False, "data": [second]}
    unfiltered = await close.get("contact/", email="a@b.example", _fields="id")
    assert unfiltered["data"] == [{"id": first["id"]}, {"id": second["id"]}]


async def test_a_put_with_another_lead(close: Caller) -> None:
    contact, lead = await close.contact(), await close.lead(name="Other")
    path = f"contact/{contact['id']}/"
    await close.refused("PUT", path, {"lead_id": "lead_none"})
    assert (await close.put(path, {"lead_id": lead["id"]}))["lead_id"] == lead["id"]
    assert (await close.get(f"lead/{lead['id']}/"))["contact_ids"] == [contact["id"]]
    close.switches.contact_lead_id_put = "refused"
    refusal = await close.refused("PUT", path, {"lead_id": contact["lead_id"]})
    assert refusal["field-errors"] == {"lead_id": "Value cannot be changed."}
    assert (await close.put(path, {"lead_id": lead["id"], "title": "Same lead"}))["title"] == "Same lead"


async def test_a_deleted_contact_is_gone(close: Caller) -> None:
    contact = await close.contact()
    path = f"contact/{contact['id']}/"
    assert await close.delete(path) == {}
    for method in ("GET", "DELETE"):
        await close.refused(method, path, status=404)
    await close.refused("PUT", path, {"name": "X"}, status=404)
    assert (await close.get(f"lead/{contact['lead_id']}/"))["contacts"] == []


async def test_a_deleted_contact_may_still_be_read_for_a_while(close: Caller) -> None:
    close.switches.stale_get_after_delete_s = 30
    contact = await close.contact(title="CTO")
    path = f"contact/{contact['id']}/"
    await close.delete(path)
    assert await close.get(path) == contact
    assert len((await close.get("contact/", lead_id=contact["lead_id"]))["data"]) == 1
    await close.refused("PUT", path, {"name": "X"}, status=404)
    close.clock.advance(31)
    await close.refused("GET", path, status=404)
