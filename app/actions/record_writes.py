"""Writing leads and contacts, safely repeatable.

Updates send full values, so sending one twice does no harm. A create has no such protection in Close
(there is no idempotency key): it is preceded by a durable intent and followed by the new id, which
clears it. When the answer was lost, the intent stays; the next attempt waits out the search index and
then finds and adopts the record, or creates it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from app.actions.field_gone import field_gone
from app.actions.plan import CreateContact, CreateLead, Remembered, UpdateContact, UpdateLead
from app.close.failures import CloseError, FailureKind
from app.close.records import Contact, ContactWrite, Lead, LeadWrite
from app.json_value import JsonValue
from app.storage.identity_store import Identities, Identity, Settlement

_LISTS = ("emails", "phones", "urls")


class CloseRecordWrites(Protocol):
    """The writes of leads and contacts."""

    async def create_lead(self, lead: LeadWrite) -> Lead: ...
    async def update_lead(self, lead_id: str, lead: LeadWrite) -> Lead: ...
    async def create_contact(self, lead_id: str, contact: ContactWrite) -> Contact: ...
    async def update_contact(self, contact_id: str, contact: ContactWrite) -> Contact: ...


@dataclass(slots=True)
class RecordWriter:
    """``notes`` name values that Close refused, ``left_out`` the lists they belong to.

    ``now_ms`` is the wall clock in milliseconds. Every method raises ``CloseError``.
    """

    close: CloseRecordWrites
    identities: Identities
    now_ms: Callable[[], int]
    notes: list[str] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)

    async def update_lead(self, write: UpdateLead) -> Lead:
        with self._giving_id(write.remember, write.lead_id):
            return await self.close.update_lead(write.lead_id, write.lead)

    async def update_contact(self, write: UpdateContact) -> Contact:
        with self._giving_id(write.remember, write.contact_id):
            return await self._without_refused_lists(
                write.contact, lambda part: self.close.update_contact(write.contact_id, part)
            )

    async def create_lead(self, write: CreateLead) -> Lead:
        with self._open_creation(write.remember):
            created = await self._with_contact_retry(write.lead)
        contact = created.contacts[0] if created.contacts else None
        self._settle(write.remember, created, contact)
        return created

    async def create_contact(self, write: CreateContact) -> Contact:
        with self._open_creation(write.remember):
            created = await self._without_refused_lists(
                write.contact, lambda part: self.close.create_contact(write.lead_id, part)
            )
        self._settle(write.remember, None, created)
        return created

    @contextmanager
    def _giving_id(self, remember: Sequence[Remembered], record_id: str) -> Iterator[None]:
        """Known before the call: with a lost answer nothing else tells which record has the id, and the
        search index does not show it for a while. Taken back when Close has surely not changed anything.
        """
        before = [(one, self._known(one)) for one in remember]
        for one in remember:
            self.identities.learn(one.kind, one.key, record_id, one.how)
        try:
            yield
        except CloseError as error:
            if not error.may_have_happened:
                for one, known in before:
                    if known is None:
                        self.identities.forget(one.kind, one.key)
                    else:
                        self.identities.learn(one.kind, one.key, known.close_id, known.how)
            raise

    def _known(self, one: Remembered) -> Identity | None:
        identities = self.identities
        return identities.lead_for(one.key) if one.kind == "lead" else identities.contact_for(one.key)

    def _settle(self, remember: Sequence[Remembered], lead: Lead | None, contact: Contact | None) -> None:
        settlements = []
        for one in remember:
            record = lead if one.kind == "lead" else contact
            if record is not None:
                settlements.append(Settlement(one.kind, one.key, record.id, one.how))
        self.identities.settle_all(settlements)

    @contextmanager
    def _open_creation(self, remember: Sequence[Remembered]) -> Iterator[None]:
        """Intend, and settle when Close has surely created nothing; a lost answer leaves it open."""
        self.identities.intend_all([(one.kind, one.key) for one in remember], "create", self.now_ms())
        try:
            yield
        except CloseError as error:
            if not error.may_have_happened:
                self.identities.settle_all(
                    [Settlement(one.kind, one.key, None, "not created") for one in remember]
                )
            raise

    async def _with_contact_retry(self, lead: LeadWrite) -> Lead:
        if not lead.contacts:
            return await self.close.create_lead(lead)
        return await self._without_refused_lists(
            lead.contacts[0], lambda part: self.close.create_lead(replace(lead, contacts=(part,)))
        )

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


def require_kept(
    write: CreateLead | UpdateLead | CreateContact | UpdateContact, record: Lead | Contact
) -> None:
    """Close may accept a value for a field that no longer exists and drop it: the answer tells.

    Raises ``CloseError`` (``CLOSE-FIELD-GONE``).
    """
    if isinstance(write, CreateLead | UpdateLead):
        _all_kept(write.lead.custom, record.custom)
        if isinstance(record, Lead):
            for sent, held in zip(write.lead.contacts, record.contacts, strict=False):
                _all_kept(sent.custom, held.custom)
    else:
        _all_kept(write.contact.custom, record.custom)


def _all_kept(sent: Mapping[str, JsonValue], held: Mapping[str, JsonValue]) -> None:
    lost = [key for key, value in sent.items() if value is not None and key not in held]
    if lost:
        raise field_gone("Close did not keep the value of a custom field.", lost[0])
