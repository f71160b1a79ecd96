"""Filters and the integrations object come before every mapping."""

from __future__ import annotations

from app.actions.gate import EventGate
from app.actions.trace import Outcome
from app.segment.events import read_event
from app.segment.filters import DestinationFilter, Drop, DropProperties, Sample
from tests.actions.builders import identify, stage

DROP_FREE = DestinationFilter("Paying only", 'traits.plan = "free"', (Drop(),))


async def test_a_dropped_event_is_skipped_with_the_filters_name() -> None:
    async with stage(filters=(DROP_FREE,)) as scene:
        report = await scene.run(identify(email="bo@acme.example", plan="free"))
        assert (report.outcome, report.reason) == (Outcome.SKIPPED, "The filter 'Paying only' drops it.")
        assert scene.calls() == 0
        passed = await scene.run(identify(email="bo@acme.example", plan="team"))
        assert passed.results[0].steps[0].title == "Passed the destination filters"
        assert len(scene.contacts()) == 1


async def test_mappings_see_only_what_the_filters_leave() -> None:
    without_phone = DestinationFilter("No phones", "all", (DropProperties((("traits", ("phone",)),)),))
    async with stage(filters=(without_phone,)) as scene:
        report = await scene.run(identify(email="bo@acme.example", phone="+14155550132"))
        assert scene.contacts()[0].phones == ()
        assert report.results[0].steps[0].detail == "Less in traits."


async def test_an_event_of_which_too_little_is_left_is_skipped() -> None:
    nobody = DestinationFilter("Nobody", "all", (DropProperties((("", ("userId", "anonymousId")),)),))
    async with stage(filters=(nobody,)) as scene:
        report = await scene.run(identify(email="bo@acme.example"))
        assert report.outcome is Outcome.SKIPPED
        assert report.reason.startswith("The destination filters leave too little of the event.")


def test_only_the_destinations_own_key_is_judged() -> None:
    body = dict(identify(email="bo@acme.example").body)
    gate = EventGate()
    assert gate.check(read_event({**body, "integrations": {"Close": False}})).event is None
    assert gate.check(read_event({**body, "integrations": {"All": False}})).event is not None
    assert gate.check(read_event({**body, "integrations": {"All": False, "Close": True}})).event is not None
    assert gate.check(read_event({**body, "integrations": {"Close": {"list": 1}}})).event is not None


def test_a_filter_that_is_switched_off_does_nothing_and_a_broken_one_drops() -> None:
    event = identify(email="bo@acme.example", plan="free")
    off = DestinationFilter("Off", "all", (Drop(),), enabled=False)
    assert EventGate((off,)).check(event).steps == ()
    broken = DestinationFilter("Broken", "((", (Drop(),))
    assert EventGate((broken,)).check(event).event is None


def test_a_share_passes_by_chance() -> None:
    event = identify(email="bo@acme.example")
    half = DestinationFilter("Half", "all", (Sample(0.5),))
    assert EventGate((half,), lambda: 0.4).check(event).event is not None
    assert EventGate((half,), lambda: 0.6).check(event).event is None
