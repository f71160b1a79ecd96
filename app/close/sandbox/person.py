"""What a person does in Close's own window, while the integration is running."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.close.sandbox.account import ADMIN_PERMISSIONS, Member
from app.close.sandbox.api.answers import Refusal
from app.close.sandbox.api.contact_input import apply_contact
from app.close.sandbox.api.lead_input import apply_lead, blank_contact, blank_lead, nested_contacts
from app.close.sandbox.api.rules import Rules
from app.close.sandbox.entities import (
    ContactRecord,
    EmailEntry,
    FieldRecord,
    LeadRecord,
    NoteRecord,
    ObjectType,
    SubscriptionRecord,
)
from app.close.sandbox.merging import fold
from app.close.sandbox.store import Actor, Store
from app.close.sandbox.switches import Switches


class Person:
    """By default the colleague; always with every permission.

    Members are named as in the API (``name``, ``emails``, ``custom.cf_…``); what Close would refuse
    raises ``ValueError``, an unknown id ``KeyError``.

    Each call writes the event log and the dates, and may be made from any thread.
    """

    def __init__(self, store: Store, switches: Switches, member: Member | None = None) -> None:
        self._store = store
        self._switches = switches
        someone = member or store.account.colleague
        self._member = replace(someone, role="admin", role_id="admin", permissions=ADMIN_PERMISSIONS)
        self._actor = Actor(self._member.user_id)

    def add_lead(self, members: Mapping[str, Any]) -> LeadRecord:
        """With the contacts under ``contacts``, if any."""
        with self._store.changing():
            rules = self._rules()
            lead = apply_lead(blank_lead(rules, self._actor), members, rules)
            contacts = nested_contacts(lead, members.get("contacts"), rules, self._actor)
            _finish(rules)
            self._store.create(self._store.leads, lead, self._actor)
            for contact in contacts:
                self._store.create(self._store.contacts, contact, self._actor)
            return lead

    def edit_lead(self, lead_id: str, members: Mapping[str, Any]) -> LeadRecord:
        with self._store.changing():
            rules = self._rules()
            changed = apply_lead(self._store.leads[lead_id], members, rules)
            _finish(rules)
            return self._store.update(self._store.leads, changed, self._actor)

    def delete_lead(self, lead_id: str) -> None:
        with self._store.changing():
            self._store.delete_lead(lead_id, self._actor)

    def merge_leads(self, source_id: str, destination_id: str) -> LeadRecord:
        """At once, unlike through the API."""
        with self._store.changing():
            leads = self._store.leads
            fold(self._store, leads[source_id], leads[destination_id], self._actor)
            return leads[destination_id]

    def add_contact(self, lead_id: str, members: Mapping[str, Any]) -> ContactRecord:
        with self._store.changing():
            rules = self._rules()
            blank = blank_contact(rules, self._actor, self._store.leads[lead_id].id)
            contact = apply_contact(blank, members, rules)
            _finish(rules)
            return self._store.create(self._store.contacts, contact, self._actor)

    def edit_contact(self, contact_id: str, members: Mapping[str, Any]) -> ContactRecord:
        with self._store.changing():
            rules = self._rules()
            changed = apply_contact(self._store.contacts[contact_id], members, rules)
            _finish(rules)
            return self._store.update(self._store.contacts, changed, self._actor)

    def unsubscribe(self, contact_id: str, address: str) -> ContactRecord:
        """The contact's address asked not to be written to again."""
        with self._store.changing():
            contact = self._store.contacts[contact_id]
            emails = tuple(_unsubscribed(entry, address) for entry in contact.emails)
            return self._store.update(self._store.contacts, replace(contact, emails=emails), self._actor)

    def add_note(self, lead_id: str, text: str, contact_id: str | None = None) -> NoteRecord:
        with self._store.changing():
            note = NoteRecord(
                id=self._store.ids.new("acti"),
                lead_id=self._store.leads[lead_id].id,
                contact_id=contact_id,
                note=text,
                **self._store.stamps(self._actor).members(),
            )
            return self._store.create(self._store.notes, note, self._actor)

    def edit_note(self, note_id: str, text: str) -> NoteRecord:
        with self._store.changing():
            changed = replace(self._store.notes[note_id], note=text)
            return self._store.update(self._store.notes, changed, self._actor)

    def subscribe(self, contact_id: str) -> SubscriptionRecord:
        """Start a sequence of messages to the contact."""
        with self._store.changing():
            subscription = SubscriptionRecord(
                id=self._store.ids.new("sub"),
                contact_id=self._store.contacts[contact_id].id,
                **self._store.stamps(self._actor).members(),
            )
            return self._store.create(self._store.subscriptions, subscription, self._actor)

    def move_contact(self, contact_id: str, lead_id: str) -> ContactRecord:
        with self._store.changing():
            moved = replace(self._store.contacts[contact_id], lead_id=self._store.leads[lead_id].id)
            return self._store.update(self._store.contacts, moved, self._actor)

    def delete_contact(self, contact_id: str) -> None:
        with self._store.changing():
            self._store.delete(self._store.contacts, contact_id, self._actor)

    def add_field(
        self,
        object_types: ObjectType | tuple[ObjectType, ...],
        name: str,
        kind: str = "text",
        *,
        choices: Sequence[str] = (),
        accepts_multiple_values: bool = False,
        editable_with_roles: Sequence[str] = (),
        description: str | None = None,
    ) -> FieldRecord:
        """A field of one object type, or a shared field of several."""
        shared = isinstance(object_types, tuple)
        with self._store.changing():
            field = FieldRecord(
                id=self._store.ids.new("cf"),
                object_types=object_types if isinstance(object_types, tuple) else (object_types,),
                name=name,
                type=kind,
                choices=tuple(choices),
                accepts_multiple_values=accepts_multiple_values,
                editable_with_roles=tuple(editable_with_roles),
                description=description,
                is_shared=shared,
                **self._store.stamps(self._actor).members(),
            )
            return self._store.create(self._store.fields, field, self._actor)

    def rename_field(self, field_id: str, name: str) -> FieldRecord:
        with self._store.changing():
            renamed = replace(self._store.fields[field_id], name=name)
            return self._store.update(self._store.fields, renamed, self._actor)

    def restrict_field(self, field_id: str, roles: Sequence[str]) -> FieldRecord:
        """Only these roles may edit its values from now on; nobody in particular means everybody."""
        with self._store.changing():
            restricted = replace(self._store.fields[field_id], editable_with_roles=tuple(roles))
            return self._store.update(self._store.fields, restricted, self._actor)

    def delete_field(self, field_id: str) -> None:
        with self._store.changing():
            self._store.delete_field(field_id, self._actor)

    def _rules(self) -> Rules:
        return Rules(self._store, self._switches, self._member)


def _finish(rules: Rules) -> None:
    try:
        rules.finish()
    except Refusal as refused:
        raise ValueError(str(refused.body)) from refused


def _unsubscribed(entry: EmailEntry, address: str) -> EmailEntry:
    return replace(entry, is_unsubscribed=True) if entry.email == address else entry
