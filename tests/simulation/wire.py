"""The way to Close without sockets: latency, lost connections, and a record of who asked for what."""

from __future__ import annotations

import asyncio
import json
import random
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx

from app.close.sandbox.api.answering import RawRequest
from app.close.sandbox.application import API_ROOT, Sandbox
from app.close.sandbox.entities import Json
from app.close.sandbox.event_log import EventRecord
from tests.simulation.life import Life
from tests.simulation.virtual_loop import VirtualLoop

BASE_URL = f"https://close.test{API_ROOT}/"

_SLOWEST_S = 0.3
_CONNECTION_LOST = (httpx.RemoteProtocolError, httpx.ReadError)


@dataclass(slots=True)
class Try:
    """One try of one event by one process. ``report`` and ``end`` stay empty when the process died."""

    number: int
    event_key: str
    began_s: float
    report: Any = None
    ended_s: float | None = None
    calls: list[WireCall] = field(default_factory=list)


@dataclass(slots=True)
class WireCall:
    """``changes`` are what the sandbox noted while it carried the call out; ``status`` 0 is no answer.

    ``at_s`` is when Close did it, None when it never got there.
    """

    number: int
    of: Try | None
    method: str
    path: str
    body: Json | None
    sent_s: float
    at_s: float | None = None
    status: int = 0
    answer: Any = None
    changes: tuple[EventRecord, ...] = ()


CURRENT_TRY: ContextVar[Try | None] = ContextVar("current_try", default=None)


class Wire:
    """What lies between all processes and Close."""

    def __init__(self, sandbox: Sandbox, loop: VirtualLoop, chance: random.Random) -> None:
        self.sandbox = sandbox
        self.calls: list[WireCall] = []
        self.cut_off = False
        self.slow_calls = 0
        self.slow_s = 0.0
        self._loop = loop
        self._chance = chance
        self._under_way: set[asyncio.Task[httpx.Response]] = set()

    def latency_s(self) -> float:
        return self._chance.uniform(0.02, _SLOWEST_S)

    def send(self, raw: RawRequest) -> asyncio.Task[httpx.Response]:
        """The request is on its way: neither a timeout nor a death of the sender stops it."""
        body = _json(raw.body)
        call = WireCall(len(self.calls), CURRENT_TRY.get(), raw.method, raw.path, body, self._loop.time())
        self.calls.append(call)
        if call.of is not None:
            call.of.calls.append(call)
        task = self._loop.create_task(self._carry(call, raw))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    def connect(self) -> None:
        """The network is there again."""
        self.cut_off = False

    def carries(self, task: asyncio.Task[Any]) -> bool:
        return task in self._under_way

    async def _carry(self, call: WireCall, raw: RawRequest) -> httpx.Response:
        await asyncio.sleep(self.latency_s())
        call.at_s = self._loop.time()
        events = self.sandbox.store.events
        before = events.next_number
        # Without planned slowness this never waits, so what is noted meanwhile is this call's.
        reply, cut = await self.sandbox.exchange(raw)
        if events.next_number > before:
            call.changes = tuple(event for event in events if event.number >= before)
        if self.slow_calls:
            self.slow_calls -= 1
            await asyncio.sleep(self.slow_s)
        if cut:
            raise self._chance.choice(_CONNECTION_LOST)("the connection was cut")
        call.status = reply.status
        call.answer = _json(reply.body)
        headers = {**reply.headers, "content-type": reply.content_type, "trace-id": f"{call.number:016x}"}
        return httpx.Response(reply.status, headers=headers, content=reply.body)


class SimulatedTransport(httpx.AsyncBaseTransport):
    """One process's connections."""

    def __init__(self, wire: Wire, life: Life) -> None:
        self._wire = wire
        self._life = life

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = f"{request.method} {request.url.path}"
        self._life.moment(f"before {name}")
        if self._wire.cut_off:
            raise httpx.ConnectError("no route to host")
        raw = RawRequest(
            method=request.method,
            path=request.url.path.removeprefix(API_ROOT),
            query=dict(parse_qsl(request.url.query.decode("ascii"), keep_blank_values=True)),
            headers={key.lower(): value for key, value in request.headers.items()},
            body=request.content,
        )
        task = self._wire.send(raw)
        self._life.moment(f"while sending {name}")
        try:
            response = await asyncio.shield(task)
        except httpx.HTTPError:
            self._life.moment(f"after {name} was cut")
            raise
        await asyncio.sleep(self._wire.latency_s())
        self._life.moment(f"after {name}")
        return response


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
