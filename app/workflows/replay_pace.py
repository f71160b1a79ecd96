"""How fast a replay runs, and how long the rest of it takes. Pure: times come in."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

_LOOK_BACK_S = 60.0
_LEAST_S = 3.0


@dataclass(slots=True)
class ReplayPace:
    """Fed with how many events have ended; the last minute counts, so a slower Close shows soon."""

    _seen: deque[tuple[float, int]] = field(default_factory=deque)

    def note(self, now_s: float, finished: int) -> None:
        """``now_s`` is a monotonic clock in seconds."""
        self._seen.append((now_s, finished))
        while len(self._seen) > 2 and now_s - self._seen[1][0] >= _LOOK_BACK_S:
            self._seen.popleft()

    def forget(self) -> None:
        """After a pause: what was before says nothing about the rate."""
        self._seen.clear()

    @property
    def per_second(self) -> float | None:
        """Events a second; None before a few seconds were measured."""
        if len(self._seen) < 2:
            return None
        (start_s, before), (end_s, after) = self._seen[0], self._seen[-1]
        seconds = end_s - start_s
        return (after - before) / seconds if seconds >= _LEAST_S else None

    def seconds_left(self, left: int, *, planned_s: float = 0.0, planned_events: int = 0) -> float | None:
        """How long ``left`` events take at the present rate; None when nothing says.

        Before a rate is measured, what a dry run found that Close's limits allow: ``planned_events`` in
        ``planned_s``.
        """
        if not left:
            return 0.0
        rate = self.per_second
        if rate:
            return left / rate
        if rate is None and planned_events:
            return planned_s * left / planned_events
        return None


def span_words(seconds: float) -> str:
    """“less than a minute”, “12 min”, “2 h 10 min”, “3 d 4 h”."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    hours, minutes = divmod(minutes, 60)
    if hours >= 24:
        days, hours = divmod(hours, 24)
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min"
