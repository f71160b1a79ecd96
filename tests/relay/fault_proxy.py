"""A proxy before the sandbox that does to connections what networks do."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from enum import StrEnum

_CHUNK = 65536
_DELAY_S = 0.2


class NetworkFault(StrEnum):
    """CUT ends the connection when the answer comes, TORN in the middle of it; both calls have been done.
    HALF_OPEN takes everything and never answers. NO_TLS answers a TLS greeting with plain text.
    """

    NONE = "none"
    DELAY = "delay"
    CUT = "cut"
    TORN = "torn"
    HALF_OPEN = "half open"
    GARBAGE = "garbage"
    NO_TLS = "no TLS"


_NOISE = {
    NetworkFault.GARBAGE: b"\x00\xff\x17not HTTP\r\n\r\n",
    NetworkFault.NO_TLS: b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
}


class FaultProxy:
    """On a thread of its own. ``fault`` may be changed at any time and holds from then on."""

    def __init__(self, target_port: int) -> None:
        self.fault = NetworkFault.NONE
        self.port = 0
        self.met = 0
        self._target_port = target_port
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._end.wait()
        server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._carry(reader, writer)
        finally:
            self._open.discard(task)
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_target, to_target = await asyncio.open_connection("127.0.0.1", self._target_port)
        ways = [
            asyncio.ensure_future(self._up(reader, to_target, writer)),
            asyncio.ensure_future(self._down(from_target, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            to_target.close()

    async def _up(
        self, reader: asyncio.StreamReader, to_target: asyncio.StreamWriter, back: asyncio.StreamWriter
    ) -> None:
        while asked := await reader.read(_CHUNK):
            fault = self.fault
            self.met += fault is not NetworkFault.NONE
            if fault is NetworkFault.HALF_OPEN:
                await asyncio.Event().wait()
            if fault in _NOISE:
                back.write(_NOISE[fault])
                return
            to_target.write(asked)

    async def _down(self, from_target: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while answer := await from_target.read(_CHUNK):
            fault = self.fault
            if fault is NetworkFault.CUT:
                writer.transport.abort()
                return
            if fault is NetworkFault.TORN:
                writer.write(answer[: len(answer) // 2])
                return
            if fault is NetworkFault.DELAY:
                over = asyncio.get_running_loop().create_future()
                asyncio.get_running_loop().call_later(_DELAY_S, over.set_result, None)
                await over
            writer.write(answer)
