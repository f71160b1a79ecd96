"""What merging two ids of one person means for their contacts and leads. Pure.

Close merges leads but not contacts, so a contact is merged by hand: the kept one takes over what the other
has, what belongs to the other is given to the kept one, then the other is deleted. Where something cannot
be moved, the other contact stays without its User ID, and a note on its lead says why.

Leads are merged only when they are the same company for certain: both carry the same Company ID, or one was
made here for this person alone and carries none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.actions.plan import (
    AddActivity,
    Change,
    ChangeKind,
    DeleteContact,
    MergeLeads,
    MoveToContact,
    Plan,
    RecordRef,
    Remembered,
    UpdateContact,
    UpdateLead,
    Verdict,
    Write,
)
from app.actions.upsert_payload import ActionSettings
from app.close.activities import RESOURCES, Activity, ActivityWrite
from app.close.comparison import same_email, same_phone, same_url
from app.close.records import Contact, ContactWrite, Lead, LeadWrite, ListEntry

_SAME = {"emails": same_email, "phones": same_phone, "urls": same_url}
_NAMES = {"emails": "Email", "phones": "Phone", "urls": "URL"}
_FINAL = "Merged leads and deleted contacts cannot be restored."


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two contacts with its lead. ``made_here``: the lead was created by this program."""

    contact: Contact
    lead: Lead
    made_here: bool = False


@dataclass(frozen=True, slots=True)
class Belongings:
    """What belongs to the contact that goes. ``stuck`` names what cannot be given to another contact."""

    activities: tuple[Activity, ...] = ()
    opportunities: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()

    @property
    def immovable(self) -> tuple[str, ...]:
        kinds = dict.fromkeys(one.type for one in self.activities if one.resource is None)
        return (*self.stuck, *kinds)

    def __bool__(self) -> bool:
        return bool(self.activities or self.opportunities or self.stuck)


@dataclass(slots=True)
class _Draft:
    settings: ActionSettings
    reason: str
    changes: list[Change] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def plan_merge(
    kept: Side, gone: Side, belongings: Belongings, settings: ActionSettings, user_id: str
) -> Plan:
    """Merge ``gone`` into ``kept``, who is known by ``user_id`` from then on."""
    draft = _Draft(settings, f"“{user_id}” is the same person")
    together = kept.lead.id == gone.lead.id
    if not together:
        pair = _lead_pair(kept, gone, settings)
        if pair is not None:
            _merge_leads(draft, *pair)
            together = True
        else:
            draft.notes.append(
                f"The leads {kept.lead.name} and {gone.lead.name} stay apart: they are not known to be the "
                "same company."
            )
    _unite(draft, kept.contact, gone.contact, user_id)
    reason_to_stay = _reason_to_stay(belongings, together=together)
    if reason_to_stay:
        _keep(draft, kept.contact, gone, reason_to_stay)
    else:
        _delete(draft, kept.contact, gone.contact, belongings)
    notes = (_FINAL, *draft.notes)
    words = f"{gone.contact.display_name or gone.contact.id} is merged into {kept.contact.display_name}."
    return Plan(Verdict.CHANGES, words, tuple(draft.changes), tuple(draft.writes), notes)


def plan_rename(side: Side, settings: ActionSettings, user_id: str, remember: Sequence[Remembered]) -> Plan:
    """Only the old id has a contact: it gets the new id."""
    contact, field_id = side.contact, settings.user_field_id or ""
    record = RecordRef("contact", contact.id, contact.display_name)
    before = contact.custom.get(field_id)
    reason = "the person is known by a new id"
    change = Change(
        record, settings.user_field_name, f"custom.{field_id}", before, user_id, ChangeKind.SET, reason
    )
    write = UpdateContact(contact.id, ContactWrite(custom={field_id: user_id}), contact, tuple(remember))
    return Plan(Verdict.CHANGES, f"{contact.display_name} gets the new id.", (change,), (write,))


def _lead_pair(kept: Side, gone: Side, settings: ActionSettings) -> tuple[Lead, Lead] | None:
    """Which lead becomes part of which (source, destination); None when they are to stay apart."""
    field_id = settings.company_field_id or ""
    kept_id, gone_id = kept.lead.custom.get(field_id), gone.lead.custom.get(field_id)
    if kept_id and gone_id:
        return (gone.lead, kept.lead) if kept_id == gone_id else None
    people = {kept.contact.id, gone.contact.id}
    for own, other in ((gone, kept), (kept, gone)):
        alone = own.made_here and all(contact.id in people for contact in own.lead.contacts)
        if alone and not own.lead.custom.get(field_id):
            return (own.lead, other.lead)
    return None


def _merge_leads(draft: _Draft, source: Lead, destination: Lead) -> None:
    record = RecordRef("lead", source.id, source.name, source.html_url)
    draft.changes.append(
        Change(record, "Lead", "", source.name, destination.name, ChangeKind.MERGE, draft.reason)
    )
    draft.writes.append(MergeLeads(source, destination))
    field_id = draft.settings.company_field_id
    company_id = (destination.custom.get(field_id) or source.custom.get(field_id)) if field_id else None
    if field_id and company_id:
        # Which value wins in a merge is Close's business; the Company ID is ours.
        draft.writes.append(UpdateLead(destination.id, LeadWrite(custom={field_id: company_id}), destination))


def _unite(draft: _Draft, kept: Contact, gone: Contact, user_id: str) -> None:
    record = RecordRef("contact", kept.id, kept.display_name)
    lists: dict[str, tuple[ListEntry, ...]] = {}
    for key, same in _SAME.items():
        held: tuple[ListEntry, ...] = getattr(kept, key)
        others: tuple[ListEntry, ...] = getattr(gone, key)
        added = tuple(one for one in others if not any(same(one.value, each.value) for each in held))
        if added:
            lists[key] = (*held, *added)
            shown = ", ".join(one.value for one in added)
            listed = ", ".join(one.value for one in held) or None
            kind = ChangeKind.APPEND if held else ChangeKind.SET
            draft.changes.append(Change(record, _NAMES[key], key, listed, shown, kind, draft.reason))
    name = gone.name if not kept.name else None
    title = gone.title if not kept.title else None
    for label, key, value in (("Name", "name", name), ("Title", "title", title)):
        if value:
            draft.changes.append(Change(record, label, key, None, value, ChangeKind.SET, draft.reason))
    field_id = draft.settings.user_field_id or ""
    custom = {key: one for key, one in gone.custom.items() if key not in kept.custom and key != field_id}
    if kept.custom.get(field_id) != user_id:
        custom[field_id] = user_id
    for key, one in custom.items():
        label = draft.settings.user_field_name if key == field_id else key
        held_value = kept.custom.get(key)
        draft.changes.append(
            Change(record, label, f"custom.{key}", held_value, one, ChangeKind.SET, draft.reason)
        )
    write = ContactWrite(
        name or None, title or None, lists.get("emails"), lists.get("phones"), lists.get("urls"), custom
    )
    if write != ContactWrite():
        draft.writes.append(UpdateContact(kept.id, write, kept))


def _reason_to_stay(belongings: Belongings, *, together: bool) -> str:
    if belongings.immovable:
        return f"these belong to it and cannot be moved: {', '.join(belongings.immovable)}"
    if belongings and not together:
        return "activities on its lead belong to it, and the leads stay apart"
    return ""


def _keep(draft: _Draft, kept: Contact, gone: Side, reason: str) -> None:
    contact, settings = gone.contact, draft.settings
    field_id = settings.user_field_id or ""
    record = RecordRef("contact", contact.id, contact.display_name)
    held = contact.custom.get(field_id)
    if held:
        draft.changes.append(
            Change(
                record,
                settings.user_field_name,
                f"custom.{field_id}",
                held,
                None,
                ChangeKind.CLEAR,
                draft.reason,
            )
        )
        draft.writes.append(UpdateContact(contact.id, ContactWrite(custom={field_id: None}), contact))
    words = f"{contact.display_name} is the same person as {kept.display_name} and stays, because {reason}."
    draft.notes.append(words)
    entry = RecordRef("activity", None, gone.lead.name)
    draft.changes.append(Change(entry, "Note", "note", None, words, ChangeKind.CREATE, draft.reason))
    draft.writes.append(
        AddActivity(ActivityWrite(gone.lead.id, contact.id, words), f"a note on lead {gone.lead.name}")
    )


def _delete(draft: _Draft, kept: Contact, gone: Contact, belongings: Belongings) -> None:
    for activity in belongings.activities:
        resource = RESOURCES[activity.type]
        draft.writes.append(MoveToContact(resource, activity.id, gone.id, kept.id, activity.type))
    for opportunity_id in belongings.opportunities:
        draft.writes.append(MoveToContact("opportunity", opportunity_id, gone.id, kept.id, "Opportunity"))
    moved = len(belongings.activities) + len(belongings.opportunities)
    if moved:
        draft.notes.append(f"{moved} activities and opportunities are given to {kept.display_name}.")
    record = RecordRef("contact", gone.id, gone.display_name)
    draft.changes.append(
        Change(record, "Contact", "", gone.display_name, kept.display_name, ChangeKind.MERGE, draft.reason)
    )
    draft.writes.append(DeleteContact(gone, kept.id))
