"""A process that runs events and may kill itself, without any clean-up, at a chosen moment.

Moments are the edges of everything that has an effect: before and after each call to Close, and before and
after each commit.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.actions.catalogue import FieldCatalogue
from app.actions.compiled_mapping import CompiledMapping
from app.actions.exchange_collector import ExchangeCollector
from app.actions.run import ActionRunner
from app.actions.undo import Undo
from app.actions.upsert_payload import ActionSettings
from app.actions.workplace import RunOptions
from app.close.client import CloseClient
from app.relay.inbox_schema import MIGRATIONS
from app.segment.events import read_event
from app.storage.action_memory import ActionMemory
from app.storage.database import open_database
from app.storage.profile import MappingSpec
from app.storage.shared_connection import SharedConnection

# Reading the certificates takes longer than everything else here; forked processes find it done.
CloseClient("warm-up")


@dataclass(frozen=True)
class Assignment:
    """What the process does. ``die_at`` counts moments from 1; 0 never. ``undo`` takes the events back."""

    database: Path
    base_url: str
    api_key: str
    settings: ActionSettings
    mappings: tuple[MappingSpec, ...]
    events: tuple[dict[str, Any], ...]
    die_at: int = 0
    undo: bool = False


class _Moments:
    def __init__(self, die_at: int) -> None:
        self.count = 0
        self._die_at = die_at

    def edge(self) -> None:
        self.count += 1
        if self.count == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)


class _MortalClient(CloseClient):
    moments: _Moments

    async def _call(self, *arguments: Any, **members: Any) -> Any:
        self.moments.edge()
        answer = await super()._call(*arguments, **members)
        self.moments.edge()
        return answer


def perform(work: Assignment) -> int:
    """Carry the assignment out; how many moments there were."""
    moments = _Moments(work.die_at)
    plain = SharedConnection.writing

    @contextmanager
    def writing(self: SharedConnection) -> Iterator[sqlite3.Connection]:
        moments.edge()
        with plain(self) as connection:
            yield connection
        moments.edge()

    SharedConnection.writing = writing  # type: ignore[method-assign]
    try:
        asyncio.run(_perform(work, moments))
    finally:
        SharedConnection.writing = plain  # type: ignore[method-assign]
    return moments.count


async def _perform(work: Assignment, moments: _Moments) -> None:
    connection = open_database(work.database, MIGRATIONS, check_same_thread=False)
    memory = ActionMemory.in_database(connection, work.database)
    exchanges = ExchangeCollector()
    try:
        async with _MortalClient(work.api_key, base_url=work.base_url, on_exchange=exchanges) as close:
            close.moments = moments
            catalogue = FieldCatalogue(close, work.settings, work.mappings, time.monotonic)
            runner = ActionRunner(
                close,
                [CompiledMapping(spec) for spec in work.mappings],
                work.settings,
                memory,
                vocabulary=catalogue.vocabulary,
                exchanges=exchanges,
                now_ms=lambda: time.time_ns() // 1_000_000,
                options=RunOptions(quiet_time_s=0),
            )
            if work.undo:
                keys = [str(body["messageId"]) for body in work.events]
                plans = [plan for key in keys for plan in memory.plans.plans_of(key)]
                await Undo(close, memory, live=True).run(plans)
                return
            for body in work.events:
                report = await runner.run(read_event(body), live=True)
                if report.error is not None:
                    raise report.error
    finally:
        memory.close()
