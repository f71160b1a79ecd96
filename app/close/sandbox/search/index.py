"""What search looks at: a view of the store as old as the index is, and the values in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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
    """The records one search runs over. Built per search: the store is small and the view moves."""

    def __init__(
        self, store: Store, now: datetime, lag: IndexLag, may_see: Callable[[LeadRecord], bool]
    ) -> None:
        self._store = store
        leads = [lead for lead in store.leads.indexed(now, lag) if may_see(lead)]
        self._leads = {lead.id: self._lead(lead) for lead in leads}
        self._addresses = {lead.id: lead.addresses for lead in leads}
        self._contact_records = {
            contact.id: contact
            for contact in store.contacts.indexed(now, lag)
            if contact.lead_id in self._leads
        }
        self._contacts = {key: _contact(record) for key, record in self._contact_records.items()}
        self._contacts_of: dict[str, list[Item]] = defaultdict(list)
        for contact in self._contacts.values():
            self._contacts_of[contact.lead_id].append(contact)
        self._notes = [_note(n) for n in store.notes.indexed(now, lag) if n.lead_id in self._leads]
        self._merges = [
            _merge(m) for m in store.merges.indexed(now, lag) if m.destination_lead_id in self._leads
        ]

    def items(self, object_type: str) -> Iterable[Item]:
        """The objects that can be results."""
        return {
            "lead": self._leads.values(),
            "contact": self._contacts.values(),
            "activity.note": self._notes,
            "activity.lead_merge": self._merges,
        }.get(object_type, ())

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
            return [Item("address", "", lead.id, address) for address in self._addresses[lead.id]]
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
