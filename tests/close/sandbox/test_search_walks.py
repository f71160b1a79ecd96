"""Walking through results, and the delay with which the index follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.close.sandbox.conftest import Caller
from tests.close.sandbox.queries import all_of, objects, regular, text, where

LEADS, CONTACTS = objects("lead"), objects("contact")


async def found(close: Caller, query: Any = LEADS) -> set[str]:
    return {row["id"] for row in await close.search(query)}


async def test_results_are_walked_with_a_cursor(close: Caller) -> None:
    ids = [(await close.lead(name=name))["id"] for name in "ABCDE"]
    body: dict[str, Any] = {"query": LEADS, "_limit": 2, "_fields": {"lead": ["name"]}}
    seen, cursor = [], None
    for _ in range(3):
        answer = await close.post("data/search/", {**body, "cursor": cursor})
        seen += [row["name"] for row in answer["data"]]
        cursor = answer["cursor"]
    assert seen == ["A", "B", "C", "D", "E"]
    assert cursor is None
    assert len(ids) == 5


async def test_a_cursor_dies_after_thirty_seconds(close: Caller) -> None:
    for _ in range(3):
        await close.lead()
    body = {"query": LEADS, "_limit": 1}
    cursor = (await close.post("data/search/", body))["cursor"]
    close.clock.advance(29.9)
    assert (await close.post("data/search/", {**body, "cursor": cursor}))["data"]
    close.clock.advance(0.2)
    refusal = await close.refused("POST", "data/search/", {**body, "cursor": cursor})
    assert refusal == {"errors": [], "field-errors": {"cursor": "Expired cursor"}}


async def test_a_walk_skips_what_vanished_meanwhile(close: Caller) -> None:
    await close.lead(name="A")
    second = await close.lead(name="B")
    body = {"query": LEADS, "_limit": 1, "_fields": {"lead": ["name"]}}
    cursor = (await close.post("data/search/", body))["cursor"]
    await close.delete(f"lead/{second['id']}/")
    assert (await close.post("data/search/", {**body, "cursor": cursor}))["data"] == []


async def test_at_most_ten_thousand_objects_are_walked(close: Caller) -> None:
    store = close.sandbox.store
    template = close.sandbox.person.add_contact((await close.lead())["id"], {"name": "Many"})
    for _ in range(10_001):
        store.contacts.load(replace(template, id=store.ids.new("cont")))
    body: dict[str, Any] = {"query": CONTACTS, "_limit": 200, "include_counts": True}
    answer = await close.post("data/search/", body)
    assert answer["count"] == {"total": 10_002, "limited": 10_000}
    walked = len(answer["data"])
    while answer["cursor"] is not None:
        answer = await close.post("data/search/", {**body, "cursor": answer["cursor"]})
        walked += len(answer["data"])
    assert walked == 10_000


async def test_results_limit_and_counts(close: Caller) -> None:
    for _ in range(5):
        await close.lead()
    body = {"query": LEADS, "results_limit": 3, "include_counts": True}
    answer = await close.post("data/search/", body)
    assert len(answer["data"]) == 3
    assert answer["count"] == {"total": 5, "limited": 3}
    assert "count" not in await close.post("data/search/", {"query": LEADS})


async def test_a_page_has_at_most_200_rows(close: Caller) -> None:
    for _ in range(201):
        close.sandbox.person.add_lead({"name": "L"})
    answer = await close.post("data/search/", {"query": LEADS, "_limit": 200})
    assert len(answer["data"]) == 200
    assert answer["cursor"] is not None


async def test_without_delay_a_write_is_found_at_once(close: Caller) -> None:
    lead = await close.lead()
    assert await found(close) == {lead["id"]}


async def test_the_index_follows_after_its_delay(close: Caller) -> None:
    close.switches.index_lag_s = 11
    lead = await close.lead(name="Old")
    assert await found(close) == set()
    assert (await close.get(f"lead/{lead['id']}/"))["name"] == "Old"  # reads by id are immediate
    close.clock.advance(10.9)
    assert await found(close) == set()
    close.clock.advance(0.2)
    assert await found(close) == {lead["id"]}

    old_name = all_of(LEADS, where(regular("lead", "name"), text("Old")))
    await close.put(f"lead/{lead['id']}/", {"name": "New"})
    assert await found(close, old_name) == {lead["id"]}
    close.clock.advance(12)
    assert await found(close, old_name) == set()

    await close.delete(f"lead/{lead['id']}/")
    assert await found(close) == {lead["id"]}
    close.clock.advance(12)
    assert await found(close) == set()


async def test_rows_show_what_the_index_knows(close: Caller) -> None:
    lead = await close.lead(name="Old", contacts=[{"name": "Bo"}])
    close.clock.advance(60)
    close.switches.index_lag_s = 30
    await close.put(f"lead/{lead['id']}/", {"name": "New"})
    await close.put(f"contact/{lead['contact_ids'][0]}/", {"name": "Changed"})
    (row,) = await close.search(LEADS, _fields={"lead": ["name", "contacts"]})
    assert (row["name"], row["contacts"][0]["name"]) == ("Old", "Bo")
    (person,) = await close.search(CONTACTS, _fields={"contact": ["name"]})
    assert person["name"] == "Bo"


async def test_an_index_that_never_follows_keeps_what_it_knew(close: Caller) -> None:
    known = await close.lead(name="Known")
    close.sandbox.store.settle()
    close.switches.index_lag_s = "never"
    await close.lead(name="New")
    await close.put(f"lead/{known['id']}/", {"name": "Changed"})
    close.clock.advance(86400)
    (row,) = await close.search(LEADS, _fields={"lead": ["id", "name"]})
    assert (row["id"], row["name"]) == (known["id"], "Known")
    await close.delete(f"lead/{known['id']}/")
    assert await found(close) == {known["id"]}


async def test_the_delay_can_be_changed_while_running(close: Caller) -> None:
    close.switches.index_lag_s = 60
    lead = await close.lead()
    assert await found(close) == set()
    close.switches.index_lag_s = 0
    assert await found(close) == {lead["id"]}


async def test_a_long_history_does_not_change_what_is_seen(close: Caller) -> None:
    """Old versions are forgotten; the newest of them still has to be found."""
    lead = await close.lead(name="0")
    close.sandbox.store.settle()
    path = f"lead/{lead['id']}/"
    for number in range(1, 20):
        close.clock.advance(100)
        await close.put(path, {"name": str(number)})
    close.switches.index_lag_s = 250
    (row,) = await close.search(LEADS, _fields={"lead": ["name"]})
    assert row["name"] == "16"
    close.clock.advance(10_000)
    await close.put(path, {"name": "20"})
    (row,) = await close.search(LEADS, _fields={"lead": ["name"]})
    assert row["name"] == "19"
    close.switches.index_lag_s = "never"
    (row,) = await close.search(LEADS, _fields={"lead": ["name"]})
    assert row["name"] == "0"
