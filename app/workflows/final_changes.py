"""What a run would do that nobody can take back, in sentences that name the records."""

from __future__ import annotations

from app.actions.plan import Change, ChangeKind, Verdict
from app.actions.trace import EventReport


def final_changes(report: EventReport) -> tuple[str, ...]:
    """“Contact Bo is merged into contact Bo Li.”, “Lead Acme is deleted.”: one for each."""
    return tuple(
        _sentence(change)
        for result in report.results
        if result.plan is not None and result.plan.verdict is Verdict.CHANGES
        for change in result.plan.changes
        if change.kind in (ChangeKind.MERGE, ChangeKind.DELETE)
    )


def _sentence(change: Change) -> str:
    kind = {"lead": "Lead", "contact": "Contact"}.get(change.record.object_type, "Entry")
    name = change.record.name
    if change.kind is ChangeKind.MERGE:
        return f"{kind} {name} is merged into {kind.casefold()} {change.after}."
    return f"{kind} “{name}” is deleted." if kind == "Entry" else f"{kind} {name} is deleted."
