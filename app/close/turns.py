"""Waiting for one's turn within Close's limits, and coming back after a 429."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.close.calls import Call
from app.close.failures import CloseError, FailureKind
from app.close.limits import RateLimiter
from app.close.refusals import rate_limited

_MOST_RETRIES = 5

_Result = TypeVar("_Result")


class Turns:
    """Gives each call its turn. ``longest_wait_s`` bounds all the waits of one call together."""

    def __init__(
        self, limiter: RateLimiter, sleep: Callable[[float], Awaitable[None]], longest_wait_s: float
    ) -> None:
        self._limiter = limiter
        self._sleep = sleep
        self._longest_wait_s = longest_wait_s

    async def run(self, call: Call, attempt: Callable[[], Awaitable[_Result]]) -> _Result:
        """Run ``attempt`` when it is the group's turn, again after each 429 while the wait is bearable.

        Only a 429 is repeated: it alone says that nothing was done. Raises ``CloseError`` with
        ``retry_after_s`` when the wait would be too long.
        """
        waited, retries = 0.0, 0
        while True:
            waited += await self._await_turn(call, self._longest_wait_s - waited)
            try:
                return await attempt()
            except CloseError as error:
                if error.kind is not FailureKind.RATE_LIMITED or retries == _MOST_RETRIES:
                    raise
            retries += 1

    async def _await_turn(self, call: Call, longest_s: float) -> float:
        """Returns the seconds waited."""
        waited = 0.0
        while True:
            wait = self._limiter.wait_s(call.group)
            if waited + wait > longest_s:
                raise rate_limited(wait, call.name)
            self._limiter.take_turn(call.group)
            if wait > 0:
                await self._sleep(wait)
                waited += wait
            # Another call may have been refused meanwhile.
            if not self._limiter.blocked_s(call.group):
                return waited
