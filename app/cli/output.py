"""What commands print: data on standard output, errors as title and remedy on standard error."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from app.actions.plan import Plan
from app.actions.trace import EventReport, MappingResult, StepStatus, TraceClause, TraceStep
from app.errors import AppError
from app.json_value import JsonValue
from app.redaction import escape_control
from app.relay.event_records import EventRow
from app.segment.js_text import json_text
from app.segment.js_values import TooLargeError
from app.segment.triggers import Clause

_CONTROL = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_MARKS = {StepStatus.OK: "+", StepStatus.SKIPPED: "-", StepStatus.FAILED: "x", StepStatus.WAITING: "…"}


def say(text: str = "") -> None:
    """One line for people; control characters of foreign text are made visible."""
    print(escape_control(text, keep_newlines=True))


def say_json(value: JsonValue) -> None:
    print(_without_control(json.dumps(value, ensure_ascii=False, indent=2)))


def _without_control(text: str) -> str:
    """JSON in which no text of an event can steer a terminal: such characters as JSON's escapes."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def say_result(value: JsonValue) -> None:
    """The result of a mapping as JSON, numbers as Segment prints them.

    Raises ``AppError`` (``RESULT-TOO-LARGE``) for what is larger or nested deeper than any payload.
    """
    try:
        text = json_text(value, indent="  ")
    except TooLargeError as error:
        raise _too_large(f"It has {error}.") from error
    except RecursionError as error:
        raise _too_large("It is nested too deeply.") from error
    print(_without_control(text or "null"))


def _too_large(cause: str) -> AppError:
    return AppError(
        "RESULT-TOO-LARGE",
        "The result is too large to be shown.",
        cause=cause,
        remedy="Map less of the event, or correct the mapping if it should give less.",
    )


def say_error(error: AppError) -> None:
    """Title, cause and remedy with the code, on standard error."""
    lines = [f"{error.title} [{error.code}]"]
    if error.cause:
        lines.append(error.cause)
    lines.append(error.remedy)
    if error.detail:
        lines.append(error.detail)
    print(escape_control("\n".join(lines), keep_newlines=True), file=sys.stderr)


def error_json(error: AppError | None) -> JsonValue:
    if error is None:
        return None
    return {"code": error.code, "title": error.title, "cause": error.cause, "remedy": error.remedy}


def columns(rows: Sequence[Sequence[str]]) -> None:
    """A table with aligned columns; the last one is as long as it likes."""
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        say("  ".join(cells).rstrip())


def say_report(report: EventReport, *, as_json: bool) -> None:
    if as_json:
        say_json(report_json(report))
        return
    say(f"{report.outcome.capitalize()}: {report.reason}")
    for result in report.results:
        say(f"\n{result.mapping_name}")
        for step in result.steps:
            _say_step(step)
        if result.plan is not None:
            _say_plan(result.plan)


def say_steps(steps: Sequence[TraceStep]) -> None:
    for step in steps:
        _say_step(step)


def _say_step(step: TraceStep) -> None:
    measure = f"  ({step.measure})" if step.measure else ""
    say(f"  {_MARKS[step.status]} {step.title}{measure}")
    if step.detail:
        say(f"      {step.detail}")
    say_clauses(step.clauses, indent="      ")


def say_clauses(clauses: Iterable[TraceClause | Clause], *, indent: str) -> None:
    """Each condition with the value the event has."""
    for clause in clauses:
        say(f"{indent}{'+' if clause.passed else 'x'} {clause.text}  [{clause.actual}]")


def _say_plan(plan: Plan) -> None:
    rows = [
        (
            f"    {change.kind}",
            change.record.object_type,
            change.record.name,
            change.field,
            _shown(change.before),
            "->",
            _shown(change.after),
        )
        for change in plan.changes
    ]
    columns(rows)
    if plan.matching and plan.changes:
        say(f"    {plan.matching} more fields already match and are not written")
    for note in plan.notes:
        say(f"    Note: {note}")


def _shown(value: JsonValue) -> str:
    if value is None:
        return "(empty)"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def report_json(report: EventReport) -> JsonValue:
    """A report as data: outcome, reason, and per mapping its payload, changes, steps and notes."""
    return {
        "outcome": report.outcome,
        "reason": report.reason,
        "error": error_json(report.error),
        "mappings": [_result_json(result) for result in report.results],
        "calls": [
            {
                "method": one.method,
                "path": one.path,
                "status": one.status,
                "duration_ms": round(one.duration_ms, 1),
            }
            for one in report.exchanges
        ],
    }


def _result_json(result: MappingResult) -> JsonValue:
    plan = result.plan
    return {
        "name": result.mapping_name,
        "outcome": result.outcome,
        "reason": result.reason,
        "payload": result.payload,
        "changes": [
            {
                "kind": change.kind,
                "record": change.record.object_type,
                "record_id": change.record.id,
                "record_name": change.record.name,
                "field": change.field,
                "field_id": change.field_id,
                "before": change.before,
                "after": change.after,
                "reason": change.reason,
            }
            for change in (plan.changes if plan else ())
        ],
        "plan_id": result.plan_id,
        "matching": plan.matching if plan else 0,
        "notes": list(plan.notes) if plan else [],
        "steps": [_step_json(step) for step in result.steps],
    }


def _step_json(step: TraceStep) -> JsonValue:
    return {
        "title": step.title,
        "status": step.status,
        "detail": step.detail,
        "measure": step.measure,
        "clauses": [
            {"text": clause.text, "actual": clause.actual, "passed": clause.passed} for clause in step.clauses
        ],
    }


def row_json(row: EventRow) -> dict[str, JsonValue]:
    """One stored event as data."""
    return {
        "id": row.id,
        "message_id": row.message_id,
        "type": row.type,
        "title": row.title,
        "state": row.state,
        "reason": row.reason,
        "outcome": row.outcome or None,
        "mode": row.mode,
        "received_at": moment(row.received_ms),
        "attempts": row.attempts,
        "next_attempt_at": moment(row.next_attempt_ms) if row.next_attempt_ms else None,
    }


def moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
