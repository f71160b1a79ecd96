from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from app.actions.trace import Outcome
from app.close.failures import FailureKind
from app.errors import AppError
from app.relay.delivery import OPEN_STATES, State
from app.relay.dispatcher import Dispatcher
from app.relay.event_records import EventFilter, EventRow
from app.relay.inbox import Inbox, requeue_event
from app.relay.inbox_reader import InboxReader
from app.storage.profile import Mode
from tests.conditions import until
from tests.relay.builders import START_MS, ManualClock, new_events, track
from tests.relay.fake_processor import Answer, FakeProcessor, close_error, report, reported


class Bench:
    """A dispatcher over a real inbox, with a fake processor and time that stands still."""

    def __init__(self, path: Path, inbox: Inbox) -> None:
        self.path = path
        self.inbox = inbox
        self.clock = ManualClock()
        self.processor = FakeProcessor()
        self.reader = InboxReader(path)
        self.announced: list[EventRow] = []
        self.dispatcher = self.make()

    def make(self, mode: Mode = Mode.LIVE, parallel: int = 12) -> Dispatcher:
        self.dispatcher = Dispatcher(
            self.inbox,
            self.processor,
            mode=mode,
            clock=self.clock,
            uniform=lambda _low, high: high,
            announce=self.announced.append,
            parallel=parallel,
        )
        return self.dispatcher

    async def add(self, *events: object) -> None:
        await self.inbox.append(new_events(*events, now_ms=self.clock.now_ms()))
        self.dispatcher.wake()

    def rows(self) -> dict[str, EventRow]:
        return {row.message_id: row for row in self.reader.page(EventFilter(limit=10_000))}

    def states(self) -> dict[str, State]:
        return {name: row.state for name, row in self.rows().items()}

    def started(self) -> list[str]:
        return [name for name, _ in self.processor.started]

    async def until_all(self, state: State) -> None:
        await until(lambda: set(self.states().values()) == {state})


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    path = tmp_path / "relay.db"
    kept = Bench(path, await Inbox.open(path, redact=str))
    yield kept
    kept.processor.let_go()
    await kept.dispatcher.stop(5)
    kept.reader.close()
    await kept.inbox.close()


async def test_a_failing_head_blocks_its_person_and_company_and_nobody_else(bench: Bench) -> None:
    bench.processor.script = {"a1": [close_error(FailureKind.UNREACHABLE), report()]}
    company = {"context": {"groupId": "c-1"}}
    bench.dispatcher.start()
    await bench.add(
        track("a1", "a", **company), track("a2", "a"), track("b1", "b", **company), track("d1", "d")
    )
    await until(lambda: bench.states()["d1"] is State.DELIVERED)
    await until(lambda: bench.states()["a1"] is State.WAITING)
    assert bench.states()["a2"] is State.QUEUED
    assert bench.states()["b1"] is State.QUEUED
    assert bench.rows()["a1"].next_attempt_ms == START_MS + 1_000
    bench.clock.advance(1)
    await bench.until_all(State.DELIVERED)
    assert bench.started()[:2] == ["a1", "d1"]
    assert bench.started()[2] == "a1"
    assert set(bench.started()[3:]) == {"a2", "b1"}


async def test_alias_waits_for_both_ids_it_ties_together(bench: Bench) -> None:
    bench.processor.hold = {"anonymous", "user"}
    bench.dispatcher.start()
    anonymous = {"type": "page", "anonymousId": "x", "messageId": "anonymous", "name": "Home"}
    alias = {"type": "alias", "userId": "u", "previousId": "x", "messageId": "alias"}
    await bench.add(anonymous, track("user", "u"), alias, track("after", "u"))
    await until(lambda: len(bench.started()) == 2)
    bench.processor.let_go()
    await bench.until_all(State.DELIVERED)
    assert bench.started()[2:] == ["alias", "after"]


async def test_different_people_run_side_by_side_up_to_the_bound(bench: Bench) -> None:
    bench.make(parallel=3).start()
    bench.processor.hold = {f"m{n}" for n in range(8)}
    await bench.add(*(track(f"m{n}", f"u{n}") for n in range(8)))
    await until(lambda: len(bench.started()) == 3)
    bench.processor.let_go()
    await bench.until_all(State.DELIVERED)
    assert bench.processor.most_at_once == 3


@pytest.mark.parametrize("seed", range(6))
async def test_order_is_exact_under_failures_retries_and_restarts(bench: Bench, seed: int) -> None:
    """People and companies at random, prescribed answers at random, the dispatcher replaced midway."""
    dice = random.Random(seed)
    failures: Sequence[Answer] = [
        close_error(FailureKind.UNREACHABLE),
        close_error(FailureKind.RATE_LIMITED),
        reported(FailureKind.SERVER_ERROR),
        reported(FailureKind.NO_ANSWER),
    ]
    ends: Sequence[Answer] = [report(), report(), report(Outcome.UNCHANGED), close_error(FailureKind.INVALID)]
    events = []
    for number in range(120):
        members = {"context": {"groupId": f"c{dice.randrange(6)}"}} if dice.random() < 0.4 else {}
        events.append(track(f"m{number}", f"u{dice.randrange(15)}", **members))
        bench.processor.script[f"m{number}"] = [
            *dice.choices(failures, k=dice.choice([0, 0, 0, 1, 2])),
            dice.choice(ends),
        ]
    bench.dispatcher.start()
    for start in range(0, 120, 30):
        await bench.add(*events[start : start + 30])
        bench.clock.advance(dice.choice([0, 1, 60]))

    def under_way() -> bool:
        bench.clock.advance(1)
        return len(bench.processor.ended) > 40

    await until(under_way)
    await bench.dispatcher.stop(0)
    await bench.inbox.release_claims()
    bench.make().start()

    def finished() -> bool:
        bench.clock.advance(61)
        return OPEN_STATES.isdisjoint(bench.states().values())

    await until(finished)
    last_try = {name: index for index, name in enumerate(bench.started())}
    first_try: dict[str, int] = {}
    for index, name in enumerate(bench.started()):
        first_try.setdefault(name, index)
    for key in {f"u{n}" for n in range(15)} | {f"c{n}" for n in range(6)}:
        line = [e["messageId"] for e in events if key in (e["userId"], e.get("context", {}).get("groupId"))]
        for earlier, later in pairwise(line):
            assert last_try[earlier] < first_try[later], (key, earlier, later)
    assert bench.processor.overlaps == []
    assert bench.reader.queue_depth() == 0


async def test_rate_limits_cost_no_attempt_and_failures_do(bench: Bench) -> None:
    bench.processor.script = {
        "m": [close_error(FailureKind.RATE_LIMITED, 3), reported(FailureKind.SERVER_ERROR), report()]
    }
    bench.dispatcher.start()
    await bench.add(track("m"))
    await until(lambda: bench.states() == {"m": State.WAITING})
    assert (bench.rows()["m"].attempts, bench.rows()["m"].next_attempt_ms) == (0, START_MS + 3_000)
    bench.clock.advance(3)
    await until(lambda: bench.rows()["m"].attempts == 1)
    bench.clock.advance(1)
    await bench.until_all(State.DELIVERED)
    assert bench.rows()["m"].attempts == 2


async def test_a_retry_after_a_lost_answer_waits_out_the_search_lag(bench: Bench) -> None:
    bench.processor.script = {"m": [reported(FailureKind.NO_ANSWER), report()]}
    bench.dispatcher.start()
    await bench.add(track("m"))
    await until(lambda: bench.states() == {"m": State.WAITING})
    assert bench.rows()["m"].next_attempt_ms == START_MS + 60_000


async def test_a_defect_fails_its_event_logs_the_traceback_and_the_rest_goes_on(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.processor.script = {"poison": [ZeroDivisionError("boom")], "odd": [report(Outcome.WOULD_CHANGE)]}
    bench.dispatcher.start()
    await bench.add(track("poison", "a"), track("odd", "b"), track("next", "a"))
    await until(lambda: bench.states()["next"] is State.DELIVERED)
    assert bench.states()["poison"] is bench.states()["odd"] is State.FAILED
    assert "ZeroDivisionError: boom" in caplog.text
    assert "boom" not in bench.rows()["poison"].reason


async def test_a_try_with_the_old_key_does_not_stop_deliveries_with_the_new_one(bench: Bench) -> None:
    bench.processor.script = {"slow": [close_error(FailureKind.KEY_REFUSED), report()]}
    bench.processor.hold = {"slow"}
    bench.dispatcher.start()
    await bench.add(track("slow"))
    await until(lambda: bench.started() == ["slow"])
    bench.dispatcher.key_replaced()
    bench.processor.let_go()
    await bench.until_all(State.DELIVERED)
    assert bench.dispatcher.key_trouble == ""


async def test_a_dry_run_leaves_what_a_live_try_began(bench: Bench) -> None:
    bench.processor.script = {"live": [reported(FailureKind.UNREACHABLE), report()]}
    bench.dispatcher.start()
    await bench.add(track("live", "a"))
    await until(lambda: bench.states() == {"live": State.WAITING})
    bench.dispatcher.set_mode(Mode.DRY_RUN)
    bench.clock.advance(5)
    await bench.add(track("dry", "b"))
    await until(lambda: bench.states()["dry"] is State.SKIPPED)
    assert bench.states()["live"] is State.WAITING
    bench.dispatcher.set_mode(Mode.LIVE)
    await until(lambda: bench.states()["live"] is State.DELIVERED)
    assert bench.processor.started == [("live", True), ("dry", False), ("live", True)]


async def test_what_a_crash_left_in_flight_is_delivered_first(bench: Bench) -> None:
    await bench.add(track("m1"), track("m2"))
    await bench.inbox.claim(5, mode=Mode.LIVE, now_ms=START_MS)
    assert bench.states() == {"m1": State.IN_FLIGHT, "m2": State.QUEUED}
    bench.dispatcher.start()
    await bench.until_all(State.DELIVERED)
    assert bench.started() == ["m1", "m2"]


async def test_an_event_queued_again_by_another_program_is_noticed(bench: Bench) -> None:
    bench.processor.script = {"m": [close_error(FailureKind.INVALID), report()]}
    bench.dispatcher.start()
    await bench.add(track("m"))
    await bench.until_all(State.FAILED)
    row = await asyncio.to_thread(requeue_event, bench.path, bench.rows()["m"].id, START_MS)
    assert row.state is State.QUEUED
    bench.clock.advance(10)
    await bench.until_all(State.DELIVERED)


async def test_a_clock_set_back_does_not_hold_events_for_hours(bench: Bench) -> None:
    bench.clock.advance(3600)
    await bench.add(track("m"))
    bench.clock.advance(-3600)
    bench.dispatcher.start()
    await bench.until_all(State.DELIVERED)


class ForgetfulInbox:
    """A store whose next calls fail, as on a full disk; afterwards the real one answers."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self.failing: dict[str, int] = {}

    def __getattr__(self, name: str) -> object:
        left = self.failing.get(name, 0)
        if left:
            self.failing[name] = left - 1
            return self._fail
        return getattr(self._inbox, name)

    async def _fail(self, *_arguments: object, **_named: object) -> None:
        raise AppError("STORAGE-FULL", "The disk is full.", remedy="Free some space.")


async def test_a_disk_that_recovers_loses_nothing_and_repeats_nothing(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    store = ForgetfulInbox(bench.inbox)
    store.failing = {"claim": 1, "record": 2}
    bench.inbox = store  # type: ignore[assignment]
    bench.make().start()
    await bench.add(track("m1"), track("m2"))

    def recovered() -> bool:
        bench.clock.advance(2)
        return set(bench.states().values()) == {State.DELIVERED}

    await until(recovered)
    assert bench.started() == ["m1", "m2"]
    assert "STORAGE-FULL" in caplog.text


async def test_every_change_is_announced_in_order(bench: Bench) -> None:
    bench.dispatcher.start()
    await bench.add(track("m"))
    await until(lambda: len(bench.announced) == 2)
    assert [row.state for row in bench.announced] == [State.IN_FLIGHT, State.DELIVERED]
