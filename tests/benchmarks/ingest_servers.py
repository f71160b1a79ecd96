"""The servers that the ingest benchmark compares: ``ingest_servers.py ours|plain FOLDER``.

``ours`` is the relay's listener on a real inbox with every check on; ``plain`` is an aiohttp handler that
reads the body and stores nothing. Each prints its port as one line and runs until it is killed.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiohttp import web

from app.relay.clock import SystemClock
from app.relay.inbox import Inbox
from app.relay.intake import IntakeRules
from app.relay.server import RelayServer
from app.storage.profile import Mode

SECRET = "a shared secret for measuring only"


async def ours(folder: Path) -> None:
    sys.setswitchinterval(0.0005)
    inbox = await Inbox.open(folder / "relay.db", redact=str)
    rules = IntakeRules((SECRET,), frozenset({"127.0.0.1"}), Mode.LIVE)
    server = RelayServer(inbox, rules, SystemClock(), lambda _appended: None)
    print(await server.start("127.0.0.1", 0), flush=True)
    await asyncio.Event().wait()


async def plain() -> None:
    async def answer(request: web.BaseRequest) -> web.Response:
        await request.read()
        return web.Response(body=b'{"success": true}', content_type="application/json")

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(ours(Path(sys.argv[2])) if sys.argv[1] == "ours" else plain())
