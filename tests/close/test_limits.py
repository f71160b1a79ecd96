from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.close.limits import RateLimiter, SeenLimit, read_limits, retry_wait_s
from tests.close.manual_time import ManualTime

SEARCH = "POST data/search"
READ = "GET lead"
DELETE = "DELETE lead"

HEADER_NAMES = (
    "ratelimit",
    "retry-after",
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "x-rate-limit-limit",
    "x-rate-limit-remaining",
    "x-rate-limit-reset",
)
header_text = st.one_of(
    st.text("0123456789.,;:=- +eEinfaNlmtrgs\0é٣", max_size=60),
    st.from_regex(r"limit=[0-9.]*, ?remaining=[-0-9.e]*, ?reset=[0-9.infa]*", fullmatch=True),
    st.decimals().map(str),
    st.integers().map(str),
)
headers_of_any_kind = st.dictionaries(st.sampled_from(HEADER_NAMES), header_text)


def turns(limiter: RateLimiter, time: ManualTime, group: str, count: int) -> list[float]:
    """When ``count`` calls that want to go out now may go, in seconds from now."""
    start = time.now
    times = []
    for _ in range(count):
        wait = limiter.take_turn(group)
        times.append(time.now + wait - start)
        time.now += wait
    return times


@pytest.mark.parametrize(
    ("headers", "limits"),
    [
        ({"ratelimit": "limit=100, remaining=50, reset=5"}, SeenLimit(100, 50, 5)),
        ({"ratelimit": "limit=100,remaining=50,reset=0.25"}, SeenLimit(100, 50, 0.25)),
        (
            {"x-rate-limit-limit": "16", "x-rate-limit-remaining": "3", "x-rate-limit-reset": "7.8"},
            SeenLimit(16, 3, 7.8),
        ),
        (
            {"ratelimit-limit": "16", "ratelimit-remaining": "3", "ratelimit-reset": "7"},
            SeenLimit(16, 3, 7),
        ),
        ({}, None),
        ({"ratelimit": "limit=100"}, None),
        ({"ratelimit": "limit=100, remaining=-1, reset=5"}, None),
        ({"ratelimit": "limit=100, remaining=nan, reset=5"}, None),
        ({"x-rate-limit-limit": "16, 16", "x-rate-limit-remaining": "3", "x-rate-limit-reset": "7"}, None),
    ],
)
def test_both_spellings_of_the_rate_headers_are_read(
    headers: dict[str, str], limits: SeenLimit | None
) -> None:
    assert read_limits(headers) == limits


@given(headers_of_any_kind)
def test_no_header_breaks_reading_or_asks_for_an_endless_wait(headers: dict[str, str]) -> None:
    assert 0 <= retry_wait_s(headers) <= 300
    limits = read_limits(headers)
    if limits is not None:
        assert all(math.isfinite(value) and value >= 0 for value in (limits.limit, limits.remaining))
        assert 0 <= limits.reset_s <= 300


@given(st.lists(st.tuples(st.booleans(), headers_of_any_kind, st.floats(0, 10)), max_size=6))
@settings(max_examples=40)
def test_whatever_was_answered_the_next_turn_is_never_far(
    answers: list[tuple[bool, dict[str, str], float]],
) -> None:
    time = ManualTime()
    limiter = RateLimiter(time.clock)
    for refused, headers, pause in answers:
        limiter.take_turn(READ)
        if refused:
            assert limiter.note_refusal(READ, headers, 0.5) > 0
        else:
            limiter.note_answer(READ, headers)
        time.now += pause
    assert 0 <= limiter.wait_s(READ) <= 700
    assert math.isfinite(limiter.usage()[0].blocked_for_s if answers else 0)


@pytest.mark.parametrize(
    ("group", "at_once", "per_window"), [(SEARCH, 4, 16), (DELETE, 20, 80), (READ, 40, 160)]
)
def test_a_short_burst_goes_at_once_and_any_eight_seconds_stay_within_the_budget(
    group: str, at_once: int, per_window: int
) -> None:
    time = ManualTime()
    times = turns(RateLimiter(time.clock), time, group, 3 * per_window)
    assert times[:at_once] == pytest.approx([0.0] * at_once, abs=0.001)
    assert times[at_once] > 0.001
    assert max(sum(start <= at < start + 8 for at in times) for start in times) <= per_window
    assert times[-1] <= 3 * 8 * 1.15


def test_turns_taken_without_waiting_queue_behind_each_other() -> None:
    time = ManualTime()
    limiter = RateLimiter(time.clock)
    waits = [limiter.take_turn(SEARCH) for _ in range(8)]
    assert waits[:5] == pytest.approx([0, 0, 0, 0, 0], abs=0.6)
    assert waits == sorted(waits)
    assert waits[-1] - waits[-2] == pytest.approx(0.5)


def test_looking_at_the_wait_takes_no_turn() -> None:
    time = ManualTime()
    limiter = RateLimiter(time.clock)
    assert [limiter.wait_s(SEARCH) for _ in range(50)] == [0.0] * 50


def test_groups_do_not_slow_each_other_down() -> None:
    time = ManualTime()
    limiter = RateLimiter(time.clock)
    limiter.note_refusal(SEARCH, {"retry-after": "9"}, 0)
    assert limiter.wait_s(SEARCH) == pytest.approx(9)
    assert limiter.wait_s(READ) == 0


def test_little_left_slows_the_group_down_until_the_window_ends() -> None:
    time = ManualTime()
    limiter = RateLimiter(time.clock)
    limiter.take_turn(READ)
    limiter.note_answer(READ, {"ratelimit": "limit=100, remaining=4, reset=8"})
    times = turns(limiter, time, READ, 4)
    assert times[-1] >= 4
    time.now += 8
    assert turns(limiter, time, READ, 5) == pytest.approx([0.0] * 5)


def test_many_waiting_for_little_wait_for_the_next_window_and_no_longer() -> None:
    time = ManualTime()
    limiter = RateLimiter(time.clock)
    limiter.take_turn(READ)
    limiter.note_answer(READ, {"ratelimit": "limit=16, remaining=1, reset=6"})
    waits = [limiter.take_turn(READ) for _ in range(10)]
    assert waits[1] == pytest.approx(6, abs=0.5)
    assert waits[-1] <= 6.5


def test_nothing_left_stops_the_group_until_the_reset() -> None:
    time = ManualTime()
    limiter = RateLimiter(time.clock)
    limiter.note_answer(READ, {"ratelimit": "limit=240, remaining=2, reset=3.5"})
    assert limiter.wait_s(READ) == pytest.approx(3.5)
    assert limiter.blocked_s(READ) == pytest.approx(3.5)
    time.now += 3.5
    assert limiter.wait_s(READ) == 0


def test_generous_headers_never_raise_the_pace_above_the_budget() -> None:
    time = ManualTime()
    limiter = RateLimiter(time.clock)
    limiter.note_answer(SEARCH, {"ratelimit": "limit=9000, remaining=9000, reset=1"})
    assert turns(limiter, time, SEARCH, 20)[-1] > 6


def test_refusals_without_headers_make_the_group_slower_for_a_while() -> None:
    time = ManualTime()
    limiter = RateLimiter(time.clock)
    for _ in range(3):
        limiter.note_refusal(SEARCH, {}, 0)
        time.now += 10
    slow = turns(limiter, time, SEARCH, 32)[-1]
    for _ in range(2000):
        limiter.note_answer(SEARCH, {})
    time.now += 60
    assert turns(limiter, time, SEARCH, 32)[-1] < slow


def test_a_timer_that_fires_a_hair_early_does_not_count_as_waiting() -> None:
    time = ManualTime()
    limiter = RateLimiter(time.clock)
    time.now += limiter.note_refusal(READ, {"retry-after": "3"}, 0) - 0.0005
    assert (limiter.blocked_s(READ), limiter.wait_s(READ), limiter.take_turn(READ)) == (0, 0, 0)


def test_jitter_spreads_the_return_a_little() -> None:
    time = ManualTime()
    limiter = RateLimiter(time.clock)
    assert limiter.note_refusal(READ, {"retry-after": "10"}, 1.0) == pytest.approx(11)
    assert limiter.note_refusal(READ, {"retry-after": "0"}, 0.0) > 0


def test_usage_counts_a_minute_and_shows_what_close_said_last() -> None:
    time = ManualTime()
    limiter = RateLimiter(time.clock)
    assert limiter.usage() == ()
    limiter.note_answer(READ, {})
    time.now += 61
    limiter.note_answer(READ, {"ratelimit": "limit=240, remaining=200, reset=3.5"})
    limiter.note_refusal(DELETE, {"retry-after": "5"}, 0)
    read, delete = limiter.usage()
    assert (read.group, read.calls_last_minute, read.limit, read.remaining) == (READ, 1, 240, 200)
    assert (read.budget_per_minute, read.blocked_for_s) == (1200, 0)
    assert (delete.group, delete.calls_last_minute, delete.limit) == (DELETE, 1, None)
    assert delete.blocked_for_s == pytest.approx(5)
