"""Carries events out: in order per person and company, everything else side by side."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from app.actions.trace import EventReport
from app.errors import AppError
from app.relay.clock import Clock
from app.relay.delivery import (
    RetryPolicy,
    State,
    TryContext,
    Uniform,
    Verdict,
    after_defect,
    after_error,
    after_report,
)
from app.relay.event_records import ClaimedEvent, Claims, EventRow, Mark
from app.relay.event_store import EventStore
from app.relay.processor import DatedProcessor, Processor
from app.segment.bodies import BodyError, decode_event
from app.segment.events import Event, EventError, read_event
from app.storage.profile import Mode

_log = logging.getLogger(__name__)

PARALLEL = 12
"""Close allows some tens of calls a second and answers in about 0.2 s: twelve keep the line full."""

# Sleep, a change of the wall clock, another program that queues an event: noticed within this time.
_LONGEST_NAP_S = 10.0
_STORE_RETRY_S = 2.0


@dataclass(frozen=True, slots=True)
class _Try:
    """What one try came to."""

    verdict: Verdict
    report: EventReport | None


class Dispatcher:
    """Claims events from the store and gives them to the processor. Belongs to one asyncio loop.

    ``announce`` hears every change of an event.
    """

    def __init__(
        self,
        store: EventStore,
        processor: Processor,
        *,
        mode: Mode,
        clock: Clock,
        uniform: Uniform,
        announce: Callable[[EventRow], None],
        policy: RetryPolicy | None = None,
        parallel: int = PARALLEL,
    ) -> None:
        self._store = store
        self._processor = processor
        self._mode = mode
        self._clock = clock
        self._uniform = uniform
        self._announce = announce
        self._policy = policy or RetryPolicy()
        self._parallel = parallel
        self._wake = asyncio.Event()
        self._stop_waiting = asyncio.Event()
        self._tries: dict[int, asyncio.Task[None]] = {}
        self._loop_task: asyncio.Task[None] | None = None
        self._claims_doubtful = True
        self._stopping = False
        self._paused = False
        self._key_trouble = ""
        self._key_number = 0

    @property
    def in_flight(self) -> int:
        return len(self._tries)

    @property
    def live(self) -> bool:
        """Whether events change Close now: in Live mode, with a key that works, and not paused."""
        return self._mode is Mode.LIVE and not self._paused and not self._key_trouble

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def key_trouble(self) -> str:
        """Why no event is tried until the key is replaced; empty when the key is fine."""
        return self._key_trouble

    def wake(self) -> None:
        """Look for due events now: something was queued or a condition changed."""
        self._wake.set()

    def set_mode(self, mode: Mode) -> None:
        """Holds for every try that starts from now on. Observe starts none: what is queued stays."""
        self._mode = mode
        self.wake()

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False
        self.wake()

    def key_replaced(self) -> None:
        """Go on after the key was refused."""
        self._key_trouble = ""
        self._key_number += 1
        self.wake()

    def start(self) -> None:
        """Work until ``stop``. What a crash left in flight is queued again first."""
        self._loop_task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            nap_s: float | None = None
            if self._claims_doubtful or self._may_claim():
                nap_s = await self._claim()
            if not self._stopping:
                await self._clock.wait(self._wake, nap_s)

    async def stop(self, drain_s: float) -> None:
        """Start nothing more, give what is in flight ``drain_s`` seconds to end, then let go of it.

        What is let go of is tried again at the next start.
        """
        self._stopping = True
        self.wake()
        if self._loop_task is not None:
            await self._loop_task
        if self._tries:
            _log.info("%d changes are being finished.", len(self._tries))
            _, late = await asyncio.wait(self._tries.values(), timeout=drain_s)
            self._stop_waiting.set()
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _may_claim(self) -> bool:
        free = len(self._tries) < self._parallel
        return free and not self._paused and not self._key_trouble and self._mode is not Mode.OBSERVE

    async def _claim(self) -> float:
        """Start what is due; how long to sleep unless woken, in seconds."""
        try:
            if self._claims_doubtful:
                await self._store.release_claims(keep=tuple(self._tries))
                self._claims_doubtful = False
                if not self._may_claim():
                    return _LONGEST_NAP_S
            mode, now_ms = self._mode, self._clock.now_ms()
            claims = await self._store.claim(self._parallel - len(self._tries), mode=mode, now_ms=now_ms)
        except Exception as error:  # noqa: BLE001 - the dispatcher outlives any trouble with the disk
            _log_store_trouble("Events could not be claimed", error)
            # A commit that failed may still have happened.
            self._claims_doubtful = True
            return _STORE_RETRY_S
        for claimed in claims.events:
            self._announce(claimed.row)
            task = asyncio.create_task(self._deliver(claimed, mode))
            self._tries[claimed.row.id] = task
            task.add_done_callback(partial(self._ended, claimed.row.id))
        return self._nap_s(claims, now_ms)

    def _nap_s(self, claims: Claims, now_ms: int) -> float:
        # Without a free place the end of a try wakes the dispatcher anyway.
        if claims.next_due_ms is None or len(self._tries) >= self._parallel:
            return _LONGEST_NAP_S
        return min(max(claims.next_due_ms - now_ms, 0) / 1000, _LONGEST_NAP_S)

    def _ended(self, event_id: int, task: asyncio.Task[None]) -> None:
        del self._tries[event_id]
        self.wake()
        if not task.cancelled() and (error := task.exception()):
            self._claims_doubtful = True
            _log.error("The delivery of event %d ended unexpectedly.", event_id, exc_info=error)

    async def _deliver(self, claimed: ClaimedEvent, mode: Mode) -> None:
        started_ms = self._clock.now_ms()
        context = TryContext(
            live=mode is Mode.LIVE,
            attempts=claimed.row.attempts,
            first_try_ms=started_ms if claimed.first_try_ms is None else claimed.first_try_ms,
            now_ms=started_ms,
        )
        key_number = self._key_number
        done = await self._try(claimed, context)
        # A try that began with the old key says nothing about its replacement.
        if done.verdict.stops_dispatcher and key_number == self._key_number:
            self._stop_for_key(done.verdict.reason)
        mark = Mark(
            event_id=claimed.row.id,
            state=done.verdict.state,
            reason=done.verdict.reason,
            outcome=done.verdict.outcome,
            mode=mode,
            attempts=context.attempts + done.verdict.counts,
            first_try_ms=context.first_try_ms,
            due_ms=done.verdict.due_ms,
            started_ms=started_ms,
            ended_ms=self._clock.now_ms(),
            error_code=done.verdict.error_code,
            report=done.report,
        )
        await self._record(mark)

    async def _try(self, claimed: ClaimedEvent, context: TryContext) -> _Try:
        report: EventReport | None = None
        try:
            event = read_event(decode_event(claimed.body))
            report = await self._process(event, claimed.as_of_ms, live=context.live)
            context = replace(context, now_ms=self._clock.now_ms())
            return _Try(after_report(report, context, self._policy, self._uniform), report)
        except AppError as error:
            context = replace(context, now_ms=self._clock.now_ms())
            return _Try(after_error(error, context, self._policy, self._uniform), None)
        except (BodyError, EventError) as error:
            return _Try(Verdict(State.SKIPPED, str(error)), None)
        except Exception:  # noqa: BLE001 - one poisonous event must not stop the others
            _log.exception("Event %d met a defect of the program.", claimed.row.id)
            return _Try(after_defect(context), report)

    async def _process(self, event: Event, as_of_ms: int | None, *, live: bool) -> EventReport:
        processor = self._processor
        if as_of_ms is not None and isinstance(processor, DatedProcessor):
            return await processor.process_as_of(event, live=live, as_of_ms=as_of_ms)
        return await processor.process(event, live=live)

    def _stop_for_key(self, reason: str) -> None:
        if not self._key_trouble:
            _log.warning("Waiting for a working key: %s", reason)
        self._key_trouble = reason

    async def _record(self, mark: Mark) -> None:
        """Keep trying: Close may be changed already, and the order of later events hangs on it."""
        while True:
            try:
                row = await self._store.record(mark)
            except Exception as error:  # noqa: BLE001 - see above; logged each time
                _log_store_trouble(f"Event {mark.event_id} could not be recorded", error)
                if self._stop_waiting.is_set():
                    return
                await self._clock.wait(self._stop_waiting, _STORE_RETRY_S)
            else:
                self._announce(row)
                return


def _log_store_trouble(what: str, error: Exception) -> None:
    if isinstance(error, AppError):
        _log.warning("%s: %s [%s]", what, error.title, error.code)
    else:
        _log.error("%s.", what, exc_info=error)
