"""Sorting the client's exchanges to the event that caused them."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar

from app.close.exchange import Exchange


class ExchangeCollector:
    """Sorts the client's exchanges to the event that caused them, also with many events in flight."""

    def __init__(self) -> None:
        self._current: ContextVar[list[Exchange] | None] = ContextVar("exchanges", default=None)

    def __call__(self, exchange: Exchange) -> None:
        collected = self._current.get()
        if collected is not None:
            collected.append(exchange)

    def start(self) -> list[Exchange]:
        """A fresh list that receives every exchange of the running task from now on."""
        collected: list[Exchange] = []
        self._current.set(collected)
        return collected


def cost(exchanges: Sequence[Exchange]) -> str:
    """“1 search, 96 ms”: what a step cost."""
    if not exchanges:
        return "no call"
    searches = sum("data/search" in exchange.path for exchange in exchanges)
    others = len(exchanges) - searches
    parts = []
    if searches:
        parts.append("1 search" if searches == 1 else f"{searches} searches")
    if others:
        parts.append("1 call" if others == 1 else f"{others} calls")
    duration = sum(exchange.duration_ms for exchange in exchanges)
    return f"{', '.join(parts)}, {duration:.0f} ms"
