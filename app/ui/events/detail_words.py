"""What the panel beside the list says about an event: the first steps of its trace, changes, calls."""

from __future__ import annotations

import json

from PySide6.QtCore import QCoreApplication

from app.actions.plan import ChangeKind, Plan
from app.actions.trace import StepStatus, TraceStep
from app.close.exchange import Exchange
from app.relay.event_records import EventDetail, Trust
from app.ui.relay.wording import clock_time
from app.ui.widgets.cell import Cell, Emphasis
from app.ui.widgets.diff_table import shown_value

_KINDS = {
    ChangeKind.CREATE: "plus",
    ChangeKind.SET: "pencil",
    ChangeKind.APPEND: "corner-down-right",
    ChangeKind.CLEAR: "minus",
    ChangeKind.MERGE: "git-merge",
    ChangeKind.DELETE: "trash-2",
}


def received(detail: EventDetail) -> TraceStep:
    return TraceStep(
        _tr("Received"),
        StepStatus.OK,
        _tr("Stored before the answer to Segment"),
        clock_time(detail.row.received_ms),
    )


def verified(trust: Trust) -> TraceStep:
    if trust is Trust.SIGNED:
        return TraceStep(_tr("Verified"), StepStatus.OK, _tr("HMAC matches the shared secret"), "X-Signature")
    if trust is Trust.IN_SIGNED_BATCH:
        text = _tr("Segment signs the first event of a batch; it matches")
        return TraceStep(_tr("Verified"), StepStatus.OK, text, _tr("batch"))
    if trust is Trust.WRITE_KEY:
        text = _tr("Posted by a library with a source’s write key; web pages show that key to everybody")
        return TraceStep(_tr("Write key"), StepStatus.OK, text, _tr("source"))
    if trust is Trust.FILE:
        return TraceStep(_tr("From a file"), StepStatus.OK, _tr("Brought in by a replay"))
    if trust is Trust.EDITED:
        return TraceStep(_tr("Edited here"), StepStatus.OK, _tr("A copy of another event, sent by a person"))
    return TraceStep(_tr("Not verified"), StepStatus.SKIPPED, _tr("Received without a signature"))


def change_rows(plan: Plan) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    shown = None
    for change in plan.changes:
        if change.record != shown:
            shown = change.record
            lead = shown.object_type == "lead"
            kind = _tr("Lead") if lead else _tr("Contact")
            icon = "building-2" if lead else "user-round"
            rows.append((Cell(f"{kind} · {shown.name}", icon=icon, group=True),))
        after = shown_value(change.after)
        if change.kind is ChangeKind.APPEND:
            text = _tr("and {value}").format(value=after)
        elif change.kind is ChangeKind.CREATE or change.before is None:
            text = after
        else:
            text = f"{shown_value(change.before)} → {after}"
        rows.append((Cell(change.field, sub=text, icon=_KINDS[change.kind], emphasis=Emphasis.NAME),))
    if plan.matching:
        text = _tr("{n} fields already match and are not written").format(n=plan.matching)
        rows.append((Cell(text, emphasis=Emphasis.MUTED),))
    return rows


def exchange_title(exchange: Exchange) -> str:
    status = str(exchange.status) if exchange.status is not None else exchange.error
    return f"{exchange.method} {exchange.path}  {status}, {exchange.duration_ms:.0f} ms"


def exchange_text(exchange: Exchange) -> str:
    parts = []
    if exchange.request_body is not None:
        parts.append(json.dumps(exchange.request_body, indent=2, ensure_ascii=False))
    if exchange.answer_head:
        parts.append(exchange.answer_head)
    return "\n\n".join(parts)


def _tr(text: str) -> str:
    return QCoreApplication.translate("DetailPanel", text)
