"""What search looks at: a view of the store as old as the index is, and the values in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from app.close.sandbox.entities import (
    ContactRecord,
    CustomValue,
    EmailEntry,
    LeadRecord,
    MergeRecord,
    NoteRecord,
    PhoneEntry,
    UrlEntry,
)
from app.close.sandbox.store import Store
from app.close.sandbox.table import IndexLag

_STAMPS = frozenset({"id", "created_by", "updated_by", "date_created", "date_updated"})

FIELDS: Mapping[str, frozenset[str]] = {
    "lead": _STAMPS | {"name", "display_name", "description", "url", "status_id", "status_label"},
    "contact": _STAMPS | {"lead_id", "name", "display_name", "title"},
    "contact_email": frozenset({"email", "type", "is_unsubscribed"}),
    "contact_phone": frozenset({"phone", "phone_formatted", "country", "type"}),
    "contact_url": frozenset({"url", "type"}),
    "address": frozenset({"label", "address_1", "address_2", "city", "state", "zipcode", "country"}),
    "activity.note": _STAMPS | {"lead_id", "contact_id", "user_id", "note"},
    "activity.lead_merge": _STAMPS | {"lead_id", "merge_status", "source_lead_id"},
}
"""The regular fields of each object type that can be asked for."""

WITHOUT_RECORDS = frozenset({"opportunity", "task"})
"""Object types the language knows and the sandbox never has any of."""

RELATED: Mapping[str, frozenset[str]] = {
    "lead": frozenset({"contact", "address", "activity.note", "activity.lead_merge"}) | WITHOUT_RECORDS,
    "contact": frozenset({"lead", "contact_email", "contact_phone", "contact_url", "activity.note"}),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One searchable object; entries of lists (an email, an address) have no id."""

    type: str
    id: str
    lead_id: str
    values: Mapping[str, Any]
    custom: Mapping[str, CustomValue] = field(default_factory=dict)

    def field_values(self, name: str) -> Sequence[Any]:
        value = self.values.get(name)
        return () if value is None else (value,)

    def custom_values(self, field_id: str) -> Sequence[Any]:
        value = self.custom.get(field_id, ())
        return value if isinstance(value, tuple) else (value,)


class Index:
    """The records one search runs over. Belongs to one search: the view moves. What a search does not ask
    for is not read.
    """

    def __init__(
        self, store: Store, now: datetime, lag: IndexLag, may_see: Callable[[LeadRecord], bool]
    ) -> None:
        self._store = store
        self._now = now
        self._lag = lag
        self._may_see = may_see

    @cached_property
    def _lead_records(self) -> dict[str, LeadRecord]:
        leads = self._store.leads.indexed(self._now, self._lag)
        return {lead.id: lead for lead in leads if self._may_see(lead)}

    @cached_property
    def _leads(self) -> dict[str, Item]:
        return {key: self._lead(lead) for key, lead in self._lead_records.items()}

    @cached_property
    def _contact_records(self) -> dict[str, ContactRecord]:
        contacts = self._store.contacts.indexed(self._now, self._lag)
        return {contact.id: contact for contact in contacts if contact.lead_id in self._lead_records}

    @cached_property
    def _contacts(self) -> dict[str, Item]:
        return {key: _contact(record) for key, record in self._contact_records.items()}

    @cached_property
    def _contacts_of(self) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = defaultdict(list)
        for contact in self._contacts.values():
            found[contact.lead_id].append(contact)
        return found

    @cached_property
    def _notes(self) -> list[Item]:
        notes = self._store.notes.indexed(self._now, self._lag)
        return [_note(note) for note in notes if note.lead_id in self._lead_records]

    @cached_property
    def _merges(self) -> list[Item]:
        merges = self._store.merges.indexed(self._now, self._lag)
        return [_merge(merge) for merge in merges if merge.destination_lead_id in self._lead_records]

    def items(self, object_type: str) -> Iterable[Item]:
        """The objects that can be results."""
        match object_type:
            case "lead":
                return self._leads.values()
            case "contact":
                return self._contacts.values()
            case "activity.note":
                return self._notes
            case "activity.lead_merge":
                return self._merges
            case _:
                return ()

    def holding(self, object_type: str, field_id: str, value: str) -> Iterable[Item]:
        """Of ``items`` at least those with the custom value, in any letter case, in the same order."""
        if object_type == "lead":
            leads = (self._seen_lead(one) for one in self._store.leads.ever_held(field_id, value))
            return [self._lead(lead) for lead in leads if lead is not None]
        if object_type == "contact":
            contacts = self._store.contacts
            ids = contacts.ever_held(field_id, value)
            found = (contacts.indexed_one(one, self._now, self._lag) for one in ids)
            return [_contact(one) for one in found if one and self._seen_lead(one.lead_id)]
        return self.items(object_type)

    def _seen_lead(self, lead_id: str) -> LeadRecord | None:
        lead = self._store.leads.indexed_one(lead_id, self._now, self._lag)
        return lead if lead is not None and self._may_see(lead) else None

    def has_custom_field(self, field_id: str) -> bool:
        return field_id in self._store.fields

    def related(self, item: Item, object_type: str) -> Iterable[Item]:
        if item.type == "lead":
            return self._related_to_lead(item, object_type)
        return self._related_to_contact(item, object_type)

    def _related_to_lead(self, lead: Item, object_type: str) -> Iterable[Item]:
        if object_type == "contact":
            return self._contacts_of.get(lead.id, ())
        if object_type == "address":
            return [
                Item("address", "", lead.id, address) for address in self._lead_records[lead.id].addresses
            ]
        return [entry for entry in self.items(object_type) if entry.lead_id == lead.id]

    def _related_to_contact(self, contact: Item, object_type: str) -> Iterable[Item]:
        if object_type == "lead":
            return [self._leads[contact.lead_id]]
        if object_type == "activity.note":
            return [note for note in self._notes if note.values["contact_id"] == contact.id]
        record = self._contact_records[contact.id]
        entries: Mapping[str, Sequence[EmailEntry | PhoneEntry | UrlEntry]] = {
            "contact_email": record.emails,
            "contact_phone": record.phones,
            "contact_url": record.urls,
        }
        return [Item(object_type, "", contact.lead_id, e.to_json()) for e in entries[object_type]]

    def free_text(self, item: Item) -> str:
        """All of an object's text, including the people of a company."""
        parts = [str(value) for value in (*item.values.values(), *item.custom.values()) if value]
        if item.type == "lead":
            parts += [self.free_text(contact) for contact in self._contacts_of.get(item.id, ())]
        if item.type == "contact":
            record = self._contact_records[item.id]
            parts += [entry.email for entry in record.emails]
            parts += [entry.phone for entry in record.phones]
            parts += [entry.url for entry in record.urls]
        return " ".join(parts)

    def _lead(self, lead: LeadRecord) -> Item:
        status = self._store.statuses.get(lead.status_id)
        values = {
            **_stamps(lead),
            "name": lead.name,
            "display_name": lead.name,
            "description": lead.description,
            "url": lead.url,
            "status_id": lead.status_id,
            "status_label": status.label if status is not None else None,
        }
        return Item("lead", lead.id, lead.id, values, lead.custom)


def _contact(contact: ContactRecord) -> Item:
    values = {
        **_stamps(contact),
        "lead_id": contact.lead_id,
        "name": contact.name,
        "display_name": contact.display_name,
        "title": contact.title,
    }
    return Item("contact", contact.id, contact.lead_id, values, contact.custom)


def _note(note: NoteRecord) -> Item:
    values = {
        **_stamps(note),
        "lead_id": note.lead_id,
        "contact_id": note.contact_id,
        "user_id": note.created_by,
        "note": note.note,
    }
    return Item("activity.note", note.id, note.lead_id, values)


def _merge(merge: MergeRecord) -> Item:
    values = {
        **_stamps(merge),
        "lead_id": merge.destination_lead_id,
        "merge_status": merge.merge_status,
        "source_lead_id": merge.source_lead_id,
    }
    return Item("activity.lead_merge", merge.id, merge.destination_lead_id, values)


def _stamps(record: LeadRecord | ContactRecord | NoteRecord | MergeRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in _STAMPS}
