"""The relay page's numbers, read from the stored events. Blocking: for a worker thread."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.actions.trace import Outcome
from app.relay.delivery import State
from app.relay.event_records import EventFilter, EventRow, OutcomeCount
from app.relay.inbox_reader import InboxReader
from app.storage.reach_log import ReachLog, ReachRecord
from app.ui.widgets.timeline import MinuteBar
from app.workflows.own_event import is_own

MINUTES = 60
_MINUTE_MS = 60_000
_LOOK_BACK = 200


@dataclass(frozen=True, slots=True)
class RelayFigures:
    """``from_segment`` is the newest event that was not sent by this program itself.

    ``bars`` holds the last 60 minutes, the present one last; ``now_ms`` is when they were read.
    """

    now_ms: int = 0
    last: EventRow | None = None
    from_segment: EventRow | None = None
    received_today: int = 0
    delivered_today: int = 0
    would_change_today: int = 0
    failed: int = 0
    would_fail_today: int = 0
    stored: int = 0
    size_bytes: int = 0
    oldest_ms: int | None = None
    bars: tuple[MinuteBar, ...] = (MinuteBar(),) * MINUTES
    reach: ReachRecord = field(default_factory=ReachRecord)

    @property
    def needs_you(self) -> int:
        return self.failed + self.would_fail_today


def read_figures(
    reader: InboxReader, reach_log: ReachLog | None = None, now_ms: int | None = None
) -> RelayFigures:
    """Everything the page shows about stored events. Raises ``AppError``."""
    now_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    hour_ms = (now_ms // _MINUTE_MS - MINUTES + 1) * _MINUTE_MS
    today_ms = midnight_ms(now_ms)
    counts = reader.outcome_counts(min(today_ms, hour_ms))
    today = [count for count in counts if count.minute_ms >= today_ms]
    newest = reader.page(EventFilter(limit=_LOOK_BACK))
    totals = reader.counts()
    return RelayFigures(
        now_ms=now_ms,
        last=newest[0] if newest else None,
        from_segment=next((row for row in newest if not is_own(row.message_id)), None),
        received_today=sum(count.count for count in today),
        delivered_today=_total(today, state=State.DELIVERED),
        would_change_today=_total(today, outcome=Outcome.WOULD_CHANGE),
        failed=totals.get(State.FAILED, 0),
        would_fail_today=_total(today, state=State.SKIPPED, outcome=Outcome.WOULD_FAIL),
        stored=sum(totals.values()),
        size_bytes=reader.size_bytes(),
        oldest_ms=reader.oldest_ms(),
        bars=minute_bars(counts, hour_ms),
        reach=reach_log.load() if reach_log is not None else ReachRecord(),
    )


def midnight_ms(now_ms: int) -> int:
    """The beginning of the local day of ``now_ms``."""
    day = datetime.fromtimestamp(now_ms / 1000).astimezone()
    return round(day.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


def minute_bars(counts: Iterable[OutcomeCount], start_ms: int) -> tuple[MinuteBar, ...]:
    """Sixty bars from ``start_ms`` on; what is neither written nor failed counts as not written."""
    parts = [[0, 0, 0] for _ in range(MINUTES)]
    for count in counts:
        minute = (count.minute_ms - start_ms) // _MINUTE_MS
        if 0 <= minute < MINUTES:
            parts[minute][_part(count)] += count.count
    return tuple(MinuteBar(skipped, changed, failed) for skipped, changed, failed in parts)


def _part(count: OutcomeCount) -> int:
    if count.state is State.FAILED or count.outcome == Outcome.WOULD_FAIL:
        return 2
    return 1 if count.state is State.DELIVERED or count.outcome == Outcome.WOULD_CHANGE else 0


def _total(counts: Iterable[OutcomeCount], *, state: State | None = None, outcome: str | None = None) -> int:
    return sum(
        each.count
        for each in counts
        if (state is None or each.state is state) and (outcome is None or each.outcome == outcome)
    )
