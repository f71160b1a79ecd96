"""A tunnel that runs as long as the relay: started, read, watched, started again with growing pauses."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from app.relay.clock import Clock
from app.relay.delivery import Uniform
from app.relay.reach_status import TunnelState, TunnelStatus
from app.relay.tunnel_process import TunnelProcess
from app.relay.tunnel_tools import (
    Diagnosis,
    arguments,
    lost_error,
    missing_error,
    not_startable_error,
    read_url,
)
from app.storage.profile import TunnelTool

_log = logging.getLogger(__name__)

PATIENCE_S = 45.0
"""How long a program may take to say its public URL."""

_FIRST_PAUSE_S = 2.0
_LONGEST_PAUSE_S = 300.0
_LASTING_PAUSE_S = 30.0
_SETTLED_MS = 60_000
_KEPT_LINES = 40


class Tunnel:
    """Belongs to one loop. ``run`` never raises for what the program does; ``status`` says it.

    ``on_change`` hears of every change of ``status``. ``find`` gives the path of a program, like
    ``shutil.which``.
    """

    def __init__(
        self,
        tool: TunnelTool,
        host: str,
        port: int,
        *,
        clock: Clock,
        uniform: Uniform,
        on_change: Callable[[], None],
        find: Callable[[str], str | None] = shutil.which,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.status = TunnelStatus(tool, TunnelState.STARTING)
        self._arguments = arguments(tool, host, port)
        self._clock = clock
        self._uniform = uniform
        self._on_change = on_change
        self._find = find
        self._patience_s = patience_s
        self._failures = 0
        self._again = asyncio.Event()

    def restart(self) -> None:
        """End the present run, or the present pause, and start again now."""
        self._again.set()

    async def run(self) -> None:
        """Keep the tunnel open until cancelled; then the program has ended."""
        while True:
            began_ms = self._clock.now_ms()
            self._again.clear()
            self._show(TunnelStatus(self.status.tool, TunnelState.STARTING, starts=self.status.starts + 1))
            diagnosis = await self._once()
            if self._clock.now_ms() - began_ms > _SETTLED_MS:
                self._failures = 0
            if diagnosis is None:
                continue
            self._failures += 1
            pause_s = self._pause_s(lasting=diagnosis.lasting)
            error = diagnosis.error
            _log.warning("%s Starting it again in %.0f s. [%s]", error.title, pause_s, error.code)
            next_ms = self._clock.now_ms() + round(pause_s * 1000)
            self._show(
                replace(self.status, state=TunnelState.WAITING, url="", trouble=error, next_ms=next_ms)
            )
            await self._clock.wait(self._again, pause_s)

    async def _once(self) -> Diagnosis | None:
        """One run of the program; None when it was ended because a new start is wanted."""
        tool = self.status.tool
        program = self._find(tool)
        if program is None:
            return Diagnosis(missing_error(tool), lasting=True)
        try:
            process = await TunnelProcess.start(program, self._arguments)
        except OSError as error:
            return Diagnosis(not_startable_error(tool, error), lasting=True)
        lines: deque[str] = deque(maxlen=_KEPT_LINES)
        reading = asyncio.create_task(self._read(process, lines), name="tunnel output")
        again = asyncio.create_task(self._again.wait(), name="tunnel restart")
        try:
            silent = await self._silent(reading, again)
            if again.done():
                return None
            if silent:
                return lost_error(tool, lines, None)
            return lost_error(tool, lines, await process.ended())
        finally:
            again.cancel()
            await process.stop()
            reading.cancel()

    async def _silent(self, reading: asyncio.Task[None], again: asyncio.Task[bool]) -> bool:
        """Wait for the end of the run; true when it ends because no URL came in time."""
        done, _ = await asyncio.wait(
            (reading, again), timeout=self._patience_s, return_when=asyncio.FIRST_COMPLETED
        )
        if not done and not self.status.url:
            return True
        await asyncio.wait((reading, again), return_when=asyncio.FIRST_COMPLETED)
        return False

    async def _read(self, process: TunnelProcess, lines: deque[str]) -> None:
        async for line in process.lines():
            _log.debug("%s: %s", self.status.tool, line)
            url = read_url(self.status.tool, line)
            if not url:
                lines.append(line)
            elif url != self.status.url:
                self._show(replace(self.status, state=TunnelState.UP, url=url, trouble=None, next_ms=None))

    def _pause_s(self, *, lasting: bool) -> float:
        longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(self._failures - 1, 16))
        if lasting:
            # A person has to do something first; it shall be noticed soon after.
            longest = max(_LASTING_PAUSE_S, longest)
        return float(longest * self._uniform(0.75, 1.25))

    def _show(self, status: TunnelStatus) -> None:
        if status != self.status:
            self.status = status
            self._on_change()
