"""How fast Close may be called, per endpoint group: what its headers say, else careful defaults.

No I/O and no waiting here: the limiter hands out times, the client does the sleeping. One event
loop uses it; it is not thread-safe.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# Recorded from Close: 16 searches, 80 lead deletions and 240 of anything else per 8 seconds.
WINDOW_S = 8.0
SEARCH_PER_S = 2.0
DELETE_PER_S = 10.0
OTHER_PER_S = 20.0
_BURST_S = 2.0

_FULL_GAIN = 0.95
_LEAST_GAIN = 0.1
_GAIN_AFTER_REFUSAL = 0.8
_GAIN_PER_SUCCESS = 0.0005
_STOP_BELOW = 0.01

UNSTATED_WAIT_S = 2.0
_LEAST_WAIT_S = 0.1
# A header asking for more is taken for a mistake of whatever stands between us and Close.
_LONGEST_WAIT_S = 300.0
_WAIT_JITTER = 0.1

_MINUTE_S = 60.0
# Timers may fire this much early; what is left then is no reason to queue up again.
_CLOCK_ERROR_S = 0.001
_MEMBER = re.compile(
    r"(?:^|[,;\s])(limit|remaining|reset)\s*=\s*([0-9]+(?:\.[0-9]+)?)(?=$|[,;\s])", re.IGNORECASE
)
_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?")


@dataclass(frozen=True, slots=True)
class SeenLimit:
    """What the rate headers of one answer said. ``reset_s`` is in seconds from that answer."""

    limit: float
    remaining: float
    reset_s: float


@dataclass(frozen=True, slots=True)
class GroupUsage:
    """One endpoint group for the budget gauge; ``limit`` and ``remaining`` as Close last told them.

    A group is a method and a path without ids (``GET custom_field/lead``): Close keeps its real
    groups to itself and only says that they are groupings of method and path.
    """

    group: str
    calls_last_minute: int
    budget_per_minute: float
    limit: float | None
    remaining: float | None
    blocked_for_s: float


def read_limits(headers: Mapping[str, str]) -> SeenLimit | None:
    """The limit, what is left of it, and when it starts anew, in either spelling; ``None`` when unstated."""
    members = {name.lower(): float(value) for name, value in _MEMBER.findall(headers.get("ratelimit", ""))}
    if len(members) < 3:
        for prefix in ("ratelimit-", "x-rate-limit-"):
            for name in ("limit", "remaining", "reset"):
                value = _seconds(headers.get(prefix + name))
                if value is not None:
                    members.setdefault(name, value)
    if not {"limit", "remaining", "reset"} <= members.keys() or not math.isfinite(sum(members.values())):
        return None
    return SeenLimit(members["limit"], members["remaining"], min(members["reset"], _LONGEST_WAIT_S))


def retry_wait_s(headers: Mapping[str, str]) -> float:
    """How long a 429 asks to wait, in seconds; ``UNSTATED_WAIT_S`` when no header can be read."""
    stated = dict(_MEMBER.findall(headers.get("ratelimit", "").lower())).get("reset")
    first = [wait for wait in (_seconds(stated), _seconds(headers.get("retry-after"))) if wait is not None]
    older = [_seconds(headers.get(name)) for name in ("ratelimit-reset", "x-rate-limit-reset")]
    wait = max(first) if first else next((wait for wait in older if wait is not None), UNSTATED_WAIT_S)
    return min(wait, _LONGEST_WAIT_S)


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and _NUMBER.fullmatch(text.strip()) else None


@dataclass(slots=True)
class _Group:
    """What is known of one endpoint group. ``slots`` are the times handed out, also future ones."""

    rate: float
    slots: deque[float] = field(default_factory=deque)
    sent: deque[float] = field(default_factory=deque)
    due: float = -math.inf
    gain: float = _FULL_GAIN
    blocked_until: float = -math.inf
    seen: SeenLimit | None = None
    seen_at: float = -math.inf

    def next_slot(self, now: float) -> float:
        slot = max(now, self.blocked_until, self.due - self._burst_s(now))
        most = max(1, int(self.rate * WINDOW_S * self.gain))
        if len(self.slots) >= most:
            slot = max(slot, self.slots[-most] + WINDOW_S)
        return slot

    def take(self, now: float) -> float:
        slot = self.next_slot(now)
        start = max(self.due, slot)
        self.due = start + 1 / self.rate
        seen = self._scarce(now)
        if seen is not None:
            # Spread what is left over what remains of the window; after it the budget holds again.
            spread = seen.reset_s / (self.gain * max(1.0, seen.remaining))
            self.due = max(self.due, min(start + spread, self.seen_at + seen.reset_s))
        self.slots.append(slot)
        while self.slots[0] < now - WINDOW_S:
            self.slots.popleft()
        return slot

    def _burst_s(self, now: float) -> float:
        """How far ahead of the even pace calls may run: a burst, unless Close says little is left."""
        return _BURST_S - 1 / self.rate if self._scarce(now) is None else 0.0

    def _scarce(self, now: float) -> SeenLimit | None:
        """What Close last said, while it asks for less than the budget."""
        seen = self.seen
        if seen is None or now >= self.seen_at + seen.reset_s:
            return None
        return seen if self.gain * seen.remaining < self.rate * seen.reset_s else None


class RateLimiter:
    """Paces the calls of one API key.

    A short burst goes out at once, so that one look-up by a person is quick; any 8 seconds stay
    within the recorded limits; and what the headers say can only slow a group down further.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._groups: dict[str, _Group] = {}

    def wait_s(self, group: str) -> float:
        """How long a call of this group would have to wait, in seconds, without taking its turn."""
        now = self._clock()
        return _real(self._group(group).next_slot(now) - now)

    def take_turn(self, group: str) -> float:
        """Take the next turn in this group and return how long it is until then, in seconds."""
        now = self._clock()
        return _real(self._group(group).take(now) - now)

    def blocked_s(self, group: str) -> float:
        """How long Close told this group to stay away, in seconds; 0 when it may go on."""
        return _real(self._group(group).blocked_until - self._clock())

    def note_answer(self, group: str, headers: Mapping[str, str]) -> None:
        """Learn from any answer but a 429."""
        state, now = self._note_sent(group), self._clock()
        state.gain = min(_FULL_GAIN, state.gain + _GAIN_PER_SUCCESS)
        self._note_limits(state, headers, now)

    def note_refusal(self, group: str, headers: Mapping[str, str], jitter: float) -> float:
        """Learn from a 429 and return how long the group waits now, in seconds.

        ``jitter`` is between 0 and 1: several clients told to come back at one moment should not.
        """
        state, now = self._note_sent(group), self._clock()
        state.gain = max(_LEAST_GAIN, state.gain * _GAIN_AFTER_REFUSAL)
        self._note_limits(state, headers, now)
        wait = max(_LEAST_WAIT_S, retry_wait_s(headers)) * (1 + _WAIT_JITTER * jitter)
        state.blocked_until = max(state.blocked_until, now + wait)
        return wait

    def usage(self) -> tuple[GroupUsage, ...]:
        """Every group called so far, in the order of their first call."""
        now = self._clock()
        return tuple(
            GroupUsage(
                group=name,
                calls_last_minute=sum(at > now - _MINUTE_S for at in state.sent),
                budget_per_minute=state.rate * _MINUTE_S,
                limit=state.seen.limit if state.seen else None,
                remaining=state.seen.remaining if state.seen else None,
                blocked_for_s=_real(state.blocked_until - now),
            )
            for name, state in self._groups.items()
            if state.sent
        )

    def _group(self, name: str) -> _Group:
        if name not in self._groups:
            self._groups[name] = _Group(rate=_budget_per_s(name))
        return self._groups[name]

    def _note_sent(self, group: str) -> _Group:
        state, now = self._group(group), self._clock()
        state.sent.append(now)
        while state.sent[0] <= now - _MINUTE_S:
            state.sent.popleft()
        return state

    def _note_limits(self, state: _Group, headers: Mapping[str, str], now: float) -> None:
        seen = read_limits(headers)
        if seen is None:
            return
        state.seen, state.seen_at = seen, now
        if seen.remaining <= seen.limit * _STOP_BELOW:
            state.blocked_until = max(state.blocked_until, now + seen.reset_s)


def _real(wait_s: float) -> float:
    return wait_s if wait_s > _CLOCK_ERROR_S else 0.0


def _budget_per_s(group: str) -> float:
    if group.endswith("data/search"):
        return SEARCH_PER_S
    return DELETE_PER_S if group.startswith("DELETE") else OTHER_PER_S
