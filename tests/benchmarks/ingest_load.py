"""A sender that costs little itself: requests are built and signed beforehand, answers are only counted."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from app.segment.signature import sign

_FILLER = "x" * 620


@dataclass(frozen=True)
class Measured:
    """Answers per second and the time to each answer in milliseconds, sorted."""

    rate: float
    waits_ms: Sequence[float]
    refused: int

    def percentile(self, share: float) -> float:
        return self.waits_ms[min(len(self.waits_ms) - 1, int(share * len(self.waits_ms)))]


def event(number: int) -> dict[str, object]:
    """About 1 KB, as analytics.js sends."""
    return {
        "type": "track",
        "event": "Report Opened",
        "messageId": f"ajs-next-{number:012d}-{number * 7919 % 65536:04x}",
        "userId": f"usr_{number % 5000}",
        "properties": {"plan": "team", "note": _FILLER, "seats": number % 50},
        "context": {"library": {"name": "analytics.js", "version": "npm:next-1.84.3"}, "ip": "203.0.113.7"},
        "timestamp": "2026-03-04T09:15:00.850Z",
    }


def request(path: str, events: Sequence[dict[str, object]], secret: str) -> bytes:
    """One HTTP request as Segment's webhook sends it; a batch when there are several events."""
    texts = [json.dumps(each, separators=(",", ":")).encode() for each in events]
    body = texts[0] if len(texts) == 1 else b"[" + b",".join(texts) + b"]"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"User-Agent: Segment.io/1.0\r\nX-Signature: {sign(secret, texts[0])}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[bool] | None = None
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        lower = head.lower()
        at = lower.find(b"content-length:")
        if len(body) >= int(lower[at + 15 :].split(b"\r\n", 1)[0]):
            self._received = b""
            if self._answer and not self._answer.done():
                self._answer.set_result(b" 200 " in head[:16])

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError())

    async def send(self, text: bytes) -> bool:
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(text)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def flood(port: int, requests: Sequence[bytes], connections: int) -> Measured:
    """Every connection sends its next request when it has its answer."""
    waits: list[float] = []
    refused = 0
    left = iter(requests)

    async def work(connection: _Connection) -> None:
        nonlocal refused
        for text in left:
            before = time.perf_counter()
            refused += not await connection.send(text)
            waits.append((time.perf_counter() - before) * 1000)

    lines = await _connect(port, connections)
    began = time.perf_counter()
    await asyncio.gather(*map(work, lines))
    took = time.perf_counter() - began
    for line in lines:
        line.close()
    return Measured(len(waits) / took, sorted(waits), refused)


async def pace(port: int, requests: Sequence[bytes], per_second: float, connections: int = 64) -> Measured:
    """Requests leave at fixed times; waiting for a free connection counts as waiting for the answer."""
    free: asyncio.Queue[_Connection] = asyncio.Queue()
    lines = await _connect(port, connections)
    for line in lines:
        free.put_nowait(line)
    waits: list[float] = []
    refused = 0

    async def one(text: bytes, due: float) -> None:
        nonlocal refused
        connection = await free.get()
        refused += not await connection.send(text)
        free.put_nowait(connection)
        waits.append((time.perf_counter() - due) * 1000)

    began = time.perf_counter()
    tasks = []
    for number, text in enumerate(requests):
        due = began + number / per_second
        await _until(due)
        tasks.append(asyncio.create_task(one(text, due)))
    await asyncio.gather(*tasks)
    took = time.perf_counter() - began
    for line in lines:
        line.close()
    return Measured(len(waits) / took, sorted(waits), refused)


async def _until(due: float) -> None:
    left = due - time.perf_counter()
    if left > 0:
        loop = asyncio.get_running_loop()
        reached = loop.create_future()
        loop.call_later(left, reached.set_result, None)
        await reached


async def _connect(port: int, count: int) -> list[_Connection]:
    loop = asyncio.get_running_loop()
    pairs = [await loop.create_connection(_Connection, "127.0.0.1", port) for _ in range(count)]
    return [protocol for _, protocol in pairs]
