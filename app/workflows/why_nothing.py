"""“Why did nothing happen?” for one person or event name: the way of the event up to where it stopped.

Pure but for the reader: what is known about the relay comes in as ``RelayFacts``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.actions.trace import EventReport, MappingResult, Outcome, StepStatus, TraceClause, TraceStep
from app.relay.delivery import State
from app.relay.event_records import EventDetail, EventFilter, EventRow
from app.relay.event_stage import Stage
from app.relay.inbox_figures import FigureReader
from app.storage.profile import Mode
from app.workflows.refused_requests import RefusedRequests
from app.workflows.why_fixes import Fix, error_fix, no_event_fix, refused_fix, skipped_fix, stage_of_report

_SIGNATURE = 401


class Step(StrEnum):
    """The places where an event can stop, in order."""

    RELAY = "relay"
    RECEIVED = "received"
    VERIFIED = "verified"
    MATCHED = "matched"
    MAPPED = "mapped"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class RelayFacts:
    """``running`` is None where it cannot be known. ``trouble`` is the relay's own sentence."""

    running: bool | None
    mode: Mode
    mappings_on: int
    refused: tuple[RefusedRequests, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class WhyStep:
    """One step of the way: passed, or where it ended, with what was seen there."""

    step: Step
    status: StepStatus
    title: str
    detail: str = ""
    clauses: tuple[TraceClause, ...] = ()


@dataclass(frozen=True, slots=True)
class WhyAnswer:
    """``stopped`` is the first step that was not passed, None when something did happen.

    ``event_id`` is the event that was looked at, the newest of ``found``; ``fix`` what to do.
    """

    asked: str
    headline: str
    steps: tuple[WhyStep, ...]
    stopped: Step | None
    fix: Fix
    event_id: int | None = None
    found: int = 0


def ask_why(reader: FigureReader, text: str, facts: RelayFacts) -> WhyAnswer:
    """Look the newest event of a person or name up and walk its way. Blocking; raises ``AppError``.

    An id or a whole name is found at once. Anything else, an email for example, is looked for in the
    events' values, which takes seconds where there are many.
    """
    asked = text.strip()
    rows = reader.newest_of(asked) if asked and reader.known() else []
    if not rows and asked:
        rows = reader.page(EventFilter(text=asked, limit=20))
    if not rows:
        return _never_came(asked, facts, stored=bool(reader.page(EventFilter(limit=1))))
    detail = reader.detail(rows[0].id)
    if detail is None:
        return _never_came(asked, facts, stored=True)
    return explain(asked, detail, rows, facts)


def explain(asked: str, detail: EventDetail, rows: Sequence[EventRow], facts: RelayFacts) -> WhyAnswer:
    """The way of one stored event. Pure."""
    row = detail.row
    steps = [_passed(Step.RECEIVED, f"Received: {row.type} “{row.title}”", _how_many(rows))]

    def stopped(step: WhyStep, fix: Fix) -> WhyAnswer:
        return WhyAnswer(asked, step.title, (*steps, step), step.step, fix, row.id, len(rows))

    if not row.attempts and row.state in (State.SKIPPED, State.FAILED):
        return stopped(_stop(Step.VERIFIED, "The event cannot be used", row.reason), Fix.correct_source())
    steps.append(_passed(Step.VERIFIED, "Verified", f"It came {detail.trust}."))
    if row.state is State.RECEIVED:
        return stopped(
            _stop(Step.MATCHED, "Observe mode: the event was only recorded", row.reason),
            Fix.replay("Switch to Dry run or Live, then run the event again.", row.id),
        )
    if row.state in (State.QUEUED, State.IN_FLIGHT, State.WAITING):
        return stopped(*_still_open(row, facts))
    report = detail.report
    if report is None:
        return stopped(_stop(Step.MATCHED, row.reason or "No report is stored", ""), Fix.replay_only(row.id))
    return _through_report(asked, row, len(rows), report, steps)


def _through_report(
    asked: str, row: EventRow, found: int, report: EventReport, steps: list[WhyStep]
) -> WhyAnswer:
    stage = stage_of_report(report)
    result = _telling(report.results)

    def stopped(step: WhyStep, fix: Fix) -> WhyAnswer:
        return WhyAnswer(asked, step.title, (*steps, step), step.step, fix, row.id, found)

    if stage is Stage.VERIFIED:
        failed = _failed_step(result)
        if failed is not None and result is not None:
            step = _stop(Step.MATCHED, failed.title, failed.detail)
            return stopped(step, Fix.edit_mapping(result.mapping_name))
        if result is None:
            title = report.steps[-1].title if report.steps else "No mapping is switched on"
            return stopped(_stop(Step.MATCHED, title, report.reason), skipped_fix(report, row))
        clauses = tuple(clause for step in result.steps for clause in step.clauses)
        title = f"No mapping takes this {row.type} event"
        return stopped(
            WhyStep(Step.MATCHED, StepStatus.SKIPPED, title, report.reason, clauses), skipped_fix(report, row)
        )
    name = result.mapping_name if result else ""
    steps.append(_passed(Step.MATCHED, f"Matched “{name}”"))
    if stage is Stage.MATCHED:
        failed = _failed_step(result)
        title, text = (failed.title, failed.detail) if failed else ("The mapping failed", report.reason)
        return stopped(_stop(Step.MAPPED, title, text), Fix.edit_mapping(name))
    count = len(result.payload or {}) if result else 0
    steps.append(_passed(Step.MAPPED, "Mapped", "1 field" if count == 1 else f"{count} fields"))
    match row.outcome:
        case Outcome.UNCHANGED:
            step = WhyStep(Step.CHANGED, StepStatus.SKIPPED, "Close already holds every value", report.reason)
            return stopped(step, Fix.nothing())
        case Outcome.WOULD_CHANGE:
            step = WhyStep(
                Step.CHANGED, StepStatus.SKIPPED, "Dry run: nothing was written to Close", report.reason
            )
            return stopped(step, Fix.go_live(row.id))
        case Outcome.FAILED | Outcome.WOULD_FAIL:
            error = report.error
            title = error.title if error else "The event failed"
            return stopped(
                _stop(Step.CHANGED, title, error.cause if error else report.reason),
                error_fix(error, name, row.id),
            )
        case Outcome.DELIVERED:
            steps.append(_passed(Step.CHANGED, "Changed in Close", report.reason))
            headline = "Something did happen: the newest event was delivered"
            return WhyAnswer(asked, headline, tuple(steps), None, Fix.look(row.id), row.id, found)
        case _:
            step = WhyStep(Step.CHANGED, StepStatus.SKIPPED, "The action was left out", report.reason)
            return stopped(step, Fix.edit_mapping(name))


def _never_came(asked: str, facts: RelayFacts, *, stored: bool) -> WhyAnswer:
    """Nothing is stored: the relay is off, refuses what comes, or nothing comes."""
    if facts.running is False:
        step = _stop(Step.RELAY, "The relay is stopped", facts.trouble or "Nothing can be received now.")
        return WhyAnswer(asked, step.title, (step,), Step.RELAY, Fix.start_relay())
    steps: list[WhyStep] = []
    if facts.running:
        steps.append(_passed(Step.RELAY, "The relay is running", facts.trouble))
    if facts.refused:
        worst = facts.refused[0]
        requests = "1 request was" if worst.count == 1 else f"{worst.count} requests were"
        signature = worst.status == _SIGNATURE
        step = _stop(
            Step.VERIFIED if signature else Step.RECEIVED,
            f"{requests} refused: {worst.why}",
            f"HTTP {worst.status}. Refused requests are not stored, so it cannot be told whose they were.",
        )
        return WhyAnswer(asked, step.title, (*steps, step), step.step, refused_fix(worst))
    words = f"No event of “{asked}” was received" if stored else "No event was ever received"
    detail = "Other events are stored; the search covers ids, names and all values." if stored else ""
    step = _stop(Step.RECEIVED, words, detail)
    return WhyAnswer(asked, step.title, (*steps, step), Step.RECEIVED, no_event_fix(stored=stored))


def _still_open(row: EventRow, facts: RelayFacts) -> tuple[WhyStep, Fix]:
    if facts.running is False:
        return (
            _stop(Step.RELAY, "The event waits, and the relay is stopped", row.reason),
            Fix.start_relay(),
        )
    if row.state is State.WAITING:
        step = WhyStep(Step.CHANGED, StepStatus.WAITING, "Waiting for another try", row.reason)
        return step, Fix.wait(row.id)
    return (
        WhyStep(
            Step.MATCHED,
            StepStatus.WAITING,
            "In the queue",
            row.reason or "Earlier events of this person go first.",
        ),
        Fix.wait(row.id),
    )


def _telling(results: Sequence[MappingResult]) -> MappingResult | None:
    """The result that came furthest."""
    order = [Outcome.SKIPPED, Outcome.UNCHANGED, Outcome.WOULD_CHANGE, Outcome.DELIVERED]
    return max(
        results,
        key=lambda one: (one.payload is not None, order.index(one.outcome) if one.outcome in order else 9),
        default=None,
    )


def _failed_step(result: MappingResult | None) -> TraceStep | None:
    steps = result.steps if result else ()
    return next((step for step in steps if step.status is StepStatus.FAILED), None)


def _how_many(rows: Sequence[EventRow]) -> str:
    return "The only one found." if len(rows) == 1 else f"The newest of {len(rows)} found."


def _passed(step: Step, title: str, detail: str = "") -> WhyStep:
    return WhyStep(step, StepStatus.OK, title, detail)


def _stop(step: Step, title: str, detail: str) -> WhyStep:
    return WhyStep(step, StepStatus.FAILED, title, detail)
