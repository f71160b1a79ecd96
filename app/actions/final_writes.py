"""Merging leads and deleting records: what nobody can take back.

All of it is safe to repeat. A merge that was asked for is looked up before it is asked for again, and a
record that is gone already counts as deleted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from app.actions.merge_jobs import CloseMerges, MergeJob
from app.actions.plan import DeleteContact, DeleteLead, MergeLeads
from app.close.failures import CloseError, FailureKind
from app.close.records import ObjectType
from app.storage.action_memory import ActionMemory

MERGED = "merged"
"""How an id is known that now stands for the record it was merged into."""


class CloseFinalWrites(CloseMerges, Protocol):
    """The writes that are final."""

    async def delete_lead(self, lead_id: str) -> None: ...
    async def delete_contact(self, contact_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class FinalWriter:
    """``merge_asked`` says whether an earlier try has asked for a lead to be merged away.

    Every write raises ``CloseError``.
    """

    close: CloseFinalWrites
    memory: ActionMemory
    sleep: Callable[[float], Awaitable[None]]
    merge_asked: Callable[[str], bool]

    async def write(self, write: MergeLeads | DeleteContact | DeleteLead) -> None:
        match write:
            case MergeLeads(source, destination):
                job = MergeJob(self.close, source.id, destination.id, self.sleep)
                await job.run(asked_before=self.merge_asked(source.id))
                self.memory.identities.move_record("lead", source.id, destination.id, MERGED)
                self.memory.settled.touched([source.id, destination.id])
            case DeleteContact(contact, heir_id):
                await self._delete("contact", contact.id)
                if heir_id is None:
                    self.memory.plans.forget_record(contact.id)
                    self.memory.identities.forget_record("contact", contact.id)
                else:
                    self.memory.identities.move_record("contact", contact.id, heir_id, MERGED)
            case DeleteLead(lead):
                await self._delete("lead", lead.id)
                self.memory.plans.forget_record(lead.id)
                self.memory.identities.forget_record("lead", lead.id)

    async def _delete(self, kind: ObjectType, record_id: str) -> None:
        try:
            await (
                self.close.delete_lead(record_id) if kind == "lead" else self.close.delete_contact(record_id)
            )
        except CloseError as error:
            if error.kind is not FailureKind.NOT_FOUND:
                raise
