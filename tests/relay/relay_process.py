"""A relay in a process of its own, to be killed: ``python -m tests.relay.relay_process FOLDER MODE``.

Prints one JSON line with its URL. In mode ``stuck`` no event ever ends, so that all of them are in
flight or queued when the process dies; in mode ``deliver`` they do, and each is named in ``delivered.txt``.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.actions.trace import EventReport, Outcome
from app.relay.processor import Processor
from app.relay.service import RelayService
from app.segment.events import Event
from tests.relay.builders import config


class StuckProcessor:
    async def process(self, event: Event, *, live: bool) -> EventReport:
        await asyncio.Event().wait()
        raise AssertionError("never reached")


class WritingProcessor:
    def __init__(self, path: Path) -> None:
        self._path = path

    async def process(self, event: Event, *, live: bool) -> EventReport:
        with self._path.open("a") as file:
            file.write(f"{event.message_id}\n")
        return EventReport(Outcome.DELIVERED, "", ())


def main(folder: Path, mode: str) -> None:
    @asynccontextmanager
    async def make() -> AsyncIterator[Processor]:
        yield StuckProcessor() if mode == "stuck" else WritingProcessor(folder / "delivered.txt")

    service = RelayService(config(folder), make, redact=str)
    print(json.dumps({"url": service.start().url}), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
