"""Payloads that say nothing new make no call, and everything that may have changed makes one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.actions.trace import Outcome
from app.actions.workplace import SETTLED_S, RunOptions
from app.segment.events import Event, read_event
from tests.actions.builders import Stage, identify, mapping, stage

ACME = ("co_1", "Acme")


def page_load(number: int, **traits: Any) -> Event:
    """One of many identical identify calls: only the message id and the time differ."""
    at = f"2026-03-04T08:{number // 60 % 60:02}:{number % 60:02}Z"
    event = identify(at=at, **{"email": "bo@acme.example", "company": ACME, **traits})
    return read_event({**event.body, "messageId": f"m{number}"})


async def calls_of(scene: Stage, event: Event) -> int:
    scene.sandbox.calls.clear()
    assert (await scene.run(event)).error is None
    return scene.calls()


async def test_ten_thousand_identical_identifies_cost_one_look_up() -> None:
    async with stage() as scene:
        await scene.run(page_load(0))
        scene.sandbox.calls.clear()
        for number in range(1, 10_000):
            report = await scene.run(page_load(number))
            assert report.outcome is Outcome.UNCHANGED
        assert scene.calls() == 0


async def test_another_payload_or_one_after_it_looks_again() -> None:
    async with stage() as scene:
        for number, traits in enumerate(({}, {"title": "CTO"}, {})):
            assert await calls_of(scene, page_load(number, **traits)) > 0
        assert await calls_of(scene, page_load(9)) == 0


async def test_after_a_day_the_records_are_read_and_what_others_changed_is_written_again() -> None:
    async with stage() as scene:
        await scene.run(page_load(0, title="CTO"))
        scene.sandbox.person.edit_contact(scene.contacts()[0].id, {"title": "Boss"})
        scene.time.advance(SETTLED_S - 10)
        assert await calls_of(scene, page_load(1, title="CTO")) == 0
        scene.time.advance(10)
        assert await calls_of(scene, page_load(2, title="CTO")) > 0
        assert scene.contacts()[0].title == "CTO"
        assert await calls_of(scene, page_load(3, title="CTO")) == 0


async def test_a_write_of_another_mapping_to_the_same_record_is_noticed() -> None:
    other = mapping(name="Titles", contact_title="Guest", trigger='event = "x"')
    async with stage(mapping(), other) as scene:
        await scene.run(page_load(0, title="CTO"))
        assert await calls_of(scene, page_load(1, title="CTO")) == 0
        body = {**page_load(2).body, "type": "track", "event": "x"}
        await scene.run(read_event(body))
        assert scene.contacts()[0].title == "Guest"
        await scene.run(page_load(3, title="CTO"))
        assert scene.contacts()[0].title == "CTO"


async def test_a_second_contact_of_the_person_is_reached_by_the_next_event() -> None:
    async with stage() as scene:
        await scene.run(page_load(0, title="CTO", company=None))
        await scene.run(page_load(1, title="CTO", company=None))
        await scene.run(page_load(2, company=ACME))
        await scene.run(page_load(3, company=("co_2", "Bolt")))
        scene.time.advance(61)
        await scene.run(page_load(4, title="CTO", company=None))
        assert {contact.title for contact in scene.contacts()} == {"CTO"}


async def test_the_very_same_event_again_is_a_replay_and_looks() -> None:
    async with stage() as scene:
        await scene.run(page_load(0, title="CTO"))
        scene.sandbox.person.edit_contact(scene.contacts()[0].id, {"title": "Boss"})
        assert await calls_of(scene, page_load(0, title="CTO")) > 0
        assert scene.contacts()[0].title == "CTO"


async def test_an_event_that_needed_no_call_still_makes_older_ones_late() -> None:
    async with stage() as scene:
        await scene.run(page_load(0, name="Bo"))
        await scene.run(page_load(30, name="Bo"))
        await scene.run(page_load(10, name="Old name"))
        assert scene.contacts()[0].name == "Bo"


async def test_what_a_switch_or_a_later_event_held_back_is_not_taken_for_applied() -> None:
    async with stage(mapping(allow_updating_existing_contacts=False)) as scene:
        await scene.run(page_load(0))
        assert (await scene.run(page_load(1, title="CTO"))).outcome is Outcome.SKIPPED
        assert await calls_of(scene, page_load(2, title="CTO")) > 0


async def test_it_can_be_switched_off() -> None:
    async with stage(options=RunOptions(settled_s=0)) as scene:
        await scene.run(page_load(0))
        assert await calls_of(scene, page_load(1)) > 0


async def test_a_mapping_that_is_to_send_always_asks_close_for_every_event() -> None:
    async with stage(replace(mapping(), only_changes=False)) as scene:
        await scene.run(page_load(0))
        assert await calls_of(scene, page_load(1)) > 0
        assert (await scene.run(page_load(2))).outcome is Outcome.UNCHANGED
