"""One event through every enabled mapping: filter, match, map, check, look up, plan, apply, read back.

The dry run, the test action, the relay and a replay all come through ``ActionRunner.run``, and so does every
action; a dry run stops after the plan.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from app.actions.action_definitions import DELETE
from app.actions.agreement import Agreement
from app.actions.apply import Application, Applied, Origin
from app.actions.close_view import CloseView
from app.actions.compiled_mapping import CompiledMapping
from app.actions.exchange_collector import ExchangeCollector, cost
from app.actions.field_changes import Vocabulary
from app.actions.gate import EventGate
from app.actions.keyed_locks import KeyedLocks
from app.actions.outcomes import failed_result, headline, most_serious
from app.actions.plan import Change, Plan, Verdict, without_leads
from app.actions.read_back import read_back
from app.actions.record_turns import RecordTurns
from app.actions.tasks import TASKS
from app.actions.trace import EventReport, HeldValue, MappingResult, Outcome, StepStatus, TraceStep
from app.actions.unchanged import PayloadMark, UnchangedPayloads, event_key
from app.actions.undo_images import records_of
from app.actions.upsert_payload import ActionSettings
from app.actions.work_gate import WorkGate
from app.actions.workplace import ActionTask, CloseAccess, Job, RunOptions, Workplace
from app.close.exchange import Exchange
from app.close.failures import CloseError, FailureKind
from app.close.records import ObjectType
from app.errors import AppError
from app.json_value import JsonObject
from app.segment.events import Event
from app.storage.action_memory import ActionMemory
from app.storage.settled_payloads import Settled

_DAY_MS = 24 * 3600 * 1000
_PRUNE_EVERY = 500
_TRIES = 3
_LONGEST_WINDOW_DAYS = 7
_CHANGED = TraceStep("Looked again", StepStatus.OK, "Another event had changed the record meanwhile.")


@dataclass(slots=True)
class _Run:
    """One mapping's way through one event; ``refusals`` are values that Close would not take,
    ``done_before`` what was written before a record turned out to be gone; ``begun`` when a mapping before
    this one has written something for the event.
    """

    mapping: CompiledMapping
    event: Event
    key: str
    steps: list[TraceStep]
    exchanges: list[Exchange]
    values: JsonObject = field(default_factory=dict)
    plan: Plan | None = None
    plan_id: int | None = None
    refusals: tuple[str, ...] = ()
    held: tuple[HeldValue, ...] = ()
    done_before: list[Change] = field(default_factory=list)
    agreed: Agreement | None = None
    begun: bool = False


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
        memory: ActionMemory,
        *,
        vocabulary: Callable[[], Awaitable[Vocabulary]],
        exchanges: ExchangeCollector,
        now_ms: Callable[[], int],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        options: RunOptions | None = None,
        gate: EventGate | None = None,
    ) -> None:
        self._close = CloseView(close, now_ms)
        self._mappings = tuple(mappings)
        self._memory = memory
        self._exchanges = exchanges
        self._now_ms = now_ms
        self._options = options or RunOptions()
        self._gate = gate or EventGate()
        self._work = Workplace(self._close, settings, memory, vocabulary, now_ms, sleep, self._options)
        self._unchanged = UnchangedPayloads(memory.settled, now_ms, self._options.settled_s)
        self._scope = f"{settings.company_field_id} {settings.user_field_id}"
        self._locks = KeyedLocks()
        self._work_gate = WorkGate()
        self._turns = RecordTurns()
        self._runs = 0

    async def run(
        self, event: Event, *, live: bool, check: bool = False, agreed: Agreement | None = None
    ) -> EventReport:
        """Run every enabled mapping on the event; ``live`` false changes nothing in Close.

        ``check`` reads every written record again and compares; ``agreed`` is what a live run must not go
        beyond. Failures come back in the report, never as an exception, so that the trace up to them is kept.
        """
        exchanges = self._exchanges.start()
        enabled = [mapping for mapping in self._mappings if mapping.enabled]
        if not enabled:
            reason = "No mapping is switched on: nothing is sent to Close."
            return EventReport(Outcome.SKIPPED, reason, ())
        passed = self._gate.check(event)
        if passed.event is None:
            return EventReport(Outcome.SKIPPED, passed.reason, (), steps=passed.steps)
        if live:
            self._forget_old()
        results: list[MappingResult] = []
        error: AppError | None = None
        for mapping in enabled:
            run = _Run(mapping, passed.event, event_key(event), list(passed.steps), exchanges, agreed=agreed)
            run.begun = any(result.plan_id is not None for result in results)
            result, failure = await self._run_mapping(run, live=live, check=check)
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
        self, run: _Run, *, live: bool, check: bool
    ) -> tuple[MappingResult, AppError | None]:
        mapping, steps = run.mapping, run.steps
        matched = mapping.match(run.event)
        steps.append(matched.step)
        if matched.error:
            return failed_result(mapping.name, steps, matched.error, live=live), matched.error
        if not matched.matches:
            return MappingResult(mapping.name, Outcome.SKIPPED, matched.reason, tuple(steps)), None
        mapped = mapping.map(run.event)
        steps.append(mapped.step)
        if mapped.error:
            return failed_result(mapping.name, steps, mapped.error, live=live), mapped.error
        run.values = mapped.values
        try:
            await self._run_action(run, live=live, check=check)
        except AppError as failure:
            plan = _whole(run, run.plan) if run.plan else None
            result = failed_result(mapping.name, steps, failure, live=live, payload=run.values, plan=plan)
            return replace(result, plan_id=run.plan_id), failure
        return _finished(run, live=live), None

    async def _run_action(self, run: _Run, *, live: bool, check: bool) -> None:
        mapping = run.mapping
        job = Job(run.event, run.key, mapping.name, run.values)
        make_task = TASKS[mapping.action.slug]
        task = make_task(self._work, job)
        scope = f"{mapping.action.slug} {mapping.name} {self._scope}"
        marked = PayloadMark.of(run.key, scope, task.keys, run.values)
        mark = marked if mapping.only_changes else None
        alone = live and mapping.action is DELETE
        async with (
            self._work_gate.alone() if alone else self._work_gate.together(),
            self._locks.hold([key for _, key in task.keys]),
        ):
            run.plan = self._settled(run, mark, live=live)
            if run.plan is not None:
                return
            for tries_left in reversed(range(_TRIES)):
                since = self._turns.now
                plan = run.plan = await self._plan(run, task, live=live)
                if not live:
                    return
                held = records_of(plan)
                async with self._turns.hold(held, since) as good:
                    if not good:
                        # What holds now is decided anew, and nobody else writes to these meanwhile.
                        run.steps.append(_CHANGED)
                        task = make_task(self._work, job)
                        plan = run.plan = await self._plan(run, task, live=live)
                        if tries_left and not set(records_of(plan)) <= set(held):
                            task = make_task(self._work, job)
                            continue
                    gone = await self._finish(run, task, mark, check=check, last=not tries_left)
                if gone is None:
                    return
                run.steps.append(gone)
                task = make_task(self._work, job)

    async def _finish(
        self, run: _Run, task: ActionTask, mark: PayloadMark | None, *, check: bool, last: bool
    ) -> TraceStep | None:
        """Carry the plan out; a step that says why to look again when a record has gone since it was read."""
        assert run.plan is not None
        try:
            task.finish(await self._deliver(run, run.plan, mark, check=check))
        except CloseError as error:
            if error.kind is not FailureKind.NOT_FOUND or last:
                raise
            return TraceStep("Gone from Close", StepStatus.SKIPPED, error.cause)
        return None

    def _settled(self, run: _Run, mark: PayloadMark | None, *, live: bool) -> Plan | None:
        """The plan of a payload that is known to change nothing; no call is made for it."""
        known = self._unchanged.known(mark)
        if known is None:
            return None
        if live:
            self._mark_applied(run.event, known)
        reason = "The same values were applied before, and nobody here has written to the records since."
        run.steps.append(TraceStep("Unchanged", StepStatus.OK, reason, "no call"))
        return Plan(Verdict.UNCHANGED, "Close already holds every mapped value.")

    def _mark_applied(self, event: Event, known: Settled) -> None:
        """An event that changes nothing still makes older ones late."""
        time = self._work.event_time(event)
        identities = self._memory.identities
        if time is None:
            return
        kinds: tuple[ObjectType, ...] = ("lead", "contact")
        records = [(kind, one) for kind in kinds for held, one in known.records if held == kind]
        former = {record: identities.applied_at(*record) for record in records}
        newer = [record for record, applied in former.items() if applied is None or applied < time]
        if newer:
            identities.mark_applied(newer, time)

    async def _plan(self, run: _Run, task: ActionTask, *, live: bool) -> Plan:
        """What the task wants to do now; raises when a live run was agreed to and wants something else."""
        self._work.wait_for_index(task.keys)
        calls_before = len(run.exchanges)
        found = await task.look_up()
        story = f"{'. '.join(found)}." if found else ""
        run.steps.append(TraceStep("Looked up", StepStatus.OK, story, cost(run.exchanges[calls_before:])))
        plan = await task.decide()
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
        if live and run.agreed is not None:
            run.agreed.check(plan, begun=run.begun or bool(run.done_before))
        return plan

    async def _deliver(self, run: _Run, plan: Plan, mark: PayloadMark | None, *, check: bool) -> Applied:
        calls_before = len(run.exchanges)
        origin = Origin(run.key, run.mapping.name, run.mapping.action.slug)
        work = self._work
        time = work.event_time(run.event)
        application = Application(self._close, self._memory, origin, time, self._now_ms, work.sleep)
        try:
            applied = await application.run(plan)
        except CloseError:
            run.done_before += [change for change in plan.changes if application.has_done(change)]
            raise
        finally:
            run.plan_id = application.plan_id or run.plan_id
        if applied.kept:
            run.plan = plan = without_leads(plan, applied.kept)
        settled = [(one.object_type, one.id) for one in plan.settled if one.id]
        self._unchanged.note(mark, plan, [] if applied.left_out else [*settled, *application.touched])
        if plan.verdict is not Verdict.CHANGES:
            return applied
        run.refusals = applied.notes
        measure = cost(run.exchanges[calls_before:])
        detail = " ".join(applied.notes) or "Close answered with the new values."
        run.steps.append(TraceStep("Delivered", StepStatus.OK, detail, measure))
        if check:
            step, run.held = await read_back(self._close, plan, applied)
            run.steps.append(step)
        return applied

    def _forget_old(self) -> None:
        """Now and then delete what is too old to be undone or believed."""
        if self._runs % _PRUNE_EVERY == 0:
            now_ms = self._now_ms()
            self._memory.plans.prune(now_ms - self._options.plans_kept_days * _DAY_MS)
            self._memory.settled.prune(now_ms - int(self._options.settled_s * 1000))
            self._memory.entries.prune(now_ms - _LONGEST_WINDOW_DAYS * _DAY_MS)
        self._runs += 1


def _whole(run: _Run, plan: Plan) -> Plan:
    """The plan with what earlier looks had changed before a record was gone."""
    before = [change for change in run.done_before if change not in plan.changes]
    return replace(plan, verdict=Verdict.CHANGES, changes=(*before, *plan.changes)) if before else plan


def _finished(run: _Run, *, live: bool) -> MappingResult:
    plan = _whole(run, run.plan or Plan(Verdict.UNCHANGED, ""))
    outcome, reason = headline(plan, live=live)
    if not live and plan.verdict is Verdict.CHANGES:
        run.steps.append(TraceStep("Nothing was written", StepStatus.SKIPPED, "A dry run stops here."))
    words = " ".join((reason, *run.refusals))
    return MappingResult(
        run.mapping.name, outcome, words, tuple(run.steps), run.values, plan, run.plan_id, run.held
    )
