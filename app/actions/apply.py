"""Carrying out a plan in Close, safely repeatable.

Updates send full values, so sending one twice does no harm. A create has no such protection in Close
(there is no idempotency key): it is preceded by a durable intent and followed by one transaction that
stores the new id and clears the intent. When the answer was lost, the intent stays; the next attempt
waits out the search index and then finds and adopts the record, or creates it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, TypeVar

from app.actions.field_gone import field_gone
from app.actions.plan import CreateContact, CreateLead, Plan, UpdateContact, UpdateLead, Write
from app.actions.record_memory import RecordMemory
from app.actions.upsert import Found
from app.close.failures import CloseError, FailureKind
from app.close.records import Contact, ContactWrite, Lead, LeadWrite, ObjectType
from app.json_value import JsonValue

_LISTS = ("emails", "phones", "urls")


class CloseWrites(Protocol):
    """The writes an action makes."""

    async def create_lead(self, lead: LeadWrite) -> Lead: ...
    async def update_lead(self, lead_id: str, lead: LeadWrite) -> Lead: ...
    async def create_contact(self, lead_id: str, contact: ContactWrite) -> Contact: ...
    async def update_contact(self, contact_id: str, contact: ContactWrite) -> Contact: ...


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done. ``notes`` name values that Close refused, ``left_out`` the lists they belong to."""

    records: tuple[Lead | Contact, ...]
    notes: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset()


@dataclass(slots=True)
class Application:
    """Applies one plan, made from ``found``. ``now_ms`` is the wall clock in milliseconds."""

    close: CloseWrites
    memory: RecordMemory
    found: Found
    event_time: datetime | None
    now_ms: Callable[[], int]
    records: list[Lead | Contact] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)

    async def run(self, plan: Plan) -> Applied:
        """Send every write in order. Raises ``CloseError``; what was written before stays written."""
        for write in plan.writes:
            record = await self._send(write)
            self.records.append(record)
            self._mark("lead" if isinstance(record, Lead) else "contact", record.id)
        written = {record.id for record in self.records}
        for reference in plan.settled:
            # An event that changes nothing still makes older ones late.
            if reference.id and reference.id not in written:
                self._mark(reference.object_type, reference.id)
        return Applied(tuple(self.records), tuple(self.notes), frozenset(self.left_out))

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
        if self.memory.settings.company_field_id in lead.custom:
            self.memory.gave_company_id(lead_id)
        _require_kept(lead.custom, updated.custom)
        return updated

    async def _update_contact(self, contact_id: str, contact: ContactWrite) -> Contact:
        updated = await self._without_refused_lists(
            contact, lambda part: self.close.update_contact(contact_id, part)
        )
        if self.memory.settings.user_field_id in contact.custom:
            sole = not self.found.leads and len(self.found.contacts) == 1
            self.memory.gave_user_id(contact_id, sole=sole)
        _require_kept(contact.custom, updated.custom)
        return updated

    async def _create_lead(self, lead: LeadWrite) -> Lead:
        self.memory.intend_lead(self.now_ms(), with_contact=bool(lead.contacts))
        with self._open_creation():
            created = await self._with_contact_retry(lead)
        contact = created.contacts[0] if created.contacts else None
        self.memory.created_lead(created.id, contact, sole=not self.found.contacts)
        if contact:
            self._mark("contact", contact.id)
            _require_kept(lead.contacts[0].custom, contact.custom)
        _require_kept(lead.custom, created.custom)
        return created

    async def _with_contact_retry(self, lead: LeadWrite) -> Lead:
        if not lead.contacts:
            return await self.close.create_lead(lead)
        return await self._without_refused_lists(
            lead.contacts[0], lambda part: self.close.create_lead(replace(lead, contacts=(part,)))
        )

    async def _create_contact(self, lead_id: str, contact: ContactWrite) -> Contact:
        self.memory.intend_contact(self.now_ms())
        with self._open_creation():
            created = await self._without_refused_lists(
                contact, lambda part: self.close.create_contact(lead_id, part)
            )
        # Under a known lead nobody has looked for the person elsewhere.
        self.memory.created_contact(created, sole=False)
        _require_kept(contact.custom, created.custom)
        return created

    @contextmanager
    def _open_creation(self) -> Iterator[None]:
        """Settle the intent when Close has surely created nothing; a lost answer leaves it open."""
        try:
            yield
        except CloseError as error:
            if not error.may_have_happened:
                self.memory.not_created()
            raise

    async def _without_refused_lists(self, contact: ContactWrite, send: _Send[_Record]) -> _Record:
        """Send; when Close names a list it will not take, send once more without it and say so."""
        try:
            return await send(contact)
        except CloseError as error:
            refused = _refused_lists(error, contact)
            if not refused:
                raise
            words = {name: _words_about(name, error) for name in refused}
        record = await send(_without(contact, refused))
        for name in refused:
            self.notes.append(f"Close refused the value for {name}: {words[name]} The rest was written.")
            self.left_out.add(name)
        return record

    def _mark(self, kind: ObjectType, record_id: str) -> None:
        if self.event_time is None:
            return
        applied = self.memory.identities.applied_at(kind, record_id)
        if applied is None or applied < self.event_time:
            self.memory.identities.mark_applied(kind, record_id, self.event_time)


_Record = TypeVar("_Record", Lead, Contact, covariant=True)


class _Send(Protocol[_Record]):
    async def __call__(self, contact: ContactWrite, /) -> _Record: ...


def _refused_lists(error: CloseError, contact: ContactWrite) -> tuple[str, ...]:
    """Lists the answer names at any depth, of those that were sent and are not all there is to send."""
    if error.kind is not FailureKind.INVALID:
        return ()
    named = {part for path in error.field_errors for part in path.split(".")}
    sent = [name for name in _LISTS if getattr(contact, name) is not None]
    refused = tuple(name for name in sent if name in named)
    others = contact.name or contact.title or contact.custom or len(sent) > len(refused)
    return refused if others else ()


def _words_about(name: str, error: CloseError) -> str:
    text = next(text for path, text in error.field_errors.items() if name in path.split("."))
    return text if text.endswith((".", "!", "?")) else f"{text}."


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
        raise field_gone("Close did not keep the value of a custom field.", lost[0])
