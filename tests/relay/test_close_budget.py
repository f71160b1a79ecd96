"""The share of Close's limits that is used: the tightest group counts, and a quiet minute empties it."""

from __future__ import annotations

from app.close.limits import GroupUsage
from app.relay.close_budget import CloseBudget

NOON_MS = 1_772_622_000_000
DAY_MS = 24 * 3600 * 1000


class Hands:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.now_ms = NOON_MS

    def turn(self, seconds: float) -> None:
        self.seconds += seconds
        self.now_ms += round(seconds * 1000)


def used(group: str, calls: int, per_minute: float) -> GroupUsage:
    return GroupUsage(group, calls, per_minute, None, None, 0.0)


def budget_at(hands: Hands) -> CloseBudget:
    return CloseBudget(lambda: hands.seconds, lambda: hands.now_ms)


def test_the_group_that_is_closest_to_its_limit_is_shown() -> None:
    budget = budget_at(Hands())
    budget.note(lambda: (used("GET lead", 300, 1200), used("POST data/search", 60, 120)))
    now = budget.read()
    assert (now.group, now.per_second, now.allowed_per_second, now.share) == (
        "POST data/search",
        1.0,
        2.0,
        0.5,
    )


def test_a_minute_without_a_call_leaves_nothing_but_the_peak() -> None:
    hands = Hands()
    budget = budget_at(hands)
    budget.note(lambda: (used("GET lead", 300, 1200),))
    hands.turn(59)
    assert budget.read().per_second == 5.0
    hands.turn(1)
    now = budget.read()
    assert (now.per_second, now.share) == (0.0, 0.0)
    assert (now.peak_per_second, now.peak_ms) == (5.0, NOON_MS)


def test_the_peak_is_the_present_day_s() -> None:
    hands = Hands()
    budget = budget_at(hands)
    budget.note(lambda: (used("GET lead", 600, 1200),))
    hands.turn(30)
    budget.note(lambda: (used("GET lead", 60, 1200),))
    assert (budget.read().peak_per_second, budget.read().peak_ms) == (10.0, NOON_MS)
    hands.turn(DAY_MS / 1000)
    budget.note(lambda: (used("GET lead", 60, 1200),))
    assert budget.read().peak_per_second == 1.0


def test_a_burst_of_calls_asks_the_limiter_some_times_a_second_only() -> None:
    hands = Hands()
    budget = budget_at(hands)
    asked: list[float] = []

    def usage() -> tuple[GroupUsage, ...]:
        asked.append(hands.seconds)
        return (used("GET lead", 1, 1200),)

    for _ in range(100):
        budget.note(usage)
        hands.turn(0.01)
    assert len(asked) == 4


def test_nothing_is_known_before_the_first_call() -> None:
    now = CloseBudget().read()
    assert (now.share, now.peak_ms) == (0.0, None)
