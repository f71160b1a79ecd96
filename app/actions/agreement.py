"""A live run held to the dry run that a person has agreed to.

Between the two, people and other events change what Close holds. Before anything is written the new plan
may do nothing that was not shown; once a first mapping has written, the next ones find other values than
the dry run did, and only what weighs more than a value is held against it: merges, deletions, new leads
and contacts.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.actions.plan import Change, ChangeKind, Plan, Verdict
from app.actions.trace import EventReport
from app.errors import AppError
from app.json_value import JsonValue

PLAN_CHANGED = "PLAN-CHANGED"
_FINAL = (ChangeKind.MERGE, ChangeKind.DELETE)
_Mark = tuple[str, str, str, ChangeKind, JsonValue]


class Agreement:
    """What may be done: the changes of a dry run."""

    def __init__(self, shown: EventReport) -> None:
        plans = [result.plan for result in shown.results if result.plan is not None]
        self._agreed = [_mark(change) for plan in plans for change in _changes(plan)]

    def check(self, plan: Plan, *, begun: bool) -> None:
        """Refuse a plan that goes beyond it. ``begun``: this event has written something already.

        Raises ``AppError`` (``PLAN-CHANGED``), its cause in one sentence for each difference.
        """
        found = [change for change in _changes(plan) if not begun or _weighs(change)]
        new = [change for change in found if _mark(change) not in self._agreed]
        if new:
            raise AppError(
                PLAN_CHANGED,
                "Close holds something else now, so this would change more than was shown.",
                cause=" ".join(dict.fromkeys(_sentence(change) for change in new)),
                remedy="Look at a new dry run, then send the event again.",
            )


def _changes(plan: Plan) -> Sequence[Change]:
    return plan.changes if plan.verdict is Verdict.CHANGES else ()


def _mark(change: Change) -> _Mark:
    """By what a change is the same one. The new value of a field is not part of it: it comes from the event
    and the mapping, and may hold the time of day."""
    record = change.record
    value = change.after if change.kind in _FINAL else change.before
    return record.object_type, record.id or record.name, change.field_id, change.kind, value


def _weighs(change: Change) -> bool:
    new = change.record.id is None and change.record.object_type != "activity"
    return new or change.kind in _FINAL


def _sentence(change: Change) -> str:
    record = change.record
    kind = {"lead": "lead", "contact": "contact"}.get(record.object_type, "entry")
    match change.kind:
        case ChangeKind.MERGE:
            return f"The {kind} {record.name} would be merged into {change.after}."
        case ChangeKind.DELETE:
            return f"The {kind} {record.name} would be deleted."
        case _ if record.id is None:
            return f"A new {kind} would be made: {record.name}."
        case _:
            return f"{change.field} of the {kind} {record.name} has another value now."
