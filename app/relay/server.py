"""The HTTP listener: limits, then the intake's decision, then the inbox, then the answer."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Callable, Sequence
from http import HTTPStatus

from aiohttp import web

from app.errors import AppError
from app.redaction import escape_control
from app.relay.clock import Clock
from app.relay.entrance import Entry, enter
from app.relay.event_records import Appended, NewEvent
from app.relay.event_store import EventStore
from app.relay.intake import IntakeRules, Probe, Refusal
from app.relay.listening import BoundedServer, listen_error
from app.relay.request_body import HELD_BYTES, INLINE_BYTES, BodyReader, BodyRefused
from app.relay.watch import RelayWatch

_log = logging.getLogger(__name__)

BODY_TIMEOUT_S = 5.0
HEADER_TIMEOUT_S = 10.0
MAX_CONNECTIONS = 256
RETRY_AFTER_S = 5
SHUTDOWN_S = 5.0

_ACCEPTED = b'{"success": true}'

_NOT_STORED = Refusal(503, "The events cannot be stored right now.")


def _new_message_id() -> str:
    """For a call that has none: Segment gives it one on receipt as well."""
    return f"relay-{uuid.uuid4()}"


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
        held_bytes: int = HELD_BYTES,
        new_message_id: Callable[[], str] = _new_message_id,
        watch: RelayWatch | None = None,
    ) -> None:
        self.rules = rules
        self.refused = 0
        self._store = store
        self._clock = clock
        self._on_stored = on_stored
        self._bodies = BodyReader(body_timeout_s, held_bytes=held_bytes)
        self._new_message_id = new_message_id
        self._watch = watch or RelayWatch()
        self._header_timeout_s = header_timeout_s
        self._max_connections = max_connections
        self._runner: web.ServerRunner | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; the port in use (``port`` 0 takes any). Raises ``AppError`` RELAY-PORT-… or RELAY-HOST."""
        server = BoundedServer(
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
            raise listen_error(error, host, port) from error
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Take no more connections and answer what is being read."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.Response:
        started = time.perf_counter()
        entry = enter(request.method, request.path, request.headers, self.rules, self._new_message_id)
        if entry.preflight:
            return web.Response(status=HTTPStatus.NO_CONTENT, headers=entry.headers)
        if entry.refusal is not None:
            return self._refuse(request, entry.refusal, entry)
        held = self._bodies.hold()
        try:
            answer = await self._take_in(entry, await held.read(request))
        except BodyRefused as error:
            answer = error.refusal
        finally:
            held.give_back()
        if isinstance(answer, Refusal):
            return self._refuse(request, answer, entry)
        if answer is _ACCEPTED:
            self._watch.acknowledged(time.perf_counter() - started)
        return web.Response(body=answer, content_type="application/json", headers=entry.headers)

    async def _take_in(self, entry: Entry, body: bytes) -> Refusal | bytes:
        now_ms = self._clock.now_ms()
        if len(body) <= INLINE_BYTES:
            events = entry.read(body, now_ms)
        else:
            events = await asyncio.to_thread(entry.read, body, now_ms)
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

    def _refuse(self, request: web.BaseRequest, refusal: Refusal, entry: Entry) -> web.Response:
        self.refused += 1
        self._watch.refused(refusal.status)
        method = escape_control(request.method[:16])
        _log.warning("Refused a %s request from %s, %s", method, request.remote, refusal.log_reason)
        answer = {"code": refusal.code} if refusal.code else {}
        response = web.Response(
            status=refusal.status,
            reason=HTTPStatus(refusal.status).phrase,
            body=json.dumps(answer | {"message": refusal.message}).encode(),
            content_type="application/json",
            headers=entry.headers,
        )
        if refusal.status == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = ", ".join(sorted(entry.methods))
        if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers["Retry-After"] = str(RETRY_AFTER_S)
        if not request.content.is_eof():
            # What is left of the body is not worth reading.
            response.force_close()
        return response
