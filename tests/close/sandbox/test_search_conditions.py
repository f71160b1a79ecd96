"""``POST /data/search/``: the conditions a field can be asked for."""

from __future__ import annotations

import pytest

from tests.close.sandbox.conftest import Caller
from tests.close.sandbox.queries import all_of, custom, objects, regular, related, text, where

LEADS, CONTACTS = objects("lead"), objects("contact")
NAME = regular("lead", "name")


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
    assert set(await close.names(all_of(LEADS, where(NAME, text(value, mode))))) == found


async def test_full_words_is_not_equality(close: Caller) -> None:
    key = await close.field("lead", "Company ID")
    for value in ("1234", "1234 5678"):
        await close.lead(**{"name": value, key: value})
    assert await close.names(all_of(LEADS, where(custom(key), text("1234", "full_words")))) == [
        "1234",
        "1234 5678",
    ]
    assert await close.names(all_of(LEADS, where(custom(key), text("1234")))) == ["1234"]


async def test_case_of_exact_values(close: Caller) -> None:
    await close.lead(name="Acme")
    query = all_of(LEADS, where(NAME, text("ACME")))
    assert await close.names(query) == []
    close.switches.exact_value_case = "insensitive"
    assert await close.names(query) == ["Acme"]


async def test_term_reference_and_exists(close: Caller) -> None:
    plan = await close.field("lead", "Plan", "choices", choices=["A", "B", "C"])
    statuses = {row["label"]: row["id"] for row in (await close.get("status/lead/"))["data"]}
    await close.lead(**{"name": "1", plan: "A", "status": "Customer"})
    await close.lead(**{"name": "2", plan: "B"})
    await close.lead(name="3")
    assert await close.names(all_of(LEADS, where(custom(plan), {"type": "term", "values": ["A", "C"]}))) == [
        "1"
    ]
    assert await close.names(all_of(LEADS, where(custom(plan), {"type": "exists"}))) == ["1", "2"]
    status = {
        "type": "reference",
        "reference_type": "status.lead",
        "object_ids": [statuses["Customer"]],
    }
    assert await close.names(all_of(LEADS, where(regular("lead", "status_id"), status))) == ["1"]


async def test_a_field_with_several_values_matches_by_any(close: Caller) -> None:
    tags = await close.field("lead", "Tags", accepts_multiple_values=True)
    await close.lead(**{"name": "1", tags: ["x", "y"]})
    assert await close.names(all_of(LEADS, where(custom(tags), text("y")))) == ["1"]


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
    assert await close.names(query) == found


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
    assert await close.names(query) == found


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
    assert await close.names(query, "contact") == ["late"]


async def test_booleans(close: Caller) -> None:
    contact = await close.contact(name="Out", emails=[{"email": "a@b.example"}])
    await close.contact(name="In", emails=[{"email": "c@d.example"}])
    close.sandbox.person.unsubscribe(contact["id"], "a@b.example")
    flag = where(regular("contact_email", "is_unsubscribed"), {"type": "boolean", "value": True})
    assert await close.names(all_of(CONTACTS, related("contact", "contact_email", flag)), "contact") == [
        "Out"
    ]
