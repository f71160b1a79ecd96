"""The listener over real sockets."""

from __future__ import annotations

import asyncio
import gzip
import io
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from app.errors import AppError
from app.relay.clock import SystemClock
from app.relay.delivery import State
from app.relay.event_records import Appended, EventFilter, NewEvent
from app.relay.inbox import Inbox
from app.relay.inbox_reader import InboxReader
from app.relay.intake import MAX_BODY_BYTES
from app.relay.server import RelayServer
from app.segment.signature import sign
from tests.conditions import until
from tests.relay.builders import SECRET, body_of, rules, signed, track

MB = 1024 * 1024


class Listener:
    """A running server over a real inbox, and a client for it."""

    def __init__(
        self, server: RelayServer, port: int, client: aiohttp.ClientSession, reader: InboxReader
    ) -> None:
        self.server = server
        self.port = port
        self.reader = reader
        self.client = client
        self.url = f"http://127.0.0.1:{port}{server.rules.path}"

    async def send(
        self, body: bytes, headers: dict[str, str] | None = None, method: str = "POST", url: str = ""
    ) -> tuple[int, Any]:
        async with self.client.request(
            method,
            url or self.url,
            data=io.BytesIO(body),
            headers=signed(body) if headers is None else headers,
        ) as answer:
            assert answer.headers["Content-Type"].startswith("application/json")
            assert not any(name.lower().startswith("access-control") for name in answer.headers)
            return answer.status, await answer.json() if method != "HEAD" else None

    async def raw(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    def states(self) -> list[State]:
        return [row.state for row in reversed(self.reader.page(EventFilter()))]


@asynccontextmanager
async def listening(folder: Path, **limits: Any) -> AsyncIterator[Listener]:
    path = folder / "relay.db"
    inbox = await Inbox.open(path, redact=str)
    server = RelayServer(inbox, rules(), SystemClock(), lambda _appended: None, **limits)
    port = await server.start("127.0.0.1", 0)
    reader = InboxReader(path)
    async with aiohttp.ClientSession() as client:
        yield Listener(server, port, client, reader)
    await server.stop()
    reader.close()
    await inbox.close()


@pytest.fixture
async def listener(tmp_path: Path) -> AsyncIterator[Listener]:
    async with listening(tmp_path) as running:
        yield running


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_an_accepted_event_is_on_disk_when_it_is_answered(listener: Listener, method: str) -> None:
    assert await listener.send(body_of(track()), method=method) == (200, {"success": True})
    assert listener.states() == [State.QUEUED]


async def test_a_full_batch_of_4000_is_taken(listener: Listener) -> None:
    body = body_of(*(track(f"m-{n}", f"u-{n % 90}") for n in range(4000)))
    assert (await listener.send(body))[0] == 200
    assert listener.reader.counts() == {State.QUEUED: 4000}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"not json", None, 400),
        (b"[]", None, 400),
        (body_of(track()), {}, 401),
        (body_of(track()), {"X-Signature": "0" * 40}, 401),
        (body_of(track(x="y" * 33_000)), None, 413),
        (b"x" * (MAX_BODY_BYTES + 1), {}, 413),
        (body_of(track()), {"Host": "evil.example"}, 421),
        (body_of(track()), {"Origin": "http://localhost"}, 403),
        (b"\x1f\x8bnot gzip", {"Content-Encoding": "gzip"}, 400),
        (body_of(track()), {"Content-Encoding": "br"}, 415),
    ],
)
async def test_refusals_store_nothing_and_log_one_line_without_request_data(
    listener: Listener,
    caplog: pytest.LogCaptureFixture,
    body: bytes,
    headers: dict[str, str] | None,
    status: int,
) -> None:
    if headers is None:
        headers = {"X-Signature": sign(SECRET, body)}
    answered, answer = await listener.send(body, headers)
    assert answered == status
    assert list(answer) == ["message"]
    assert listener.states() == []
    assert listener.server.refused == 1
    assert len(caplog.records) == 1
    for secret in (SECRET, listener.server.rules.path, "0" * 40, "evil.example", "not json"):
        assert secret not in caplog.text + answer["message"]


async def test_wrong_addresses_and_methods_are_refused(listener: Listener) -> None:
    body = body_of(track())
    assert (await listener.send(body, url=f"http://127.0.0.1:{listener.port}/other"))[0] == 404
    async with listener.client.get(listener.url) as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "PATCH, POST, PUT")
    async with listener.client.options(listener.url, headers={"Origin": "https://evil.example"}) as answer:
        assert answer.status == 403


async def test_a_chunked_body_over_the_limit_is_cut_off(listener: Listener) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * MB

    try:
        async with listener.client.post(listener.url, data=endless()) as answer:
            assert answer.status == 413
    except aiohttp.ClientConnectionError:
        # The connection may be closed before the client has read the answer.
        await until(lambda: listener.server.refused == 1)
    assert listener.states() == []


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_a_compressed_body_is_verified_after_it_was_unpacked(
    listener: Listener, encoding: str, pack: Any
) -> None:
    body = body_of(track("a"), track("b"))
    assert (await listener.send(pack(body), signed(body) | {"Content-Encoding": encoding}))[0] == 200
    assert listener.states() == [State.QUEUED, State.QUEUED]


async def test_a_decompression_bomb_is_413(listener: Listener) -> None:
    bomb = gzip.compress(b" " * (200 * MB), compresslevel=1)
    assert (await listener.send(bomb, {"Content-Encoding": "gzip"}))[0] == 413


async def test_a_truncated_compressed_body_is_400(listener: Listener) -> None:
    body = gzip.compress(body_of(track()))[:-4]
    assert (await listener.send(body, {"Content-Encoding": "gzip"}))[0] == 400


async def test_a_client_that_waits_for_permission_gets_it(listener: Listener) -> None:
    body = body_of(track())
    async with listener.client.post(listener.url, data=body, headers=signed(body), expect100=True) as answer:
        assert answer.status == 200


async def test_a_half_sent_body_is_given_up(tmp_path: Path) -> None:
    async with listening(tmp_path, body_timeout_s=0.05) as listener:
        reader, writer = await listener.raw()
        head = f"POST {listener.server.rules.path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n"
        writer.write(head.encode() + b"{")
        assert b" 408 " in await reader.readline()
        await reader.read()
        writer.close()
        assert (await listener.send(body_of(track())))[0] == 200


async def test_a_connection_without_a_request_is_closed(tmp_path: Path) -> None:
    async with listening(tmp_path, header_timeout_s=0.05) as listener:
        reader, writer = await listener.raw()
        writer.write(b"POST /segment HTTP/1.1\r\nX-Slow: ")
        assert await reader.read() == b""
        writer.close()


async def test_connections_above_the_bound_are_closed_and_the_others_go_on(tmp_path: Path) -> None:
    async with listening(tmp_path, max_connections=2) as listener:
        first, second = await listener.raw(), await listener.raw()
        third, third_writer = await listener.raw()
        assert await third.read() == b""
        third_writer.close()
        head = f"GET {listener.server.rules.path} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for reader, writer in (first, second):
            writer.write(head.encode())
            assert b" 405 " in await reader.readline()
            writer.close()


async def test_huge_headers_are_refused(listener: Listener) -> None:
    reader, writer = await listener.raw()
    writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Large: " + b"x" * 70_000 + b"\r\n\r\n")
    assert b" 400 " in await reader.readline()
    writer.close()


async def test_what_is_no_http_is_answered_and_logged_without_repeating_it(
    listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await listener.raw()
    writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Signature: planted\x0bcanary\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert b" 400 " in answer.splitlines()[0]
    assert answer.endswith(b'{"message": "This is not an HTTP request."}')
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    for planted in ("planted", "canary"):
        assert planted.encode() not in answer
        assert planted not in caplog.text


async def test_control_characters_of_a_request_do_not_reach_the_log(
    listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await listener.raw()
    writer.write(b"POST /\x1b[31m%0aFORGED HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await reader.readline()
    writer.close()
    for record in caplog.records:
        message = record.getMessage()
        assert "FORGED" not in message
        assert "\x1b" not in message


class RefusingStore(Inbox):
    """An inbox whose disk does not take anything until it is told to."""

    error: Exception | None = None

    async def append(self, events: Sequence[NewEvent]) -> Appended:
        if self.error is not None:
            raise self.error
        return await super().append(events)


@pytest.mark.parametrize(
    "error", [AppError("STORAGE-FULL", "The disk is full.", remedy="Free some."), RuntimeError("a defect")]
)
async def test_what_cannot_be_kept_is_503_and_accepted_again_later(
    tmp_path: Path, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = await RefusingStore.open(tmp_path / "relay.db", redact=str)
    assert isinstance(inbox, RefusingStore)
    server = RelayServer(inbox, rules(), SystemClock(), lambda _appended: None)
    url = f"http://127.0.0.1:{await server.start('127.0.0.1', 0)}{server.rules.path}"
    body = body_of(track())
    inbox.error = error
    async with aiohttp.ClientSession() as client:
        async with client.post(url, data=body, headers=signed(body)) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        inbox.error = None
        async with client.post(url, data=body, headers=signed(body)) as answer:
            assert answer.status == 200
    await server.stop()
    await inbox.close()
    assert "could not be stored" in caplog.text
