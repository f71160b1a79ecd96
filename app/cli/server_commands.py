"""``sandbox`` and ``self-test``: the program on its own, without Close and Segment."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import tempfile
from pathlib import Path

from app.assembly import Assistant
from app.cli.output import say
from app.close.sandbox.application import Sandbox
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import RunningSandbox
from app.workflows.self_test import SelfTest


def sandbox(_assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Print address and key as one JSON line, then serve until stopped."""
    asyncio.run(_serve(wanted.port))
    return 0


async def _serve(port: int) -> None:
    sandbox = Sandbox(store=demo_data())
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask_to_stop(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask_to_stop)
    async with RunningSandbox(sandbox, port) as running:
        print(json.dumps({"url": running.base_url, "api_key": sandbox.api_key}), flush=True)
        await stop.wait()


def self_test(_assistant: Assistant, _wanted: argparse.Namespace) -> int:
    """Every step is printed; raises ``AppError`` at the first one that does not hold."""
    with tempfile.TemporaryDirectory(prefix="segment-close-") as folder:
        test = SelfTest(lambda url: Assistant.in_folder(Path(folder), {}, close_url=url), say)
        asyncio.run(test.run())
    return 0
