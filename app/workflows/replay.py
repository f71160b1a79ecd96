"""Replays for the window and the command line: put together, tried dry, steered, undone.

The run itself is the relay's: its dispatcher takes the events from the inbox like any others.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from app.actions.undo import UndoReport
from app.close.failures import CloseError, FailureKind
from app.errors import AppError
from app.relay.replay_records import MappingsOf, Replay, ReplayItem, ReplayState
from app.relay.replay_store import ReplayStore
from app.segment.bodies import BodyError, decode_event
from app.segment.events import EventError, read_event
from app.storage.mapping_history import FormerMappings
from app.storage.profile import Profile
from app.workflows.relay_runner import RunnerProcessor, SavedProfile, runner_processor
from app.workflows.replay_runner import ReplayRunners
from app.workflows.replay_scope import Scope, items_of
from app.workflows.replay_totals import ReplayTotals, TotalsSum
from app.workflows.undo import UndoSession

_DAY_MS = 24 * 3600 * 1000
_PARALLEL = 6
_TRIES = 3


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _never() -> bool:
    return False


class ReplaySession:
    """The replays of one profile. Methods that are not coroutines block for the disk."""

    def __init__(
        self,
        store: ReplayStore,
        former: Callable[[], Sequence[FormerMappings]],
        runners: ReplayRunners,
        undo: UndoSession,
        now_ms: Callable[[], int] = _now_ms,
    ) -> None:
        self.store = store
        self._former = former
        self._runners = runners
        self._undo = undo
        self._now_ms = now_ms

    def prepare(
        self,
        profile: Profile,
        scope: Scope,
        *,
        mappings: MappingsOf = MappingsOf.NOW,
        again: bool = False,
        stopped: Callable[[], bool] = _never,
        told: Callable[[int], None] = lambda _count: None,
    ) -> Replay:
        """Put a replay together; nothing is run yet. ``told`` hears how many events were found so far.

        Raises ``AppError`` (``REPLAY-EMPTY``, ``REPLAY-…``, ``SAMPLE-…``) and ``Stopped``.
        """
        replay_id = self.store.begin(
            scope.words,
            mappings,
            again=again,
            now_ms=self._now_ms(),
            kept_ms=max(profile.retention_days, 1) * _DAY_MS,
        )
        try:
            count = self.store.add(replay_id, items_of(scope, self.store, mappings, stopped), told)
        except BaseException:
            self.store.discard(replay_id)
            raise
        if not count:
            self.store.discard(replay_id)
            raise AppError(
                "REPLAY-EMPTY",
                "No event matches.",
                cause=f"There are no {scope.words.removeprefix('all ')}.",
                remedy="Choose other filters, another time, or another file.",
            )
        return self.store.prepared(replay_id)

    def dry_run(
        self,
        profile: Profile,
        replay_id: int,
        *,
        stopped: Callable[[], bool] = _never,
        told: Callable[[int], None] = lambda _count: None,
    ) -> ReplayTotals:
        """What a run would change; nothing is written. Runs a loop of its own: for worker threads.

        A dry run that is stopped gives what it has found so far. Raises ``AppError``.
        """
        return asyncio.run(self._dry_run(profile, replay_id, stopped, told))

    def start(self, replay_id: int) -> Replay:
        """Let the relay run it, or go on after a pause or a cancellation."""
        return self.store.switch(replay_id, ReplayState.RUNNING, now_ms=self._now_ms())

    def pause(self, replay_id: int) -> Replay:
        return self.store.switch(replay_id, ReplayState.PAUSED, now_ms=self._now_ms())

    def cancel(self, replay_id: int) -> Replay:
        """What is on its way ends; nothing more is begun."""
        return self.store.switch(replay_id, ReplayState.CANCELED, now_ms=self._now_ms())

    async def undo(self, profile: Profile, replay_id: int, *, live: bool) -> UndoReport:
        """Take back what it has changed. Raises ``AppError`` (``UNDO-NOTHING``, ``REPLAY-RUNNING``, …)."""
        replay = await asyncio.to_thread(self.store.replay, replay_id)
        if replay.state is ReplayState.RUNNING or replay.under_way:
            raise AppError(
                "REPLAY-RUNNING",
                f"Replay {replay_id} has not ended.",
                cause="What is on its way would change Close again.",
                remedy="Cancel it, wait until its last events have ended, then undo it.",
            )
        report = await self._undo.plans(
            profile, await asyncio.to_thread(self.store.plan_ids, replay_id), live=live
        )
        if live:
            await asyncio.to_thread(self.store.mark_undone, replay_id, now_ms=self._now_ms())
        return report

    # The dry run -------------------------------------------------------------------------------

    async def _dry_run(
        self, profile: Profile, replay_id: int, stopped: Callable[[], bool], told: Callable[[int], None]
    ) -> ReplayTotals:
        total = TotalsSum()
        items = self.store.to_run(replay_id)
        saved = SavedProfile(lambda: profile, lambda: None, self._former)
        complete = True
        async with runner_processor(self._runners.reading, saved) as processor:
            while group := await asyncio.to_thread(_next, items):
                if stopped():
                    complete = False
                    break
                await asyncio.gather(*(_try(processor, item, total) for item in group))
                told(total.events)
        totals = total.totals(complete=complete)
        if complete:
            await asyncio.to_thread(self.store.keep_totals, replay_id, totals.encode())
        return totals


def _next(items: Iterator[ReplayItem]) -> list[ReplayItem]:
    return list(islice(items, _PARALLEL))


async def _try(processor: RunnerProcessor, item: ReplayItem, total: TotalsSum) -> None:
    try:
        event = read_event(decode_event(item.body or b""))
    except (BodyError, EventError) as error:
        total.refuse(item.number, item.title, str(error))
        return
    for tries_left in reversed(range(_TRIES)):
        if item.as_of_ms is None:
            report = await processor.process(event, live=False)
        else:
            report = await processor.process_as_of(event, live=False, as_of_ms=item.as_of_ms)
        failure = report.error
        if isinstance(failure, CloseError) and failure.kind is FailureKind.KEY_REFUSED:
            raise failure
        if not (isinstance(failure, CloseError) and failure.transient and tries_left):
            total.add(item.number, item.title, event.person_key, report)
            return
        await asyncio.sleep(min(failure.retry_after_s or 0.5, 10.0))
