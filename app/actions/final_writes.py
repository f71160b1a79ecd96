"""Merging leads and deleting records: what nobody can take back.

All of it is safe to repeat. A merge that was asked for is looked up before it is asked for again, and a
record that is gone already counts as deleted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from app.actions.look_up import MERGED
from app.actions.merge_jobs import CloseMerges, MergeJob
from app.actions.plan import DeleteActivity, DeleteContact, DeleteLead, MergeLeads
from app.close.activities import AUTOMATIC, Activity
from app.close.failures import CloseError, FailureKind
from app.close.records import Lead
from app.storage.action_memory import ActionMemory


class CloseFinalWrites(CloseMerges, Protocol):
    """The writes that are final, and the look just before one."""

    async def lead(self, lead_id: str) -> Lead: ...
    async def activities_of_lead(self, lead_id: str) -> tuple[Activity, ...]: ...
    async def delete_lead(self, lead_id: str) -> None: ...
    async def delete_contact(self, contact_id: str) -> None: ...
    async def delete_activity(self, resource: str, activity_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class FinalWriter:
    """``merge_asked`` says whether an earlier try has asked for a lead to be merged away.

    Every write raises ``CloseError``.
    """

    close: CloseFinalWrites
    memory: ActionMemory
    sleep: Callable[[float], Awaitable[None]]
    merge_asked: Callable[[str], bool]

    async def write(self, write: MergeLeads | DeleteContact | DeleteLead | DeleteActivity) -> None:
        match write:
            case MergeLeads(source, destination):
                job = MergeJob(self.close, source.id, destination.id, self.sleep)
                await job.run(asked_before=self.merge_asked(source.id))
                self.memory.identities.move_record("lead", source.id, destination.id, MERGED)
                self.memory.settled.touched([source.id, destination.id])
            case DeleteContact(contact, heir_id):
                await _gone(self.close.delete_contact(contact.id))
                if heir_id is None:
                    self.memory.plans.forget_record(contact.id)
                    self.memory.identities.forget_record("contact", contact.id)
                else:
                    self.memory.identities.move_record("contact", contact.id, heir_id, MERGED)
            case DeleteLead(lead):
                await _gone(self.close.delete_lead(lead.id))
                self.memory.plans.forget_record(lead.id)
                self.memory.identities.forget_record("lead", lead.id)
            case DeleteActivity(activity):
                if activity.resource:
                    await _gone(self.close.delete_activity(activity.resource, activity.id))
                self.memory.plans.forget_record(activity.id)

    async def gained(self, lead: Lead) -> str:
        """What people have put on the lead since it was read, in words; empty when it can go.

        Close deletes a lead with everything on it, so this look comes right before.
        """
        try:
            now = await self.close.lead(lead.id)
            activities = await self.close.activities_of_lead(lead.id)
        except CloseError as error:
            if error.kind is not FailureKind.NOT_FOUND:
                raise
            return ""
        known = {contact.id for contact in lead.contacts}
        if any(contact.id not in known for contact in now.contacts):
            return "a contact was added to it meanwhile"
        if any(one.type not in AUTOMATIC and not self.memory.plans.made_here(one.id) for one in activities):
            return "there are activities on it"
        more = [name for name in now.extras if name not in lead.extras]
        return f"it was given {', '.join(more)} meanwhile" if more else ""


async def _gone(deletion: Awaitable[None]) -> None:
    try:
        await deletion
    except CloseError as error:
        if error.kind is not FailureKind.NOT_FOUND:
            raise
