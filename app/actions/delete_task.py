"""*Delete Contact*: an erasure request, carried out only where a person has switched it on.

The person's contacts go, and with them the entries this program wrote about them. A lead goes only when it
was made here and nothing else is on it. What this program remembers of the person goes as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.actions.apply import Applied
from app.actions.look_up import LookUp
from app.actions.plan import (
    Change,
    ChangeKind,
    DeleteActivity,
    DeleteContact,
    DeleteLead,
    Plan,
    RecordRef,
    Verdict,
    Write,
)
from app.actions.record_keys import RecordKey, person_keys
from app.actions.record_memory import RecordMemory
from app.actions.upsert import Found
from app.actions.upsert_payload import UpsertPayload, read_payload
from app.actions.workplace import Job, Workplace
from app.close.activities import AUTOMATIC, Activity
from app.close.failures import CloseError, FailureKind
from app.close.records import Contact, Lead
from app.storage.plan_store import StepKind, StepState

_REASON = "erasure requested"
_STAYS_IN_LOG = "Close keeps what was deleted readable in its event log for up to 30 days."
_FINAL = "A deletion cannot be undone."


@dataclass(frozen=True, slots=True)
class LeadContent:
    """A lead with what is on it. ``made_here`` are the ids of what this program has created."""

    lead: Lead
    activities: tuple[Activity, ...]
    made_here: frozenset[str]

    def entries_about(self, contact: Contact) -> list[Activity]:
        """Our own entries about the person."""
        return [one for one in self.activities if one.contact_id == contact.id and one.id in self.made_here]

    def reason_to_stay(self, gone: frozenset[str]) -> str:
        """Why the lead is not deleted once the contacts ``gone`` are; empty when nothing keeps it."""
        if self.lead.id not in self.made_here:
            return "it was not created here"
        if any(contact.id not in gone for contact in self.lead.contacts):
            return "it has other contacts"
        if self.lead.extras:
            return f"it has {', '.join(self.lead.extras)}"
        others = [one for one in self.activities if one.type not in AUTOMATIC and not self._ours(one, gone)]
        return "there are activities on it" if others else ""

    def _ours(self, activity: Activity, gone: frozenset[str]) -> bool:
        return activity.id in self.made_here and activity.contact_id in gone


@dataclass(slots=True)
class _Draft:
    changes: list[Change] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, write: Write, record: RecordRef, field_name: str) -> None:
        self.writes.append(write)
        change = Change(record, field_name, "", record.name, None, ChangeKind.DELETE, _REASON)
        self.changes.append(change)


def decide(contacts: Sequence[Contact], homes: Sequence[LeadContent], *, allowed: bool) -> Plan:
    """What an erasure of these contacts deletes. Pure."""
    draft = _Draft()
    gone = frozenset(contact.id for contact in contacts)
    by_lead = {content.lead.id: content for content in homes}
    for contact in contacts:
        content = by_lead.get(contact.lead_id)
        for activity in content.entries_about(contact) if content else ():
            entry = RecordRef("activity", activity.id, activity.note[:60] or activity.type)
            draft.add(DeleteActivity(activity), entry, "Entry")
        record = RecordRef("contact", contact.id, contact.display_name)
        draft.add(DeleteContact(contact), record, "Contact")
    for content in homes:
        lead = content.lead
        reason = content.reason_to_stay(gone)
        if reason:
            draft.notes.append(f"The lead {lead.name} stays: {reason}.")
        else:
            draft.add(DeleteLead(lead), RecordRef("lead", lead.id, lead.name, lead.html_url), "Lead")
    names = ", ".join(contact.display_name or contact.id for contact in contacts) or "The rest of the person"
    notes = (_FINAL, _STAYS_IN_LOG, *draft.notes)
    if not allowed:
        reason = f"Deleting is switched off for this mapping. It would delete {names}."
        return Plan(Verdict.SKIPPED, reason, tuple(draft.changes), notes=notes)
    if not draft.writes:
        return Plan(Verdict.UNCHANGED, "Close has no contact of this person.", notes=tuple(draft.notes))
    return Plan(Verdict.CHANGES, f"{names} is deleted.", tuple(draft.changes), tuple(draft.writes), notes)


class DeleteTask:
    """One erasure request."""

    def __init__(self, work: Workplace, job: Job) -> None:
        self._work = work
        self._job = job
        self._allowed = job.values.get("allow_deleting") is True
        wanted = read_payload(job.values)
        self._payload = UpsertPayload(
            contact_external_id=wanted.contact_external_id, contact_email=wanted.contact_email
        )
        self._found = Found()
        self._homes: list[LeadContent] = []

    @property
    def keys(self) -> tuple[RecordKey, ...]:
        return person_keys(self._payload, self._work.settings)

    async def look_up(self) -> Sequence[str]:
        work = self._work
        if not self.keys:
            return ()
        looking = LookUp(
            work.close, work.settings, work.memory.identities, self._payload, recent=work.recently_written
        )
        self._found = await looking.find()
        RecordMemory(work.memory.identities, work.settings, self._payload).adopt(self._found)
        homes = self._found.leads_of_contacts
        leads = {contact.lead_id: homes.get(contact.lead_id) for contact in self._found.contacts}
        for lead_id in self._interrupted():
            leads.setdefault(lead_id, await self._lead(lead_id))
        self._homes = [await self._content(lead) for lead in leads.values() if lead is not None]
        return looking.story

    def _interrupted(self) -> list[str]:
        """Leads that an earlier try of this event wanted deleted and has not come to."""
        plans = self._work.memory.plans.plans_of(self._job.event_key)
        return [
            step.record_id
            for plan in plans
            if plan.mapping == self._job.mapping
            for step in plan.steps
            if step.kind is StepKind.DELETE
            and step.record_type == "lead"
            and step.record_id
            and step.state in (StepState.PLANNED, StepState.SENT)
        ]

    async def _lead(self, lead_id: str) -> Lead | None:
        try:
            return await self._work.close.lead(lead_id)
        except CloseError as error:
            if error.kind is FailureKind.NOT_FOUND:
                return None
            raise

    async def _content(self, lead: Lead) -> LeadContent:
        activities = await self._work.close.activities_of_lead(lead.id)
        plans = self._work.memory.plans
        ids = (lead.id, *(activity.id for activity in activities))
        return LeadContent(lead, activities, frozenset(one for one in ids if plans.made_here(one)))

    async def decide(self) -> Plan:
        if not self.keys:
            return Plan(Verdict.SKIPPED, "Nothing to match on: the mapping gave no User ID and no email.")
        if not self._found.contacts and not self._homes:
            return Plan(Verdict.UNCHANGED, "Close has no contact of this person.")
        return decide(self._found.contacts, self._homes, allowed=self._allowed)

    def finish(self, _applied: Applied, /) -> None:
        """Forget the person here as well; an identity of a contact that is gone finds nobody."""
        if not self._allowed:
            return
        for kind, key in self.keys:
            self._work.memory.identities.forget(kind, key)
