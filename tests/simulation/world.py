"""Playing a history: the sandbox, the disk, the processes one after the other, and what was seen of it."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from app.actions.exchange_collector import ExchangeCollector
from app.actions.undo import Undo, UndoReport
from app.close.sandbox.application import Sandbox
from app.close.sandbox.faults import Fault
from tests.simulation import close_people
from tests.simulation.disk import Disk
from tests.simulation.history import Body, Crash, History, PersonActs, Send, Step, Weather
from tests.simulation.life import Died
from tests.simulation.organization import COMPANY, USER, organization
from tests.simulation.process import Process
from tests.simulation.virtual_loop import LoopClock, VirtualLoop, run_virtually
from tests.simulation.wire import CURRENT_TRY, Try, Wire

_DRAIN_S = 4 * 3600.0
_DELETED_FIELDS = ("cf_plan", "cf_source", "cf_seen", "cf_signed", USER, COMPANY)


@dataclass(slots=True)
class Played:
    """A world at the end of its history, with everything a check may ask."""

    history: History
    sandbox: Sandbox
    disk: Disk
    wire: Wire
    tries: list[Try] = field(default_factory=list)
    accepted: dict[str, int] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    ended_s: float = 0.0
    undone_from: int = 0
    preview: UndoReport | None = None
    undo: UndoReport | None = None
    undo_died: bool = False
    deleted_fields: set[str] = field(default_factory=set)


Judge: TypeAlias = Callable[[Played], None]


class World:
    """Plays one history once."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._loop = VirtualLoop()
        self._chance = random.Random(f"world {history.seed}")
        self._sandbox = organization(LoopClock(self._loop), history.seed, dict(history.switches))
        self._disk = Disk()
        self._wire = Wire(self._sandbox, self._loop, random.Random(f"wire {history.seed}"))
        self._key = self._sandbox.api_key
        self._process: Process | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._main: asyncio.Task[Any] | None = None
        self._draining = False
        self.crashed: BaseException | None = None
        self.played = Played(history, self._sandbox, self._disk, self._wire)

    def play(self, drained: Judge, undone: Judge) -> Played:
        """``drained`` is called when every event has ended, ``undone`` when everything was taken back."""
        try:
            run_virtually(self._loop, self._play(drained))
            undone(self.played)
        finally:
            self._disk.close()
        return self.played

    async def _play(self, drained: Judge) -> None:
        self._main = asyncio.current_task()
        self._start()
        for step in self._history.steps:
            await asyncio.sleep(max(0.0, step.at_s - self._loop.time()))
            self._do(step)
        await self._drain()
        self.played.ended_s = self._loop.time()
        await self._stop()
        drained(self.played)
        await self._undo()

    def note(self, words: str) -> None:
        self.played.log.append(f"{self._loop.time():9.3f}  {words}")

    # The process ---------------------------------------------------------------------------------

    def _start(self) -> None:
        if self._process is not None and self._process.life.alive:
            return
        self.note("a process starts")
        self._process = Process(
            self._history,
            self._disk,
            self._wire,
            self._loop,
            lambda: self._key,
            self.played.tries,
            self._on_death,
        )
        self._spawn(self._mortal(self._process.run), of_process=True)

    async def _mortal(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Died:
            return
        except Exception as error:
            self.crashed = error
            raise

    def _on_death(self, where: str) -> None:
        self.note(f"the process dies {where}")
        self._disk.lose_uncommitted()
        for task in asyncio.all_tasks(self._loop):
            if task not in self._tasks and not self._wire.carries(task) and task is not self._main:
                task.cancel()

    def _spawn(self, work: Any, *, of_process: bool = False) -> asyncio.Task[Any]:
        task = self._loop.create_task(work)
        if not of_process:
            self._tasks.add(task)
            task.add_done_callback(self._noticed)
        return task

    def _noticed(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and isinstance(task.exception(), Exception):
            self.crashed = task.exception()

    async def _stop(self) -> None:
        process = self._process
        if process is not None and process.life.alive:
            process.stop()
            # As long as it takes to end what is in flight: nobody really waits here.
            await asyncio.sleep(120.0)
            process.life.end("at the end")
            await asyncio.sleep(0.1)

    # Steps ---------------------------------------------------------------------------------------

    def _do(self, step: Step) -> None:
        match step:
            case Send(_, events):
                self._spawn(self._send(events))
            case PersonActs():
                done = close_people.act(self._sandbox, step)
                if done:
                    self.note(f"a person: {done}")
            case Weather():
                self.note(f"trouble: {step}")
                self._weather(step)
            case Crash(_, moments, down_s):
                process = self._process
                if process is not None and process.life.alive:
                    process.life.end_in(moments)
                    self._spawn(self._restart_after(process, down_s))

    async def _send(self, events: tuple[Body, ...]) -> None:
        """As Segment does: again until it is answered 200."""
        raw = json.dumps(events if len(events) > 1 else events[0]).encode()
        pause_s = 1.0
        while True:
            process = self._process
            if process is not None and process.life.alive:
                try:
                    await process.receive(raw)
                except Died:
                    pass
                else:
                    break
            await asyncio.sleep(self._chance.uniform(0.0, pause_s))
            pause_s = min(60.0, pause_s * 2)
        for body in events:
            self.played.accepted.setdefault(body["messageId"], len(self.played.accepted))
        self.note(f"accepted: {', '.join(body['messageId'] for body in events)}")

    async def _restart_after(self, process: Process, down_s: float) -> None:
        while process.life.alive:
            await asyncio.sleep(0.5)
            if self._draining and not self._disk.queue_depth():
                return
        await asyncio.sleep(down_s + 0.01)
        self._start()

    def _weather(self, step: Weather) -> None:
        wire, sandbox = self._wire, self._sandbox
        match step.kind:
            case "slow":
                wire.slow_calls, wire.slow_s = step.calls, step.seconds
            case "no_network":
                wire.cut_off = True
                self._loop.call_later(step.seconds, wire.connect)
            case "lag":
                sandbox.switches.index_lag_s = step.seconds
            case "limits":
                sandbox.switches.limits = {"*": 20, "POST search": 4}
            case "delete_field":
                field_id = _DELETED_FIELDS[(step.calls + round(step.seconds)) % len(_DELETED_FIELDS)]
                if field_id in sandbox.store.fields:
                    sandbox.person.delete_field(field_id)
                    self.played.deleted_fields.add(field_id)
            case "refuse_key":
                sandbox.revoke_key(self._key)
            case "replace_key":
                self._replace_key()
            case _:
                for fault in _faults(step, self._chance):
                    sandbox.faults.add(fault)

    def _replace_key(self) -> None:
        self._key = self._sandbox.add_key()
        if self._process is not None and self._process.dispatcher is not None:
            self._process.dispatcher.key_replaced()

    def _try_the_new_key(self) -> None:
        """Somebody sees that the relay still waits for a key, and tells it again."""
        process = self._process
        if process is not None and process.dispatcher is not None and process.dispatcher.key_trouble:
            process.dispatcher.key_replaced()

    # The end -------------------------------------------------------------------------------------

    async def _drain(self) -> None:
        """Everything is well again; what was accepted has to come to its end now."""
        self.note("everything is well again")
        self._sandbox.faults.clear()
        self._wire.cut_off, self._wire.slow_calls = False, 0
        switches = self._sandbox.switches
        if switches.merge in ("busy", "errored"):
            switches.merge = "async"
        self._draining = True
        latest = self._loop.time() + _DRAIN_S
        while self._tasks or self._disk.queue_depth():
            if self._loop.time() > latest:
                return
            await asyncio.sleep(5.0)
            self._start_if_down()
            self._try_the_new_key()
        if self.crashed is not None:
            raise self.crashed

    def _start_if_down(self) -> None:
        restarting = any("_restart_after" in str(task.get_coro()) for task in self._tasks)
        if not restarting:
            self._start()

    async def _undo(self) -> None:
        """Take everything back: look first, then do it, with deaths in between."""
        CURRENT_TRY.set(None)
        self.played.undone_from = len(self._wire.calls)
        await self._until_deletions_show()
        self.played.preview = await self._undo_once(0, live=False)
        for moments in (*self._history.undo_crashes, 0):
            self.played.undo = await self._undo_once(moments, live=True)
            if self.played.undo is not None:
                return
            self.played.undo_died = True
            await self._until_deletions_show()

    async def _until_deletions_show(self) -> None:
        """Undo believes what Close answers; right after a deletion that may be the past, and it leaves more
        than it has to.
        """
        await asyncio.sleep(float(self._history.switches["stale_get_after_delete_s"]) + 1)

    async def _undo_once(self, moments: int, *, live: bool) -> UndoReport | None:
        process = Process(
            self._history, self._disk, self._wire, self._loop, lambda: self._key, [], self._on_undo_death
        )
        memory = self._disk.memory_of(process.life)
        keys = [row[0] for row in self._disk.rows("SELECT DISTINCT event_key FROM plan ORDER BY id")]
        plans = [plan for key in keys for plan in memory.plans.plans_of(key)]
        if moments:
            process.life.end_in(moments)
        try:
            async with process.client(ExchangeCollector()) as close:
                return await Undo(close, memory, live=live).run(plans)
        except Died:
            return None

    def _on_undo_death(self, where: str) -> None:
        self.note(f"the undo dies {where}")
        self._disk.lose_uncommitted()


def _faults(step: Weather, chance: random.Random) -> list[Fault]:
    kinds: dict[str, tuple[Any, ...]] = {
        "5xx": ("500", "502", "503", "504"),
        "garbage": ("truncated_json", "html"),
    }
    kind = chance.choice(kinds.get(step.kind, (step.kind,)))
    return [
        Fault(
            kind=kind,
            method=step.method if step.kind != "drop_after_commit" or step.method != "*" else "P*",
            path=step.path,
            times=step.calls,
            after_commit=step.done_first,
            retry_after_s=step.seconds,
        )
    ]
