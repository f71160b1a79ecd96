"""How far an event came on its way to Close, what stopped it there, and what its run amounted to. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from app.actions.plan import (
    ChangeKind,
    CreateContact,
    CreateLead,
    Plan,
    UpdateContact,
    UpdateLead,
)
from app.actions.trace import EventReport, MappingResult, Outcome, StepStatus
from app.relay.delivery import State
from app.relay.event_records import Mark
from app.storage.profile import Mode


class Stage(StrEnum):
    """The last step an event has passed. An event that cannot be used stays at the first."""

    RECEIVED = ""
    VERIFIED = "verified"
    MATCHED = "matched"
    MAPPED = "mapped"
    CHANGED = "changed"


class Cause(StrEnum):
    """What stopped an event that met no error; errors have their code, a colon and their words."""

    NO_MAPPING_ON = "no mapping on"
    NOT_FOR_CLOSE = "not for close"
    FILTERED = "filtered"
    NO_MATCH = "no match"
    SKIPPED = "skipped"
    UNCHANGED = "unchanged"


_PERSONAL = re.compile(r"\S+@\S+\.\w+|\b\w*\d{4,}\w*\b|\b(?:lead|cont|acti|cf)_\w+")
_MOST_WORDS = 160
_STEPS = tuple(Stage)
_OWN_CHOICE = "integrations object"


@dataclass(frozen=True, slots=True)
class Place:
    """``cause`` is empty while nothing has stopped the event."""

    stage: Stage
    cause: str = ""


@dataclass(frozen=True, slots=True)
class RunCounts:
    """What one live run did; ``calls_made`` to Close, and whether the memory spared all of them."""

    leads_created: int = 0
    contacts_created: int = 0
    leads_updated: int = 0
    contacts_updated: int = 0
    fields_changed: int = 0
    calls_made: int = 0
    spared: bool = False


def place_of(mark: Mark) -> Place:
    """Where a try has left its event."""
    report = mark.report
    if report is None:
        return Place(Stage.VERIFIED, _error_cause(mark.error_code, mark.reason) if mark.error_code else "")
    stage = max((result_stage(result) for result in report.results), key=_STEPS.index, default=Stage.VERIFIED)
    if mark.outcome in (Outcome.DELIVERED, Outcome.WOULD_CHANGE):
        return Place(Stage.CHANGED)
    if mark.error_code or mark.state is State.FAILED or mark.outcome == Outcome.WOULD_FAIL:
        return Place(min(stage, Stage.MAPPED, key=_STEPS.index), _error_cause(mark.error_code, report.reason))
    if mark.outcome == Outcome.UNCHANGED:
        return Place(Stage.MAPPED, Cause.UNCHANGED)
    return Place(min(stage, Stage.MAPPED, key=_STEPS.index), skip_cause(report, stage))


def counts_of(mark: Mark) -> RunCounts:
    """What the try did in Close. A dry run made its calls and changed nothing."""
    report = mark.report
    if report is None:
        return RunCounts()
    live = mark.mode is Mode.LIVE
    plans = [
        result.plan
        for result in report.results
        if live and result.plan is not None and result.outcome is Outcome.DELIVERED
    ]
    writes = [write for plan in plans for write in plan.writes]
    nested = sum(len(write.lead.contacts) for write in writes if isinstance(write, CreateLead))
    return RunCounts(
        leads_created=sum(isinstance(write, CreateLead) for write in writes),
        contacts_created=nested + sum(isinstance(write, CreateContact) for write in writes),
        leads_updated=sum(isinstance(write, UpdateLead) for write in writes),
        contacts_updated=sum(isinstance(write, UpdateContact) for write in writes),
        fields_changed=sum(map(_fields, plans)),
        calls_made=len(report.exchanges),
        spared=live and not report.exchanges and report.outcome is Outcome.UNCHANGED,
    )


# Slots of a logarithmic scale, eight to a doubling: a percentile is right to within 5 %.
_SLOTS_PER_DOUBLING = 8


def slot_of(duration_ms: int) -> int:
    """The slot of a duration; what is shorter than a millisecond is in the first."""
    return round(_SLOTS_PER_DOUBLING * math.log2(max(1, duration_ms)))


def duration_of(slot: int) -> float:
    """The middle of a slot, in milliseconds."""
    return float(2 ** (slot / _SLOTS_PER_DOUBLING))


def general_words(text: str) -> str:
    """A reason without what is particular to one person, so that equal ones can be counted."""
    words = " ".join(_PERSONAL.sub("…", text).split())
    return words if len(words) <= _MOST_WORDS else words[: _MOST_WORDS - 1] + "…"


def result_stage(result: MappingResult) -> Stage:
    """How far one mapping came."""
    if result.plan is not None:
        return Stage.CHANGED if result.outcome in (Outcome.DELIVERED, Outcome.WOULD_CHANGE) else Stage.MAPPED
    if result.payload is not None:
        return Stage.MAPPED
    matched = any(step.status is StepStatus.OK and step.title.startswith("Matched") for step in result.steps)
    return Stage.MATCHED if matched else Stage.VERIFIED


def skip_cause(report: EventReport, stage: Stage) -> str:
    """What has kept an event without an error at ``stage``."""
    if stage is not Stage.VERIFIED:
        return f"{Cause.SKIPPED}: {general_words(report.reason)}"
    if report.results:
        return Cause.NO_MATCH
    if not report.steps:
        return Cause.NO_MAPPING_ON
    return Cause.NOT_FOR_CLOSE if _OWN_CHOICE in report.reason else Cause.FILTERED


def _error_cause(code: str, reason: str) -> str:
    return f"{code or 'FAILED'}: {general_words(reason)}"


def _fields(plan: Plan) -> int:
    return sum(change.kind not in (ChangeKind.MERGE, ChangeKind.DELETE) for change in plan.changes)
