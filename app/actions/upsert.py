"""*Create or Update Contact and Lead*: what to change, decided from what Close holds.

The rules follow the description of Segment's own Close destination; where that is silent they are
ours. Read the table from the top, the first row that fits decides.

====================================  =====================================  ===========================
what the event and Close say          what happens                           switches it needs
====================================  =====================================  ===========================
nothing to match on                   skipped                                none
a known record was deleted in Close   skipped (a profile may differ)         none
lead with the Company ID:
  the person is on it                 up to ten contacts and lead updated    update contacts, update leads
  the person is elsewhere only        new contact under that lead, lead      duplicate contacts, else skipped
                                      updated; the other contact is left     whole; create contacts, update
                                      alone                                  leads
  the person is nowhere               new contact there, lead updated        create contacts, update leads
  no person described, or one         lead updated                           update leads
  without User ID and email
no such lead:
  person nowhere                      new lead with the contact              create leads, create contacts
  no person described                 new lead alone                         create leads
  person under another company only   new lead with a duplicate contact      create leads, create contacts,
                                                                             duplicate; else skipped whole
  person under leads without the ID   contacts and leads updated; the        update contacts, update leads
                                      oldest lead gets the Company ID
no Company ID in the event:
  person found                        up to ten contacts, oldest first,      update contacts, update leads
                                      and their leads updated
  person nowhere                      new lead with the contact              create leads, create contacts
====================================  =====================================  ===========================

An id counts only where the profile has a field for it: nothing else could find its record again, and
every further event would create another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.actions.field_changes import Vocabulary, compare_contact, compare_lead
from app.actions.plan import (
    Change,
    CreateContact,
    CreateLead,
    Plan,
    RecordRef,
    UpdateContact,
    UpdateLead,
    Verdict,
    Write,
)
from app.actions.record_keys import (
    person_keys,
    remember_address,
    remember_company,
    remember_person,
    remember_user_id,
    usable_company_id,
)
from app.actions.upsert_payload import UpsertPayload
from app.close.records import Contact, Lead, LeadWrite

BY_USER_ID, BY_EMAIL = "User ID", "email"
"""The two ways to find a person."""

MAX_CONTACTS = 10
"""How many contacts of one person are updated at most, oldest first (Segment's documented limit)."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the look-up brought back.

    ``leads`` carry the event's Company ID, oldest first. ``contacts`` are the person's, with the
    ``leads_of_contacts`` they live under; when a lead was found, contacts elsewhere are given only
    if duplicates are not allowed, because only then do they matter. ``deleted`` names a record that
    we once knew and that a person deleted in Close. ``twin`` is the person's known contact elsewhere: a
    second contact takes its name and address from there when the event tells neither.
    """

    leads: tuple[Lead, ...] = ()
    contacts: tuple[Contact, ...] = ()
    leads_of_contacts: Mapping[str, Lead] = field(default_factory=dict)
    matched_by: str = ""
    deleted: str = ""
    twin: Contact | None = None


@dataclass(frozen=True, slots=True)
class Lateness:
    """Ids of records to which a younger event has been applied already."""

    record_ids: frozenset[str] = frozenset()

    def __contains__(self, record_id: str) -> bool:
        return record_id in self.record_ids


@dataclass(slots=True)
class _Draft:
    """A plan in the making."""

    payload: UpsertPayload
    vocabulary: Vocabulary
    late: Lateness
    changes: list[Change] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    switched_off: list[str] = field(default_factory=list)
    settled: list[RecordRef] = field(default_factory=list)
    matching: int = 0
    held_back: int = 0

    def update_contacts(self, contacts: tuple[Contact, ...], matched_by: str, *, sole: bool) -> None:
        names = ", ".join(contact.display_name for contact in contacts[:MAX_CONTACTS])
        if len(contacts) > MAX_CONTACTS:
            self.notes.append(
                f"More than {MAX_CONTACTS} contacts share this {matched_by}; "
                f"the {MAX_CONTACTS} oldest are updated: {names}."
            )
        elif len(contacts) > 1:
            self.notes.append(f"{len(contacts)} contacts share this {matched_by}: {names}.")
        for contact in contacts[:MAX_CONTACTS]:
            difference = compare_contact(
                self.payload,
                contact,
                self.vocabulary,
                reason=f"found by {matched_by}",
                late=contact.id in self.late,
            )
            self._note_held_back(difference.held_back, contact.display_name)
            self.matching += difference.matching
            reference = RecordRef("contact", contact.id, contact.display_name)
            if difference.write is None:
                self.settled.append(reference)
                continue
            if not self.payload.allow.update_contacts:
                self.switched_off.append("Updating existing contacts is switched off.")
                continue
            self.settled.append(reference)
            self.changes += difference.changes
            settings = self.vocabulary.settings
            gives_id = settings.user_field_id in difference.write.custom
            remember = remember_user_id(self.payload, settings, sole=sole) if gives_id else ()
            if difference.write.emails is not None:
                remember = (*remember, remember_address(self.payload))
            self.writes.append(UpdateContact(contact.id, difference.write, contact, remember))

    def update_lead(self, lead: Lead, reason: str, *, give_company_id: bool = True) -> None:
        difference = compare_lead(
            self.payload,
            lead,
            self.vocabulary,
            reason=reason,
            late=lead.id in self.late,
            give_company_id=give_company_id,
        )
        self._note_held_back(difference.held_back, lead.name)
        self.matching += difference.matching
        reference = RecordRef("lead", lead.id, lead.name)
        if difference.write is None:
            self.settled.append(reference)
            return
        if not self.payload.allow.update_leads:
            self.switched_off.append("Updating existing leads is switched off.")
            return
        self.settled.append(reference)
        self.changes += difference.changes
        settings = self.vocabulary.settings
        gives_id = settings.company_field_id in difference.write.custom
        remember = remember_company(self.payload, settings, "given the ID") if gives_id else ()
        self.writes.append(UpdateLead(lead.id, difference.write, lead, remember))

    def create_contact(self, lead: Lead, reason: str, twin: Contact | None) -> None:
        if not person_keys(self.payload, self.vocabulary.settings):
            self.notes.append("No contact is created for a person without User ID and email.")
            return
        if not self.payload.allow.create_contacts:
            self.switched_off.append("Creating new contacts is switched off.")
            return
        payload = self.payload
        if twin is not None and not (payload.contact_name or payload.contact_email):
            # A group call names a person by id only; Close would show a contact without a name.
            email = twin.emails[0].value if twin.emails else ""
            payload = replace(payload, contact_name=twin.name, contact_email=email)
        difference = compare_contact(payload, None, self.vocabulary, reason=reason)
        if difference.write is not None:
            self.changes += difference.changes
            # Under a known lead nobody has looked for the person elsewhere.
            remember = remember_person(self.payload, self.vocabulary.settings, sole=False)
            self.writes.append(CreateContact(lead.id, difference.write, remember))

    def create_lead(self, reason: str, *, sole: bool) -> None:
        lead = compare_lead(self.payload, None, self.vocabulary, reason=reason)
        contact = compare_contact(self.payload, None, self.vocabulary, reason=reason)
        wanted = lead.write or LeadWrite(name=self.payload.new_lead_name)
        nested = (contact.write,) if contact.write else ()
        self.changes += [*lead.changes, *contact.changes]
        self.writes.append(
            CreateLead(
                LeadWrite(
                    name=wanted.name,
                    description=wanted.description,
                    status_id=wanted.status_id,
                    custom=wanted.custom,
                    contacts=nested,
                ),
                (
                    *remember_company(self.payload, self.vocabulary.settings, "created"),
                    *(remember_person(self.payload, self.vocabulary.settings, sole=sole) if nested else ()),
                ),
            )
        )

    def finish(self, reason: str) -> Plan:
        off = tuple(dict.fromkeys(self.switched_off))
        complete = not (off or self.held_back)
        if self.writes:
            return Plan(
                Verdict.CHANGES,
                reason,
                tuple(self.changes),
                tuple(self.writes),
                (*self.notes, *off),
                self.matching,
                tuple(self.settled),
                complete,
            )
        settled = tuple(self.settled)
        if off:
            notes = (*self.notes, *off[1:])
            return Plan(Verdict.SKIPPED, off[0], notes=notes, matching=self.matching, settled=settled)
        return Plan(
            Verdict.UNCHANGED,
            "Close already holds every mapped value.",
            notes=tuple(self.notes),
            matching=self.matching,
            settled=settled,
            complete=complete,
        )

    def _note_held_back(self, count: int, name: str) -> None:
        self.held_back += count
        if count:
            values = "1 value was" if count == 1 else f"{count} values were"
            self.notes.append(f"{values} not written to {name}: a later event has set them already.")


def decide(
    payload: UpsertPayload, found: Found, vocabulary: Vocabulary, late: Lateness | None = None
) -> Plan:
    """The plan for one event. Raises ``ValueRefusedError`` when a custom field cannot take its value."""
    if found.deleted:
        return Plan(Verdict.SKIPPED, f"Deleted in Close: {found.deleted}. It is not created again.")
    settings = vocabulary.settings
    if not (usable_company_id(payload, settings) or person_keys(payload, settings)):
        return Plan(Verdict.SKIPPED, _nothing_to_match_on(payload))
    draft = _Draft(payload, vocabulary, late or Lateness())
    if found.leads:
        return _under_known_company(draft, found)
    if found.contacts:
        return _known_person(draft, found)
    return _nobody_known(draft, "no lead and no contact match", sole=True)


def _nothing_to_match_on(payload: UpsertPayload) -> str:
    if payload.lead_external_id or payload.contact_external_id:
        return "Nothing to match on: no field is set up for the ids, and the mapping gave no email."
    return "Nothing to match on: the mapping gave no Company ID, no User ID and no email."


def _under_known_company(draft: _Draft, found: Found) -> Plan:
    payload, lead = draft.payload, found.leads[0]
    if len(found.leads) > 1:
        others = ", ".join(f"{other.name} ({other.id})" for other in found.leads[1:])
        draft.notes.append(f"Several leads carry this Company ID; the oldest is used. The others: {others}.")
    inside = tuple(c for c in found.contacts if c.lead_id == lead.id)
    if inside:
        draft.update_contacts(inside, found.matched_by, sole=False)
    elif found.contacts and not payload.allow.duplicate_contacts:
        other = found.contacts[0].display_name
        return Plan(
            Verdict.SKIPPED,
            f"{other} exists under another lead, and duplicate contacts are switched off.",
            notes=tuple(draft.notes),
        )
    elif payload.describes_person:
        draft.create_contact(lead, "not yet a contact of this lead", found.twin)
    draft.update_lead(lead, "found by Company ID")
    return draft.finish("The lead was found by Company ID.")


def _known_person(draft: _Draft, found: Found) -> Plan:
    payload = draft.payload
    company_field = draft.vocabulary.settings.company_field_id
    company_id = usable_company_id(payload, draft.vocabulary.settings)
    homes = found.leads_of_contacts
    kept = tuple(
        contact
        for contact in found.contacts
        if not carries_other_company(homes.get(contact.lead_id), company_field, company_id)
    )
    if not kept:
        if not payload.allow.duplicate_contacts:
            return Plan(
                Verdict.SKIPPED,
                f"{found.contacts[0].display_name} belongs to another company, "
                "and duplicate contacts are switched off.",
            )
        return _nobody_known(draft, "Company ID differs, so a new lead", sole=False)
    left_out = len(found.contacts) - len(kept)
    if left_out:
        people = "contact was" if left_out == 1 else "contacts were"
        draft.notes.append(f"{left_out} {people} left alone: their lead carries another Company ID.")
    draft.update_contacts(kept, found.matched_by, sole=len(found.contacts) == 1)
    lead_ids = dict.fromkeys(contact.lead_id for contact in kept[:MAX_CONTACTS])
    leads = sorted(
        (homes[lead_id] for lead_id in lead_ids if lead_id in homes),
        key=lambda lead: lead.date_created,
    )
    carried = any(company_field and lead.custom.get(company_field) == company_id for lead in leads)
    for position, lead in enumerate(leads):
        draft.update_lead(
            lead,
            f"lead of the contact found by {found.matched_by}",
            give_company_id=position == 0 and not carried,
        )
    return draft.finish(f"The contact was found by {found.matched_by}.")


def carries_other_company(lead: Lead | None, company_field: str | None, company_id: str) -> bool:
    """Whether the lead belongs to another company than the event's; never without a Company ID."""
    held = lead.custom.get(company_field) if lead and company_field and company_id else None
    return held not in (None, "", company_id)


def _nobody_known(draft: _Draft, reason: str, *, sole: bool) -> Plan:
    allow = draft.payload.allow
    if not allow.create_leads:
        return Plan(Verdict.SKIPPED, "No lead matches, and creating new leads is switched off.")
    if draft.payload.describes_person and not allow.create_contacts:
        return Plan(Verdict.SKIPPED, "No contact matches, and creating new contacts is switched off.")
    draft.create_lead(reason, sole=sole)
    return draft.finish("A new lead is created: " + reason + ".")
