"""The way to a real relay through real TLS, and everything that can stand in it."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.errors import AppError
from app.relay.round_trip import PublicWay
from app.relay.service import RelayService
from tests.relay.builders import SECRET, config
from tests.relay.fake_processor import FakeProcessor, factory
from tests.relay.public_internet import HOST, Authority, Names, Proxy, proxy_to, way_through


class World:
    """A relay behind a public URL."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self.names = Names()
        self.way = way_through(self.authority, self.names)
        self.relay = RelayService(
            config(folder, public_url=f"https://{HOST}"), factory(FakeProcessor()), redact=lambda text: text
        )
        self.address = self.relay.start()

    @property
    def path(self) -> str:
        return self.address.public_url.removeprefix(f"https://{HOST}")

    @asynccontextmanager
    async def public(self, **certificate: object) -> AsyncIterator[Proxy]:
        context = self.authority.server(**certificate)  # type: ignore[arg-type]
        async with proxy_to(self.address.port, context) as proxy:
            yield proxy

    async def fails(self, proxy: Proxy, secret: str = SECRET, way: PublicWay | None = None) -> str:
        with pytest.raises(AppError) as raised:
            await (way or self.way).prove(proxy.url + self.path, secret)
        assert raised.value.remedy
        return raised.value.code


@pytest.fixture
async def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.relay.close()


async def test_a_round_trip_through_the_public_url_is_proof(world: World) -> None:
    async with world.public(valid_for=80) as proxy:
        trip = await world.way.prove(proxy.url + world.path, SECRET)
        assert trip.addresses == ("127.0.0.1",)
        assert 0 < trip.ms < 5000
        days = trip.certificate_until_ms / 1000 / 86400 - time.time() / 86400
        assert 79 < days < 81
        assert world.names.asked == [HOST]
    assert world.relay.status().received == 0


@pytest.mark.parametrize(
    ("certificate", "code"),
    [
        ({"self_signed": True}, "REACH-SELF-SIGNED"),
        ({"valid_for": -1}, "REACH-CERTIFICATE"),
        ({"name": "other.example.com"}, "REACH-CERTIFICATE"),
    ],
)
async def test_what_segment_would_refuse_is_refused(
    world: World, certificate: dict[str, object], code: str
) -> None:
    async with world.public(**certificate) as proxy:
        assert await world.fails(proxy) == code
        assert proxy.requests == 0


async def test_an_unknown_authority_is_refused(world: World, tmp_path: Path) -> None:
    context = Authority(tmp_path).server()
    async with proxy_to(world.address.port, context) as proxy:
        assert await world.fails(proxy) == "REACH-CERTIFICATE"


async def test_a_name_nobody_knows_differs_from_being_offline(world: World) -> None:
    async with world.public() as proxy:
        world.names.unknown()
        assert await world.fails(proxy) == "REACH-NAME"
        world.names.offline()
        assert await world.fails(proxy) == "REACH-OFFLINE"


async def test_nothing_that_listens_is_said(world: World) -> None:
    async with world.public() as proxy:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            proxy.port = free.getsockname()[1]
        assert await world.fails(proxy) == "REACH-NO-CONNECTION"


def http(status: str, body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (http("200 OK", b"<html>login</html>"), "REACH-OTHER-PROGRAM"),
        (http("200 OK", b'{"success": true}'), "REACH-OTHER-PROGRAM"),
        (http("404 Not Found"), "REACH-OTHER-PROGRAM"),
        (http("302 Found"), "REACH-REDIRECT"),
        (http("502 Bad Gateway"), "REACH-TUNNEL"),
        (http("530 <none>", b"error code: 1033"), "REACH-TUNNEL"),
        (b"garbage\r\n\r\n", "REACH-NO-CONNECTION"),
        (b"", "REACH-NO-CONNECTION"),
    ],
)
async def test_an_answer_without_the_proof_is_none(world: World, answer: bytes, code: str) -> None:
    async with world.public() as proxy:
        proxy.answer = answer
        assert await world.fails(proxy) == code


async def test_a_changed_host_name_or_a_dropped_signature_is_named(world: World) -> None:
    async with world.public() as proxy:
        proxy.rewrite = (HOST.encode(), b"127.0.0.9.example")
        assert await world.fails(proxy) == "REACH-HOST"
        proxy.rewrite = (b"X-Signature", b"X-Something")
        assert await world.fails(proxy) == "REACH-SIGNATURE"
        proxy.rewrite = None
        assert await world.fails(proxy, "another secret") == "REACH-SIGNATURE"


async def test_silence_has_an_end(world: World) -> None:
    way = way_through(world.authority, world.names, patience_s=0.5)
    async with world.public() as proxy:
        proxy.swallow = True
        assert await world.fails(proxy, way=way) == "REACH-NO-ANSWER"


def test_an_answer_that_segment_would_not_wait_for_is_too_slow() -> None:
    with pytest.raises(AppError, match=r"answered in 6\.2 s"):
        PublicWay().check_time(6200)
    PublicWay().check_time(4900)


async def test_plain_http_behind_an_https_address_is_said(world: World) -> None:
    async with world.public() as proxy:
        proxy.port = world.address.port
        assert await world.fails(proxy) == "REACH-TLS"
