"""One event through every enabled mapping: match, map, check, look up, plan, apply.

The dry run, the test action, the relay and a replay all come through ``ActionRunner.run``; a dry run
stops after the plan.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from app.actions.apply import Application, CloseWrites, person_key
from app.actions.compiled_mapping import CompiledMapping
from app.actions.field_changes import Vocabulary
from app.actions.look_up import CloseRecords, LookUp, company_key, email_key, user_key
from app.actions.outcomes import failed_result, headline, most_serious
from app.actions.plan import CreateContact, CreateLead, Plan, Verdict
from app.actions.read_back import read_back
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
        self._locks = _KeyedLocks()

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
            error = error or failure
            if isinstance(failure, CloseError) and (
                failure.transient or failure.kind is FailureKind.KEY_REFUSED
            ):
                # The other mappings would meet the same wall; what matters is to come back.
                error = failure
                break
        worst = most_serious(results)
        return EventReport(worst.outcome, worst.reason, tuple(results), error, tuple(exchanges))

    async def _run_mapping(
        self, mapping: CompiledMapping, event: Event, exchanges: list[Exchange], *, live: bool, check: bool
    ) -> tuple[MappingResult, AppError | None]:
        steps: list[TraceStep] = []
        matched = mapping.match(event)
        steps.append(matched.step)
        if not matched.matches:
            return MappingResult(mapping.name, Outcome.SKIPPED, matched.reason, tuple(steps)), None
        mapped = mapping.map(event)
        steps.append(mapped.step)
        if mapped.error:
            return failed_result(mapping.name, steps, mapped.error, live=live), mapped.error
        payload = read_payload(mapped.values)
        plan: Plan | None = None
        try:
            async with self._locks.hold(self._keys(payload)):
                self._wait_for_index(payload)
                plan = await self._plan(payload, event, steps, exchanges)
                if live:
                    await self._deliver(plan, payload, event, steps, exchanges, check=check)
        except AppError as failure:
            result = failed_result(mapping.name, steps, failure, live=live, payload=mapped.values, plan=plan)
            return result, failure
        outcome, reason = headline(plan, live=live)
        if not live and plan.verdict is Verdict.CHANGES:
            steps.append(TraceStep("Nothing was written", StepStatus.SKIPPED, "A dry run stops here."))
        return MappingResult(mapping.name, outcome, reason, tuple(steps), mapped.values, plan), None

    async def _plan(
        self, payload: UpsertPayload, event: Event, steps: list[TraceStep], exchanges: list[Exchange]
    ) -> Plan:
        look_up = LookUp(self._close, self._settings, self._identities, self._options.recreate_deleted)
        calls_before = len(exchanges)
        found = await look_up.find(payload)
        self._adopt(payload, found)
        measure = _calls(exchanges[calls_before:])
        steps.append(TraceStep("Looked up", StepStatus.OK, ". ".join(look_up.story), measure))
        plan = decide(payload, found, await self._vocabulary(), self._lateness(event, found))
        match plan.verdict:
            case Verdict.CHANGES:
                count = len(plan.changes)
                fields = "1 field" if count == 1 else f"{count} fields"
                steps.append(TraceStep("Planned", StepStatus.OK, plan.reason, fields))
            case Verdict.UNCHANGED:
                steps.append(TraceStep("Unchanged", StepStatus.OK, plan.reason, f"{plan.matching} match"))
            case Verdict.SKIPPED:
                steps.append(TraceStep("Skipped", StepStatus.SKIPPED, plan.reason))
        return plan

    async def _deliver(
        self,
        plan: Plan,
        payload: UpsertPayload,
        event: Event,
        steps: list[TraceStep],
        exchanges: list[Exchange],
        *,
        check: bool,
    ) -> None:
        if plan.verdict is not Verdict.CHANGES:
            return
        known_elsewhere = self._known_elsewhere(plan, payload)
        calls_before = len(exchanges)
        application = Application(
            self._close, self._settings, self._identities, payload, event.timestamp, self._now_ms
        )
        applied = await application.run(plan)
        if known_elsewhere:
            # With contacts under several leads, one remembered contact would hide the others.
            self._identities.forget("contact", person_key(payload, self._settings))
        measure = _calls(exchanges[calls_before:])
        detail = " ".join(applied.notes) or "Close answered with the new values."
        steps.append(TraceStep("Delivered", StepStatus.OK, detail, measure))
        if check:
            steps.append(await read_back(self._close, plan, applied.records))

    def _keys(self, payload: UpsertPayload) -> list[str]:
        keys = []
        if payload.lead_external_id:
            keys.append(company_key(payload.lead_external_id))
        if payload.contact_external_id:
            keys.append(user_key(payload.contact_external_id))
        if payload.contact_email:
            keys.append(email_key(payload.contact_email))
        return keys

    def _intents(self, payload: UpsertPayload) -> list[tuple[ObjectType, str]]:
        wanted: list[tuple[ObjectType, str]] = []
        if payload.lead_external_id:
            wanted.append(("lead", company_key(payload.lead_external_id)))
        if payload.contact_external_id or payload.contact_email:
            wanted.append(("contact", person_key(payload, self._settings)))
        return wanted

    def _wait_for_index(self, payload: UpsertPayload) -> None:
        """Refuse to go on while a create of the same record may still surface in Close's search."""
        for kind, key in self._intents(payload):
            intent = self._identities.intent_for(kind, key)
            if intent is None:
                continue
            waited_s = (self._now_ms() - intent.at_ms) / 1000
            if 0 <= waited_s < self._options.quiet_time_s:
                raise CloseError(
                    FailureKind.NO_ANSWER,
                    "CLOSE-ANSWER-LOST",
                    "Close's answer to a create was lost.",
                    cause="The record may exist already, and Close's search needs up to a minute to show it.",
                    remedy="The event waits that long, then looks the record up before creating it.",
                    retry_after_s=self._options.quiet_time_s - waited_s,
                )

    def _adopt(self, payload: UpsertPayload, found: Found) -> None:
        """Remember what was found, and settle open intents with it: their answer had been lost."""
        for kind, key in self._intents(payload):
            records = found.leads if kind == "lead" else found.contacts
            found_id = records[0].id if self._certain(kind, payload, found) else None
            if self._identities.intent_for(kind, key) is not None:
                self._identities.settle(kind, key, found_id, "adopted" if found_id else "not created")
                continue
            known = self._identities.lead_for(key) if kind == "lead" else self._identities.contact_for(key)
            if found_id and (known is None or known.close_id != found_id):
                self._identities.learn(kind, key, found_id, "found")

    def _certain(self, kind: ObjectType, payload: UpsertPayload, found: Found) -> bool:
        """Whether one record is the answer; a contact found by email is nobody's until it has the User ID."""
        if kind == "lead":
            return bool(found.leads)
        by_id = found.matched_by == "User ID" or not payload.contact_external_id
        return len(found.contacts) == 1 and by_id

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

    def _known_elsewhere(self, plan: Plan, payload: UpsertPayload) -> bool:
        """Whether the plan makes a second contact for somebody we already know one of."""
        creates = any(isinstance(write, CreateContact | CreateLead) for write in plan.writes)
        return creates and self._identities.contact_for(person_key(payload, self._settings)) is not None


class _KeyedLocks:
    """One lock per key, taken in key order so that two events can never wait for each other."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._holders: dict[str, int] = {}

    @asynccontextmanager
    async def hold(self, keys: Sequence[str]) -> AsyncIterator[None]:
        taken: list[str] = []
        for key in sorted(set(keys)):
            self._holders[key] = self._holders.get(key, 0) + 1
        try:
            for key in sorted(set(keys)):
                await self._locks.setdefault(key, asyncio.Lock()).acquire()
                taken.append(key)
            yield
        finally:
            for key in reversed(taken):
                self._locks[key].release()
            for key in set(keys):
                self._holders[key] -= 1
                if not self._holders[key]:
                    del self._holders[key]
                    self._locks.pop(key, None)


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
