"""The runner behind a relay: exchanged while it runs when the saved profile or the key has changed.

A mapping that is saved, in the window or on the command line, holds from the next event on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from app.actions.run import ActionRunner
from app.actions.trace import EventReport
from app.close.failures import CloseError, FailureKind
from app.errors import AppError
from app.segment.events import Event
from app.storage.mapping_history import FormerMappings
from app.storage.profile import Profile, RelaySettings
from app.workflows.mappings_then import mappings_at

_MOST_DATED = 4

_log = logging.getLogger(__name__)

OpenRunner = Callable[[Profile], AbstractAsyncContextManager[ActionRunner]]


@dataclass(frozen=True, slots=True)
class SavedProfile:
    """The profile on disk; ``stamp`` differs when it may have changed. All may raise ``AppError``.

    ``former`` gives the mappings that were replaced, newest first: replays may ask for them.
    """

    load: Callable[[], Profile]
    stamp: Callable[[], object]
    former: Callable[[], Sequence[FormerMappings]] = lambda: ()


@asynccontextmanager
async def runner_processor(open_runner: OpenRunner, saved: SavedProfile) -> AsyncIterator[RunnerProcessor]:
    """A processor with its first runner open. Raises what opening the runner raises."""
    stamp = saved.stamp()
    profile = saved.load()
    stack = AsyncExitStack()
    runner = await stack.enter_async_context(open_runner(profile))
    processor = RunnerProcessor(open_runner, saved, _Open(runner, stack, profile, stamp))
    try:
        yield processor
    finally:
        await processor.close()


@dataclass(frozen=True, slots=True)
class _Open:
    """A runner that is in use, what closes it, and what it was made from."""

    runner: ActionRunner
    stack: AsyncExitStack
    profile: Profile
    stamp: object


class RunnerProcessor:
    """The relay's ``Processor``. Belongs to the relay's loop.

    Runners are exchanged while no event is on its way, because a runner serialises work on one person only
    among its own events. With a refused key the next event is tried with the key kept then.
    """

    def __init__(self, open_runner: OpenRunner, saved: SavedProfile, first: _Open) -> None:
        self._open_runner = open_runner
        self._saved = saved
        self._open = first
        self._in_use = first
        self._dated: list[_Open] = []
        self._former: Sequence[FormerMappings] | None = None
        self._refused: ActionRunner | None = None
        self._in_flight = 0
        self._gate = asyncio.Condition()
        self._told = ""

    async def process(self, event: Event, *, live: bool) -> EventReport:
        return await self._process(event, None, live=live)

    async def process_as_of(self, event: Event, *, live: bool, as_of_ms: int) -> EventReport:
        """The same with the mappings that held then, and everything else of the profile as it is now."""
        return await self._process(event, as_of_ms, live=live)

    async def _process(self, event: Event, as_of_ms: int | None, *, live: bool) -> EventReport:
        async with self._gate:
            if self._outdated():
                await self._gate.wait_for(lambda: self._in_flight == 0)
                # Another event that waited as well may have done it.
                if self._outdated():
                    await self._exchange()
            wanted = self._open if as_of_ms is None else await self._opened_as_of(as_of_ms)
            await self._gate.wait_for(lambda: self._in_flight == 0 or self._in_use is wanted)
            self._in_use = wanted
            runner = wanted.runner
            self._in_flight += 1
        try:
            report = await runner.run(event, live=live)
        finally:
            async with self._gate:
                self._in_flight -= 1
                self._gate.notify_all()
        if isinstance(report.error, CloseError) and report.error.kind is FailureKind.KEY_REFUSED:
            self._refused = runner
        return report

    async def close(self) -> None:
        await self._close_dated()
        await self._open.stack.aclose()

    async def _opened_as_of(self, at_ms: int) -> _Open:
        """A runner with the mappings of that moment; a few of them are kept open."""
        if self._former is None:
            self._former = await asyncio.to_thread(self._saved.former)
        profile = self._open.profile
        mappings = mappings_at(profile.mappings, self._former, at_ms)
        if mappings == profile.mappings:
            return self._open
        for dated in self._dated:
            if dated.profile.mappings == mappings:
                return dated
        if len(self._dated) >= _MOST_DATED:
            await self._gate.wait_for(lambda: self._in_flight == 0)
            await self._close_dated()
        then = replace(profile, mappings=mappings)
        async with AsyncExitStack() as opening:
            runner = await opening.enter_async_context(self._open_runner(then))
            self._dated.append(_Open(runner, opening.pop_all(), then, None))
        return self._dated[-1]

    async def _close_dated(self) -> None:
        dated, self._dated = self._dated, []
        for one in dated:
            await one.stack.aclose()

    def _outdated(self) -> bool:
        if self._refused is self._open.runner:
            return True
        try:
            return self._saved.stamp() != self._open.stamp
        except AppError as error:
            self._tell(error)
            return False

    async def _exchange(self) -> None:
        before = self._open
        self._former = None
        await self._close_dated()
        try:
            stamp = self._saved.stamp()
            profile = self._saved.load()
            if self._refused is not before.runner and _what_runs(profile) == _what_runs(before.profile):
                self._open = replace(before, stamp=stamp)
                return
            async with AsyncExitStack() as opening:
                runner = await opening.enter_async_context(self._open_runner(profile))
                self._open = _Open(runner, opening.pop_all(), profile, stamp)
        except AppError as error:
            self._tell(error)
            return
        self._told = ""
        _log.info("The relay goes on with the profile as it is saved now.")
        await before.stack.aclose()

    def _tell(self, error: AppError) -> None:
        """Once per reason: the relay asks again at each event."""
        if error.title != self._told:
            self._told = error.title
            _log.warning("The relay goes on with what it was started with: %s", error.title)


def _what_runs(profile: Profile) -> Profile:
    """The profile without what only the listener and the window look at."""
    return replace(
        profile,
        relay=RelaySettings(),
        delivery_path=None,
        live_confirmed_for=None,
        retention_days=0,
        retention_mb=0,
    )
