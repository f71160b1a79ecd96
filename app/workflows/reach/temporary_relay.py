"""A relay for the time of a check: it answers probes, opens the chosen tunnel, and takes no events.

What Segment sends meanwhile is answered 503, so that it comes again later.
"""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

from app.errors import AppError
from app.relay.clock import SystemClock
from app.relay.event_records import Appended, NewEvent
from app.relay.exposure import intake_rules
from app.relay.reach_status import TunnelState
from app.relay.server import RelayServer
from app.relay.tunnel import Tunnel
from app.storage.profile import RelaySettings, TunnelTool


@dataclass(frozen=True, slots=True)
class Opened:
    """``missing`` says why there is no public URL."""

    port: int
    path: str
    public_url: str = ""
    missing: AppError | None = None


class _NoStore:
    async def append(self, _events: Sequence[NewEvent]) -> Appended:
        raise AppError("RELAY-CHECKING", "The connection is being checked.", remedy="It is sent again later.")


@asynccontextmanager
async def temporary_relay(
    settings: RelaySettings, secret: str | None, find: Callable[[str], str | None] = shutil.which
) -> AsyncIterator[Opened]:
    """Listens as the profile says until the block ends. Raises ``AppError`` (``RELAY-PORT-…``)."""
    secrets = (secret,) if secret else ()
    given = "" if settings.tunnel else settings.public_url
    rules = intake_rules(replace(settings, public_url=given), secrets, settings.mode)
    server = RelayServer(
        _NoStore(),  # type: ignore[arg-type]  # the listener only appends
        rules,
        SystemClock(),
        lambda _appended: None,
    )
    port = await server.start(settings.host, settings.port)
    try:
        if settings.tunnel is TunnelTool.NONE:
            yield Opened(port, rules.path, given)
            return
        async with _tunnel(settings, port, find) as tunnel:
            url = tunnel.status.url
            server.rules = intake_rules(replace(settings, public_url=url), secrets, settings.mode)
            yield Opened(port, rules.path, url, tunnel.status.trouble)
    finally:
        await server.stop()


@asynccontextmanager
async def _tunnel(
    settings: RelaySettings, port: int, find: Callable[[str], str | None]
) -> AsyncIterator[Tunnel]:
    """The tunnel once it has said its URL or why it cannot."""
    settled = asyncio.Event()

    def changed() -> None:
        if tunnel.status.state is not TunnelState.STARTING:
            settled.set()

    tunnel = Tunnel(
        settings.tunnel,
        settings.host,
        port,
        clock=SystemClock(),
        uniform=random.uniform,
        on_change=changed,
        find=find,
    )
    running = asyncio.create_task(tunnel.run(), name="tunnel")
    try:
        await settled.wait()
        yield tunnel
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
