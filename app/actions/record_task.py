"""*Record on the Lead*: what happened, as a note or custom activity, and fields such as “Last seen”.

It creates no lead and no contact. Events of one person within the mapping's window share one entry: the
first writes it, later ones are counted here and written into it when the count is worth a call.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.actions.apply import Applied
from app.actions.entry_text import Lines, count_of, counted, entry_text, worth_writing
from app.actions.look_up import LookUp
from app.actions.lost_entry import lost_entry
from app.actions.plan import AddActivity, Change, ChangeKind, ExtendActivity, Plan, RecordRef, Verdict, Write
from app.actions.record_fields import field_writes
from app.actions.record_keys import RecordKey, company_keys, person_keys
from app.actions.record_memory import RecordMemory
from app.actions.record_payload import RecordPayload, read_record_payload
from app.actions.upsert import Found, carries_other_company
from app.actions.workplace import Job, Workplace
from app.close.activities import NOTE_TYPE, RESOURCES, Activity, ActivityWrite
from app.close.failures import CloseError, FailureKind
from app.close.records import Contact, Lead
from app.storage.open_entries import OpenEntry

_KEPT_EVENTS = 50


class RecordTask:
    """One event that is recorded."""

    def __init__(self, work: Workplace, job: Job) -> None:
        self._work = work
        self._job = job
        self._payload: RecordPayload = read_record_payload(job.values)
        self._subject = json.dumps([job.mapping, *self.keys])
        self._found = Found()
        self._entry: OpenEntry | None = self._open_entry()
        self._note: Activity | None = None
        self._lost: Activity | None = None
        self._lines: Lines = ()

    @property
    def keys(self) -> tuple[RecordKey, ...]:
        payload, settings = self._payload.who, self._work.settings
        return (*company_keys(payload, settings), *person_keys(payload, settings))

    def _open_entry(self) -> OpenEntry | None:
        """The entry of this person that is still open; events of a minute ago belong into it."""
        entry = self._work.memory.entries.entry(self._subject)
        if entry is None or not self._payload.window_s:
            return None
        age_s = (self._work.now_ms() - entry.started_ms) / 1000
        return entry if 0 <= age_s < self._payload.window_s else None

    @property
    def _only_counts(self) -> bool:
        """Whether the event is just one more of a burst that nobody needs to hear of now."""
        entry = self._entry
        if entry is None or self._payload.sets_fields:
            return False
        if self._job.event_key in entry.events or self._payload.type_id:
            return True
        return not worth_writing(count_of(entry.lines, self._payload.text) + 1)

    async def look_up(self) -> Sequence[str]:
        if not self.keys or self._only_counts:
            return ()
        work, who = self._work, self._payload.who
        looking = LookUp(work.close, work.settings, work.memory.identities, who, recent=work.recently_written)
        self._found = await looking.find()
        RecordMemory(work.memory.identities, work.settings, who).adopt(self._found)
        if self._entry is not None and not self._payload.type_id:
            self._note = await self._written(self._entry)
        lead = self._lead()
        if lead is not None and self._payload.writes_entry and self._entry is None:
            self._lost = await lost_entry(work, self._job, lead.id)
        return looking.story

    async def _written(self, entry: OpenEntry) -> Activity | None:
        try:
            return await self._work.close.activity(entry.resource, entry.activity_id)
        except CloseError as error:
            if error.kind is FailureKind.NOT_FOUND:
                return None
            raise

    # What to do --------------------------------------------------------------------------------

    async def decide(self) -> Plan:
        if not self.keys:
            reason = "Nothing to match on: the mapping gave no Company ID, no User ID and no email."
            return Plan(Verdict.SKIPPED, reason)
        if self._only_counts:
            return Plan(Verdict.UNCHANGED, "Counted: it belongs to an entry that is on the lead already.")
        if self._found.deleted:
            return Plan(Verdict.SKIPPED, f"Deleted in Close: {self._found.deleted}. Nothing is recorded.")
        lead = self._lead()
        if lead is None:
            return Plan(Verdict.SKIPPED, "No lead and no contact match: there is nothing to record it on.")
        changes, writes = field_writes(
            self._payload, lead, self._contacts(lead), await self._work.vocabulary()
        )
        entry_changes, entry_writes, reason = self._entry_write(lead)
        writes = [*writes, *entry_writes]
        changes = [*changes, *entry_changes]
        settled = (RecordRef("lead", lead.id, lead.name, lead.html_url),)
        verdict = Verdict.CHANGES if writes else Verdict.UNCHANGED
        # Never settled by its payload alone: the same text again is one more event.
        return Plan(verdict, reason, tuple(changes), tuple(writes), settled=settled, complete=False)

    def _entry_write(self, lead: Lead) -> tuple[list[Change], list[Write], str]:
        payload = self._payload
        if not payload.writes_entry:
            return [], [], f"The lead was found: {lead.name}."
        if self._lost is not None:
            self._lines = counted((), payload.text)
            return [], [], "The entry is on the lead already: its answer had been lost."
        entry = self._entry
        if entry is not None and payload.type_id:
            return [], [], "The same activity was recorded a short time ago."
        if entry is not None and self._note is not None:
            known = self._job.event_key in entry.events
            self._lines = entry.lines if known else counted(entry.lines, payload.text)
            text = entry_text(self._lines)
            if self._note.note == text:
                return [], [], "The entry on the lead says so already."
            if self._note.note == entry.text:
                change = self._change(lead, self._note.note, text, ChangeKind.SET, "added to the entry")
                write = ExtendActivity(self._note, ActivityWrite(lead.id, None, text))
                return [change], [write], "The event belongs to an entry of a short time ago."
            # Somebody has edited the entry: it is theirs now.
        self._lines = counted((), payload.text)
        text = payload.text if payload.type_id else entry_text(self._lines)
        contact = next(iter(self._contacts(lead)), None)
        activity = ActivityWrite(
            lead.id, contact.id if contact else None, text, payload.type_id, payload.activity_custom
        )
        shown = text or payload.type_id
        title = f"“{shown.splitlines()[0][:80]}” on lead {lead.name}"
        change = self._change(lead, None, shown, ChangeKind.CREATE, "recorded on the lead")
        return [change], [AddActivity(activity, title)], f"It is recorded on the lead {lead.name}."

    def _change(self, lead: Lead, before: str | None, after: str, kind: ChangeKind, reason: str) -> Change:
        name = "Custom activity" if self._payload.type_id else "Note"
        record = RecordRef("activity", self._note.id if before and self._note else None, lead.name)
        return Change(record, name, "note", before, after, kind, reason)

    def _lead(self) -> Lead | None:
        if self._found.leads:
            return self._found.leads[0]
        return next((lead for lead in map(self._home, self._found.contacts) if lead is not None), None)

    def _home(self, contact: Contact) -> Lead | None:
        """The lead the contact lives under, unless it belongs to another company than the event."""
        lead = self._found.leads_of_contacts.get(contact.lead_id)
        field_id, company_id = self._work.settings.company_field_id, self._payload.who.lead_external_id
        return None if carries_other_company(lead, field_id, company_id) else lead

    def _contacts(self, lead: Lead) -> list[Contact]:
        return [contact for contact in self._found.contacts if contact.lead_id == lead.id]

    # Afterwards --------------------------------------------------------------------------------

    def finish(self, applied: Applied, /) -> None:
        """Keep the entry open for the events that follow."""
        if not self._payload.writes_entry or not self._payload.window_s:
            return
        key, entry = self._job.event_key, self._entry
        written = next(iter(applied.activities), None) or self._lost
        if written is not None and (entry is None or written.id != entry.activity_id):
            self._keep(
                OpenEntry(
                    written.id, self._resource, self._started_ms(written), written.note, self._lines, (key,)
                )
            )
        elif entry is not None and key not in entry.events:
            lines = counted(entry.lines, self._payload.text)
            events = (*entry.events, key)[-_KEPT_EVENTS:]
            text = written.note if written is not None else entry.text
            self._keep(replace(entry, lines=lines, events=events, text=text))

    def _keep(self, entry: OpenEntry) -> None:
        self._work.memory.entries.keep(self._subject, entry)

    @property
    def _resource(self) -> str:
        return RESOURCES["CustomActivity" if self._payload.type_id else NOTE_TYPE]

    def _started_ms(self, written: Activity) -> int:
        """When the window began; never in the future, whatever Close's clock says."""
        epoch = datetime.fromtimestamp(0, UTC)
        created_ms = int((written.date_created - epoch).total_seconds() * 1000)
        return min(created_ms, self._work.now_ms()) if self._lost is written else self._work.now_ms()
