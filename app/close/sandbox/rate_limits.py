"""Counting calls per endpoint group: per key, and three times as many per organization."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.close.sandbox.switches import RECORDED_LIMITS, WINDOW_S, RateWindow

ORGANIZATION_FACTOR = 3
_ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left in a group's window; ``reset_s`` seconds until there is more."""

    group: str
    limit: int
    remaining: int
    reset_s: float
    allowed: bool = True

    def new_headers(self) -> dict[str, str]:
        value = f"limit={self.limit}, remaining={self.remaining}, reset={self.reset_s:.6g}"
        return {"RateLimit": value}

    def old_headers(self) -> dict[str, str]:
        return {
            "x-rate-limit-limit": str(self.limit),
            "x-rate-limit-remaining": str(self.remaining),
            "x-rate-limit-reset": f"{self.reset_s:.6g}",
        }

    def retry_after(self) -> dict[str, str]:
        """Whole seconds, rounded up."""
        return {"Retry-After": str(math.ceil(self.reset_s))}


@dataclass(slots=True)
class _Window:
    start: datetime
    hits: deque[datetime] = field(default_factory=deque)

    def move_to(self, now: datetime, kind: RateWindow) -> None:
        if kind == "fixed":
            if (now - self.start).total_seconds() >= WINDOW_S:
                self.start = now
                self.hits.clear()
        else:
            while self.hits and (now - self.hits[0]).total_seconds() >= WINDOW_S:
                self.hits.popleft()

    def reset_s(self, now: datetime, kind: RateWindow) -> float:
        since = self.start if kind == "fixed" or not self.hits else self.hits[0]
        return max(0.0, WINDOW_S - (now - since).total_seconds())


class RateLimiter:
    """Counts; whoever is over the limit is not counted."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str], _Window] = {}

    def take(
        self, key: str, group: str, now: datetime, limits: Mapping[str, int] | None, kind: RateWindow
    ) -> Allowance:
        """Count one call. Without ``limits`` the recorded numbers are reported but never enforced."""
        numbers = limits if limits is not None else RECORDED_LIMITS
        limit = numbers.get(group, numbers.get("*", RECORDED_LIMITS["*"]))
        mine = self._window(key, group, now, kind)
        everybody = self._window(_ORGANIZATION, group, now, kind)
        if limits is not None:
            for window, most in ((mine, limit), (everybody, limit * ORGANIZATION_FACTOR)):
                if len(window.hits) >= most:
                    return Allowance(group, most, 0, window.reset_s(now, kind), allowed=False)
        mine.hits.append(now)
        everybody.hits.append(now)
        return Allowance(group, limit, max(0, limit - len(mine.hits)), mine.reset_s(now, kind))

    def _window(self, scope: str, group: str, now: datetime, kind: RateWindow) -> _Window:
        window = self._windows.setdefault((scope, group), _Window(now))
        window.move_to(now, kind)
        return window
