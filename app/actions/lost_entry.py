"""Finding the entry that an earlier try of the same event has written: Close would write it twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from app.actions.workplace import Job, Workplace
from app.close.activities import Activity
from app.close.failures import CloseError, FailureKind
from app.storage.plan_store import PlanStep, StepKind, StepState

# Close's clock and ours need not agree to the second.
_CLOCKS_DIFFER = timedelta(seconds=30)


async def lost_entry(work: Workplace, job: Job, lead_id: str) -> Activity | None:
    """The entry an earlier try of this event has written, if Close has it: answered or not.

    Raises ``CloseError`` (``CLOSE-ANSWER-LOST``) while it may still appear.
    """
    for plan in work.memory.plans.plans_of(job.event_key):
        if plan.mapping != job.mapping:
            continue
        for position, step in enumerate(plan.steps):
            if not _may_be_written(step):
                continue
            if step.record_id is not None:
                found = await _by_id(work, step)
            else:
                waited_s = (work.now_ms() - plan.at_ms) / 1000
                if 0 <= waited_s < work.options.quiet_time_s:
                    raise _wait(work.options.quiet_time_s - waited_s)
                sent_at = datetime.fromtimestamp(plan.at_ms / 1000, UTC)
                found = await _found(work, lead_id, step, sent_at)
            if found is not None:
                work.memory.plans.set_record(plan.id, position, found.id)
                return found
    return None


def _may_be_written(step: PlanStep) -> bool:
    is_entry = step.kind is StepKind.CREATE and step.record_type == "activity"
    return is_entry and step.state in (StepState.SENT, StepState.DONE)


async def _by_id(work: Workplace, step: PlanStep) -> Activity | None:
    try:
        return await work.close.activity(str(step.image.get("resource")), step.record_id or "")
    except CloseError as error:
        if error.kind is FailureKind.NOT_FOUND:
            return None
        raise


async def _found(work: Workplace, lead_id: str, step: PlanStep, sent_at: datetime) -> Activity | None:
    for activity in await work.close.activities_of_lead(lead_id):
        recent = activity.date_created >= sent_at - _CLOCKS_DIFFER
        if recent and _is_ours(activity, step) and not work.memory.plans.made_here(activity.id):
            return activity
    return None


def _is_ours(activity: Activity, step: PlanStep) -> bool:
    custom = step.image.get("custom")
    values = custom if isinstance(custom, Mapping) else {}
    about = step.image.get("contact_id")
    if None not in (about, activity.contact_id) and activity.contact_id != about:
        # The same words about a colleague.
        return False
    same_kind = (activity.resource, activity.note) == (step.image.get("resource"), step.image.get("note"))
    return same_kind and all(activity.custom.get(key) == value for key, value in values.items())


def _wait(left_s: float) -> CloseError:
    return CloseError(
        FailureKind.NO_ANSWER,
        "CLOSE-ANSWER-LOST",
        "Close's answer to a new entry was lost.",
        cause="The entry may exist already.",
        remedy="The event waits a minute, then looks for the entry before writing it.",
        retry_after_s=left_s,
    )
