"""A server on a real socket that answers each request with the next thing it was told to."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reply:
    """Raw bytes to send; then the connection stays, is closed, is reset, or is left hanging."""

    data: bytes = b""
    then: str = "keep"


@dataclass(frozen=True)
class Received:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class ScriptedServer:
    """Keeps what it received; a script that has run out repeats its last reply."""

    script: list[Reply]
    received: list[Received] = field(default_factory=list)
    base_url: str = ""
    got_request: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read_request(reader):
                self.received.append(request)
                self.got_request.set()
                reply = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                writer.write(reply.data)
                await writer.drain()
                if reply.then == "hang":
                    await reader.read()
                if reply.then == "reset":
                    linger = struct.pack("ii", 1, 0)
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                if reply.then != "keep":
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def serving(*script: Reply, tls: ssl.SSLContext | None = None) -> AsyncIterator[ScriptedServer]:
    scripted = ScriptedServer(list(script))
    server = await asyncio.start_server(scripted.serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    scripted.base_url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/api/v1/"
    try:
        yield scripted
    finally:
        server.close()
        await server.wait_closed()


def answering(body: object, status: int = 200, headers: Sequence[tuple[str, str]] = ()) -> Reply:
    """A complete answer; texts and bytes are sent as they are, anything else as JSON."""
    data = (
        body.encode()
        if isinstance(body, str)
        else body
        if isinstance(body, bytes)
        else json.dumps(body).encode()
    )
    lines = [f"HTTP/1.1 {status} Because", f"Content-Length: {len(data)}", "trace-id: abc123"]
    lines += [f"{name}: {value}" for name, value in headers]
    return Reply("\r\n".join(lines).encode() + b"\r\n\r\n" + data)


async def _read_request(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, target, headers, body)
