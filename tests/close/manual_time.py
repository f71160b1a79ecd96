"""A clock that moves only when somebody sleeps on it."""

from __future__ import annotations


class ManualTime:
    """Stands for the clock and the sleep of a client: sleeping takes no time and is written down."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
