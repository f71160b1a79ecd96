"""A listening socket for the relay: how many connections it takes, and in words why it cannot listen."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from app.errors import AppError
from app.relay.exposure import is_loopback

_log = logging.getLogger(__name__)


class _Handler(RequestHandler):
    """Answers what is no HTTP, and our own defects, without repeating or logging what was sent."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - holds pieces of the request
    ) -> web.StreamResponse:
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            _log.error("A request from %s met a defect of the program.", request.remote, exc_info=exc)
        else:
            _log.warning("Refused a request from %s, %d: it is not HTTP.", request.remote, status)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer is on its way already")
        text = "This is not an HTTP request." if status < 500 else "The request could not be handled."
        answer = web.json_response({"message": text}, status=status)
        answer.force_close()
        return answer


class BoundedServer(web.Server):
    """Closes connections above a bound at once; those that are open go on.

    One other machine gets a quarter of them. This one may have all: a tunnel brings everybody from here.
    """

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], object],
        *,
        max_connections: int,
        keepalive_timeout: float,
        access_log: logging.Logger | None,
        auto_decompress: bool,
        lingering_time: float,
    ) -> None:
        super().__init__(
            handler,  # type: ignore[arg-type]
            keepalive_timeout=keepalive_timeout,
            access_log=access_log,
            auto_decompress=auto_decompress,
            lingering_time=lingering_time,
        )
        self._max_connections = max_connections
        self._most_of_one_peer = max(1, max_connections // 4)
        self._peers: Counter[str] = Counter()
        self._closing = False

    def __call__(self) -> RequestHandler:
        return _Handler(self, loop=self._loop, **self._kwargs)

    def pre_shutdown(self) -> None:
        self._closing = True
        super().pre_shutdown()

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        peer = _other_machine(transport)
        self._peers[peer] += 1
        too_many = bool(peer) and self._peers[peer] > self._most_of_one_peer
        # The system may hand over a connection that it accepted just before the listener closed.
        if self._closing or too_many or len(self.connections) > self._max_connections:
            # Not at once: aiohttp is about to start the task that serves this connection.
            asyncio.get_running_loop().call_soon(handler.force_close)

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        transport = handler.transport
        if transport is not None:
            peer = _other_machine(transport)
            self._peers[peer] -= 1
            if not self._peers[peer]:
                del self._peers[peer]
        super().connection_lost(handler, exc)


def _other_machine(transport: asyncio.BaseTransport) -> str:
    """The address at the other end, empty for this machine."""
    peer = transport.get_extra_info("peername")
    return peer[0] if isinstance(peer, tuple) and not is_loopback(peer[0]) else ""


def listen_error(error: OSError, host: str, port: int) -> AppError:
    detail = f"{host}:{port}: {error.strerror or error}"
    if error.errno == errno.EADDRINUSE:
        free = _next_free_port(host, port)
        advice = f"Use port {free}, which is free" if free else "Use another port"
        return AppError(
            "RELAY-PORT-IN-USE",
            f"Port {port} is in use.",
            cause="Another program, perhaps another relay, listens on it.",
            remedy=f"{advice}, or close the other program.",
            detail=detail,
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return AppError(
            "RELAY-PORT-REFUSED",
            f"The operating system does not allow listening on port {port}.",
            cause="Ports below 1024 are reserved on most systems.",
            remedy="Choose a port above 1023.",
            detail=detail,
        )
    return AppError(
        "RELAY-HOST",
        f"The relay cannot listen on {host}.",
        cause="This machine has no such address.",
        remedy="Use 127.0.0.1, or an address that this machine has.",
        detail=detail,
    )


def _next_free_port(host: str, port: int) -> int | None:
    for candidate in range(port + 1, min(port + 50, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            try:
                probe.bind((host.strip("[]"), candidate))
            except OSError:
                continue
            return candidate
    return None
