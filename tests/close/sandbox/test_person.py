"""What a person does in Close's own window."""

from __future__ import annotations

import pytest

from tests.close.sandbox.conftest import Caller


async def test_an_edit_shows_in_answers_dates_and_events(close: Caller) -> None:
    contact = await close.contact(title="CTO")
    close.clock.advance(60)
    close.sandbox.person.edit_contact(contact["id"], {"title": "CEO"})
    changed = await close.get(f"contact/{contact['id']}/")
    colleague = close.sandbox.store.account.colleague
    assert (changed["title"], changed["updated_by"]) == ("CEO", colleague.user_id)
    assert changed["date_updated"] > contact["date_updated"]
    (event,) = (await close.get("event/", object_id=contact["id"], action="updated"))["data"]
    assert (event["user_id"], event["request_id"]) == (colleague.user_id, None)


async def test_leads_are_added_edited_merged_and_deleted(close: Caller) -> None:
    person, store = close.sandbox.person, close.sandbox.store
    source = person.add_lead({"name": "Old", "url": "https://old.example", "contacts": [{"name": "Bo"}]})
    destination = person.add_lead({"name": "New"})
    person.edit_lead(destination.id, {"name": "Newer"})
    merged = person.merge_leads(source.id, destination.id)
    assert (merged.name, merged.url) == ("Newer", "https://old.example")
    assert source.id not in store.leads
    (bo,) = store.contacts_of(destination.id)
    lead = await close.get(f"lead/{destination.id}/")
    assert lead["contact_ids"] == [bo.id]
    assert lead["created_by_name"] == "Robin Asher"
    person.delete_lead(destination.id)
    assert len(store.leads) == len(store.contacts) == 0


async def test_contacts_are_added_moved_and_deleted(close: Caller) -> None:
    person, store = close.sandbox.person, close.sandbox.store
    first, second = person.add_lead({"name": "A"}), person.add_lead({"name": "B"})
    contact = person.add_contact(first.id, {"name": "Bo", "emails": [{"email": "a@b.example"}]})
    person.move_contact(contact.id, second.id)
    assert (await close.get(f"contact/{contact.id}/"))["lead_id"] == second.id
    person.delete_contact(contact.id)
    assert contact.id not in store.contacts


async def test_an_unsubscribed_address_stays_so_when_its_list_is_written(close: Caller) -> None:
    contact = await close.contact(emails=[{"email": "a@b.example"}])
    close.sandbox.person.unsubscribe(contact["id"], "a@b.example")
    answer = await close.put(
        f"contact/{contact['id']}/", {"emails": [{"email": "a@b.example"}, {"email": "c@d.example"}]}
    )
    assert [entry["is_unsubscribed"] for entry in answer["emails"]] == [True, False]


async def test_fields_are_renamed_and_deleted(close: Caller) -> None:
    key = await close.field("lead", "Company ID")
    field_id = key.removeprefix("custom.")
    lead = await close.lead(**{key: "co_1"})
    close.sandbox.person.rename_field(field_id, "Account ID")
    assert (await close.get(f"lead/{lead['id']}/"))["custom"] == {"Account ID": "co_1"}
    close.sandbox.person.delete_field(field_id)
    assert key not in await close.get(f"lead/{lead['id']}/")


def test_a_restricted_field_is_open_to_the_person_in_the_window(sandbox) -> None:
    field = sandbox.person.add_field("lead", "Internal", editable_with_roles=["admin"])
    lead = sandbox.person.add_lead({f"custom.{field.id}": "x"})
    assert lead.custom == {field.id: "x"}


def test_what_close_would_refuse_raises(sandbox) -> None:
    lead = sandbox.person.add_lead({"name": "A"})
    with pytest.raises(ValueError, match="status_id"):
        sandbox.person.edit_lead(lead.id, {"status_id": "stat_none"})
    with pytest.raises(KeyError):
        sandbox.person.edit_lead("lead_none", {})
