"""The sandbox as a web application, with its faults, its record of calls and its store."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

from aiohttp import web

from app.close.sandbox.account import Member
from app.close.sandbox.api import routes
from app.close.sandbox.api.answering import Answerer, RawRequest
from app.close.sandbox.api.answers import Reply, json_reply
from app.close.sandbox.calls import Call, CallLog
from app.close.sandbox.clock import Clock
from app.close.sandbox.faults import Fault, Faults
from app.close.sandbox.ids import IdSource
from app.close.sandbox.person import Person
from app.close.sandbox.rate_limits import Allowance
from app.close.sandbox.store import Store
from app.close.sandbox.switches import Switches
from app.errors import AppError
from app.json_value import JsonObject

_LOG = logging.getLogger(__name__)

API_ROOT = "/api/v1"
_MAX_BODY = 8 * 1024 * 1024
_CUT = 0
"""The status recorded for a call whose connection was cut."""

_WORDS = {
    "401": "Unauthorized",
    "402": "You have reached a limit of your plan.",
    "403": "You do not have permission to do this.",
    "500": "Internal Server Error",
}
_HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class Sandbox:
    """One organization that can be talked to like Close.

    ``clock`` and ``ids`` are the store's; when a store is given its clock is replaced by ``clock``
    if there is one. Handlers run on the event loop that serves ``app()``; ``calls``, ``faults``,
    ``switches`` and ``person`` may be used from any thread, tables of ``store`` while holding
    ``store.lock``.
    """

    def __init__(
        self,
        *,
        store: Store | None = None,
        switches: Switches | None = None,
        clock: Clock | None = None,
        ids: IdSource | None = None,
        api_key: str | None = None,
    ) -> None:
        self.store = store or Store(clock=clock, ids=ids)
        if clock is not None:
            self.store.clock = clock
        self.switches = switches or Switches()
        self.calls = CallLog()
        self.faults = Faults()
        self.person = Person(self.store, self.switches)
        self.api_key = api_key or self.store.default_api_key
        self._keys = {self.api_key: self.store.account.owner}
        self._answerer = Answerer(self.store, self.switches, self._keys)

    @property
    def clock(self) -> Clock:
        return self.store.clock

    def add_key(self, member: Member | None = None) -> str:
        """Another valid key, acting as ``member`` (by default the owner)."""
        key = self.store.ids.api_key()
        self._keys[key] = member or self.store.account.owner
        return key

    def set_member(self, member: Member, key: str | None = None) -> None:
        """Let a key (by default the sandbox's own) act as someone else from now on."""
        self._keys[key or self.api_key] = member

    def revoke_key(self, key: str) -> None:
        """Calls with it are answered 401 from now on."""
        self._keys.pop(key, None)

    def restore_key(self, key: str, member: Member | None = None) -> None:
        self._keys[key] = member or self.store.account.owner

    def app(self) -> web.Application:
        """A new application on this sandbox; the same sandbox may be served again later."""
        application = web.Application(client_max_size=_MAX_BODY)
        application.router.add_route("*", "/{tail:.*}", self._serve)
        return application

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if not request.path.startswith(f"{API_ROOT}/"):
            return _response(json_reply({"error": "The requested URL was not found on the server."}, 404), "")
        raw = RawRequest(
            method=request.method,
            path=request.path.removeprefix(API_ROOT),
            query=dict(request.query),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.read(),
        )
        reply, cut = await self.exchange(raw)
        if cut and request.transport is not None:
            request.transport.abort()
        return _response(reply, self.store.ids.trace_id())

    async def exchange(self, raw: RawRequest) -> tuple[Reply, bool]:
        """One call with its planned faults: the reply, and whether the connection is cut instead of
        answering. What serves the sandbox over another wire than HTTP calls this."""
        fault = self._fault_for(raw)
        reply = self._prevented(raw, fault) if fault is not None else None
        if reply is None:
            reply = self._answered(raw)
        if fault is None and self.switches.drop_after_commit and _is_write(raw) and reply.status < 300:
            fault = Fault(kind="drop_after_commit")
        if fault is not None:
            reply = await self._spoiled(reply, fault, raw)
        cut = fault is not None and fault.kind in ("drop_before", "drop_after_commit")
        self._record(raw, _CUT if cut else reply.status)
        return reply, cut

    def _answered(self, raw: RawRequest) -> Reply:
        try:
            return self._answerer.answer(raw)
        except AppError as failure:
            _LOG.error("%s: %s", failure.code, failure.cause)
            return json_reply({"error": str(failure)}, 500)

    def _fault_for(self, raw: RawRequest) -> Fault | None:
        planned = self.faults.take(raw.effective_method, raw.path)
        if planned is None and self.switches.fault is not None:
            return Fault(kind=self.switches.fault)
        return planned

    def _prevented(self, raw: RawRequest, fault: Fault) -> Reply | None:
        """The reply of a call that does no work; ``None`` when it is to be carried out."""
        if not fault.prevents_work:
            return None
        if fault.kind == "html":
            return Reply(502, _HTML, "text/html")
        if fault.kind.isdigit():
            return self._status_reply(raw, fault)
        return Reply(200, b"")

    async def _spoiled(self, reply: Reply, fault: Fault, raw: RawRequest) -> Reply:
        """The reply of a call that was carried out, after what the fault does to it."""
        if fault.kind == "slow":
            if fault.gate is not None:
                await fault.gate.wait()
            else:
                await self.clock.sleep(fault.delay_s)
        elif fault.kind == "truncated_json":
            return replace(reply, body=reply.body[: max(1, len(reply.body) // 2)])
        elif fault.after_commit and fault.kind == "html":
            return Reply(502, _HTML, "text/html")
        elif fault.after_commit and fault.kind.isdigit():
            return self._status_reply(raw, fault)
        return reply

    def _status_reply(self, raw: RawRequest, fault: Fault) -> Reply:
        if fault.kind == "429":
            return self._answerer.too_many(Allowance(_group(raw), 16, 0, fault.retry_after_s, allowed=False))
        if fault.kind in _WORDS:
            return json_reply({"error": _WORDS[fault.kind]}, int(fault.kind))
        return Reply(int(fault.kind), b"upstream connect error or disconnect/reset", "text/plain")

    def _record(self, raw: RawRequest, status: int) -> None:
        call = Call(
            method=raw.effective_method,
            path=raw.path,
            status=status,
            group=_group(raw),
            at=self.clock.now(),
            request=_decoded(raw.body),
            query=raw.query,
        )
        self.calls.append(call)


def _group(raw: RawRequest) -> str:
    match = routes.find(raw.effective_method, raw.path)
    return match.group if match is not None else ""


def _is_write(raw: RawRequest) -> bool:
    return raw.effective_method in ("POST", "PUT", "DELETE") and raw.path != "/data/search/"


def _decoded(body: bytes) -> JsonObject | None:
    try:
        decoded = json.loads(body)
    except ValueError:
        return None
    return decoded if isinstance(decoded, dict) else None


def _response(reply: Reply, trace_id: str) -> web.Response:
    headers = {
        **reply.headers,
        "server": "envoy",
        "trace-id": trace_id,
        "x-envoy-upstream-service-time": "12",
    }
    return web.Response(
        status=reply.status, body=reply.body, content_type=reply.content_type, headers=headers
    )
