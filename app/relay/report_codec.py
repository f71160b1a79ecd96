"""Reports as JSON for the inbox and back.

Left out: the plan's ``writes``, which only repeat the changes in Close's form, and what was read back. An
error comes back as a plain ``AppError``. Members that a newer program added are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from app.actions.plan import Change, ChangeKind, Plan, RecordRef, Verdict
from app.actions.trace import EventReport, MappingResult, Outcome, TraceStep
from app.close.exchange import Exchange
from app.errors import AppError

Redact = Callable[[str], str]

_ERROR_MEMBERS = ("code", "title", "cause", "remedy", "detail")


class _StoredChange(msgspec.Struct):
    record: RecordRef
    field: str
    field_id: str
    before: Any
    after: Any
    kind: ChangeKind
    reason: str


class _StoredPlan(msgspec.Struct):
    verdict: Verdict
    reason: str
    changes: tuple[_StoredChange, ...] = ()
    notes: tuple[str, ...] = ()
    matching: int = 0


class _StoredResult(msgspec.Struct):
    mapping_name: str
    outcome: Outcome
    reason: str
    steps: tuple[TraceStep, ...]
    payload: dict[str, Any] | None = None
    plan: _StoredPlan | None = None
    plan_id: int | None = None


class _StoredExchange(msgspec.Struct):
    method: str
    path: str
    status: int | None
    duration_ms: float
    group: str
    request_body: Any
    answer_head: str
    trace_id: str
    error: str


class _StoredError(msgspec.Struct):
    code: str
    title: str
    remedy: str
    cause: str = ""
    detail: str = ""


class _StoredReport(msgspec.Struct):
    outcome: Outcome
    reason: str
    results: tuple[_StoredResult, ...]
    error: _StoredError | None = None
    exchanges: tuple[_StoredExchange, ...] = ()
    steps: tuple[TraceStep, ...] = ()


_decode = msgspec.json.Decoder(_StoredReport).decode
_T = TypeVar("_T")


def encode_report(report: EventReport, redact: Redact) -> bytes:
    """The report as JSON. ``redact`` sees every text that came from a request or an answer.

    The event's own values stay as they are: what looks like a key in them belongs to the person's data.
    """
    lean = replace(report, results=tuple(map(_lean, report.results)))
    stored = msgspec.to_builtins(lean, enc_hook=_plain)
    for member in ("error", "exchanges", "steps"):
        stored[member] = _redacted(stored[member], redact)
    for result in stored["results"]:
        result["steps"] = _redacted(result["steps"], redact)
    return msgspec.json.encode(stored)


def decode_report(text: bytes) -> EventReport:
    """The report that ``encode_report`` wrote. Raises ``ValueError`` for anything else."""
    stored = _decode(text)
    return EventReport(
        stored.outcome,
        stored.reason,
        tuple(map(_result, stored.results)),
        None if stored.error is None else _error(stored.error),
        tuple(_same_members(Exchange, exchange) for exchange in stored.exchanges),
        stored.steps,
    )


def _lean(result: MappingResult) -> MappingResult:
    plan = None if result.plan is None else replace(result.plan, writes=())
    return replace(result, plan=plan, held=())


def _plain(value: object) -> object:
    if isinstance(value, AppError):
        return {name: getattr(value, name) for name in _ERROR_MEMBERS}
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in a report")


def _redacted(value: Any, redact: Redact) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, list | tuple):
        return [_redacted(item, redact) for item in value]
    if isinstance(value, dict):
        return {name: _redacted(item, redact) for name, item in value.items()}
    return value


def _result(stored: _StoredResult) -> MappingResult:
    plan = None
    if stored.plan is not None:
        changes = tuple(_same_members(Change, change) for change in stored.plan.changes)
        plan = Plan(
            stored.plan.verdict, stored.plan.reason, changes, (), stored.plan.notes, stored.plan.matching
        )
    return MappingResult(
        stored.mapping_name, stored.outcome, stored.reason, stored.steps, stored.payload, plan, stored.plan_id
    )


def _error(stored: _StoredError) -> AppError:
    return AppError(stored.code, stored.title, cause=stored.cause, remedy=stored.remedy, detail=stored.detail)


def _same_members(kind: Callable[..., _T], stored: msgspec.Struct) -> _T:
    return kind(**msgspec.structs.asdict(stored))
