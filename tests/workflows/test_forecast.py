"""From measured rates and costs to comfortable, tight or over."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.actions.trace import EventReport, Outcome
from app.close.exchange import Exchange
from app.relay.inbox_reader import InboxReader
from app.workflows.forecast import (
    BUDGET_PER_MINUTE,
    Budget,
    CallGroup,
    EventCost,
    cost_of,
    events_per_minute,
    forecast,
    measured_forecast,
)

FREE = EventCost({}, unchanged=True)
LOOKED = EventCost({CallGroup.OTHER: 1}, unchanged=True)
CHANGED = EventCost({CallGroup.OTHER: 3}, unchanged=False)
SEARCHED = EventCost({CallGroup.SEARCH: 2, CallGroup.OTHER: 2}, unchanged=False)


@pytest.mark.parametrize(
    ("per_minute", "costs", "budget"),
    [
        (10, [SEARCHED], Budget.COMFORTABLE),
        (40, [SEARCHED], Budget.TIGHT),
        (60, [SEARCHED], Budget.OVER),
        (300, [CHANGED], Budget.TIGHT),
        (10_000, [FREE], Budget.COMFORTABLE),
        (10_000, [], Budget.COMFORTABLE),
    ],
)
def test_the_scarcest_group_decides(per_minute: int, costs: list[EventCost], budget: Budget) -> None:
    assert forecast([per_minute] * 10, costs).budget is budget


def test_the_busiest_ten_minutes_count() -> None:
    night, morning = [0] * 600, [60] * 10
    busy = forecast([*night, *morning, *night], [SEARCHED])
    assert (busy.per_minute, busy.budget) == (60, Budget.OVER)


def test_what_sending_only_changes_saves() -> None:
    trace = [FREE] * 95 + [CHANGED] * 4 + [LOOKED]
    told = forecast([100] * 10, trace)
    assert (told.calls_per_1000, told.without_memory) == (130, 1080)
    assert round(told.saved_share, 2) == 0.88
    assert told.words == (
        "1% of the reads and writes Close allows are needed at the busiest time. "
        "Sending only what changed saves 88% of the calls."
    )


def test_a_report_tells_what_it_cost() -> None:
    exchanges = tuple(
        Exchange(group.split()[0], "/", 200, 1.0, group, None, "", "", "")
        for group in ("POST data/search", "GET lead", "PUT contact", "DELETE contact")
    )
    cost = cost_of(EventReport(Outcome.DELIVERED, "", (), None, exchanges))
    assert cost.calls == {CallGroup.SEARCH: 1, CallGroup.OTHER: 2, CallGroup.DELETE: 1}
    assert not cost.unchanged


def test_without_events_nothing_is_claimed(tmp_path: Path) -> None:
    reader = InboxReader(tmp_path / "relay.db")
    told = measured_forecast(reader, now_ms=1_000_000_000_000)
    reader.close()
    assert (told.budget, told.events, told.words) == (
        Budget.COMFORTABLE,
        0,
        "Nothing has been measured yet.",
    )


def test_how_many_such_events_fit_is_said_by_the_scarcest_group() -> None:
    searches, reads = EventCost({CallGroup.SEARCH: 2}, unchanged=False), CHANGED
    assert events_per_minute(searches) == pytest.approx(BUDGET_PER_MINUTE[CallGroup.SEARCH] / 2)
    assert events_per_minute(reads) == pytest.approx(BUDGET_PER_MINUTE[CallGroup.OTHER] / 3)
    assert events_per_minute(FREE) == float("inf")
