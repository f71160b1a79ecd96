"""Carrying out a plan in Close, safely repeatable.

Updates send full values, so sending one twice does no harm. A create has no such protection in Close
(there is no idempotency key): it is preceded by a durable intent and followed by one transaction that
stores the new id and clears the intent. When the answer was lost, the intent stays; the next attempt
waits out the search index and then finds and adopts the record, or creates it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, TypeVar

from app.actions.look_up import company_key, email_key, user_key
from app.actions.plan import CreateContact, CreateLead, Plan, UpdateContact, UpdateLead, Write
from app.actions.upsert_payload import ActionSettings, UpsertPayload
from app.close.failures import CloseError, FailureKind
from app.close.records import Contact, ContactWrite, Lead, LeadWrite, ObjectType
from app.json_value import JsonValue
from app.storage.identity_store import Identities

_LISTS = ("emails", "phones", "urls")


class CloseWrites(Protocol):
    """The writes an action makes."""

    async def create_lead(self, lead: LeadWrite) -> Lead: ...
    async def update_lead(self, lead_id: str, lead: LeadWrite) -> Lead: ...
    async def create_contact(self, lead_id: str, contact: ContactWrite) -> Contact: ...
    async def update_contact(self, contact_id: str, contact: ContactWrite) -> Contact: ...


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done. ``notes`` name values that Close refused and that were left out."""

    records: tuple[Lead | Contact, ...]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Application:
    """Applies one plan. ``now_ms`` is the wall clock in milliseconds."""

    close: CloseWrites
    settings: ActionSettings
    identities: Identities
    payload: UpsertPayload
    event_time: datetime | None
    now_ms: Callable[[], int]
    records: list[Lead | Contact] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    async def run(self, plan: Plan) -> Applied:
        """Send every write in order. Raises ``CloseError``; what was written before stays written."""
        for write in plan.writes:
            record = await self._send(write)
            self.records.append(record)
            self._remember_time(record)
        return Applied(tuple(self.records), tuple(self.notes))

    async def _send(self, write: Write) -> Lead | Contact:
        match write:
            case UpdateLead(lead_id, lead):
                return await self._update_lead(lead_id, lead)
            case UpdateContact(contact_id, contact):
                return await self._update_contact(contact_id, contact)
            case CreateLead(lead):
                return await self._create_lead(lead)
            case CreateContact(lead_id, contact):
                return await self._create_contact(lead_id, contact)

    async def _update_lead(self, lead_id: str, lead: LeadWrite) -> Lead:
        updated = await self.close.update_lead(lead_id, lead)
        _require_kept(lead.custom, updated.custom)
        if self.settings.company_field_id in lead.custom:
            # The search index will not show the new id for a while; until then this memory answers.
            self.identities.learn("lead", company_key(self.payload.lead_external_id), lead_id, "given the ID")
        return updated

    async def _update_contact(self, contact_id: str, contact: ContactWrite) -> Contact:
        updated = await self._without_refused_lists(
            contact, lambda part: self.close.update_contact(contact_id, part)
        )
        if self.settings.user_field_id in contact.custom:
            self.identities.learn("contact", self._person_key(), contact_id, "given the ID")
        return updated

    async def _create_lead(self, lead: LeadWrite) -> Lead:
        kind, key = self._lead_intent()
        self.identities.intend(kind, key, "create lead", self.now_ms())
        try:
            created = await self._with_contact_retry(lead)
        except CloseError as error:
            if not error.may_have_happened:
                self.identities.settle(kind, key, None, "not created")
            raise
        contact = created.contacts[0] if created.contacts else None
        own_id = created.id if kind == "lead" else contact.id if contact else None
        self.identities.settle(kind, key, own_id, "created")
        if self.payload.lead_external_id and self.settings.company_field_id:
            self.identities.learn("lead", company_key(self.payload.lead_external_id), created.id, "created")
        if contact:
            self._learn_contact(contact)
        _require_kept(lead.custom, created.custom)
        return created

    async def _with_contact_retry(self, lead: LeadWrite) -> Lead:
        if not lead.contacts:
            return await self.close.create_lead(lead)
        return await self._without_refused_lists(
            lead.contacts[0], lambda part: self.close.create_lead(replace(lead, contacts=(part,)))
        )

    async def _create_contact(self, lead_id: str, contact: ContactWrite) -> Contact:
        key = self._person_key()
        self.identities.intend("contact", key, "create contact", self.now_ms())
        try:
            created = await self._without_refused_lists(
                contact, lambda part: self.close.create_contact(lead_id, part)
            )
        except CloseError as error:
            if not error.may_have_happened:
                self.identities.settle("contact", key, None, "not created")
            raise
        self.identities.settle("contact", key, created.id, "created")
        self._learn_contact(created)
        return created

    async def _without_refused_lists(self, contact: ContactWrite, send: _Send[_Record]) -> _Record:
        """Send; when Close names a list it will not take, send once more without it and say so."""
        try:
            record = await send(contact)
        except CloseError as error:
            refused = _refused_lists(error, contact)
            if not refused:
                raise
            for name in refused:
                words = next(text for path, text in error.field_errors.items() if name in path.split("."))
                self.notes.append(f"Close refused the value for {name}: {words} The rest was written.")
            record = await send(_without(contact, refused))
        if isinstance(record, Contact):
            _require_kept(contact.custom, record.custom)
        return record

    def _lead_intent(self) -> tuple[ObjectType, str]:
        if self.payload.lead_external_id and self.settings.company_field_id:
            return "lead", company_key(self.payload.lead_external_id)
        return "contact", self._person_key()

    def _person_key(self) -> str:
        return person_key(self.payload, self.settings)

    def _learn_contact(self, contact: Contact) -> None:
        self.identities.learn("contact", self._person_key(), contact.id, "created")

    def _remember_time(self, record: Lead | Contact) -> None:
        if self.event_time is None:
            return
        if isinstance(record, Lead):
            self.identities.mark_applied("lead", record.id, self.event_time)
            for contact in record.contacts:
                self.identities.mark_applied("contact", contact.id, self.event_time)
        else:
            self.identities.mark_applied("contact", record.id, self.event_time)


_Record = TypeVar("_Record", Lead, Contact, covariant=True)


class _Send(Protocol[_Record]):
    async def __call__(self, contact: ContactWrite, /) -> _Record: ...


def person_key(payload: UpsertPayload, settings: ActionSettings) -> str:
    """The identity key of the payload's person: by User ID where the profile keeps one, else by email."""
    if payload.contact_external_id and settings.user_field_id:
        return user_key(payload.contact_external_id)
    return email_key(payload.contact_email)


def _refused_lists(error: CloseError, contact: ContactWrite) -> tuple[str, ...]:
    """Lists the answer names at any depth, of those that were sent and are not all there is to send."""
    if error.kind is not FailureKind.INVALID:
        return ()
    named = {part for path in error.field_errors for part in path.split(".")}
    sent = [name for name in _LISTS if getattr(contact, name) is not None]
    refused = tuple(name for name in sent if name in named)
    others = contact.name or contact.title or contact.custom or len(sent) > len(refused)
    return refused if others else ()


def _without(contact: ContactWrite, refused: tuple[str, ...]) -> ContactWrite:
    return replace(
        contact,
        emails=None if "emails" in refused else contact.emails,
        phones=None if "phones" in refused else contact.phones,
        urls=None if "urls" in refused else contact.urls,
    )


def _require_kept(sent: Mapping[str, JsonValue], held: Mapping[str, JsonValue]) -> None:
    """Close may accept a value for a field that no longer exists and drop it: the answer tells."""
    lost = [key for key, value in sent.items() if value is not None and key not in held]
    if lost:
        raise CloseError(
            FailureKind.INVALID,
            "CLOSE-FIELD-GONE",
            "Close did not keep the value of a custom field.",
            cause=f"The field {lost[0]} may have been deleted, or the key's user may not edit it.",
            remedy="Open ID fields (or run `segment-close fields`) to check it, then retry the event.",
        )
