"""The organization of the demonstration."""

from __future__ import annotations

import httpx

from app.close.sandbox.application import Sandbox
from app.close.sandbox.clock import VirtualClock
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import RunningSandbox
from tests.close.sandbox.conftest import Caller
from tests.close.sandbox.queries import all_of, contact_with_email, objects


def test_an_organization_with_people_companies_and_fields() -> None:
    clock = VirtualClock()
    store = demo_data(clock=clock)
    assert store.account.organization.name == "Acme Inc."
    assert store.account.owner.name == "Dana Whitfield"
    assert {"Potential", "Qualified", "Customer"} <= {status.label for status in store.statuses.values()}
    assert {"Bramble & Co", "Fenwick Mills", "Kestrel Labs"} <= {lead.name for lead in store.leads.values()}
    assert len(store.leads) == 8
    assert all(store.contacts_of(lead_id) for lead_id in store.leads)
    assert all(lead.date_created < clock.now() for lead in store.leads.values())
    kinds = {field.name: field.type for field in store.fields.values()}
    assert (kinds["Plan"], kinds["Seats"], kinds["Signed up"]) == ("choices", "number", "date")
    assert store.clock is clock


def test_the_fields_of_the_integration_are_left_to_the_set_up() -> None:
    store = demo_data()
    assert not {"company id", "user id"} & {field.name.casefold() for field in store.fields.values()}


def test_every_address_is_reserved_for_examples() -> None:
    store = demo_data()
    addresses = [entry.email for contact in store.contacts.values() for entry in contact.emails]
    assert addresses
    assert all(address.endswith(".example") for address in addresses)


async def test_it_is_served_and_can_be_searched_at_once() -> None:
    clock = VirtualClock()
    sandbox = Sandbox(store=demo_data(clock=clock))
    async with (
        RunningSandbox(sandbox) as running,
        httpx.AsyncClient(base_url=running.base_url, auth=(sandbox.api_key, ""), verify=False) as http,
    ):
        close = Caller(sandbox, clock, http)
        assert (await close.get("lead/"))["total_results"] == 8
        rows = await close.search(
            all_of(objects("contact"), contact_with_email("maren.oakes@bramble.example")),
            _fields={"contact": ["name"]},
        )
        assert [row["name"] for row in rows] == ["Maren Oakes"]
        assert (await close.get("event/"))["data"] == []
