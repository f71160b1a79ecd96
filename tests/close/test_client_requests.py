"""What goes over the wire, call by call."""

from __future__ import annotations

import base64
import json
import logging
from typing import Any

import httpx
import pytest
import respx

from app.close.client import DEFAULT_BASE_URL, CloseClient
from app.close.exchange import Exchange
from app.close.failures import CloseError, FailureKind
from app.close.records import ContactWrite, LeadWrite, ListEntry
from tests.close.close_answers import (
    COMPANY_FIELD,
    CONTACT_ID,
    KEY,
    LEAD_ID,
    USER_FIELD,
    contact_json,
    field_json,
    lead_json,
    me_json,
)

BASE = DEFAULT_BASE_URL


def sent_body(route: respx.Route) -> Any:
    return json.loads(route.calls.last.request.content)


@respx.mock
async def test_the_key_is_the_user_name_of_basic_authentication_with_an_empty_password() -> None:
    route = respx.get(f"{BASE}me/").respond(json=me_json())
    async with CloseClient(KEY) as client:
        await client.me()
    headers = route.calls.last.request.headers
    assert headers["authorization"] == "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
    assert headers["user-agent"].startswith("SegmentCloseAssistant")
    assert "content-type" not in headers


@respx.mock
async def test_the_account_is_that_of_the_first_organization() -> None:
    respx.get(f"{BASE}me/").respond(json=me_json())
    async with CloseClient(KEY) as client:
        account = await client.me()
    assert (account.user_name, account.organization.name, account.role_id) == (
        "Ana Diaz",
        "Example GmbH",
        "admin",
    )
    assert account.may("manage_customizations")
    assert not account.may("export")
    assert account.organization_count == 2
    assert [status.label for status in account.lead_statuses] == ["Potential"]


@respx.mock
async def test_custom_fields_come_from_the_schema_which_holds_shared_fields_too() -> None:
    shared = field_json(
        "cf_Shared",
        name="User ID",
        is_shared=True,
        associations=[
            {"object_type": "lead", "editable_with_roles": ["admin"]},
            {"object_type": "contact", "editable_with_roles": ["sales"]},
        ],
    )
    del shared["choices"]
    schema = {"object_type": "contact", "fields": [field_json(type="choices", choices=["a", "b"]), shared]}
    respx.get(f"{BASE}custom_field_schema/contact/").respond(json=schema)
    async with CloseClient(KEY) as client:
        own, foreign = await client.custom_fields("contact")
    assert (own.choices, own.object_type, own.editable_with_roles) == (("a", "b"), "contact", ())
    assert (foreign.is_shared, foreign.choices, foreign.editable_with_roles) == (True, (), ("sales",))


@respx.mock
async def test_creating_a_custom_field_sends_name_and_type() -> None:
    route = respx.post(f"{BASE}custom_field/lead/").respond(json=field_json())
    async with CloseClient(KEY) as client:
        created = await client.create_custom_field("lead", "Company ID")
        assert sent_body(route) == {"name": "Company ID", "type": "text"}
        await client.create_custom_field("lead", "Company ID", type="number", description="From Segment")
    assert created.id == COMPANY_FIELD
    assert sent_body(route) == {"name": "Company ID", "type": "number", "description": "From Segment"}


@respx.mock
async def test_creating_a_choice_field_sends_its_choices() -> None:
    route = respx.post(f"{BASE}custom_field/lead/").respond(json=field_json())
    async with CloseClient(KEY) as client:
        await client.create_custom_field(
            "lead", "Plan", type="choices", choices=("a", "b"), accepts_multiple_values=True
        )
    assert sent_body(route) == {
        "name": "Plan",
        "type": "choices",
        "choices": ["a", "b"],
        "accepts_multiple_values": True,
    }


@respx.mock
async def test_lead_statuses_are_read() -> None:
    respx.get(f"{BASE}status/lead/").respond(json={"data": [{"id": "stat_1", "label": "Potential"}]})
    async with CloseClient(KEY) as client:
        (status,) = await client.lead_statuses()
    assert (status.id, status.label) == ("stat_1", "Potential")


@respx.mock
async def test_a_new_lead_carries_its_contacts_and_custom_values() -> None:
    route = respx.post(f"{BASE}lead/").respond(json=lead_json(contacts=[contact_json()]))
    contact = ContactWrite(
        name="Bo Li", emails=(ListEntry("bo@acme.example", "office"),), custom={USER_FIELD: "u_42"}
    )
    write = LeadWrite(name="Acme", status_id="stat_1", custom={COMPANY_FIELD: "co_1"}, contacts=(contact,))
    async with CloseClient(KEY) as client:
        lead = await client.create_lead(write)
    request = route.calls.last.request
    assert request.headers["content-type"] == "application/json"
    assert request.headers["content-length"] == str(len(request.content))
    assert "transfer-encoding" not in request.headers
    assert sent_body(route) == {
        "name": "Acme",
        "status_id": "stat_1",
        f"custom.{COMPANY_FIELD}": "co_1",
        "contacts": [
            {
                "name": "Bo Li",
                "emails": [{"email": "bo@acme.example", "type": "office"}],
                f"custom.{USER_FIELD}": "u_42",
            }
        ],
    }
    assert lead.contacts[0].phones == (ListEntry("+14155550132", "mobile"),)


@respx.mock
async def test_an_update_sends_only_what_changes_and_null_clears_a_custom_value() -> None:
    lead_route = respx.put(f"{BASE}lead/{LEAD_ID}/").respond(json=lead_json())
    contact_route = respx.put(f"{BASE}contact/{CONTACT_ID}/").respond(json=contact_json())
    async with CloseClient(KEY) as client:
        await client.update_lead(LEAD_ID, LeadWrite(description="", custom={COMPANY_FIELD: None}))
        write = ContactWrite(
            title="", phones=(ListEntry("+1", "x"),), urls=(ListEntry("https://a.example", "url"),)
        )
        await client.update_contact(CONTACT_ID, write)
    assert sent_body(lead_route) == {"description": "", f"custom.{COMPANY_FIELD}": None}
    assert sent_body(contact_route) == {
        "title": "",
        "phones": [{"phone": "+1", "type": "x"}],
        "urls": [{"url": "https://a.example", "type": "url"}],
    }


@respx.mock
async def test_a_new_contact_names_its_lead() -> None:
    route = respx.post(f"{BASE}contact/").respond(json=contact_json())
    async with CloseClient(KEY) as client:
        contact = await client.create_contact(LEAD_ID, ContactWrite(name="Bo Li"))
    assert sent_body(route) == {"lead_id": LEAD_ID, "name": "Bo Li"}
    assert contact.lead_id == LEAD_ID


@pytest.mark.parametrize("lead_id", ["", " ", "../me", "lead_1/../lead_2", "lead_1?x=1", "lead_ü"])
async def test_ids_that_no_record_can_have_never_reach_close(lead_id: str) -> None:
    with respx.mock(assert_all_called=False) as router:
        everything = router.route().respond(json={})
        async with CloseClient(KEY) as client:
            for call in (
                client.create_contact(lead_id, ContactWrite(name="Bo")),
                client.delete_lead(lead_id),
                client.update_lead(lead_id, LeadWrite(name="x")),
                client.contacts_of_lead(lead_id),
            ):
                with pytest.raises(CloseError) as failure:
                    await call
                assert failure.value.kind is FailureKind.NOT_FOUND
        assert not everything.called


async def test_contacts_cannot_be_changed_through_their_lead() -> None:
    async with CloseClient(KEY) as client:
        with pytest.raises(ValueError, match="one by one"):
            await client.update_lead(LEAD_ID, LeadWrite(contacts=(ContactWrite(name="Bo"),)))


@respx.mock
async def test_a_lead_and_a_contact_are_read_and_deleted_by_id() -> None:
    respx.get(f"{BASE}lead/{LEAD_ID}/").respond(
        json=lead_json(**{f"custom.{COMPANY_FIELD}": "co_1", "custom": {"Company ID": "co_1"}})
    )
    respx.get(f"{BASE}contact/{CONTACT_ID}/").respond(json=contact_json())
    gone = [
        respx.delete(f"{BASE}{path}/").respond(json={})
        for path in (f"lead/{LEAD_ID}", f"contact/{CONTACT_ID}")
    ]
    async with CloseClient(KEY) as client:
        assert (await client.lead(LEAD_ID)).custom == {COMPANY_FIELD: "co_1"}
        assert (await client.contact(CONTACT_ID)).emails == (ListEntry("bo@acme.example", "office"),)
        await client.delete_lead(LEAD_ID)
        await client.delete_contact(CONTACT_ID)
    assert all(route.call_count == 1 and not route.calls.last.request.content for route in gone)


@respx.mock
async def test_contacts_of_a_lead_are_walked_page_by_page() -> None:
    route = respx.get(f"{BASE}contact/")
    route.side_effect = [
        httpx.Response(
            200, json={"has_more": True, "data": [contact_json("cont_1"), contact_json("cont_2")]}
        ),
        httpx.Response(200, json={"has_more": False, "data": [contact_json("cont_3")]}),
    ]
    async with CloseClient(KEY) as client:
        contacts = await client.contacts_of_lead(LEAD_ID)
    assert [contact.id for contact in contacts] == ["cont_1", "cont_2", "cont_3"]
    assert dict(route.calls.last.request.url.params) == {"lead_id": LEAD_ID, "_limit": "100", "_skip": "2"}


@respx.mock
async def test_a_page_that_claims_more_but_is_empty_ends_the_walk() -> None:
    route = respx.get(f"{BASE}contact/").respond(json={"has_more": True, "data": []})
    async with CloseClient(KEY) as client:
        assert await client.contacts_of_lead(LEAD_ID) == ()
    assert route.call_count == 1


@respx.mock
async def test_half_a_surrogate_pair_from_an_event_can_be_sent() -> None:
    route = respx.post(f"{BASE}lead/").respond(json=lead_json())
    async with CloseClient(KEY) as client:
        await client.create_lead(LeadWrite(name="Ac\ud83dme ✓"))
    assert sent_body(route) == {"name": "Ac\ud83dme ✓"}


async def test_a_number_json_does_not_have_is_refused_before_sending() -> None:
    async with CloseClient(KEY) as client:
        with pytest.raises(CloseError) as failure:
            await client.create_lead(LeadWrite(custom={COMPANY_FIELD: float("nan")}))
    assert (failure.value.code, failure.value.may_have_happened) == ("CLOSE-INVALID", False)


@respx.mock
async def test_every_exchange_is_told_without_the_key() -> None:
    heard: list[Exchange] = []
    echo = base64.b64encode(f"{KEY}:".encode()).decode()
    respx.post(f"{BASE}lead/").respond(
        json=lead_json(description=f"{KEY} Basic {echo} " + "x" * 5000), headers={"trace-id": "abc123"}
    )
    async with CloseClient(KEY, on_exchange=heard.append) as client:
        await client.create_lead(LeadWrite(name="Acme"))
    (exchange,) = heard
    assert (exchange.method, exchange.path, exchange.status, exchange.group) == (
        "POST",
        "/lead/",
        200,
        "POST lead",
    )
    assert (exchange.request_body, exchange.trace_id, exchange.error) == ({"name": "Acme"}, "abc123", "")
    assert len(exchange.answer_head) == 2000
    assert KEY not in repr(heard)
    assert echo not in repr(heard)


@respx.mock
async def test_a_key_of_an_unusual_form_is_not_told_either() -> None:
    heard: list[Exchange] = []
    respx.get(f"{BASE}me/").respond(json=me_json(first_name="the key of 2031"))
    async with CloseClient("the key of 2031", on_exchange=heard.append) as client:
        await client.me()
    assert "2031" not in repr(heard)


@respx.mock
async def test_nothing_is_logged_about_urls(caplog: pytest.LogCaptureFixture) -> None:
    respx.get(f"{BASE}contact/").respond(json={"has_more": False, "data": []})
    with caplog.at_level(logging.DEBUG):
        async with CloseClient(KEY) as client:
            await client.contacts_of_lead(LEAD_ID)
    assert LEAD_ID not in caplog.text


def test_the_client_does_not_show_its_key() -> None:
    assert KEY not in repr(CloseClient(KEY))
