"""The answer to "why did this event end like this?", step by step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.actions.plan import Change, Plan
from app.close.exchange import Exchange
from app.errors import AppError
from app.json_value import JsonObject, JsonValue


class StepStatus(StrEnum):
    OK = "ok"
    SKIPPED = "skipped"
    FAILED = "failed"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class TraceClause:
    """One clause of a trigger with the value the event really had."""

    text: str
    actual: str
    passed: bool


@dataclass(frozen=True, slots=True)
class TraceStep:
    """``title`` is what happened, ``detail`` why, ``measure`` a short figure for the right edge."""

    title: str
    status: StepStatus
    detail: str = ""
    measure: str = ""
    clauses: tuple[TraceClause, ...] = ()


class Outcome(StrEnum):
    """How one event ended. ``WOULD_CHANGE`` and ``WOULD_FAIL`` only ever come from a dry run."""

    DELIVERED = "delivered"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"
    WOULD_CHANGE = "would change"
    WOULD_FAIL = "would fail"


@dataclass(frozen=True, slots=True)
class HeldValue:
    """What Close holds after a change was made; ``stands`` when it is what was planned."""

    change: Change
    value: JsonValue
    stands: bool


@dataclass(frozen=True, slots=True)
class MappingResult:
    """What one mapping made of the event; ``payload`` is None when its trigger did not match.

    ``plan_id`` is the number under which the applied plan is kept for undo; ``held`` is what was read back.
    """

    mapping_name: str
    outcome: Outcome
    reason: str
    steps: tuple[TraceStep, ...]
    payload: JsonObject | None = None
    plan: Plan | None = None
    plan_id: int | None = None
    held: tuple[HeldValue, ...] = ()


@dataclass(frozen=True, slots=True)
class EventReport:
    """All mappings together. ``outcome`` is the most serious of them, ``reason`` its sentence.

    ``error`` is what stopped the event (a ``CloseError`` may be worth trying again); ``exchanges`` are
    the calls made to Close, in order. ``steps`` are those before any mapping, for an event that did not
    come that far.
    """

    outcome: Outcome
    reason: str
    results: tuple[MappingResult, ...]
    error: AppError | None = None
    exchanges: tuple[Exchange, ...] = ()
    steps: tuple[TraceStep, ...] = ()
