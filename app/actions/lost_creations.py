"""Knowing again what an earlier try of the same event has created without seeing the answer.

Undo has to find it later, and an identity that points elsewhere by then would mislead it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.actions.undo_decisions import additions
from app.actions.undo_images import contact_values, lead_values
from app.actions.undo_records import born_with
from app.actions.upsert import Found
from app.actions.workplace import Job, Workplace
from app.close.records import Contact, Lead
from app.storage.plan_store import PlanStep, StepKind, StepState

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
                if _is_ours(record, step, sent_at) and not plans.made_here(record.id):
                    plans.set_record(plan.id, position, record.id)
                    break


def _is_ours(record: Lead | Contact, step: PlanStep, sent_at: datetime) -> bool:
    """A record that looks otherwise than what was sent has to be younger: a person may have typed another
    one with the same ID shortly before, and what counts as made here may be deleted by us later.
    """
    held = contact_values(record) if isinstance(record, Contact) else lead_values(record)
    as_sent = not additions(step.image.get("made"), held)
    if isinstance(record, Lead) and not as_sent and step.image.get("contacts") and not born_with(record):
        # A lead that somebody typed and moved our contact to.
        return False
    return record.date_created >= (sent_at - _CLOCKS_DIFFER if as_sent else sent_at)


def _records(found: Found, record_type: str) -> Iterator[Lead | Contact]:
    if record_type == "contact":
        yield from found.contacts
    elif record_type == "lead":
        yield from (*found.leads, *found.leads_of_contacts.values())
