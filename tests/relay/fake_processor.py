"""A processor whose answers are prescribed per event, and which remembers what it was asked to do."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from app.actions.trace import EventReport, MappingResult, Outcome, StepStatus, TraceStep
from app.close.failures import CloseError, FailureKind
from app.errors import AppError
from app.relay.processor import Processor
from app.segment.events import Event

Answer = EventReport | Exception


def report(
    outcome: Outcome = Outcome.DELIVERED, reason: str = "1 field set", error: AppError | None = None
) -> EventReport:
    steps = (TraceStep("Looked up", StepStatus.OK, "By Company ID", "1 search, 3 ms"),)
    return EventReport(outcome, reason, (MappingResult("Contacts", outcome, reason, steps),), error)


def close_error(kind: FailureKind, retry_after_s: float | None = None) -> CloseError:
    code = f"CLOSE-{kind.upper().replace(' ', '-')}"
    return CloseError(kind, code, f"Close: {kind}.", remedy="Look.", retry_after_s=retry_after_s)


def reported(kind: FailureKind, retry_after_s: float | None = None) -> EventReport:
    """A failure as the real runner gives it: inside a report."""
    error = close_error(kind, retry_after_s)
    return report(Outcome.FAILED, error.title, error)


class FakeProcessor:
    """``script`` maps a message id to its answers, one per try; the last one is repeated.

    Without an entry an event is delivered (live) or would change (dry run). ``hold`` keeps tries of
    these message ids waiting until ``let_go``, which any thread may call.
    """

    def __init__(self, script: dict[str, Sequence[Answer]] | None = None) -> None:
        self.script = dict(script or {})
        self.started: list[tuple[str, bool]] = []
        self.ended: list[str] = []
        self.tries: dict[str, int] = defaultdict(int)
        self.running: set[str] = set()
        self.most_at_once = 0
        self.overlaps: list[tuple[str, str]] = []
        self.hold: set[str] = set()
        self.after_each: Callable[[Event], None] = lambda _event: None
        self._keys: dict[str, frozenset[str]] = {}
        self._gate = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def let_go(self) -> None:
        self.hold.clear()
        self._loop.call_soon_threadsafe(self._gate.set)

    async def process(self, event: Event, *, live: bool) -> EventReport:
        name = event.message_id or ""
        keys = frozenset(event.entity_keys)
        self.overlaps += [(other, name) for other in self.running if keys & self._keys[other]]
        self.started.append((name, live))
        self.running.add(name)
        self._keys[name] = keys
        self.most_at_once = max(self.most_at_once, len(self.running))
        try:
            await asyncio.sleep(0)
            if name in self.hold:
                await self._gate.wait()
            return self._answer(name, live=live)
        finally:
            self.running.discard(name)
            self.ended.append(name)
            self.after_each(event)

    def _answer(self, name: str, *, live: bool) -> EventReport:
        answers = self.script.get(name, [report(Outcome.DELIVERED if live else Outcome.WOULD_CHANGE)])
        answer = answers[min(self.tries[name], len(answers) - 1)]
        self.tries[name] += 1
        if isinstance(answer, Exception):
            raise answer
        return answer


def factory(processor: Processor) -> Callable[[], AbstractAsyncContextManager[Processor]]:
    @asynccontextmanager
    async def make() -> AsyncIterator[Processor]:
        yield processor

    return make
