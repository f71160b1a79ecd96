"""What is kept of each write so that it can be taken back, as plain JSON.

An update keeps, per field, what was there (``before``) and what we wrote (``after``); of a list only the
entries that we added. A creation keeps the record as Close answered it: it may be deleted again only as
long as it still looks like that. The images are the only thing undo knows, also weeks later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from app.actions.plan import (
    AddActivity,
    CreateContact,
    CreateLead,
    DeleteActivity,
    DeleteContact,
    DeleteLead,
    ExtendActivity,
    MergeLeads,
    MoveToContact,
    Plan,
    Remembered,
    UpdateContact,
    UpdateLead,
    Write,
)
from app.close.activities import Activity
from app.close.comparison import same_email, same_phone, same_url
from app.close.records import CUSTOM_PREFIX, Contact, ContactWrite, Lead, LeadWrite, ListEntry
from app.json_value import JsonObject, JsonValue
from app.storage.plan_store import PlanStep, StepKind

LISTS = ("emails", "phones", "urls")
SAME: Mapping[str, Callable[[str, str], bool]] = {
    "emails": same_email,
    "phones": same_phone,
    "urls": same_url,
}
"""When two entries of a list mean the same."""


def steps_of(plan: Plan) -> tuple[PlanStep, ...]:
    """One step per write, in order."""
    names = {change.field_id: change.field for change in plan.changes}
    return tuple(_step(write, names) for write in plan.writes)


def records_of(plan: Plan) -> tuple[str, ...]:
    """The existing records that the plan writes to, or creates something under."""
    found = [step.record_id for step in steps_of(plan) if step.record_id]
    for write in plan.writes:
        match write:
            case CreateContact(lead_id, _, _):
                found.append(lead_id)
            case AddActivity(activity, _):
                found.append(activity.lead_id)
            case MergeLeads(_, destination):
                found.append(destination.id)
            case _:
                pass
    return tuple(dict.fromkeys(found))


def _step(write: Write, names: Mapping[str, str]) -> PlanStep:
    match write:
        case CreateLead(lead, remember):
            return PlanStep(StepKind.CREATE, "lead", None, lead.name or "", _made_lead(lead), _keys(remember))
        case CreateContact(_, contact, remember):
            image: JsonObject = {"made": contact_values(contact)}
            return PlanStep(StepKind.CREATE, "contact", None, contact.name or "", image, _keys(remember))
        case UpdateLead(lead_id, lead, held, remember):
            name = held.name if held else ""
            wanted = lead_values(lead) | _cleared(lead.custom)
            image = _changed(wanted, lead_values(held) if held else {}, names)
            return PlanStep(StepKind.UPDATE, "lead", lead_id, name, image, _keys(remember))
        case UpdateContact(contact_id, contact, held, remember):
            name = held.display_name if held else ""
            wanted = contact_values(contact) | _cleared(contact.custom)
            image = _changed(wanted, contact_values(held) if held else {}, names)
            return PlanStep(StepKind.UPDATE, "contact", contact_id, name, image, _keys(remember))
        case _:
            return _other_step(write)


def _other_step(
    write: AddActivity
    | ExtendActivity
    | MoveToContact
    | MergeLeads
    | DeleteContact
    | DeleteLead
    | DeleteActivity,
) -> PlanStep:
    match write:
        case AddActivity(activity, title):
            note = "" if activity.type_id else activity.note
            image: JsonObject = {
                "resource": activity.resource,
                "note": note,
                "contact_id": activity.contact_id,
                "custom": dict(activity.custom),
            }
            return PlanStep(StepKind.CREATE, "activity", None, title, image)
        case ExtendActivity(activity, change):
            image = {"resource": activity.resource, "before": activity.note, "note": change.note}
            return PlanStep(StepKind.UPDATE, "activity", activity.id, "Note", image)
        case MoveToContact(resource, child_id, from_id, to_id, name):
            image = {"resource": resource, "contact": {"before": from_id, "after": to_id}}
            return PlanStep(StepKind.UPDATE, "activity", child_id, name, image)
        case MergeLeads(source, destination):
            image = {"source": source.id, "destination": destination.id}
            return PlanStep(StepKind.MERGE, "lead", source.id, source.name, image)
        case DeleteContact(contact, _):
            return PlanStep(StepKind.DELETE, "contact", contact.id, contact.display_name, {})
        case DeleteLead(lead):
            return PlanStep(StepKind.DELETE, "lead", lead.id, lead.name, {})
        case DeleteActivity(activity):
            return PlanStep(StepKind.DELETE, "activity", activity.id, activity.type, {})


def created_image(record: Lead | Contact | Activity) -> JsonObject:
    """A record as Close answered its creation."""
    if isinstance(record, Activity):
        return {"resource": record.resource, "note": record.note}
    if isinstance(record, Contact):
        return {"made": contact_values(record)}
    contacts: list[JsonValue] = [{"id": each.id, **contact_values(each)} for each in record.contacts]
    return {"made": lead_values(record), "contacts": contacts}


def kept_image(image: JsonObject, record: Contact) -> JsonObject:
    """The image of an update without the list entries that Close refused: those were never written."""
    fields = dict(cast("Mapping[str, JsonObject]", image["fields"]))
    held = contact_values(record)
    for key in (one for one in LISTS if one in fields):
        there = entries_of(held.get(key))
        kept = [
            entry
            for entry in entries_of(fields[key]["after"])
            if any(SAME[key](entry.value, each.value) for each in there)
        ]
        if kept:
            fields[key] = {**fields[key], "after": pairs(kept)}
        else:
            del fields[key]
    return {"fields": fields}


def lead_values(lead: Lead | LeadWrite) -> dict[str, JsonValue]:
    """The lead's fields by Close's keys; only those that have a value (or are to be sent)."""
    plain = {"name": lead.name, "description": lead.description, "status_id": lead.status_id}
    return {key: value for key, value in plain.items() if value} | _custom(lead.custom)


def contact_values(contact: Contact | ContactWrite) -> dict[str, JsonValue]:
    """The contact's fields by Close's keys, lists as pairs of value and type."""
    plain = {"name": contact.name, "title": contact.title}
    values: dict[str, JsonValue] = {key: text for key, text in plain.items() if text}
    for key in LISTS:
        entries: tuple[ListEntry, ...] | None = getattr(contact, key)
        if entries:
            values[key] = pairs(entries)
    return values | _custom(contact.custom)


def pairs(entries: Sequence[ListEntry]) -> list[JsonValue]:
    return [[entry.value, entry.type] for entry in entries]


def entries_of(value: JsonValue) -> tuple[ListEntry, ...]:
    """The entries that ``pairs`` wrote."""
    found = cast("Sequence[Sequence[str]]", value or ())
    return tuple(ListEntry(text, kind) for text, kind in found)


def _custom(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {CUSTOM_PREFIX + key: value for key, value in values.items() if value is not None}


def _cleared(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {CUSTOM_PREFIX + key: None for key, value in values.items() if value is None}


def _made_lead(lead: LeadWrite) -> JsonObject:
    contacts: list[JsonValue] = [contact_values(contact) for contact in lead.contacts]
    return {"made": lead_values(lead), "contacts": contacts}


def _changed(
    wanted: Mapping[str, JsonValue], held: Mapping[str, JsonValue], names: Mapping[str, str]
) -> JsonObject:
    fields: dict[str, JsonValue] = {}
    for key, after in wanted.items():
        before = held.get(key)
        if key in LISTS:
            known = {entry.value for entry in entries_of(before)}
            after = pairs([entry for entry in entries_of(after) if entry.value not in known])
        fields[key] = {"name": names.get(key, key), "before": before, "after": after}
    return {"fields": fields}


def _keys(remember: Sequence[Remembered]) -> tuple[tuple[str, str], ...]:
    return tuple((one.kind, one.key) for one in remember)
