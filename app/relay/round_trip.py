"""The way Segment's requests take, walked step by step: name, certificate, answer.

Each step translates what it meets into words. The trust store is the one httpx brings (Mozilla's), because
Segment's cloud does not know the authorities that this computer trusts in addition.
"""

from __future__ import annotations

import asyncio
import secrets as randomness
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult

from app.errors import AppError
from app.relay.probe import probe_body, proves
from app.relay.reach_errors import (
    SEGMENT_LIMIT_S,
    certificate_error,
    name_error,
    offline_error,
    refused_error,
    silent_error,
    too_slow_error,
    wrong_answer_error,
)
from app.segment.signature import sign

PATIENCE_S = 10.0
"""How long an answer is waited for: longer than Segment does, so that it can be said how long it took."""

_NONCE_BYTES = 16
_LARGEST_ANSWER = 64 * 1024

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """``ms`` is the time of the request itself, ``certificate_until_ms`` when the certificate ends."""

    ms: float
    certificate_until_ms: int
    addresses: tuple[str, ...]


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, as this computer's name service says."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(each[4][0]) for each in found))


def has_route() -> bool:
    """Whether this computer has a way to the internet at all; nothing is sent."""
    for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 9))
                return True
        except OSError:
            continue
    return False


@cache
def public_trust() -> ssl.SSLContext:
    """What a sender in the cloud trusts. Reading it takes some 20 ms, so it is kept."""
    context = httpx.create_ssl_context(trust_env=False)
    context.set_alpn_protocols(["http/1.1"])
    return context


class PublicWay:
    """Walks to a relay under its public URL. Belongs to one loop; keeps nothing between walks."""

    def __init__(
        self,
        *,
        resolve: Resolve = system_resolve,
        trust: Callable[[], ssl.SSLContext] = public_trust,
        route: Callable[[], bool] = has_route,
        patience_s: float = PATIENCE_S,
        segment_limit_s: float = SEGMENT_LIMIT_S,
    ) -> None:
        self._resolve = resolve
        self._trust = trust
        self._route = route
        self._patience_s = patience_s
        self._segment_limit_s = segment_limit_s

    async def prove(self, url: str, secret: str | None) -> RoundTrip:
        """The whole way to the webhook at ``url``. Raises ``AppError`` (``REACH-…``) where it ends."""
        addresses = await self.look_up(url)
        until_ms = await self.read_certificate(url, addresses)
        took_ms = await self.post_probe(url, secret, addresses)
        self.check_time(took_ms)
        return RoundTrip(took_ms, until_ms, addresses)

    async def look_up(self, url: str) -> tuple[str, ...]:
        """The addresses of the public name. Raises ``AppError`` (``REACH-NAME``, ``REACH-OFFLINE``)."""
        host, port = _place(url)
        try:
            async with asyncio.timeout(self._patience_s):
                addresses = tuple(await self._resolve(host, port))
        except TimeoutError as error:
            raise silent_error("The name service", self._patience_s) from error
        except OSError as error:
            if not self._route():
                raise offline_error(str(error)) from error
            raise name_error(host, error) from error
        if not addresses:
            raise name_error(host, OSError("no address"))
        return addresses

    async def read_certificate(self, url: str, addresses: Sequence[str]) -> int:
        """When the certificate ends (milliseconds since 1970), after it was verified as Segment does.

        Raises ``AppError`` (``REACH-SELF-SIGNED``, ``REACH-CERTIFICATE``, ``REACH-NO-CONNECTION`` …).
        """
        host, port = _place(url)
        trust = await asyncio.to_thread(self._trust)
        failure: Exception = OSError("no address")
        for address in addresses:
            try:
                async with asyncio.timeout(self._patience_s):
                    _, writer = await asyncio.open_connection(address, port, ssl=trust, server_hostname=host)
            except ssl.SSLError as error:
                raise certificate_error(error) from error
            except TimeoutError as error:
                failure = error
                continue
            except OSError as error:
                failure = error
                continue
            certificate = writer.get_extra_info("peercert") or {}
            writer.transport.abort()
            return round(ssl.cert_time_to_seconds(str(certificate["notAfter"]))) * 1000
        raise self._no_connection(host, failure) from failure

    async def post_probe(
        self, url: str, secret: str | None, addresses: Sequence[str] = (), *, sign_with: str | None = None
    ) -> float:
        """Milliseconds until the relay has answered a probe. ``sign_with`` is for a signature that is wrong.

        Raises ``AppError`` (``REACH-…``).
        """
        host, _ = _place(url)
        nonce = randomness.token_hex(_NONCE_BYTES)
        body = probe_body(nonce)
        headers = {"Content-Type": "application/json", "User-Agent": "Segment (Actions)"}
        signing = secret if sign_with is None else sign_with
        if signing:
            headers["X-Signature"] = sign(signing, body)
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._patience_s):
                status, answer = await self._post(url, body, headers, addresses)
        except TimeoutError as error:
            raise silent_error(host, self._patience_s) from error
        except aiohttp.ClientConnectorCertificateError as error:
            raise _translated(error.certificate_error) from error
        except ssl.SSLError as error:
            raise certificate_error(error) from error
        except (aiohttp.ClientError, OSError) as error:
            raise self._no_connection(host, error) from error
        wrong = wrong_answer_error(status, proven=proves(answer, secret, nonce))
        if wrong is not None:
            raise wrong
        return (time.perf_counter() - began) * 1000

    def check_time(self, took_ms: float) -> None:
        """Raises ``AppError`` (``REACH-SLOW``) for an answer that Segment would not have waited for."""
        if took_ms > self._segment_limit_s * 1000:
            raise too_slow_error(took_ms / 1000, self._segment_limit_s)

    async def _post(
        self, url: str, body: bytes, headers: dict[str, str], addresses: Sequence[str]
    ) -> tuple[int, bytes]:
        # A new connection each time: one that was kept open proves nothing about the next.
        connector = aiohttp.TCPConnector(
            resolver=_Known(addresses) if addresses else None,
            ssl=await asyncio.to_thread(self._trust) if url.startswith("https:") else True,
            force_close=True,
        )
        async with (
            aiohttp.ClientSession(connector=connector, trust_env=False) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status, await answer.content.read(_LARGEST_ANSWER)

    def _no_connection(self, host: str, error: Exception) -> AppError:
        if isinstance(error, TimeoutError):
            return silent_error(host, self._patience_s)
        return refused_error(host, error) if self._route() else offline_error(str(error))


class _Known(AbstractResolver):
    """Gives the addresses that were looked up before, so that every step goes to the same place."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002 - both kinds are given
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


def _translated(error: Exception) -> AppError:
    return certificate_error(error if isinstance(error, ssl.SSLError) else ssl.SSLError(str(error)))


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
