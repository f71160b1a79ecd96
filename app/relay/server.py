"""The HTTP listener: limits, then the intake's decision, then the inbox, then the answer."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import socket
import zlib
from collections.abc import Callable, Sequence
from http import HTTPStatus

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from app.errors import AppError
from app.redaction import escape_control
from app.relay.clock import Clock
from app.relay.event_records import Appended, NewEvent
from app.relay.event_store import EventStore
from app.relay.intake import (
    MAX_BODY_BYTES,
    METHODS,
    IntakeRules,
    Probe,
    Refusal,
    body_too_large,
    read_request,
    refuse_head,
)

_log = logging.getLogger(__name__)

BODY_TIMEOUT_S = 5.0
HEADER_TIMEOUT_S = 10.0
MAX_CONNECTIONS = 256
RETRY_AFTER_S = 5
SHUTDOWN_S = 5.0

# Larger bodies are checked and split in a thread, so that other requests are answered meanwhile.
_INLINE_BYTES = 64 * 1024
_INFLATE_CHUNK = 256 * 1024

_ACCEPTED = b'{"success": true}'

_UNREADABLE = Refusal(400, "The body could not be decompressed.")
_TOO_SLOW = Refusal(408, "The body did not arrive in time.")
_NOT_STORED = Refusal(503, "The events cannot be stored right now.")


class _BodyRefused(Exception):  # noqa: N818 - an answer on its way out, not an error
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class RelayServer:
    """Listens on one address. ``rules`` may be replaced at any time and hold for the next request.

    ``on_stored`` hears of every request whose events are on disk, before it is answered.
    """

    def __init__(
        self,
        store: EventStore,
        rules: IntakeRules,
        clock: Clock,
        on_stored: Callable[[Appended], None],
        *,
        body_timeout_s: float = BODY_TIMEOUT_S,
        header_timeout_s: float = HEADER_TIMEOUT_S,
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        self.rules = rules
        self.refused = 0
        self._store = store
        self._clock = clock
        self._on_stored = on_stored
        self._body_timeout_s = body_timeout_s
        self._header_timeout_s = header_timeout_s
        self._max_connections = max_connections
        self._runner: web.ServerRunner | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; the port in use (``port`` 0 takes any). Raises ``AppError`` RELAY-PORT-… or RELAY-HOST."""
        server = _BoundedServer(
            self._handle,
            max_connections=self._max_connections,
            # Of a new connection, aiohttp closes what sends no complete header in this time, too.
            keepalive_timeout=self._header_timeout_s,
            access_log=None,
            auto_decompress=False,
            lingering_time=1.0,
        )
        self._runner = web.ServerRunner(server, shutdown_timeout=SHUTDOWN_S)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self.stop()
            raise _listen_error(error, host, port) from error
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Take no more connections and answer what is being read."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.Response:
        rules = self.rules
        refused = refuse_head(request.method, request.path, request.headers, rules)
        if refused is not None:
            return self._refuse(request, refused)
        try:
            body = await self._read_body(request)
        except _BodyRefused as error:
            return self._refuse(request, error.refusal)
        answer = await self._take_in(body, request.headers.get("X-Signature"), rules)
        if isinstance(answer, Refusal):
            return self._refuse(request, answer)
        return web.Response(body=answer, content_type="application/json")

    async def _take_in(self, body: bytes, signature: str | None, rules: IntakeRules) -> Refusal | bytes:
        now_ms = self._clock.now_ms()
        if len(body) <= _INLINE_BYTES:
            events = read_request(body, signature, rules, now_ms)
        else:
            events = await asyncio.to_thread(read_request, body, signature, rules, now_ms)
        if isinstance(events, Probe):
            return events.answer
        if isinstance(events, Refusal):
            return events
        return await self._store_events(events) or _ACCEPTED

    async def _store_events(self, events: Sequence[NewEvent]) -> Refusal | None:
        try:
            appended = await self._store.append(events)
        except AppError as error:
            _log.warning("%d events could not be stored: %s [%s]", len(events), error.title, error.code)
            return _NOT_STORED
        except Exception:  # noqa: BLE001 - what is not stored must never be acknowledged
            _log.exception("%d events could not be stored.", len(events))
            return _NOT_STORED
        self._on_stored(appended)
        return None

    async def _read_body(self, request: web.BaseRequest) -> bytes:
        """The body, decompressed. Raises ``_BodyRefused`` when it is too large, too slow or damaged."""
        if request.headers.get("Expect", "").lower() == "100-continue":
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        gathered = bytearray()
        try:
            async with asyncio.timeout(self._body_timeout_s):
                async for chunk in request.content.iter_any():
                    gathered += chunk
                    if len(gathered) > MAX_BODY_BYTES:
                        raise _BodyRefused(body_too_large())
        except TimeoutError as error:
            raise _BodyRefused(_TOO_SLOW) from error
        except web.RequestPayloadError as error:
            raise _BodyRefused(_UNREADABLE) from error
        encoding = request.headers.get("Content-Encoding", "").strip().lower()
        if encoding in ("", "identity"):
            return bytes(gathered)
        if len(gathered) > _INLINE_BYTES // 16:
            return await asyncio.to_thread(_inflate, bytes(gathered))
        return _inflate(bytes(gathered))

    def _refuse(self, request: web.BaseRequest, refusal: Refusal) -> web.Response:
        self.refused += 1
        method = escape_control(request.method[:16])
        _log.warning("Refused a %s request from %s, %s", method, request.remote, refusal.log_reason)
        response = web.Response(
            status=refusal.status,
            reason=HTTPStatus(refusal.status).phrase,
            body=json.dumps({"message": refusal.message}).encode(),
            content_type="application/json",
        )
        if refusal.status == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = ", ".join(sorted(METHODS))
        if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers["Retry-After"] = str(RETRY_AFTER_S)
        if not request.content.is_eof():
            # What is left of the body is not worth reading.
            response.force_close()
        return response


class _BoundedServer(web.Server):
    """Closes connections above a bound at once; those that are open go on."""

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
        self._closing = False

    def pre_shutdown(self) -> None:
        self._closing = True
        super().pre_shutdown()

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        # The system may hand over a connection that it accepted just before the listener closed.
        if self._closing or len(self.connections) > self._max_connections:
            # Not at once: aiohttp is about to start the task that serves this connection.
            asyncio.get_running_loop().call_soon(handler.force_close)


def _inflate(body: bytes) -> bytes:
    """Decompress gzip or zlib (which HTTP calls deflate), never into more than the limit."""
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    result = bytearray()
    pending = body
    try:
        while pending and not inflater.eof:
            result += inflater.decompress(pending, _INFLATE_CHUNK)
            if len(result) > MAX_BODY_BYTES:
                raise _BodyRefused(body_too_large())
            pending = inflater.unconsumed_tail
    except zlib.error as error:
        raise _BodyRefused(_UNREADABLE) from error
    if not inflater.eof:
        raise _BodyRefused(_UNREADABLE)
    return bytes(result)


def _listen_error(error: OSError, host: str, port: int) -> AppError:
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
