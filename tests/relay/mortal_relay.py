"""The whole relay in a process of its own that gets killed: listener, inbox, dispatcher, actions, client.

Time runs faster there, so that minutes of index lag and quiet time fit into a test. Each spoiling takes one
guarantee away, to show that the test would see it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from multiprocessing.connection import Connection
from pathlib import Path

from app.actions.catalogue import FieldCatalogue
from app.actions.compiled_mapping import CompiledMapping
from app.actions.exchange_collector import ExchangeCollector
from app.actions.run import ActionRunner
from app.actions.trace import EventReport
from app.actions.upsert_payload import ActionSettings
from app.actions.workplace import RunOptions
from app.close.client import CloseClient
from app.close.sandbox.application import Sandbox
from app.relay.delivery import RetryPolicy
from app.relay.event_records import Appended, NewEvent
from app.relay.inbox import Inbox
from app.relay.inbox_schema import MIGRATIONS
from app.relay.processor import Processor
from app.relay.service import RelayService
from app.segment.events import Event
from app.storage.action_memory import ActionMemory
from app.storage.database import open_database
from tests.actions.builders import mapping
from tests.relay.builders import config

# Reading the certificates takes longer than everything else here; forked processes find it done.
CloseClient("warm-up")


class Spoiling(StrEnum):
    NOTHING = ""
    ANSWERS_FIRST = "answers before the commit"
    NEVER_WAITS = "searches, then creates"


@dataclass(frozen=True)
class FastTime:
    """Both the sandbox and the relay read it: seconds since 1970, running ``speed`` times as fast."""

    began: float
    speed: float

    def seconds(self) -> float:
        return self.began + (time.time() - self.began) * self.speed

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    def now_ms(self) -> int:
        return round(self.seconds() * 1000)

    async def wait(self, wake: asyncio.Event, timeout_s: float | None) -> None:
        try:
            async with asyncio.timeout(None if timeout_s is None else timeout_s / self.speed):
                await wake.wait()
        except TimeoutError:
            return

    async def sleep(self, seconds: float) -> None:
        await self.wait(asyncio.Event(), seconds)


@dataclass(frozen=True)
class Post:
    """What the process needs to know."""

    folder: Path
    base_url: str
    api_key: str
    settings: ActionSettings
    time: FastTime
    spoiling: Spoiling = Spoiling.NOTHING
    # On the network time cannot be made to run faster.
    deadline_s: float = 400.0


class _Live:
    """The real runner as the relay's processor."""

    def __init__(self, runner: ActionRunner) -> None:
        self._runner = runner

    async def process(self, event: Event, *, live: bool) -> EventReport:
        return await self._runner.run(event, live=live)


def serve(post: Post, ready: Connection) -> None:
    """Send the URL when requests are answered, then run until killed."""
    if post.spoiling is Spoiling.ANSWERS_FIRST:
        _answer_first()
    never_waits = post.spoiling is Spoiling.NEVER_WAITS
    policy = RetryPolicy(quiet_s=0.0, ceiling_s=0.1) if never_waits else RetryPolicy()
    service = RelayService(
        config(post.folder), lambda: live_processor(post), redact=str, clock=post.time, policy=policy
    )
    ready.send(service.start().url)
    threading.Event().wait()


@asynccontextmanager
async def live_processor(post: Post) -> AsyncIterator[Processor]:
    path = post.folder / "relay.db"
    memory = ActionMemory.in_database(open_database(path, MIGRATIONS, check_same_thread=False), path)
    never_waits = post.spoiling is Spoiling.NEVER_WAITS
    exchanges = ExchangeCollector()
    specs = (mapping(),)
    async with CloseClient(
        post.api_key,
        base_url=post.base_url,
        clock=post.time.seconds,
        sleep=post.time.sleep,
        total_deadline_s=post.deadline_s,
        on_exchange=exchanges,
    ) as close:
        catalogue = FieldCatalogue(close, post.settings, specs, post.time.seconds)
        yield _Live(
            ActionRunner(
                close,
                [CompiledMapping(spec) for spec in specs],
                post.settings,
                memory,
                vocabulary=catalogue.vocabulary,
                exchanges=exchanges,
                now_ms=post.time.now_ms,
                sleep=post.time.sleep,
                options=RunOptions(quiet_time_s=0.0) if never_waits else RunOptions(),
            )
        )
    memory.close()


async def made_fields(sandbox: Sandbox, base_url: str) -> ActionSettings:
    """The two ID fields, made in an organization that has none."""
    async with CloseClient(sandbox.api_key, base_url=base_url) as close:
        company = await close.create_custom_field("lead", "Company ID")
        user = await close.create_custom_field("contact", "User ID")
        return ActionSettings(company.id, user.id)


def _answer_first() -> None:
    """Acknowledge what is only about to be stored."""
    store = Inbox.append
    pending: set[asyncio.Task[Appended]] = set()

    async def append(inbox: Inbox, events: tuple[NewEvent, ...]) -> Appended:
        task = asyncio.create_task(store(inbox, events))
        pending.add(task)
        task.add_done_callback(pending.discard)
        return Appended((), 0)

    Inbox.append = append  # type: ignore[method-assign, assignment]
