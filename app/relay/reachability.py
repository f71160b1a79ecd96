"""Keeps proving, while the relay runs, that Segment can reach it: tunnel, heartbeat, gaps.

A round trip goes through the public URL about once a minute, at once when the computer wakes or the URL
changes, and more often while it fails.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from app.errors import AppError
from app.relay.clock import Clock, SystemClock
from app.relay.delivery import Uniform
from app.relay.public_url import fingerprint, public_host
from app.relay.reach_judge import ReachJudge
from app.relay.reach_status import ReachStatus
from app.relay.round_trip import PublicWay
from app.relay.tunnel import Tunnel
from app.storage.profile import TunnelTool
from app.storage.reach_log import CopiedUrl, ReachLog, ReachRecord

_log = logging.getLogger(__name__)

TICK_S = 5.0
_LATE_S = 20.0
"""A tick that comes later than this has slept: a busy computer is late by less."""

_SETTLE_S = 5.0
"""A new tunnel's name is asked for only then: asked too early, "unknown" is remembered for minutes."""

_SAVE_ALIVE_MS = 30_000


class ReachClock(Clock, Protocol):
    def elapsed_s(self) -> float:
        """Seconds that only ever grow, those of sleep included."""


class SystemReachClock(SystemClock):
    """The machine's clocks."""

    def elapsed_s(self) -> float:
        # What Python calls monotonic stands still during sleep on Linux and macOS.
        if sys.platform == "linux":
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        elif sys.platform == "darwin":  # noqa: RET505 - the type checker looks at one platform at a time
            return time.clock_gettime(time.CLOCK_MONOTONIC)
        else:
            return time.monotonic()


@dataclass(frozen=True, slots=True)
class ReachChoice:
    """How this computer is to be reached: ``public_url`` holds when no ``tunnel`` is chosen."""

    tunnel: TunnelTool = TunnelTool.NONE
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class Listener:
    """The relay that is to be reached. ``path`` and ``secret`` are asked anew at each round trip.

    ``on_url`` hears the public URL (empty: none any more), ``on_wake`` that the computer has slept.
    """

    host: str
    port: int
    path: Callable[[], str]
    secret: Callable[[], str | None]
    on_url: Callable[[str], None]
    on_wake: Callable[[], None]


class Reachability:
    """May be run again after it ended. ``status`` may be read on any thread, all else is the loop's."""

    def __init__(
        self,
        choice: ReachChoice,
        log: ReachLog,
        copied: CopiedUrl,
        *,
        way: PublicWay | None = None,
        clock: ReachClock | None = None,
        uniform: Uniform = random.uniform,
        find: Callable[[str], str | None] = shutil.which,
    ) -> None:
        self.choice = choice
        self._log = log
        self._copied = copied
        self._way = way or PublicWay()
        self._clock = clock or SystemReachClock()
        self._uniform = uniform
        self._find = find
        self._run: _Run | None = None
        self._told = ""

    def status(self) -> ReachStatus:
        run = self._run
        if run is None:
            return ReachStatus()
        return run.judge.status(
            self._clock.now_ms(),
            run.tunnel.status if run.tunnel else None,
            checking=run.checking,
            url_changed=self._url_changed(run),
        )

    def check_now(self) -> None:
        """Do not wait for the next heartbeat; a tunnel that waits starts again."""
        run = self._run
        if run is not None:
            run.now.set()
            if run.tunnel is not None and not run.tunnel.status.url:
                run.tunnel.restart()

    def choose(self, choice: ReachChoice) -> None:
        """Another way to be reached, from now on."""
        self.choice = choice
        if self._run is not None:
            self._run.judge.forget_url(self._clock.now_ms())
            self._run.chosen.set()

    def copied(self, url: str) -> None:
        """A person took the complete webhook URL to Segment. Blocks shortly; raises ``AppError``."""
        self._copied.remember(fingerprint(url), public_host(url))
        if self._run is not None:
            self._run.copied = fingerprint(url)

    async def run(self, listener: Listener, stop: asyncio.Event) -> None:
        """Until ``stop`` is set; then the tunnel has ended and the record is on disk."""
        running = asyncio.create_task(self._go(listener), name="reachability")
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
        for task in (running, stopping):
            task.cancel()
        for result in await asyncio.gather(running, stopping, return_exceptions=True):
            if isinstance(result, Exception):
                # Events are taken in and delivered all the same.
                _log.error("Being reachable is no longer looked after.", exc_info=result)

    async def _go(self, listener: Listener) -> None:
        record = await asyncio.to_thread(self._load)
        copied, _ = await asyncio.to_thread(self._copied.read)
        record = replace(record, port=listener.port)
        run = _Run(listener, ReachJudge(record, self._clock.now_ms()), copied)
        self._run = run
        try:
            await self._save(run)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._beat(run), name="heartbeat")
                group.create_task(self._watch_sleep(run), name="wake watch")
                group.create_task(self._keep_way(run), name="public way")
        finally:
            self._run = None
            run.judge.stopped(self._clock.now_ms())
            await self._save(run)

    async def _keep_way(self, run: _Run) -> None:
        """The tunnel, or the address a person has given, as chosen at each moment."""
        while True:
            run.chosen.clear()
            choice = self.choice
            if choice.tunnel is TunnelTool.NONE:
                self._take_url(run, choice.public_url)
                await run.chosen.wait()
                continue
            self._take_url(run, "")
            tunnel = Tunnel(
                choice.tunnel,
                run.listener.host,
                run.listener.port,
                clock=self._clock,
                uniform=self._uniform,
                on_change=lambda: self._tunnel_changed(run),
                find=self._find,
            )
            run.tunnel = tunnel
            running = asyncio.create_task(tunnel.run(), name="tunnel")
            try:
                await run.chosen.wait()
            finally:
                run.tunnel = None
                running.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await running

    def _tunnel_changed(self, run: _Run) -> None:
        tunnel = run.tunnel
        if tunnel is None:
            return
        self._take_url(run, tunnel.status.url)
        if tunnel.status.trouble is not None:
            run.now.set()

    def _take_url(self, run: _Run, url: str) -> None:
        if url == run.judge.url and url == run.announced:
            return
        run.judge.use_url(url)
        run.announced = url
        run.listener.on_url(url)
        run.now.set()

    async def _beat(self, run: _Run) -> None:
        while True:
            run.now.clear()
            await self._prove(run)
            await self._save(run)
            tunnel = run.tunnel
            if tunnel is not None and run.judge.wants_restart(self._clock.now_ms()):
                _log.warning("The public URL leads nowhere; the tunnel is started again.")
                tunnel.restart()
            if run.judge.url or tunnel is not None:
                await self._clock.wait(run.now, run.judge.pause_s(self._uniform(-1.0, 1.0)))
            else:
                await run.now.wait()

    async def _prove(self, run: _Run) -> None:
        """One round trip, if there is anything to go through."""
        judge, tunnel, url = run.judge, run.tunnel, run.judge.url
        if not url:
            if tunnel is not None and tunnel.status.trouble is not None:
                judge.failed(tunnel.status.trouble, self._clock.now_ms())
            return
        if tunnel is not None and not judge.proven_since_url:
            await self._clock.wait(asyncio.Event(), _SETTLE_S)
        run.checking = True
        try:
            trip = await self._way.prove(url + run.listener.path(), run.listener.secret())
        except AppError as error:
            if judge.url == url:
                judge.failed(error, self._clock.now_ms())
                _log.info("The round trip failed: %s [%s]", error.title, error.code)
        else:
            if judge.url == url:
                judge.proven(trip, self._clock.now_ms())
        finally:
            run.checking = False

    async def _watch_sleep(self, run: _Run) -> None:
        never = asyncio.Event()
        saved_ms = self._clock.now_ms()
        while True:
            before_s, before_ms = self._clock.elapsed_s(), self._clock.now_ms()
            await self._clock.wait(never, TICK_S)
            now_ms = self._clock.now_ms()
            late_s = self._clock.elapsed_s() - before_s - TICK_S
            if late_s > _LATE_S:
                _log.info("Nothing ran here for %.0f s: the computer slept.", late_s)
                # By the clock that counted through: the time of day may have been set meanwhile.
                run.judge.slept(now_ms - round((late_s + TICK_S) * 1000), now_ms)
                run.listener.on_wake()
                run.now.set()
            elif abs(now_ms - before_ms - TICK_S * 1000) > _LATE_S * 1000:
                _log.info("The time of day was set.")
                run.listener.on_wake()
                run.now.set()
            run.judge.alive(now_ms)
            if late_s > _LATE_S or now_ms - saved_ms >= _SAVE_ALIVE_MS:
                saved_ms = now_ms
                await self._save(run)

    def _load(self) -> ReachRecord:
        try:
            return self._log.load()
        except AppError as error:
            self._tell(error)
            return ReachRecord()

    async def _save(self, run: _Run) -> None:
        async with run.saving:
            record = run.judge.record
            if record == run.saved:
                return
            try:
                await asyncio.to_thread(self._log.save, record)
            except AppError as error:
                self._tell(error)
            else:
                run.saved = record

    def _tell(self, error: AppError) -> None:
        """Once per reason: it is tried again every minute."""
        if error.title != self._told:
            self._told = error.title
            _log.warning("Gaps cannot be kept: %s [%s]", error.title, error.code)

    @staticmethod
    def _url_changed(run: _Run) -> bool:
        url = run.judge.url
        return bool(url and run.copied) and fingerprint(url + run.listener.path()) != run.copied


class _Run:
    """What exists while the relay runs; made on its loop."""

    def __init__(self, listener: Listener, judge: ReachJudge, copied: str) -> None:
        self.listener = listener
        self.judge = judge
        self.copied = copied
        self.tunnel: Tunnel | None = None
        self.announced: str | None = None
        self.checking = False
        self.now = asyncio.Event()
        self.chosen = asyncio.Event()
        self.saving = asyncio.Lock()
        self.saved: ReachRecord | None = None
