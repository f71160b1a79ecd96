"""Looking records up: what is asked, and which hits count."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import respx

from app.close.client import DEFAULT_BASE_URL, CloseClient
from app.close.records import Contact, Lead
from tests.close.close_answers import COMPANY_FIELD, KEY, USER_FIELD, contact_json, lead_json
from tests.close.manual_time import ManualTime

SEARCH = f"{DEFAULT_BASE_URL}data/search/"


def pages(*pages: tuple[list[dict[str, Any]], str | None]) -> list[httpx.Response]:
    return [httpx.Response(200, json={"data": rows, "cursor": cursor}) for rows, cursor in pages]


def queries(route: respx.Route) -> list[Any]:
    return [json.loads(call.request.content) for call in route.calls]


def client() -> CloseClient:
    time = ManualTime()
    return CloseClient(KEY, clock=time.clock, sleep=time.sleep)


def ids(records: tuple[Lead, ...] | tuple[Contact, ...]) -> list[str]:
    return [record.id for record in records]


@respx.mock
async def test_a_lead_is_asked_for_by_exact_value_oldest_first() -> None:
    route = respx.post(SEARCH).respond(json={"data": [], "cursor": None})
    async with client() as close:
        assert await close.leads_by_company_id(COMPANY_FIELD, "co_1001") == ()
    (body,) = queries(route)
    assert body["query"] == {
        "type": "and",
        "queries": [
            {"type": "object_type", "object_type": "lead"},
            {
                "type": "field_condition",
                "field": {"type": "custom_field", "custom_field_id": COMPANY_FIELD},
                "condition": {"type": "text", "mode": "exact_value", "value": "co_1001"},
            },
        ],
    }
    created = {"type": "regular_field", "object_type": "lead", "field_name": "date_created"}
    assert body["sort"] == [{"direction": "asc", "field": created}]
    assert {"id", "name", "date_created", "custom", f"custom.{COMPANY_FIELD}"} <= set(body["_fields"]["lead"])
    assert "cursor" not in body


@respx.mock
async def test_only_hits_that_hold_the_very_value_count() -> None:
    key = f"custom.{COMPANY_FIELD}"
    rows = [
        lead_json("lead_1", **{key: "CO_1"}),
        lead_json("lead_2", **{key: "co_1 co_2"}),
        lead_json("lead_3"),
        lead_json("lead_4", **{key: ["co_1"]}),
        lead_json("lead_5", **{key: "co_1"}),
    ]
    respx.post(SEARCH).respond(json={"data": rows, "cursor": None})
    async with client() as close:
        assert ids(await close.leads_by_company_id(COMPANY_FIELD, "co_1")) == ["lead_5"]


@respx.mock
async def test_all_pages_are_walked_and_the_oldest_hit_comes_first() -> None:
    key = f"custom.{USER_FIELD}"
    route = respx.post(SEARCH)
    route.side_effect = pages(
        ([contact_json("cont_new", **{key: "u_1"}, date_created="2026-09-23T10:02:00+00:00")], "c1"),
        ([], "c2"),
        ([contact_json("cont_old", **{key: "u_1"}, date_created="2022-02-09T15:52:39.878670")], None),
    )
    async with client() as close:
        found = await close.contacts_by_user_id(USER_FIELD, "u_1")
    assert ids(found) == ["cont_old", "cont_new"]
    assert [body.get("cursor") for body in queries(route)] == [None, "c1", "c2"]
    assert found[0].custom == {USER_FIELD: "u_1"}
    assert found[0].phones[0].value == "+14155550132"


@respx.mock
async def test_a_walk_that_never_ends_stops_at_closes_ceiling() -> None:
    route = respx.post(SEARCH).respond(json={"data": [], "cursor": "again"})
    async with client() as close:
        assert await close.leads_by_company_id(COMPANY_FIELD, "co_1") == ()
    assert route.call_count == 200


@respx.mock
async def test_an_address_is_asked_for_as_given_and_in_lower_case() -> None:
    route = respx.post(SEARCH).respond(json={"data": [], "cursor": None})
    async with client() as close:
        await close.contacts_by_email(" Bo@Acme.example ", user_field_id=USER_FIELD)
        await close.contacts_by_email("bo@acme.example", user_field_id=None)
    mixed, lower = queries(route)
    related = mixed["query"]["queries"][1]
    assert (related["type"], related["related_object_type"]) == ("has_related", "contact_email")
    asked = [condition["condition"]["value"] for condition in related["related_query"]["queries"]]
    assert (related["related_query"]["type"], asked) == ("or", ["Bo@Acme.example", "bo@acme.example"])
    assert f"custom.{USER_FIELD}" in mixed["_fields"]["contact"]
    once = lower["query"]["queries"][1]["related_query"]
    assert (once["type"], len(once["queries"])) == ("and", 1)


@respx.mock
async def test_an_address_is_compared_without_case_and_surrounding_spaces() -> None:
    rows = [
        contact_json("cont_1", emails=[{"email": "bo@acme.example.org", "type": "office"}]),
        contact_json("cont_2", emails=[{"email": " BO@acme.example", "type": "office"}]),
        contact_json("cont_3", emails=None),
        contact_json("cont_4", emails=["bo@acme.example", {"email": None}]),
    ]
    respx.post(SEARCH).respond(json={"data": rows, "cursor": None})
    async with client() as close:
        assert ids(await close.contacts_by_email("Bo@Acme.Example", user_field_id=None)) == ["cont_2"]


@pytest.mark.parametrize("empty", ["", "  ", "\n"])
async def test_nothing_is_looked_up_by_an_empty_value(empty: str) -> None:
    async with client() as close:
        for search in (
            close.leads_by_company_id(COMPANY_FIELD, empty),
            close.contacts_by_user_id(USER_FIELD, empty),
            close.contacts_by_email(empty, user_field_id=None),
        ):
            with pytest.raises(ValueError, match="empty"):
                await search
