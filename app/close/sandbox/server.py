"""Serving a sandbox on this computer: inside a running loop, or on a thread of its own."""

from __future__ import annotations

import asyncio
import errno
import threading
from types import TracebackType
from typing import Self

from aiohttp import web

from app.close.sandbox.application import API_ROOT, Sandbox
from app.errors import AppError

HOST = "127.0.0.1"
"""Loopback only: the sandbox is for this computer and takes no part in any network."""

_SHUTDOWN_S = 0.2
"""How long calls still being answered get at the end; a slow answer may never come otherwise."""


class RunningSandbox:
    """``async with RunningSandbox(sandbox) as running: running.base_url``.

    ``port`` 0 lets the system choose a free one. Raises ``AppError`` when the port is taken.
    """

    def __init__(self, sandbox: Sandbox, port: int = 0) -> None:
        self.sandbox = sandbox
        self._wanted_port = port
        self._port = 0
        self._runner: web.AppRunner | None = None

    @property
    def port(self) -> int:
        return self._port

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self._port}{API_ROOT}/"

    async def start(self) -> None:
        runner = web.AppRunner(self.sandbox.app(), access_log=None, shutdown_timeout=_SHUTDOWN_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self._wanted_port).start()
        except OSError as error:
            await runner.cleanup()
            raise _not_started(self._wanted_port, error) from error
        self._runner = runner
        self._port = int(runner.addresses[0][1])

    async def stop(self) -> None:
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


class SandboxThread:
    """The same on a thread with a loop of its own, for programs whose own loop is busy elsewhere.

    ``start`` returns when calls are answered and raises ``AppError`` when the port is taken;
    ``stop`` returns when the thread has ended. Read ``sandbox.store`` while holding its ``lock``.
    """

    def __init__(self, sandbox: Sandbox, port: int = 0) -> None:
        self.sandbox = sandbox
        self._running = RunningSandbox(sandbox, port)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._failure: BaseException | None = None

    @property
    def port(self) -> int:
        return self._running.port

    @property
    def base_url(self) -> str:
        return self._running.base_url

    @property
    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        if self.is_running:
            return
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(ready)), name="close-sandbox", daemon=True
        )
        self._thread.start()
        ready.wait()
        failure = self._take_failure()
        if failure is not None:
            self._thread.join()
            self._thread = None
            raise failure

    def stop(self) -> None:
        if self._thread is None:
            return
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._thread = None

    def _take_failure(self) -> BaseException | None:
        failure, self._failure = self._failure, None
        return failure

    async def _serve(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        try:
            await self._running.start()
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for us
            self._failure = error
            return
        finally:
            ready.set()
        await self._stop.wait()
        await self._running.stop()


def _not_started(port: int, error: OSError) -> AppError:
    if error.errno == errno.EADDRINUSE:
        return AppError(
            "SANDBOX-PORT-IN-USE",
            f"The sandbox cannot use port {port}.",
            cause="Another program, or another sandbox, already listens there.",
            remedy="Choose another port or stop the other program.",
            detail=str(error),
        )
    return AppError(
        "SANDBOX-NOT-STARTED",
        f"The sandbox could not be started on port {port}.",
        cause=error.strerror or str(error),
        remedy="Choose another port, above 1024.",
        detail=str(error),
    )
