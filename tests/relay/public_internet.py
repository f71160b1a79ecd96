"""The internet between Segment and a relay, on loopback: names, certificates, and a proxy that ends TLS."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.relay.round_trip import PublicWay

HOST = "relay.example.com"
DAY = datetime.timedelta(days=1)

_Key = ec.EllipticCurvePrivateKey


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    name: str, key: _Key, issuer: tuple[x509.Name, _Key] | None, *, authority: bool, valid_for: int
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    subject = _name(name)
    issuer_name, issuer_key = issuer or (subject, key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 100 * DAY)
        .not_valid_after(now + valid_for * DAY)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


class Authority:
    """Issues certificates as files; ``trust`` is what knows it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Authority for tests")
        self._own = _certificate("Authority for tests", self._key, None, authority=True, valid_for=400)

    @cache  # noqa: B019 - one per test
    def trust(self) -> ssl.SSLContext:
        context = ssl.create_default_context(
            cadata=self._own.public_bytes(serialization.Encoding.PEM).decode()
        )
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context

    def server(self, name: str = HOST, *, valid_for: int = 80, self_signed: bool = False) -> ssl.SSLContext:
        """What a server of this name needs to answer."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = None if self_signed else (self._name, self._key)
        certificate = _certificate(name, key, issuer, authority=False, valid_for=valid_for)
        path = self._folder / f"{certificate.serial_number}.pem"
        path.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


class Proxy:
    """Ends TLS and passes bytes on to ``target``; a test may let it fail.

    ``answer`` replaces what the relay would have said, ``swallow`` never answers, ``rewrite`` replaces text
    in the request's head.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.answer: bytes | None = None
        self.swallow = False
        self.rewrite: tuple[bytes, bytes] | None = None
        self.delay: asyncio.Event | None = None
        self.requests = 0
        self.serving: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.serving.add(task)
        task.add_done_callback(self.serving.discard)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                await self._pass_on(reader, writer)
        finally:
            writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.requests += 1
        if self.delay is not None:
            await self.delay.wait()
        if self.swallow:
            await reader.read()
            return
        if self.answer is not None:
            writer.write(self.answer)
            await writer.drain()
            return
        if self.rewrite is not None:
            head = head.replace(*self.rewrite)
        from_relay, to_relay = await asyncio.open_connection("127.0.0.1", self.target)
        to_relay.write(head)
        passing = asyncio.create_task(_pump(reader, to_relay))
        try:
            await _pump(from_relay, writer)
        finally:
            passing.cancel()
            to_relay.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(4096):
        writer.write(chunk)
        await writer.drain()


@asynccontextmanager
async def proxy_to(target: int, context: ssl.SSLContext) -> AsyncIterator[Proxy]:
    proxy = Proxy(target)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, ssl=context)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        serving = tuple(proxy.serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        # Transports that were aborted close their sockets in the loop's next round.
        await asyncio.sleep(0)
        await asyncio.sleep(0)


class Names:
    """A name service; every name is this computer unless it is set to fail."""

    def __init__(self) -> None:
        self.failure: OSError | None = None
        self.online = True
        self.asked: list[str] = []

    async def resolve(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        if self.failure is not None:
            raise self.failure
        return ("127.0.0.1",)

    def unknown(self) -> None:
        self.failure = socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def offline(self) -> None:
        self.failure = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        self.online = False

    def back(self) -> None:
        self.failure, self.online = None, True


def way_through(authority: Authority, names: Names, *, patience_s: float = 10.0) -> PublicWay:
    return PublicWay(
        resolve=names.resolve, trust=authority.trust, route=lambda: names.online, patience_s=patience_s
    )
