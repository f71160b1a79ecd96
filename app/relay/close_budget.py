"""How much of what Close allows the relay uses at present, for the window. Pure but for its two clocks."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.close.limits import GroupUsage

_MEMORY_S = 60.0
_PAUSE_S = 0.25


@dataclass(frozen=True, slots=True)
class BudgetNow:
    """The endpoint group that is closest to its limit; rates in calls per second over the last minute.

    ``blocked_s`` is how long Close has told the group to stay away. The peak is today's since the start,
    ``peak_ms`` (since 1970) None before the first call.
    """

    group: str = ""
    per_second: float = 0.0
    allowed_per_second: float = 0.0
    blocked_s: float = 0.0
    peak_per_second: float = 0.0
    peak_ms: int | None = None

    @property
    def share(self) -> float:
        """From 0 to 1, more when a limit was lowered meanwhile."""
        return self.per_second / self.allowed_per_second if self.allowed_per_second else 0.0


class CloseBudget:
    """Told by the relay's loop after each call, read by any thread: what it hands over never changes."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._monotonic = monotonic
        self._now_ms = now_ms
        self._noted = (BudgetNow(), -math.inf)

    def note(self, usage: Callable[[], Sequence[GroupUsage]]) -> None:
        """A call has ended; ``usage`` is what the limiter knows, asked some times a second at most."""
        if self._monotonic() - self._noted[1] < _PAUSE_S:
            return
        tightest = max(usage(), key=lambda one: one.calls_last_minute / one.budget_per_minute, default=None)
        if tightest is None:
            return
        before, now_ms = self._noted[0], self._now_ms()
        rate = tightest.calls_last_minute / 60
        peak, peak_ms = before.peak_per_second, before.peak_ms
        if peak_ms is None or rate >= peak or _day(peak_ms) != _day(now_ms):
            peak, peak_ms = rate, now_ms
        allowed = tightest.budget_per_minute / 60
        now = BudgetNow(tightest.group, rate, allowed, tightest.blocked_for_s, peak, peak_ms)
        self._noted = (now, self._monotonic())

    def read(self) -> BudgetNow:
        """The state after the newest call; once that is a minute ago, nothing is used."""
        now, noted_s = self._noted
        if self._monotonic() - noted_s < _MEMORY_S:
            return now
        return BudgetNow(peak_per_second=now.peak_per_second, peak_ms=now.peak_ms)


def _day(at_ms: int) -> object:
    return datetime.fromtimestamp(at_ms / 1000).astimezone().date()
