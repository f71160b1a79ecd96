"""One event through every enabled mapping: match, map, check, look up, plan, apply.

The dry run, the test action, the relay and a replay all come through ``ActionRunner.run``; a dry run
stops after the plan.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from app.actions.apply import Application, CloseWrites
from app.actions.compiled_mapping import CompiledMapping
from app.actions.field_changes import Vocabulary
from app.actions.keyed_locks import KeyedLocks
from app.actions.look_up import CloseRecords, LookUp
from app.actions.outcomes import failed_result, headline, most_serious
from app.actions.plan import Plan, Verdict
from app.actions.read_back import read_back
from app.actions.record_memory import RecordMemory
from app.actions.trace import EventReport, MappingResult, Outcome, StepStatus, TraceStep
from app.actions.upsert import Found, Lateness, decide
from app.actions.upsert_payload import ActionSettings, UpsertPayload, read_payload
from app.close.exchange import Exchange
from app.close.failures import CloseError, FailureKind
from app.close.records import ObjectType
from app.errors import AppError
from app.segment.events import Event
from app.storage.identity_store import Identities

QUIET_TIME_S = 60.0
"""How long a lost answer to a create is waited out: Close's search has been measured to lag 30-60 s."""


class CloseAccess(CloseRecords, CloseWrites, Protocol):
    """What a runner needs of Close."""


class ExchangeCollector:
    """Sorts the client's exchanges to the event that caused them, also with many events in flight."""

    def __init__(self) -> None:
        self._current: ContextVar[list[Exchange] | None] = ContextVar("exchanges", default=None)

    def __call__(self, exchange: Exchange) -> None:
        collected = self._current.get()
        if collected is not None:
            collected.append(exchange)

    def start(self) -> list[Exchange]:
        """A fresh list that receives every exchange of the running task from now on."""
        collected: list[Exchange] = []
        self._current.set(collected)
        return collected


@dataclass(frozen=True, slots=True)
class RunOptions:
    """``recreate_deleted``: make records anew that a person deleted in Close. ``quiet_time_s``: seconds."""

    recreate_deleted: bool = False
    quiet_time_s: float = QUIET_TIME_S


@dataclass(slots=True)
class _Run:
    """One mapping's way through one event; ``refusals`` are values that Close would not take."""

    event: Event
    payload: UpsertPayload
    memory: RecordMemory
    steps: list[TraceStep]
    exchanges: list[Exchange]
    plan: Plan | None = None
    refusals: tuple[str, ...] = ()


class ActionRunner:
    """Runs events against one organization. Belongs to one asyncio loop.

    Work on one person, company or address is serialised here, because between two calls to Close
    nothing else keeps two events from creating the same record.
    """

    def __init__(
        self,
        close: CloseAccess,
        mappings: Sequence[CompiledMapping],
        settings: ActionSettings,
        identities: Identities,
        *,
        vocabulary: Callable[[], Awaitable[Vocabulary]],
        exchanges: ExchangeCollector,
        now_ms: Callable[[], int],
        options: RunOptions | None = None,
    ) -> None:
        self._close = close
        self._mappings = tuple(mappings)
        self._settings = settings
        self._identities = identities
        self._vocabulary = vocabulary
        self._exchanges = exchanges
        self._now_ms = now_ms
        self._options = options or RunOptions()
        self._locks = KeyedLocks()

    async def run(self, event: Event, *, live: bool, check: bool = False) -> EventReport:
        """Run every enabled mapping on the event; ``live`` false changes nothing in Close.

        ``check`` reads every written record again and compares. Failures come back in the report,
        never as an exception, so that the trace up to them is kept.
        """
        exchanges = self._exchanges.start()
        enabled = [mapping for mapping in self._mappings if mapping.enabled]
        if not enabled:
            reason = "No mapping is switched on: nothing is sent to Close."
            return EventReport(Outcome.SKIPPED, reason, ())
        results: list[MappingResult] = []
        error: AppError | None = None
        for mapping in enabled:
            result, failure = await self._run_mapping(mapping, event, exchanges, live=live, check=check)
            results.append(result)
            if isinstance(failure, CloseError) and (
                failure.transient or failure.kind is FailureKind.KEY_REFUSED
            ):
                # The other mappings would meet the same wall; what matters is to come back.
                return EventReport(result.outcome, result.reason, tuple(results), failure, tuple(exchanges))
            error = error or failure
        worst = most_serious(results)
        return EventReport(worst.outcome, worst.reason, tuple(results), error, tuple(exchanges))

    async def _run_mapping(
        self, mapping: CompiledMapping, event: Event, exchanges: list[Exchange], *, live: bool, check: bool
    ) -> tuple[MappingResult, AppError | None]:
        steps: list[TraceStep] = []
        matched = mapping.match(event)
        steps.append(matched.step)
        if matched.error:
            return failed_result(mapping.name, steps, matched.error, live=live), matched.error
        if not matched.matches:
            return MappingResult(mapping.name, Outcome.SKIPPED, matched.reason, tuple(steps)), None
        mapped = mapping.map(event)
        steps.append(mapped.step)
        if mapped.error:
            return failed_result(mapping.name, steps, mapped.error, live=live), mapped.error
        payload = read_payload(mapped.values)
        run = _Run(event, payload, RecordMemory(self._identities, self._settings, payload), steps, exchanges)
        try:
            async with self._locks.hold([key for _, key in run.memory.keys]):
                self._wait_for_index(run.memory)
                found = await self._found(run)
                run.plan = await self._plan(run, found)
                if live:
                    await self._deliver(run, run.plan, found, check=check)
        except AppError as failure:
            result = failed_result(
                mapping.name, steps, failure, live=live, payload=mapped.values, plan=run.plan
            )
            return result, failure
        outcome, reason = headline(run.plan, live=live)
        reason = " ".join((reason, *run.refusals))
        if not live and run.plan.verdict is Verdict.CHANGES:
            steps.append(TraceStep("Nothing was written", StepStatus.SKIPPED, "A dry run stops here."))
        return MappingResult(mapping.name, outcome, reason, tuple(steps), mapped.values, run.plan), None

    async def _found(self, run: _Run) -> Found:
        look_up = LookUp(
            self._close, self._settings, self._identities, run.payload, self._options.recreate_deleted
        )
        calls_before = len(run.exchanges)
        found = await look_up.find()
        run.memory.adopt(found)
        story = f"{'. '.join(look_up.story)}." if look_up.story else ""
        run.steps.append(TraceStep("Looked up", StepStatus.OK, story, _calls(run.exchanges[calls_before:])))
        return found

    async def _plan(self, run: _Run, found: Found) -> Plan:
        plan = decide(run.payload, found, await self._vocabulary(), self._lateness(run.event, found))
        match plan.verdict:
            case Verdict.CHANGES:
                count = len(plan.changes)
                fields = "1 field" if count == 1 else f"{count} fields"
                run.steps.append(TraceStep("Planned", StepStatus.OK, plan.reason, fields))
            case Verdict.UNCHANGED:
                step = TraceStep("Unchanged", StepStatus.OK, plan.reason, f"{plan.matching} match")
                run.steps.append(step)
            case Verdict.SKIPPED:
                run.steps.append(TraceStep("Skipped", StepStatus.SKIPPED, plan.reason))
        return plan

    async def _deliver(self, run: _Run, plan: Plan, found: Found, *, check: bool) -> None:
        calls_before = len(run.exchanges)
        time = self._event_time(run.event)
        applied = await Application(self._close, run.memory, found, time, self._now_ms).run(plan)
        if plan.verdict is not Verdict.CHANGES:
            return
        run.refusals = applied.notes
        measure = _calls(run.exchanges[calls_before:])
        detail = " ".join(applied.notes) or "Close answered with the new values."
        run.steps.append(TraceStep("Delivered", StepStatus.OK, detail, measure))
        if check:
            run.steps.append(await read_back(self._close, plan, applied.records, applied.left_out))

    def _wait_for_index(self, memory: RecordMemory) -> None:
        """Refuse to go on while a create of the same record may still surface in Close's search."""
        since_ms = memory.newest_intent_ms()
        if since_ms is None:
            return
        waited_s = (self._now_ms() - since_ms) / 1000
        if 0 <= waited_s < self._options.quiet_time_s:
            raise CloseError(
                FailureKind.NO_ANSWER,
                "CLOSE-ANSWER-LOST",
                "Close's answer to a create was lost.",
                cause="The record may exist already, and Close's search needs up to a minute to show it.",
                remedy="The event waits that long, then looks the record up before creating it.",
                retry_after_s=self._options.quiet_time_s - waited_s,
            )

    def _lateness(self, event: Event, found: Found) -> Lateness:
        if event.timestamp is None:
            return Lateness()
        late = set()
        candidates: list[tuple[ObjectType, str]] = [("contact", contact.id) for contact in found.contacts]
        candidates += [("lead", lead_id) for lead_id in found.leads_of_contacts]
        candidates += [("lead", lead.id) for lead in found.leads]
        for kind, record_id in candidates:
            applied = self._identities.applied_at(kind, record_id)
            if applied is not None and applied > event.timestamp:
                late.add(record_id)
        return Lateness(frozenset(late))

    def _event_time(self, event: Event) -> datetime | None:
        """When it happened; a sender's clock that runs ahead must not make everything after it late."""
        now = datetime.fromtimestamp(self._now_ms() / 1000, UTC)
        return min(event.timestamp, now) if event.timestamp else None


def _calls(exchanges: Sequence[Exchange]) -> str:
    """“1 search, 96 ms”: what a step cost."""
    if not exchanges:
        return "no call"
    searches = sum("data/search" in exchange.path for exchange in exchanges)
    others = len(exchanges) - searches
    parts = []
    if searches:
        parts.append("1 search" if searches == 1 else f"{searches} searches")
    if others:
        parts.append("1 call" if others == 1 else f"{others} calls")
    duration = sum(exchange.duration_ms for exchange in exchanges)
    return f"{', '.join(parts)}, {duration:.0f} ms"
