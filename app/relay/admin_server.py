"""Health and metrics for whoever looks after a relay: on this machine only, and only when asked for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from types import TracebackType

from aiohttp import web

from app.relay.exposure import LOOPBACK_NAMES
from app.relay.intake import host_name
from app.relay.listening import BoundedServer, listen_error
from app.relay.metrics import CONTENT_TYPE, RelayMetrics
from app.relay.status import RelayState, RelayStatus

HOST = "127.0.0.1"

_MAX_CONNECTIONS = 16
_KEEPALIVE_S = 10.0


def unhealthy_reason(status: RelayStatus) -> str:
    """Why events are not taken in, reached by or carried out as they should; empty when they are."""
    if status.state is RelayState.UNREACHABLE:
        return status.reach.missing or "Segment cannot reach the relay."
    if status.state.listens and not status.trouble:
        return ""
    if status.state is RelayState.STOPPING:
        return f"The relay is stopping. In flight: {status.in_flight}."
    return status.trouble or f"The relay's state is: {status.state}."


class AdminServer:
    """``async with AdminServer(…) as url``; belongs to the relay's loop.

    ``read_status`` may block on the disk and is called in a thread. ``port`` 0 takes any free one; raises
    ``AppError`` RELAY-PORT-… when it cannot be had.
    """

    def __init__(self, port: int, metrics: RelayMetrics, read_status: Callable[[], RelayStatus]) -> None:
        self._wanted_port = port
        self._metrics = metrics
        self._read_status = read_status
        self._runner: web.ServerRunner | None = None

    async def __aenter__(self) -> str:
        server = BoundedServer(
            self._answer,
            max_connections=_MAX_CONNECTIONS,
            keepalive_timeout=_KEEPALIVE_S,
            access_log=None,
            auto_decompress=False,
            lingering_time=0.0,
        )
        runner = web.ServerRunner(server, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self._wanted_port).start()
        except OSError as error:
            await runner.cleanup()
            raise listen_error(error, HOST, self._wanted_port) from error
        self._runner = runner
        return f"http://{HOST}:{runner.addresses[0][1]}"

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        refusal = _refuse(request)
        if refusal is not None:
            return web.Response(status=refusal, headers={"Allow": "GET, HEAD"} if refusal == 405 else None)
        if request.path not in ("/healthz", "/metrics"):
            return web.Response(status=HTTPStatus.NOT_FOUND)
        status = await asyncio.to_thread(self._read_status)
        reason = unhealthy_reason(status)
        headers = {"Cache-Control": "no-store"}
        if request.path == "/metrics":
            body = self._metrics.expose(status, healthy=not reason)
            return web.Response(body=body, headers={**headers, "Content-Type": CONTENT_TYPE})
        return web.Response(
            status=HTTPStatus.SERVICE_UNAVAILABLE if reason else HTTPStatus.OK,
            body=_health(status, reason),
            content_type="application/json",
            headers=headers,
        )


def _refuse(request: web.BaseRequest) -> HTTPStatus | None:
    """A web page in a browser on this machine must not read this, under whatever name it asks."""
    if host_name(request.headers.get("Host", "")) not in LOOPBACK_NAMES:
        return HTTPStatus.MISDIRECTED_REQUEST
    if "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none").lower() != "none":
        return HTTPStatus.FORBIDDEN
    return None if request.method in ("GET", "HEAD") else HTTPStatus.METHOD_NOT_ALLOWED


def _health(status: RelayStatus, reason: str) -> bytes:
    return json.dumps(
        {
            "status": "unhealthy" if reason else "ok",
            "reason": reason or None,
            "state": status.state.lower(),
            "mode": status.mode,
            "queue_depth": status.queue_depth,
            "in_flight": status.in_flight,
        },
        ensure_ascii=False,
    ).encode()
