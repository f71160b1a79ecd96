"""What became of the events of a time: totals, lines over time, the funnel, errors, work done in Close."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.actions.trace import Outcome
from app.relay.delivery import OPEN_STATES, State
from app.relay.event_stage import Cause, Stage, duration_of
from app.relay.inbox_figures import FigureCount, FigureReader, RunSums
from app.workflows.figure_words import CauseAction, action_of, cause_words

_MINUTE_MS = 60_000
_MOST_CAUSES = 20
NO_RUNS = RunSums()


class FigureRange(StrEnum):
    """How far back; the value is what people type."""

    TEN_MINUTES = "10m"
    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"


BUCKETS: dict[FigureRange, tuple[int, int]] = {
    FigureRange.TEN_MINUTES: (1, 10),
    FigureRange.HOUR: (1, 60),
    FigureRange.DAY: (30, 48),
    FigureRange.WEEK: (180, 56),
    FigureRange.MONTH: (720, 60),
}
"""Minutes in a bucket, and how many buckets; the last one holds the present minute."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One step of the time. ``p95_ms`` is None where nothing ended."""

    start_ms: int
    received: int = 0
    delivered: int = 0
    would_change: int = 0
    unchanged: int = 0
    failed: int = 0
    p95_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """Events that one cause kept from the next stage. ``type`` is set where only one type is meant."""

    cause: str
    words: str
    count: int
    type: str = ""
    state: State | None = None


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """``count`` events came this far; ``drops`` say why the others went no further, most first."""

    stage: Stage
    count: int
    drops: tuple[Drop, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Failures with the same words. ``last_ms`` is the newest receipt, ``samples`` ids, newest first;
    ``waiting`` when they are tried again by themselves.
    """

    cause: str
    code: str
    words: str
    count: int
    last_ms: int
    action: CauseAction
    samples: tuple[int, ...]
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class EventFigures:
    """``delivered_before`` is the same span one span earlier. Latencies are from receipt to first end.

    ``calls_saved`` is what the events answered from memory would have cost at the average of the others.
    """

    range: FigureRange
    now_ms: int
    buckets: tuple[Bucket, ...]
    received: int = 0
    delivered: int = 0
    would_change: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: int = 0
    would_fail: int = 0
    open: int = 0
    waiting: int = 0
    observed: int = 0
    delivered_before: int = 0
    p50_ms: float | None = None
    p95_ms: float | None = None
    funnel: tuple[FunnelStep, ...] = ()
    errors: tuple[ErrorGroup, ...] = ()
    sums: RunSums = NO_RUNS
    calls_saved: int = 0

    @property
    def since_ms(self) -> int:
        return self.buckets[0].start_ms

    @property
    def minutes_per_bucket(self) -> int:
        return BUCKETS[self.range][0]


def read_event_figures(reader: FigureReader, wanted: FigureRange, now_ms: int) -> EventFigures:
    """Everything about one time. Takes up to a few hundred milliseconds: not for a window's thread.

    Raises ``AppError``.
    """
    width, number = BUCKETS[wanted]
    until = (now_ms // _MINUTE_MS // width + 1) * width
    since = until - width * number
    if not reader.known():
        return _figures(wanted, now_ms, since, [], [])
    counts = reader.event_counts(since, width, until)
    latencies = reader.latencies(since, width, until)
    before = reader.total_delivered(since - width * number, since)
    sums = reader.run_sums(since, until)
    return _figures(
        wanted,
        now_ms,
        since,
        counts,
        latencies,
        before=before,
        sums=sums,
        errors=_errors(reader, counts, since * _MINUTE_MS),
    )


def percentile(slots: Iterable[tuple[int, int]], share: float) -> float | None:
    """The duration that ``share`` of all counts do not exceed; None without any."""
    ordered = sorted(slots)
    wanted = share * sum(count for _, count in ordered)
    if not ordered or wanted <= 0:
        return None
    reached = 0
    for slot, count in ordered:
        reached += count
        if reached >= wanted:
            return duration_of(slot)
    return duration_of(ordered[-1][0])


def is_failure(count: FigureCount) -> bool:
    """Failed, or would have failed in a dry run."""
    return count.state is State.FAILED or count.outcome == Outcome.WOULD_FAIL


def _figures(
    wanted: FigureRange,
    now_ms: int,
    since: int,
    counts: Sequence[FigureCount],
    latencies: Sequence[tuple[int, int, int]],
    *,
    before: int = 0,
    sums: RunSums = NO_RUNS,
    errors: tuple[ErrorGroup, ...] = (),
) -> EventFigures:
    def total(*states: State) -> int:
        return sum(each.count for each in counts if each.state in states)

    def ended(outcome: Outcome) -> int:
        return sum(each.count for each in counts if each.state is State.SKIPPED and each.outcome == outcome)

    would_change, would_fail = ended(Outcome.WOULD_CHANGE), ended(Outcome.WOULD_FAIL)
    slots = [(slot, count) for _, slot, count in latencies]
    per_event = sums.calls_made / sums.with_calls if sums.with_calls else 1.0
    return EventFigures(
        range=wanted,
        now_ms=now_ms,
        buckets=_buckets(wanted, since, counts, latencies),
        received=sum(each.count for each in counts),
        delivered=total(State.DELIVERED),
        would_change=would_change,
        unchanged=total(State.UNCHANGED),
        skipped=total(State.SKIPPED) - would_change - would_fail,
        failed=total(State.FAILED),
        would_fail=would_fail,
        open=total(*OPEN_STATES),
        waiting=total(State.WAITING),
        observed=total(State.RECEIVED),
        delivered_before=before,
        p50_ms=percentile(slots, 0.5),
        p95_ms=percentile(slots, 0.95),
        funnel=funnel_of(counts),
        errors=errors,
        sums=sums,
        calls_saved=round(sums.without_calls * max(1.0, per_event)),
    )


def _buckets(
    wanted: FigureRange, since: int, counts: Iterable[FigureCount], latencies: Iterable[tuple[int, int, int]]
) -> tuple[Bucket, ...]:
    width, number = BUCKETS[wanted]
    sums: list[dict[str, int]] = [defaultdict(int) for _ in range(number)]
    for each in counts:
        bucket = sums[each.bucket]
        bucket["received"] += each.count
        if each.state is State.DELIVERED:
            bucket["delivered"] += each.count
        elif each.state is State.UNCHANGED:
            bucket["unchanged"] += each.count
        elif each.outcome == Outcome.WOULD_CHANGE:
            bucket["would_change"] += each.count
        elif is_failure(each):
            bucket["failed"] += each.count
    slots: list[list[tuple[int, int]]] = [[] for _ in range(number)]
    for place, slot, count in latencies:
        slots[place].append((slot, count))
    return tuple(
        Bucket(
            start_ms=(since + place * width) * _MINUTE_MS,
            p95_ms=percentile(slots[place], 0.95),
            **sums[place],
        )
        for place in range(number)
    )


def funnel_of(counts: Sequence[FigureCount]) -> tuple[FunnelStep, ...]:
    """How many events came how far. What is still open, or only recorded, has not come to a decision."""
    stages = tuple(Stage)
    undecided = sum(each.count for each in counts if _undecided(each))
    steps = []
    for place, stage in enumerate(stages):
        reached = sum(
            each.count for each in counts if not _undecided(each) and stages.index(each.stage) >= place
        )
        # Whatever was stored has been verified, decided or not.
        if place < 2:
            reached += undecided
        steps.append(FunnelStep(stage, reached, _drops(counts, stage)))
    return tuple(steps)


def _undecided(count: FigureCount) -> bool:
    return count.state in OPEN_STATES or count.state is State.RECEIVED


def _drops(counts: Iterable[FigureCount], stage: Stage) -> tuple[Drop, ...]:
    stopped: dict[tuple[str, str, State | None], int] = defaultdict(int)
    for each in counts:
        if stage is Stage.VERIFIED and _undecided(each):
            stopped["", "", each.state] += each.count
        elif stage is not Stage.CHANGED and each.stage is stage and not _undecided(each):
            # Which types no mapping takes is what people want to know.
            kind = each.type if each.cause == Cause.NO_MATCH else ""
            stopped[each.cause, kind, None if each.cause else each.state] += each.count
    ordered = sorted(stopped.items(), key=lambda item: (-item[1], item[0][0], item[0][1]))
    return tuple(
        Drop(cause, cause_words(cause, kind, stage, state), count, kind, state)
        for (cause, kind, state), count in ordered
    )


def _errors(reader: FigureReader, counts: Iterable[FigureCount], since_ms: int) -> tuple[ErrorGroup, ...]:
    totals: dict[str, int] = defaultdict(int)
    for each in counts:
        if each.cause and (is_failure(each) or each.state is State.WAITING):
            totals[each.cause] += each.count
    most = sorted(totals.items(), key=lambda item: -item[1])[:_MOST_CAUSES]
    groups = []
    for cause, count in most:
        rows = [row for row in reader.newest_of_cause(cause).rows if row.received_ms >= since_ms]
        if rows:
            code, _, words = cause.partition(": ")
            groups.append(
                ErrorGroup(
                    cause,
                    code,
                    words,
                    count,
                    rows[0].received_ms,
                    action_of(code),
                    tuple(row.id for row in rows),
                    rows[0].state is State.WAITING,
                )
            )
    return tuple(groups)
