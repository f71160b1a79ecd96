"""Reading a request's body within its limits: size, time, and the memory of all requests together."""

from __future__ import annotations

import asyncio
import zlib

from aiohttp import web

from app.relay.intake import MAX_BODY_BYTES, Refusal, body_too_large

# Larger bodies are unpacked, checked and split in a thread, so that other requests are answered meanwhile.
INLINE_BYTES = 64 * 1024
HELD_BYTES = 64 * 1024 * 1024
"""What all bodies being read or split may have together: four of the largest."""

_INFLATE_CHUNK = 256 * 1024

_UNREADABLE = Refusal(400, "The body could not be decompressed.")
_TOO_SLOW = Refusal(408, "The body did not arrive in time.")
_CROWDED = Refusal(503, "Too much is arriving at once.")


class BodyRefused(Exception):  # noqa: N818 - an answer on its way out, not an error
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class BodyReader:
    """Reads bodies; belongs to one asyncio loop."""

    def __init__(self, timeout_s: float, *, held_bytes: int = HELD_BYTES) -> None:
        self.timeout_s = timeout_s
        self._room = held_bytes

    def hold(self) -> HeldBody:
        """Room for one body; to be given back in the end."""
        return HeldBody(self)

    def _take(self, size: int) -> None:
        if size > self._room:
            raise BodyRefused(_CROWDED)
        self._room -= size

    def _give(self, size: int) -> None:
        self._room += size


class HeldBody:
    """One request's body, and what it has of the room."""

    def __init__(self, reader: BodyReader) -> None:
        self._reader = reader
        self._size = 0

    def give_back(self) -> None:
        self._reader._give(self._size)
        self._size = 0

    async def read(self, request: web.BaseRequest) -> bytes:
        """The body, decompressed.

        Raises ``BodyRefused`` when it is too large, too slow or damaged, or when there is no room for it.
        """
        if request.headers.get("Expect", "").lower() == "100-continue":
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        packed = await self._gather(request)
        encoding = request.headers.get("Content-Encoding", "").strip().lower()
        if encoding in ("", "identity"):
            return packed
        limit = min(_announced_size(packed), MAX_BODY_BYTES)
        self._take(limit)
        if limit + len(packed) > INLINE_BYTES:
            return await asyncio.to_thread(_inflate, packed, limit)
        return _inflate(packed, limit)

    async def _gather(self, request: web.BaseRequest) -> bytes:
        content = request.content
        try:
            if content.is_eof():
                # All of it is here already, as with nearly every single event.
                body = content.read_nowait()
                self._take(len(body))
                return body
            gathered = bytearray()
            async with asyncio.timeout(self._reader.timeout_s):
                async for chunk in content.iter_any():
                    self._take(len(chunk))
                    gathered += chunk
                    if len(gathered) > MAX_BODY_BYTES:
                        raise BodyRefused(body_too_large())
            return bytes(gathered)
        except TimeoutError as error:
            raise BodyRefused(_TOO_SLOW) from error
        except web.RequestPayloadError as error:
            raise BodyRefused(_UNREADABLE) from error

    def _take(self, size: int) -> None:
        self._reader._take(size)
        self._size += size


def _announced_size(packed: bytes) -> int:
    """How large a gzip body says it becomes; zlib's form says nothing."""
    return int.from_bytes(packed[-4:], "little") if packed[:2] == b"\x1f\x8b" else MAX_BODY_BYTES


def _inflate(body: bytes, limit: int) -> bytes:
    """Decompress gzip or zlib (which HTTP calls deflate), never into more than ``limit``."""
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    result = bytearray()
    pending = body
    try:
        while pending and not inflater.eof:
            result += inflater.decompress(pending, _INFLATE_CHUNK)
            if len(result) > limit:
                raise BodyRefused(body_too_large() if limit == MAX_BODY_BYTES else _UNREADABLE)
            pending = inflater.unconsumed_tail
    except zlib.error as error:
        raise BodyRefused(_UNREADABLE) from error
    if not inflater.eof:
        raise BodyRefused(_UNREADABLE)
    return bytes(result)
