"""What a relay counts and times, for Prometheus.

Labels have few values, all of them words of this program: never ids, addresses, titles or secrets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from app.actions.trace import Outcome
from app.close.exchange import Exchange
from app.close.limits import GroupUsage
from app.relay.clock import Clock
from app.relay.delivery import State
from app.relay.event_records import Appended, EventRow
from app.relay.status import RelayStatus
from app.relay.watch import RelayWatch

CONTENT_TYPE = CONTENT_TYPE_LATEST

_ENDED = (State.DELIVERED, State.UNCHANGED, State.SKIPPED, State.FAILED)
# Only a mapping that matched can have come to one of these.
_MATCHED = frozenset(Outcome) - {Outcome.SKIPPED}

_REASONS = {
    400: "unreadable",
    401: "unauthenticated",
    403: "web page",
    404: "wrong path",
    405: "wrong method",
    408: "too slow",
    413: "too large",
    415: "unknown encoding",
    421: "wrong host",
    503: "no room",
}
_OTHER_REASON = "other"

# Segment waits 5 s; 15 ms is what the relay is built to keep below.
_ACKNOWLEDGEMENT_S = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
# From a call or two to the 24 hours after which an event is given up.
_END_TO_END_S = (
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    30.0,
    60.0,
    300.0,
    1800.0,
    3600.0,
    21600.0,
    86400.0,
)

UsageReader = Callable[[], Sequence[GroupUsage]]


class RelayMetrics(RelayWatch):
    """The figures of one relay, in a registry of its own. Belongs to the relay's loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._budgets: list[UsageReader] = []
        self._registry = CollectorRegistry()
        # Memory, file descriptors and processor time; nothing where the system does not tell.
        ProcessCollector(registry=self._registry)
        self._received = self._counter("events_received", "Events stored for the first time.")
        self._duplicates = self._counter("events_duplicate", "Events that were known by their message id.")
        self._refused = self._counter("requests_refused", "Requests that were not taken in.", "reason")
        self._matched = self._counter("events_matched", "Events that ended and that a mapping matched.")
        self._ended = self._counter("events_ended", "Events that ended, by their state.", "state")
        self._retries = self._counter("event_retries", "Tries after which an event waits for another one.")
        self._calls = self._counter("api_calls", "Requests to Close, by endpoint group.", "group", "status")
        self._acknowledgement = Histogram(
            "segment_close_acknowledgement_seconds",
            "From the head of a request until its events are on disk.",
            buckets=_ACKNOWLEDGEMENT_S,
            registry=self._registry,
        )
        self._end_to_end = Histogram(
            "segment_close_event_end_to_end_seconds",
            "From the receipt of an event until its end; an event that is sent again counts once more.",
            buckets=_END_TO_END_S,
            registry=self._registry,
        )
        self._queue = self._gauge("queue_events", "Events that are queued, in flight or waiting.")
        self._age = self._gauge("queue_oldest_age_seconds", "Age of the oldest event in the queue.")
        self._in_flight = self._gauge("in_flight_events", "Events that are being carried out.")
        self._healthy = self._gauge("healthy", "1 while events are taken in and carried out.")
        self._left = self._gauge(
            "api_budget_left_ratio",
            "Share of a minute's calls to Close that is left, by endpoint group.",
            "group",
        )
        self._blocked = self._gauge(
            "api_blocked_seconds", "How long Close has told an endpoint group to stay away.", "group"
        )
        for reason in (*_REASONS.values(), _OTHER_REASON):
            self._refused.labels(reason)
        for state in _ENDED:
            self._ended.labels(state.value)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"segment_close_{name}", text, labels, registry=self._registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"segment_close_{name}", text, labels, registry=self._registry)

    def refused(self, status: int) -> None:
        self._refused.labels(_REASONS.get(status, _OTHER_REASON)).inc()

    def acknowledged(self, took_s: float) -> None:
        self._acknowledgement.observe(took_s)

    def stored(self, appended: Appended) -> None:
        self._received.inc(len(appended.rows))
        self._duplicates.inc(appended.duplicates)
        for row in appended.rows:
            if row.state in _ENDED:
                self._ended.labels(row.state.value).inc()

    def changed(self, row: EventRow) -> None:
        if row.state is State.WAITING:
            self._retries.inc()
        if row.state not in _ENDED:
            return
        self._ended.labels(row.state.value).inc()
        self._end_to_end.observe(max(0, self._clock.now_ms() - row.received_ms) / 1000)
        if row.outcome in _MATCHED:
            self._matched.inc()

    def called(self, exchange: Exchange) -> None:
        """A request to Close has ended."""
        self._calls.labels(exchange.group, _status_class(exchange.status)).inc()

    @contextmanager
    def budget_of(self, usage: UsageReader) -> Iterator[None]:
        """Count these calls against the budget while a client is in use; there may be several."""
        self._budgets.append(usage)
        try:
            yield
        finally:
            self._budgets.remove(usage)

    def expose(self, status: RelayStatus, *, healthy: bool) -> bytes:
        """Everything in Prometheus' text format."""
        self._queue.set(status.queue_depth)
        self._age.set(status.oldest_queued_s or 0)
        self._in_flight.set(status.in_flight)
        self._healthy.set(healthy)
        self._show_budget()
        return generate_latest(self._registry)

    def _show_budget(self) -> None:
        used: dict[str, float] = defaultdict(float)
        blocked_s: dict[str, float] = defaultdict(float)
        for group in chain.from_iterable(usage() for usage in self._budgets):
            used[group.group] += group.calls_last_minute / group.budget_per_minute
            blocked_s[group.group] = max(group.blocked_for_s, blocked_s[group.group])
        for name, share in used.items():
            self._left.labels(name).set(max(0.0, 1 - share))
            self._blocked.labels(name).set(blocked_s[name])


def _status_class(status: int | None) -> str:
    if status is None:
        return "no answer"
    return "429" if status == 429 else f"{status // 100}xx"
