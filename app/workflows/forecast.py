"""Whether Close's limits are enough for the events that come, from what was measured.

Each endpoint group has a budget of its own; searches are the scarce one. The busiest ten minutes count: an
average over the night says nothing about the morning.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.actions.plan import DeleteActivity, DeleteContact, DeleteLead, Verdict
from app.actions.trace import EventReport, Outcome
from app.close.limits import DELETE_PER_S, OTHER_PER_S, SEARCH_PER_S
from app.relay.event_records import EventFilter
from app.relay.inbox_reader import InboxReader

_MINUTE_MS = 60_000
_BUSY_MINUTES = 10
_TIGHT_FROM, _OVER_FROM = 0.6, 1.0
SAMPLED_EVENTS = 300


class Budget(StrEnum):
    COMFORTABLE = "comfortable"
    TIGHT = "tight"
    OVER = "over"


class CallGroup(StrEnum):
    """What Close limits apart, as far as it is known."""

    SEARCH = "searches"
    DELETE = "deletions"
    OTHER = "reads and writes"


BUDGET_PER_MINUTE: Mapping[CallGroup, float] = {
    CallGroup.SEARCH: SEARCH_PER_S * 60,
    CallGroup.DELETE: DELETE_PER_S * 60,
    CallGroup.OTHER: OTHER_PER_S * 60,
}


@dataclass(frozen=True, slots=True)
class EventCost:
    """The calls one event has cost; ``unchanged`` when it changed nothing."""

    calls: Mapping[CallGroup, int]
    unchanged: bool

    @property
    def total(self) -> int:
        return sum(self.calls.values())


@dataclass(frozen=True, slots=True)
class GroupForecast:
    """``expected`` and ``budget`` in calls per minute."""

    group: CallGroup
    expected: float
    budget: float

    @property
    def share(self) -> float:
        return self.expected / self.budget


@dataclass(frozen=True, slots=True)
class Forecast:
    """``per_minute`` is the rate of the busiest ten minutes.

    ``calls_per_1000`` is what a thousand events cost, ``without_memory`` what they would cost if every event
    were looked up in Close, also one that says nothing new.
    """

    budget: Budget
    per_minute: float
    events: int
    groups: tuple[GroupForecast, ...]
    calls_per_1000: float
    without_memory: float

    @property
    def saved_share(self) -> float:
        """How much of the calls “send only when changed” saves, from 0 to 1."""
        return 1 - self.calls_per_1000 / self.without_memory if self.without_memory else 0.0

    @property
    def words(self) -> str:
        if not self.events:
            return "Nothing has been measured yet."
        tightest = max(self.groups, key=lambda one: one.share)
        load = f"{tightest.share:.0%} of the {tightest.group} Close allows are needed at the busiest time."
        saved = f" Sending only what changed saves {self.saved_share:.0%} of the calls."
        return load + (saved if self.saved_share >= 0.01 else "")


def forecast(minutes: Sequence[int], costs: Sequence[EventCost]) -> Forecast:
    """``minutes``: events in each minute of the measured time, quiet ones included. Pure."""
    per_minute = _busiest(minutes)
    count = len(costs) or 1
    groups = tuple(
        GroupForecast(
            group,
            per_minute * sum(cost.calls.get(group, 0) for cost in costs) / count,
            BUDGET_PER_MINUTE[group],
        )
        for group in CallGroup
    )
    share = max(one.share for one in groups)
    budget = (
        Budget.OVER if share >= _OVER_FROM else Budget.TIGHT if share >= _TIGHT_FROM else Budget.COMFORTABLE
    )
    now = 1000 * sum(cost.total for cost in costs) / count
    return Forecast(budget, per_minute, len(costs), groups, now, 1000 * _without_memory(costs) / count)


def cost_of(report: EventReport) -> EventCost:
    """What an event has cost, from its report."""
    calls: dict[CallGroup, int] = {}
    for exchange in report.exchanges:
        group = _group(exchange.group)
        calls[group] = calls.get(group, 0) + 1
    return EventCost(calls, report.outcome is Outcome.UNCHANGED)


def cost_with_writes(report: EventReport) -> EventCost:
    """What an event costs when it is carried out: a dry run's calls and the writes it has planned."""
    cost = cost_of(report)
    calls = dict(cost.calls)
    if report.outcome is Outcome.WOULD_CHANGE:
        plans = [result.plan for result in report.results if result.plan is not None]
        for write in (write for plan in plans if plan.verdict is Verdict.CHANGES for write in plan.writes):
            deletes = isinstance(write, DeleteActivity | DeleteContact | DeleteLead)
            group = CallGroup.DELETE if deletes else CallGroup.OTHER
            calls[group] = calls.get(group, 0) + 1
    return EventCost(calls, cost.unchanged)


def events_per_minute(cost: EventCost) -> float:
    """How many events of this cost fit into what Close allows; endless for one that costs nothing."""
    return min((BUDGET_PER_MINUTE[group] / n for group, n in cost.calls.items() if n), default=math.inf)


def measured_forecast(reader: InboxReader, *, now_ms: int, hours: int = 24) -> Forecast:
    """The forecast from the inbox: the rate of the last hours, the cost of the newest events."""
    since_ms = now_ms - hours * 60 * _MINUTE_MS
    counts: dict[int, int] = {}
    for one in reader.minute_counts(since_ms):
        counts[one.minute_ms] = counts.get(one.minute_ms, 0) + one.count
    first = min(counts, default=now_ms) // _MINUTE_MS
    minutes = [counts.get(minute * _MINUTE_MS, 0) for minute in range(first, now_ms // _MINUTE_MS + 1)]
    costs = []
    for row in reader.page(EventFilter(since_ms=since_ms, limit=SAMPLED_EVENTS)):
        detail = reader.detail(row.id)
        if detail is not None and detail.report is not None:
            costs.append(cost_of(detail.report))
    return forecast(minutes, costs)


def _busiest(minutes: Sequence[int]) -> float:
    width = min(_BUSY_MINUTES, len(minutes))
    if not width:
        return 0.0
    return max(sum(minutes[at : at + width]) for at in range(len(minutes) - width + 1)) / width


def _without_memory(costs: Sequence[EventCost]) -> float:
    """Every event that needed no call because nothing was new is charged an average look-up instead."""
    looked = [cost.total for cost in costs if cost.unchanged and cost.total]
    written = [cost.total for cost in costs if not cost.unchanged and cost.total]
    # Where no unchanged event was looked up, one costs about what a changed one does without its write.
    usual = (
        sum(looked) / len(looked) if looked else max(1.0, sum(written) / len(written) - 1) if written else 1
    )
    free = sum(cost.unchanged and not cost.total for cost in costs)
    return sum(cost.total for cost in costs) + free * usual


def _group(name: str) -> CallGroup:
    if name.endswith("data/search"):
        return CallGroup.SEARCH
    return CallGroup.DELETE if name.startswith("DELETE") else CallGroup.OTHER
