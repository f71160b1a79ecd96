"""``POST /data/search/``: the filter language."""

from __future__ import annotations

from typing import Any

import pytest

from tests.close.sandbox.conftest import Caller
from tests.close.sandbox.queries import (
    all_of,
    any_of,
    contact_with_email,
    custom,
    objects,
    regular,
    related,
    sort,
    text,
    where,
)

LEADS, CONTACTS = objects("lead"), objects("contact")
NAME = regular("lead", "name")


async def names(close: Caller, query: Any, kind: str = "lead", **members: Any) -> list[str]:
    rows = await close.search(query, _fields={kind: ["name"]}, **members)
    return [row["name"] for row in rows]


async def test_a_lead_by_its_company_id(close: Caller) -> None:
    key = await close.field("lead", "Company ID")
    first = await close.lead(**{key: "co_1001"})
    close.clock.advance(1)
    second = await close.lead(**{key: "co_1001"})
    await close.lead(**{key: "co_1002"})
    await close.lead()
    rows = await close.search(
        all_of(LEADS, where(custom(key), text("co_1001"))),
        sort=[sort("asc", regular("lead", "date_created"))],
        _limit=10,
        _fields={"lead": ["id", "name", "date_created", key]},
    )
    assert rows == [
        {
            "__object_type": "lead",
            "id": lead["id"],
            "name": "Acme",
            "date_created": lead["date_created"],
            key: "co_1001",
        }
        for lead in (first, second)
    ]


async def test_a_contact_by_email(close: Caller) -> None:
    bo = await close.contact(name="Bo", emails=[{"email": "x@y.example"}, {"email": "bo@acme.example"}])
    await close.contact(name="Cy", emails=[{"email": "cy@acme.example"}])
    rows = await close.search(
        all_of(CONTACTS, contact_with_email("bo@acme.example")),
        _fields={"contact": ["id", "lead_id", "emails"]},
    )
    assert rows == [
        {"__object_type": "contact", "id": bo["id"], "lead_id": bo["lead_id"], "emails": bo["emails"]}
    ]


async def test_a_lead_by_a_contacts_email_and_back(close: Caller) -> None:
    lead = await close.lead(name="Found", contacts=[{"name": "Bo", "emails": [{"email": "b@a.example"}]}])
    await close.lead(name="Other", contacts=[{"name": "Cy"}])
    query = all_of(LEADS, related("lead", "contact", contact_with_email("b@a.example")))
    assert [row["id"] for row in await close.search(query)] == [lead["id"]]
    back = all_of(CONTACTS, related("contact", "lead", where(NAME, text("Found"))))
    assert await names(close, back, "contact") == ["Bo"]


async def test_without_fields_rows_have_only_id_and_type(close: Caller) -> None:
    contact = await close.contact()
    assert await close.search(CONTACTS) == [{"__object_type": "contact", "id": contact["id"]}]


@pytest.mark.parametrize(
    ("mode", "value", "found"),
    [
        ("exact_value", "North Star Ltd", {"North Star Ltd"}),
        ("exact_value", "North Star", set()),
        ("phrase", "north star", {"North Star Ltd"}),
        ("phrase", "star north", set()),
        ("full_words", "star north", {"North Star Ltd", "Star of the North"}),
        ("full_words", "north pole", set()),
        ("full_words", "nor", set()),
        ("beginning_of_words", "nor st", {"North Star Ltd", "Star of the North"}),
        ("beginning_of_words", "orth", set()),
        ("phrase", "--", set()),
    ],
)
async def test_modes_of_text(close: Caller, mode, value, found) -> None:
    for name in ("North Star Ltd", "Star of the North", "South"):
        await close.lead(name=name)
    assert set(await names(close, all_of(LEADS, where(NAME, text(value, mode))))) == found


async def test_full_words_is_not_equality(close: Caller) -> None:
    key = await close.field("lead", "Company ID")
    for value in ("1234", "1234 5678"):
        await close.lead(**{"name": value, key: value})
    assert await names(close, all_of(LEADS, where(custom(key), text("1234", "full_words")))) == [
        "1234",
        "1234 5678",
    ]
    assert await names(close, all_of(LEADS, where(custom(key), text("1234")))) == ["1234"]


async def test_case_of_exact_values(close: Caller) -> None:
    await close.lead(name="Acme")
    query = all_of(LEADS, where(NAME, text("ACME")))
    assert await names(close, query) == []
    close.switches.exact_value_case = "insensitive"
    assert await names(close, query) == ["Acme"]


async def test_and_or_negate_and_match_all(close: Caller) -> None:
    for name in "ABC":
        await close.lead(name=name)
    a, b = where(NAME, text("A")), where(NAME, text("B"))
    assert await names(close, all_of(LEADS, any_of(a, b))) == ["A", "B"]
    assert await names(close, all_of(LEADS, a, b)) == []
    assert await names(close, all_of(LEADS, {**a, "negate": True})) == ["B", "C"]
    assert await names(close, all_of(LEADS, {**any_of(a, b), "negate": True})) == ["C"]
    assert await names(close, all_of(LEADS, {"type": "match_all"})) == ["A", "B", "C"]
    assert await names(close, all_of(LEADS, {"type": "match_all", "negate": True})) == []


async def test_negated_relations(close: Caller) -> None:
    await close.lead(name="With", contacts=[{"name": "Bo"}])
    await close.lead(name="Without")
    query = all_of(LEADS, related("lead", "contact", {"type": "match_all"}, negate=True))
    assert await names(close, query) == ["Without"]


async def test_other_relations(close: Caller) -> None:
    await close.lead(
        name="Full",
        addresses=[{"city": "Hull"}],
        contacts=[
            {"name": "Bo", "phones": [{"phone": "+14155550132"}], "urls": [{"url": "https://bo.example"}]}
        ],
    )
    full = (await close.get("lead/"))["data"][0]
    bo = full["contact_ids"][0]
    await close.post("activity/note/", {"lead_id": full["id"], "contact_id": bo, "note": "Asked for a quote"})
    await close.lead(name="Empty", contacts=[{"name": "Cy"}])
    city = where(regular("address", "city"), text("hull", "phrase"))
    note = where(regular("activity.note", "note"), text("quote", "full_words"))
    phone = where(regular("contact_phone", "phone"), text("+14155550132"))
    url = where(regular("contact_url", "url"), {"type": "exists"})
    assert await names(close, all_of(LEADS, related("lead", "address", city))) == ["Full"]
    assert await names(close, all_of(LEADS, related("lead", "activity.note", note))) == ["Full"]
    assert await names(close, all_of(LEADS, related("lead", "opportunity", {"type": "match_all"}))) == []
    for other, query in (("contact_phone", phone), ("contact_url", url), ("activity.note", note)):
        assert await names(close, all_of(CONTACTS, related("contact", other, query)), "contact") == ["Bo"]


async def test_term_reference_and_exists(close: Caller) -> None:
    plan = await close.field("lead", "Plan", "choices", choices=["A", "B", "C"])
    statuses = {row["label"]: row["id"] for row in (await close.get("status/lead/"))["data"]}
    await close.lead(**{"name": "1", plan: "A", "status": "Customer"})
    await close.lead(**{"name": "2", plan: "B"})
    await close.lead(name="3")
    assert await names(close, all_of(LEADS, where(custom(plan), {"type": "term", "values": ["A", "C"]}))) == [
        "1"
    ]
    assert await names(close, all_of(LEADS, where(custom(plan), {"type": "exists"}))) == ["1", "2"]
    status = {
        "type": "reference",
        "reference_type": "status.lead",
        "object_ids": [statuses["Customer"]],
    }
    assert await names(close, all_of(LEADS, where(regular("lead", "status_id"), status))) == ["1"]


async def test_a_field_with_several_values_matches_by_any(close: Caller) -> None:
    tags = await close.field("lead", "Tags", accepts_multiple_values=True)
    await close.lead(**{"name": "1", tags: ["x", "y"]})
    assert await names(close, all_of(LEADS, where(custom(tags), text("y")))) == ["1"]


@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        ({"gt": 10}, ["20", "30"]),
        ({"gte": 10, "lt": 30}, ["10", "20"]),
        ({"lte": 20.0}, ["10", "20"]),
        ({"gt": None, "lt": 15}, ["10"]),
        ({}, ["10", "20", "30"]),
    ],
)
async def test_number_ranges(close: Caller, bounds, found) -> None:
    seats = await close.field("lead", "Seats", "number")
    for number in (10, 20, 30):
        await close.lead(**{"name": str(number), seats: number})
    await close.lead(name="none")
    query = all_of(LEADS, where(custom(seats), {"type": "number_range", **bounds}))
    assert await names(close, query) == found


@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        ({"on_or_after": {"type": "fixed_utc", "value": "2026-03-05T09:00:00+00:00"}}, ["day 1", "day 2"]),
        ({"before": {"type": "fixed_utc", "value": "2026-03-05T09:00:00"}}, ["day 0"]),
        (
            {
                "on_or_after": {"type": "fixed_local_date", "value": "2026-03-05", "which": "start"},
                "before": {"type": "fixed_local_date", "value": "2026-03-05", "which": "end"},
            },
            ["day 1"],
        ),
        ({"before": {"type": "now"}, "on_or_after": None}, ["day 0", "day 1", "day 2"]),
        (
            {
                "on_or_after": {
                    "type": "offset",
                    "direction": "past",
                    "moment": {"type": "now"},
                    "offset": {"days": 1, "hours": 1, "weeks": 0},
                }
            },
            ["day 2"],
        ),
        (
            {
                "on_or_after": {
                    "type": "offset",
                    "direction": "past",
                    "moment": {"type": "now"},
                    "offset": {"days": 2},
                    "which_day_end": "start",
                }
            },
            ["day 1", "day 2"],
        ),
    ],
)
async def test_moment_ranges(close: Caller, bounds, found) -> None:
    for day in range(3):
        await close.lead(name=f"day {day}")
        close.clock.advance(86400)
    query = all_of(LEADS, where(regular("lead", "date_created"), {"type": "moment_range", **bounds}))
    assert await names(close, query) == found


async def test_local_dates_follow_the_time_zone_header(close: Caller) -> None:
    await close.lead(name="09:00 UTC")
    bounds = {"on_or_after": {"type": "fixed_local_date", "value": "2026-03-04", "which": "start"}}
    query = all_of(LEADS, where(regular("lead", "date_created"), {"type": "moment_range", **bounds}))
    assert len(await close.search(query)) == 1
    far_west = await close.send("POST", "data/search/", {"query": query}, headers={"x-tz-offset": "-10"})
    assert far_west.json()["data"] == []


async def test_moments_of_date_fields(close: Caller) -> None:
    signed_up = await close.field("contact", "Signed up", "date")
    await close.contact(**{"name": "early", signed_up: "2026-01-02"})
    await close.contact(**{"name": "late", signed_up: "2026-02-02"})
    start = {"type": "fixed_utc", "value": "2026-02-01"}
    query = all_of(CONTACTS, where(custom(signed_up), {"type": "moment_range", "on_or_after": start}))
    assert await names(close, query, "contact") == ["late"]


async def test_booleans(close: Caller) -> None:
    contact = await close.contact(name="Out", emails=[{"email": "a@b.example"}])
    await close.contact(name="In", emails=[{"email": "c@d.example"}])
    close.sandbox.person.unsubscribe(contact["id"], "a@b.example")
    flag = where(regular("contact_email", "is_unsubscribed"), {"type": "boolean", "value": True})
    assert await names(close, all_of(CONTACTS, related("contact", "contact_email", flag)), "contact") == [
        "Out"
    ]


async def test_free_text(close: Caller) -> None:
    await close.lead(name="Bramble", contacts=[{"name": "Bo", "emails": [{"email": "bo@acme.example"}]}])
    await close.lead(name="Fenwick")
    assert await names(close, all_of(LEADS, {"type": "text", "value": "bramble"})) == ["Bramble"]
    by_email = {"type": "text", "mode": "phrase", "value": "bo@acme.example"}
    assert await names(close, all_of(LEADS, by_email)) == ["Bramble"]
    assert await names(close, all_of(CONTACTS, by_email), "contact") == ["Bo"]


async def test_sorting(close: Caller) -> None:
    seats = await close.field("lead", "Seats", "number")
    for name, number in (("b", 2), ("A", 10), ("c", None), ("D", 2)):
        await close.lead(**{"name": name, seats: number})
    assert await names(close, LEADS, sort=[sort("asc", NAME)]) == ["A", "b", "c", "D"]
    assert await names(close, LEADS, sort=[sort("desc", custom(seats))]) == ["A", "b", "D", "c"]
    keys = [sort("asc", custom(seats)), sort("desc", NAME)]
    assert await names(close, LEADS, sort=keys) == ["D", "b", "A", "c"]


async def test_several_object_types_at_once(close: Caller) -> None:
    await close.lead(name="L", contacts=[{"name": "C"}])
    assert [row["__object_type"] for row in await close.search(any_of(LEADS, CONTACTS))] == [
        "lead",
        "contact",
    ]
    assert len(await close.search({"type": "match_all"})) == 2


async def test_activities_can_be_found(close: Caller) -> None:
    close.switches.merge = "immediate"
    one, two = await close.lead(), await close.lead()
    await close.post("activity/note/", {"lead_id": one["id"], "note": "hello"})
    await close.post("lead/merge/", {"source": two["id"], "destination": one["id"]})
    notes = await close.search(objects("activity.note"), _fields={"activity.note": ["note"]})
    assert notes == [{"__object_type": "activity.note", "note": "hello"}]
    merges = await close.search(
        objects("activity.lead_merge"), _fields={"activity.lead_merge": ["merge_status"]}
    )
    assert merges == [{"__object_type": "activity.lead_merge", "merge_status": "completed"}]


@pytest.mark.parametrize(
    "query",
    [
        None,
        [],
        {"type": "nand", "queries": []},
        {"type": "and"},
        objects("invoice"),
        where(regular("lead", "shoe_size"), text("x")),
        where({"type": "regular_field"}, text("x")),
        where(None, text("x")),
        where(custom("cf_unknown"), text("x")),
        where(NAME, None),
        where(NAME, {"type": "sounds_like"}),
        where(NAME, {"type": ["text"]}),
        where(NAME, {"type": "text", "mode": "regex", "value": "x"}),
        where(NAME, {"type": "term", "values": "x"}),
        where(NAME, {"type": "reference", "object_ids": []}),
        where(NAME, {"type": "number_range", "gt": "1"}),
        where(NAME, {"type": "boolean", "value": "yes"}),
        where(NAME, {"type": "moment_range", "before": "tomorrow"}),
        where(NAME, {"type": "moment_range", "before": {"type": "someday"}}),
        where(NAME, {"type": "moment_range", "before": {"type": "fixed_utc", "value": "x"}}),
        where(NAME, {"type": "moment_range", "before": {"type": "offset", "offset": 5}}),
        related("lead", "invoice", {"type": "match_all"}),
        {"type": "text"},
    ],
)
async def test_a_query_outside_the_language_is_refused(close: Caller, query) -> None:
    await close.lead()
    refusal = await close.refused("POST", "data/search/", {"query": query})
    assert list(refusal["field-errors"]) == ["query"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("_fields", ["id"]),
        ("_fields", {"lead": "id"}),
        ("_fields", {"invoice": ["id"]}),
        ("_fields", {"lead": ["shoe_size"]}),
        ("_fields", {"lead": ["custom.cf_unknown"]}),
        ("_fields", {"lead": [5]}),
        ("_limit", 201),
        ("_limit", "many"),
        ("results_limit", 10_001),
        ("sort", {"direction": "asc"}),
        ("sort", [{"direction": "up", "field": NAME}]),
        ("sort", [sort("asc", regular("lead", "shoe_size"))]),
        ("cursor", "cursor_unknown"),
    ],
)
async def test_other_bad_members_are_named(close: Caller, name, value) -> None:
    refusal = await close.refused("POST", "data/search/", {"query": LEADS, name: value})
    assert list(refusal["field-errors"]) == [name]
