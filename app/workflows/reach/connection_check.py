"""The connection check: each step Segment's requests take, with what was measured or the fix."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from app.errors import AppError
from app.relay.exposure import url_host
from app.relay.reach_errors import SEGMENT_LIMIT_S
from app.relay.round_trip import PublicWay
from app.workflows.port_check import check_port


class CheckStep(StrEnum):
    """In the order in which they are checked."""

    PORT = "Port"
    LOOPBACK = "Relay answers here"
    NAME = "DNS and certificate"
    ROUND_TRIP = "Round trip"
    SIGNATURE = "Signature"
    TIME = "Answer time"
    COPIED = "URL in Segment"


class Verdict(StrEnum):
    HOLDS = "holds"
    FAILS = "fails"
    OPEN = "not checked"


@dataclass(frozen=True, slots=True)
class ConnectionLine:
    """``text`` is one sentence, ``measure`` what was measured; ``error`` belongs to what fails."""

    step: CheckStep
    verdict: Verdict
    text: str
    measure: str = ""
    error: AppError | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """What is checked. ``path`` is the webhook's, ``public_url`` the address without it, empty for none.

    ``missing`` says why there is no public URL. ``copied_host`` is set when another URL than the present
    one was taken to Segment.
    """

    host: str
    port: int
    path: str
    secret: str | None
    public_url: str = ""
    missing: AppError | None = None
    copied_host: str = ""

    @property
    def local_url(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - asked, not bound
        return f"http://{url_host(host)}:{self.port}{self.path}"


class ConnectionCheck:
    """Belongs to one loop. Nothing is changed anywhere; probes are never stored."""

    def __init__(
        self, way: PublicWay | None = None, port_check: Callable[[str, int], Awaitable[bool]] = check_port
    ) -> None:
        self._way = way or PublicWay()
        self._port_check = port_check

    async def lines(self, connection: Connection) -> AsyncIterator[ConnectionLine]:
        """One line after the other, as they become known."""
        here = await self._loopback(connection)
        yield await self._port(connection, here)
        yield here
        async for line in self._public(connection, listens=here.verdict is Verdict.HOLDS):
            yield line
        if connection.copied_host:
            yield _failed(CheckStep.COPIED, changed_error(connection.copied_host))

    async def _loopback(self, connection: Connection) -> ConnectionLine:
        try:
            took_ms = await self._way.post_probe(connection.local_url, connection.secret)
        except AppError as error:
            return _failed(CheckStep.LOOPBACK, _not_here(error))
        return _holds(CheckStep.LOOPBACK, "The relay answers on this computer.", milliseconds(took_ms))

    async def _port(self, connection: Connection, here: ConnectionLine) -> ConnectionLine:
        host, port = connection.host, connection.port
        if here.verdict is Verdict.HOLDS:
            return _holds(CheckStep.PORT, f"Port {port} belongs to the relay.", host)
        if await self._port_check(host, port):
            return _holds(CheckStep.PORT, f"Port {port} is free.", host)
        return _failed(
            CheckStep.PORT,
            AppError(
                "RELAY-PORT-IN-USE",
                f"Port {port} on {host} is taken.",
                cause="Another program, or the relay of another profile, listens there.",
                remedy="Choose another port, or end the other program.",
            ),
        )

    async def _public(self, connection: Connection, *, listens: bool) -> AsyncIterator[ConnectionLine]:
        if not connection.public_url:
            yield _failed(CheckStep.NAME, connection.missing or no_url_error())
            for step in (CheckStep.ROUND_TRIP, CheckStep.SIGNATURE, CheckStep.TIME):
                yield ConnectionLine(step, Verdict.OPEN, "Needs a public URL first.")
            return
        url = connection.public_url + connection.path
        try:
            addresses = await self._way.look_up(url)
            until_ms = await self._way.read_certificate(url, addresses)
        except AppError as error:
            yield _failed(CheckStep.NAME, error)
            for step in (CheckStep.ROUND_TRIP, CheckStep.SIGNATURE, CheckStep.TIME):
                yield ConnectionLine(step, Verdict.OPEN, "Needs the name and its certificate first.")
            return
        yield _holds(CheckStep.NAME, "The name is found and its certificate valid.", f"to {day(until_ms)}")
        if not listens:
            for step in (CheckStep.ROUND_TRIP, CheckStep.SIGNATURE, CheckStep.TIME):
                yield ConnectionLine(step, Verdict.OPEN, "Needs a relay that listens first.")
            return
        async for line in self._through(url, connection.secret, addresses):
            yield line

    async def _through(
        self, url: str, secret: str | None, addresses: tuple[str, ...]
    ) -> AsyncIterator[ConnectionLine]:
        try:
            took_ms = await self._way.post_probe(url, secret, addresses)
        except AppError as error:
            broken = error.code == "REACH-SIGNATURE"
            yield _failed(CheckStep.ROUND_TRIP, error)
            if broken:
                yield _failed(CheckStep.SIGNATURE, error)
            else:
                yield ConnectionLine(CheckStep.SIGNATURE, Verdict.OPEN, "Needs the round trip first.")
            yield ConnectionLine(CheckStep.TIME, Verdict.OPEN, "Needs the round trip first.")
            return
        yield _holds(CheckStep.ROUND_TRIP, "The public URL leads to this relay.", milliseconds(took_ms))
        yield await self._signature(url, secret, addresses)
        try:
            self._way.check_time(took_ms)
        except AppError as error:
            yield _failed(CheckStep.TIME, error)
        else:
            limit = f"{SEGMENT_LIMIT_S:.0f} s"
            yield _holds(CheckStep.TIME, f"Answers well within Segment’s {limit}.", f"{took_ms / 1000:.1f} s")

    async def _signature(self, url: str, secret: str | None, addresses: tuple[str, ...]) -> ConnectionLine:
        """The right one was accepted already; a forged one must not be."""
        try:
            await self._way.post_probe(url, secret, addresses, sign_with="not the shared secret")
        except AppError as error:
            if error.code == "REACH-SIGNATURE":
                return _holds(CheckStep.SIGNATURE, "The signature is accepted, a forged one refused.")
            return _failed(CheckStep.SIGNATURE, error)
        return _failed(
            CheckStep.SIGNATURE,
            AppError(
                "REACH-FORGED",
                "A forged signature was accepted.",
                cause="Something in front of the relay answers in its place.",
                remedy="Let the public URL lead to the relay itself.",
            ),
        )


def no_url_error() -> AppError:
    return AppError(
        "REACH-NO-URL",
        "There is no public URL.",
        cause="Segment’s cloud cannot see this computer by itself.",
        remedy="Choose a tunnel (cloudflared, ngrok or tailscale), or give the address of your own proxy.",
    )


def changed_error(copied_host: str) -> AppError:
    return AppError(
        "REACH-URL-CHANGED",
        "The public URL changed since you copied it.",
        cause=f"Segment still sends to {copied_host}, or under an old path.",
        remedy="Copy the URL again and paste it in Segment.",
    )


def milliseconds(took_ms: float) -> str:
    return f"{took_ms:.0f} ms" if took_ms >= 1 else "under 1 ms"


def day(at_ms: int) -> str:
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"{moment.day} {moment:%b %Y}"


def _not_here(error: AppError) -> AppError:
    """What a failed probe means on this computer, where nothing stands between."""
    if error.code == "REACH-NO-CONNECTION":
        return AppError(
            "RELAY-STOPPED",
            "The relay does not run.",
            cause="Nothing listens on its port.",
            remedy="Start the relay, in the window or with `segment-close relay`.",
        )
    if error.code in ("REACH-SIGNATURE", "REACH-OTHER-PROGRAM"):
        return AppError(
            "RELAY-OTHER",
            "Another program answers on this port.",
            cause="It is not a relay of this profile, or one with another shared secret.",
            remedy="End it, or choose another port.",
            detail=error.detail,
        )
    return error


def _holds(step: CheckStep, text: str, measure: str = "") -> ConnectionLine:
    return ConnectionLine(step, Verdict.HOLDS, text, measure)


def _failed(step: CheckStep, error: AppError) -> ConnectionLine:
    return ConnectionLine(step, Verdict.FAILS, error.title, error=error)
