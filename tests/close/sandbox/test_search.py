"""``POST /data/search/``: the filter language."""

from __future__ import annotations

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
    assert await close.names(back, "contact") == ["Bo"]


async def test_without_fields_rows_have_only_id_and_type(close: Caller) -> None:
    contact = await close.contact()
    assert await close.search(CONTACTS) == [{"__object_type": "contact", "id": contact["id"]}]


async def test_and_or_negate_and_match_all(close: Caller) -> None:
    for name in "ABC":
        await close.lead(name=name)
    a, b = where(NAME, text("A")), where(NAME, text("B"))
    assert await close.names(all_of(LEADS, any_of(a, b))) == ["A", "B"]
    assert await close.names(all_of(LEADS, a, b)) == []
    assert await close.names(all_of(LEADS, {**a, "negate": True})) == ["B", "C"]
    assert await close.names(all_of(LEADS, {**any_of(a, b), "negate": True})) == ["C"]
    assert await close.names(all_of(LEADS, {"type": "match_all"})) == ["A", "B", "C"]
    assert await close.names(all_of(LEADS, {"type": "match_all", "negate": True})) == []


async def test_negated_relations(close: Caller) -> None:
    await close.lead(name="With", contacts=[{"name": "Bo"}])
    await close.lead(name="Without")
    query = all_of(LEADS, related("lead", "contact", {"type": "match_all"}, negate=True))
    assert await close.names(query) == ["Without"]


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
    assert await close.names(all_of(LEADS, related("lead", "address", city))) == ["Full"]
    assert await close.names(all_of(LEADS, related("lead", "activity.note", note))) == ["Full"]
    assert await close.names(all_of(LEADS, related("lead", "opportunity", {"type": "match_all"}))) == []
    for other, query in (("contact_phone", phone), ("contact_url", url), ("activity.note", note)):
        assert await close.names(all_of(CONTACTS, related("contact", other, query)), "contact") == ["Bo"]


async def test_free_text(close: Caller) -> None:
    await close.lead(name="Bramble", contacts=[{"name": "Bo", "emails": [{"email": "bo@acme.example"}]}])
    await close.lead(name="Fenwick")
    assert await close.names(all_of(LEADS, {"type": "text", "value": "bramble"})) == ["Bramble"]
    by_email = {"type": "text", "mode": "phrase", "value": "bo@acme.example"}
    assert await close.names(all_of(LEADS, by_email)) == ["Bramble"]
    assert await close.names(all_of(CONTACTS, by_email), "contact") == ["Bo"]


async def test_sorting(close: Caller) -> None:
    seats = await close.field("lead", "Seats", "number")
    for name, number in (("b", 2), ("A", 10), ("c", None), ("D", 2)):
        await close.lead(**{"name": name, seats: number})
    assert await close.names(LEADS, sort=[sort("asc", NAME)]) == ["A", "b", "c", "D"]
    assert await close.names(LEADS, sort=[sort("desc", custom(seats))]) == ["A", "b", "D", "c"]
    keys = [sort("asc", custom(seats)), sort("desc", NAME)]
    assert await close.names(LEADS, sort=keys) == ["D", "b", "A", "c"]


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
