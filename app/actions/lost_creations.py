"""Knowing again what an earlier try of the same event has created without seeing the answer.

Undo has to find it later, and an identity that points elsewhere by then would mislead it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.actions.upsert import Found
from app.actions.workplace import Job, Workplace
from app.close.records import Contact, Lead
from app.storage.plan_store import StepKind, StepState

# Close's clock and ours need not agree to the second.
_CLOCKS_DIFFER = timedelta(seconds=30)


def claim_lost_creations(work: Workplace, job: Job, found: Found) -> None:
    """Tie creations that were sent and never answered to the records a look-up has found now."""
    plans = work.memory.plans
    for plan in plans.plans_of(job.event_key):
        if plan.mapping != job.mapping:
            continue
        sent_at = datetime.fromtimestamp(plan.at_ms / 1000, UTC)
        for position, step in enumerate(plan.steps):
            if step.kind is not StepKind.CREATE or step.state is not StepState.SENT or step.record_id:
                continue
            for record in _records(found, step.record_type):
                if record.date_created >= sent_at - _CLOCKS_DIFFER and not plans.made_here(record.id):
                    plans.set_record(plan.id, position, record.id)
                    break


def _records(found: Found, record_type: str) -> Iterator[Lead | Contact]:
    if record_type == "contact":
        yield from found.contacts
    elif record_type == "lead":
        yield from (*found.leads, *found.leads_of_contacts.values())
