"""What a person should look at twice before sending; each sentence names its records."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication

from app.actions.plan import ChangeKind, Plan, RecordRef
from app.actions.trace import EventReport
from app.workflows.final_changes import final_changes


def cautions(report: EventReport) -> tuple[str, ...]:
    """Final changes first, then new leads, several contacts, and what the plans note."""
    found = list(final_changes(report))
    for result in report.results:
        if result.plan is not None:
            found += _of_plan(result.plan)
    return tuple(dict.fromkeys(found))


def _of_plan(plan: Plan) -> Iterator[str]:
    records = dict.fromkeys(change.record for change in plan.changes)
    for record in records:
        if _is_new_lead(plan, record):
            yield _tr("A new lead is created: {name}.").format(name=record.name)
    final = {change.record for change in plan.changes if change.kind in (ChangeKind.MERGE, ChangeKind.DELETE)}
    contacts = [one.name for one in records if one.object_type == "contact" and one.id and one not in final]
    if len(contacts) > 1:
        text = _tr("{count} contacts are changed: {names}.")
        yield text.format(count=len(contacts), names=", ".join(contacts))
    yield from plan.notes


def _is_new_lead(plan: Plan, record: RecordRef) -> bool:
    if record.object_type != "lead" or record.id is not None:
        return False
    return any(change.kind is ChangeKind.CREATE for change in plan.changes if change.record == record)


def _tr(text: str) -> str:
    return QCoreApplication.translate("TestOutcome", text)
