"""A tunnel program as a child that cannot outlive us, also when we are killed.

On POSIX a few lines of shell stand between: they hold one end of a pipe whose other end is ours, and when it
closes, for whatever reason, they end the program. The system closes it for a killed process as well. On
Windows a job object does the same (``process_job.py``). A process group of its own keeps Ctrl+C in our
terminal from ending the tunnel before the relay has drained.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence

from app.relay.process_job import ProcessJob, held

_GRACE_S = 3.0
_CHUNK = 4096
_LONGEST_LINE = 16 * 1024

# Secrets of ours that a tunnel has no use for.
_PRIVATE = frozenset({"CLOSE_API_KEY", "SEGMENT_SHARED_SECRET", "SEGMENT_WRITE_KEY"})

_GUARD = """
exec 3<&0
"$@" </dev/null 3<&- &
tool=$!
{ cat <&3; kill -TERM "$tool"; sleep 3; kill -KILL "$tool"; } >/dev/null 2>&1 &
watch=$!
exec 3<&-
wait "$tool"
code=$?
kill "$watch" 2>/dev/null
exit "$code"
"""


class TunnelProcess:
    """One run of a program. Belongs to the loop it was started on."""

    def __init__(self, process: asyncio.subprocess.Process, job: ProcessJob | None = None) -> None:
        self._process = process
        self._job = job

    @classmethod
    async def start(
        cls, program: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> TunnelProcess:
        """Raises ``OSError`` when the system cannot start it."""
        if not os.access(program, os.X_OK):
            raise PermissionError(0, "It may not be run", program)
        variables = os.environ if environment is None else environment
        passed = {name: value for name, value in variables.items() if name not in _PRIVATE}
        if sys.platform == "win32":
            process = await asyncio.create_subprocess_exec(
                program,
                *arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=passed,
                creationflags=subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW,
            )
        else:
            process = await asyncio.create_subprocess_exec(
                "/bin/sh",
                "-c",
                _GUARD,
                "tunnel",
                program,
                *arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=passed,
                start_new_session=True,
            )
        try:
            return cls(process, held(process.pid))
        except OSError:
            # It would outlive us: then rather no tunnel.
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.returncode

    async def lines(self) -> AsyncIterator[str]:
        """What it prints, line by line, until it closes its output. Overlong lines come in parts."""
        output = self._process.stdout
        assert output is not None
        pending = b""
        while chunk := await output.read(_CHUNK):
            *whole, pending = (pending + chunk).split(b"\n")
            for line in whole:
                yield line.decode(errors="replace").rstrip("\r")
            if len(pending) > _LONGEST_LINE:
                yield pending.decode(errors="replace")
                pending = b""
        if pending:
            yield pending.decode(errors="replace")

    async def stop(self) -> int:
        """End it, politely first; the exit code. May be called when it has ended already."""
        process = self._process
        if process.returncode is None:
            self._signal(force=False)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GRACE_S):
                    await process.wait()
        # Also when the leader has ended: what it started must not go on.
        self._signal(force=True)
        code = await process.wait()
        if process.stdin is not None:
            process.stdin.close()
            with contextlib.suppress(ConnectionError):
                await process.stdin.wait_closed()
        if self._job is not None:
            self._job.close()
        return code

    async def ended(self) -> int:
        """Wait for its end; the exit code."""
        return await self._process.wait()

    def _signal(self, *, force: bool) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.kill() if force else self._process.terminate()
            else:
                os.killpg(self._process.pid, signal.SIGKILL if force else signal.SIGTERM)
