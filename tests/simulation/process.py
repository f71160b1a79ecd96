"""The relay as one process: the real dispatcher, processor, runner and client on a simulated machine."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from app.actions.catalogue import FieldCatalogue
from app.actions.compiled_mapping import CompiledMapping
from app.actions.exchange_collector import ExchangeCollector
from app.actions.run import ActionRunner
from app.actions.trace import EventReport
from app.actions.unchanged import event_key
from app.actions.upsert_payload import ActionSettings
from app.actions.workplace import RunOptions
from app.close.client import CloseClient
from app.relay.dispatcher import Dispatcher
from app.relay.intake import IntakeRules, read_request
from app.segment.events import Event
from app.storage.profile import FieldRef, Mode, Profile
from app.workflows.relay_runner import RunnerProcessor, SavedProfile, runner_processor
from tests.simulation.disk import DirectInbox, Disk
from tests.simulation.history import History
from tests.simulation.life import Life
from tests.simulation.organization import COMPANY, USER
from tests.simulation.virtual_loop import LoopClock, VirtualLoop
from tests.simulation.wire import BASE_URL, CURRENT_TRY, SimulatedTransport, Try, Wire

_RULES = IntakeRules(secrets=(), hosts=frozenset({"127.0.0.1"}), mode=Mode.LIVE)


class Process:
    """``key`` gives the API key that is kept now. ``tries`` collects what the process attempts."""

    def __init__(
        self,
        history: History,
        disk: Disk,
        wire: Wire,
        loop: VirtualLoop,
        key: Callable[[], str],
        tries: list[Try],
        on_death: Callable[[str], None],
    ) -> None:
        self.life = Life(on_death)
        self._history = history
        self._disk = disk
        self._wire = wire
        self._loop = loop
        self._clock = LoopClock(loop)
        self._key = key
        self._tries = tries
        self._inbox = DirectInbox(disk, self.life)
        self.dispatcher: Dispatcher | None = None
        self._ended = asyncio.Event()
        self._chance = random.Random(f"process {history.seed} {loop.time()}")

    async def run(self) -> None:
        """Work until the process is stopped or dies."""
        memory = self._disk.memory_of(self.life)
        profile = _profile(self._history)

        @asynccontextmanager
        async def open_runner(_profile: Profile) -> AsyncIterator[ActionRunner]:
            exchanges = ExchangeCollector()
            async with self.client(exchanges) as close:
                specs = self._history.mappings
                settings = ActionSettings(COMPANY, USER)
                catalogue = FieldCatalogue(close, settings, specs, self._loop.time)
                yield ActionRunner(
                    close,
                    [CompiledMapping(spec) for spec in specs],
                    settings,
                    memory,
                    vocabulary=catalogue.vocabulary,
                    exchanges=exchanges,
                    now_ms=self._loop.now_ms,
                    options=RunOptions(
                        recreate_deleted=self._history.recreate_deleted, settled_s=self._history.settled_s
                    ),
                )

        saved = SavedProfile(lambda: profile, lambda: 0)
        async with runner_processor(open_runner, saved) as processor:
            self.dispatcher = Dispatcher(
                self._inbox,
                _Watched(processor, self._tries, self._loop),
                mode=Mode.LIVE,
                clock=self._clock,
                uniform=self._chance.uniform,
                announce=lambda _row: None,
            )
            self.dispatcher.start()
            await self._ended.wait()
            await self.dispatcher.stop(drain_s=60.0)

    def client(self, exchanges: ExchangeCollector) -> CloseClient:
        return CloseClient(
            self._key(),
            base_url=BASE_URL,
            transport=SimulatedTransport(self._wire, self.life),
            clock=self._loop.time,
            jitter=self._chance.random,
            on_exchange=exchanges,
        )

    def stop(self) -> None:
        self._ended.set()

    async def receive(self, body: bytes) -> bool:
        """A webhook request; true for the answer 200. Raises ``Died``."""
        self.life.moment("before the request is read")
        events = read_request(body, None, _RULES, self._loop.now_ms())
        assert isinstance(events, tuple)
        await self._inbox.append(events)
        if self.dispatcher is not None:
            self.dispatcher.wake()
        self.life.moment("before the request is answered")
        return True


class _Watched:
    """The processor, with every call to Close under the name of its try."""

    def __init__(self, processor: RunnerProcessor, tries: list[Try], loop: VirtualLoop) -> None:
        self._processor = processor
        self._tries = tries
        self._loop = loop

    async def process(self, event: Event, *, live: bool) -> EventReport:
        attempt = Try(len(self._tries), event_key(event), self._loop.time())
        self._tries.append(attempt)
        CURRENT_TRY.set(attempt)
        report = await self._processor.process(event, live=live)
        attempt.report = report
        attempt.ended_s = self._loop.time()
        return report


def _profile(history: History) -> Profile:
    return Profile(
        "0" * 32,
        "simulated",
        company_field=FieldRef(COMPANY, "Company ID"),
        user_field=FieldRef(USER, "User ID"),
        mappings=history.mappings,
        recreate_deleted=history.recreate_deleted,
    )
