"""Finding the records an event speaks of: our own identities first, then Close's search.

Close's search index lags, so a search hit is only a pointer: every record is read by its id before
anything is decided from it, and its ids are compared here again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from app.actions.field_gone import field_gone
from app.actions.record_keys import (
    ONE_OF_SEVERAL,
    RecordKey,
    company_key,
    email_key,
    usable_company_id,
    usable_user_id,
    user_key,
)
from app.actions.upsert import BY_EMAIL, BY_USER_ID, MAX_CONTACTS, Found, carries_other_company
from app.actions.upsert_payload import ActionSettings, UpsertPayload
from app.close.comparison import same_email
from app.close.failures import CloseError, FailureKind
from app.close.records import Contact, Lead
from app.storage.identity_store import Identities, Identity

MERGED = "merged"
"""How an id is known that stands for the record it was merged into, whatever id that record carries."""

_MOST_CONTACTS_READ = 50
_MOST_MERGES_IN_A_ROW = 5


class CloseRecords(Protocol):
    """The reads a look-up makes."""

    async def lead(self, lead_id: str) -> Lead: ...
    async def contact(self, contact_id: str) -> Contact: ...
    async def leads_by_company_id(self, field_id: str, company_id: str) -> tuple[Lead, ...]: ...
    async def contacts_by_user_id(self, field_id: str, user_id: str) -> tuple[Contact, ...]: ...
    async def lead_merged_into(self, lead_id: str) -> str | None: ...
    async def contacts_by_email(self, email: str, *, user_field_id: str | None) -> tuple[Contact, ...]: ...


def _none(_key: RecordKey) -> Sequence[str]:
    return ()


@dataclass(slots=True)
class LookUp:
    """One event's look-up; ``story`` gathers what was found how, in words for the trace.

    ``recent`` names the records that were written here for a key so recently that no search may know them.
    """

    close: CloseRecords
    settings: ActionSettings
    identities: Identities
    payload: UpsertPayload
    recreate_deleted: bool = False
    recent: Callable[[RecordKey], Sequence[str]] = _none
    story: list[str] = field(default_factory=list)
    _company_id: str = field(init=False)
    _user_id: str = field(init=False)
    _known: dict[str, Identity] = field(init=False)

    def __post_init__(self) -> None:
        self._company_id = usable_company_id(self.payload, self.settings)
        self._user_id = usable_user_id(self.payload, self.settings)
        keys = {
            BY_USER_ID: user_key(self._user_id) if self._user_id else "",
            BY_EMAIL: email_key(self.payload.contact_email) if self.payload.contact_email else "",
        }
        known = {way: self.identities.contact_for(key) for way, key in keys.items() if key}
        self._known = {way: one for way, one in known.items() if one}

    async def find(self) -> Found:
        """Everything ``decide`` needs. Raises ``CloseError`` when Close cannot be read."""
        leads, lead_gone = await self._leads()
        if leads:
            return await self._inside(leads)
        if lead_gone and not self.recreate_deleted:
            return Found(deleted=f"the lead of company {self._company_id}")
        contacts, matched_by, contact_gone = await self._people()
        contacts, homes = await self._with_leads(contacts)
        if (
            contact_gone
            and not self.recreate_deleted
            and (not contacts or self._elsewhere(matched_by, homes))
        ):
            return self._deleted_contact()
        if not contacts:
            self.story.append("No lead and no contact match")
        return Found(contacts=contacts, leads_of_contacts=homes, matched_by=matched_by)

    def _elsewhere(self, matched_by: str, homes: Mapping[str, Lead]) -> bool:
        """Whether only the address was found, in other companies: this one would get a contact of its own."""
        field_id, company_id = self.settings.company_field_id, self._company_id
        if not (self._user_id and matched_by != BY_USER_ID and field_id and company_id):
            return False
        return all((home.custom.get(field_id) or company_id) != company_id for home in homes.values())

    def _deleted_contact(self) -> Found:
        who = f"user {self._user_id}" if self._user_id else self.payload.contact_email
        return Found(deleted=f"the contact of {who}")

    # Leads ---------------------------------------------------------------------------------------

    async def _leads(self) -> tuple[tuple[Lead, ...], bool]:
        """Leads with the Company ID, the first one read afresh; and whether a known one is gone."""
        field_id, company_id = self.settings.company_field_id, self._company_id
        if field_id is None or not company_id:
            return (), False
        known = self.identities.lead_for(company_key(company_id))
        known_lead = await self._lead_or_none(known.close_id) if known else None
        if known and known_lead and (known.how == MERGED or known_lead.custom.get(field_id) == company_id):
            self.story.append(f"Lead by Company ID, known from before: {known_lead.name}")
            return (known_lead,), False
        with _searching_by(self.settings.company_field_name):
            hits = list(await self.close.leads_by_company_id(field_id, company_id))
        while hits:
            fresh = await self._lead_or_none(hits[0].id)
            if fresh is not None and fresh.custom.get(field_id) == company_id:
                self.story.append(f"Lead by Company ID: {fresh.name}")
                return (fresh, *hits[1:]), False
            hits.pop(0)
        if known_lead and not known_lead.custom.get(field_id):
            # Somebody emptied the field, or Close dropped its value: still the lead we know.
            self.story.append(f"Lead known from before, now without a Company ID: {known_lead.name}")
            return (known_lead,), False
        if known is None or known_lead:
            return (), False
        moved = await self._lead_after_merge(known.close_id)
        return ((moved,), False) if moved else ((), True)

    async def _lead_after_merge(self, lead_id: str) -> Lead | None:
        """A person may have merged the lead away: Close's log tells where, else its contacts do.

        A contact's present lead counts only when it carries the Company ID: the contact may always have
        been elsewhere.
        """
        for _ in range(_MOST_MERGES_IN_A_ROW):
            destination = await self._merged_into(lead_id)
            if destination is None:
                break
            lead = await self._lead_or_none(destination)
            if lead is not None:
                return self._merged(lead)
            lead_id = destination
        for known in self._known.values():
            contact = await self._contact_or_none(known.close_id)
            lead = await self._lead_or_none(contact.lead_id) if contact else None
            if lead and lead.custom.get(self.settings.company_field_id or "") == self._company_id:
                return self._merged(lead)
        return None

    def _merged(self, lead: Lead) -> Lead:
        self.story.append(f"The lead was merged and is now {lead.name}")
        self.identities.learn("lead", company_key(self._company_id), lead.id, MERGED)
        return lead

    async def _merged_into(self, lead_id: str) -> str | None:
        try:
            return await self.close.lead_merged_into(lead_id)
        except CloseError as error:
            # The log is only open to some roles; without it the contacts have to tell.
            if error.kind in (FailureKind.FORBIDDEN, FailureKind.INVALID):
                return None
            raise

    async def _inside(self, leads: tuple[Lead, ...]) -> Found:
        lead = leads[0]
        homes = {lead.id: lead}
        inside, matched_by = self._matching(lead.contacts)
        if inside:
            self.story.append(f"Contact of this lead by {matched_by}: {inside[0].display_name}")
            return Found(leads, inside, homes, matched_by)
        known = self._known.get(BY_USER_ID if self._user_id else BY_EMAIL)
        twin = await self._contact_or_none(known.close_id) if known else None
        contact_gone = not self.recreate_deleted and known is not None and twin is None
        if contact_gone or (self.payload.describes_person and not self.payload.allow.duplicate_contacts):
            contacts, matched_by, _ = await self._people()
            contacts, elsewhere = await self._with_leads(contacts)
            by_email_only = bool(self._user_id) and matched_by != BY_USER_ID
            if contact_gone and (not contacts or by_email_only):
                # Somebody with the same address elsewhere is no reason to make the deleted one again here.
                return self._deleted_contact()
            return Found(leads, contacts, homes | elsewhere, matched_by)
        return Found(leads, leads_of_contacts=homes, twin=twin if twin and self._is_person(twin) else None)

    # People --------------------------------------------------------------------------------------

    def _matching(self, contacts: Sequence[Contact]) -> tuple[tuple[Contact, ...], str]:
        """The person among these contacts: by User ID, else by email among those without one."""
        by_id = tuple(contact for contact in contacts if self._has_our_user_id(contact))
        if by_id:
            return _oldest_first(by_id), BY_USER_ID
        people = tuple(contact for contact in contacts if self._is_person(contact))
        by_id_before = {known.close_id for way, known in self._known.items() if way == BY_USER_ID}
        known_by_id = any(contact.id in by_id_before for contact in people)
        return _oldest_first(people), BY_USER_ID if known_by_id else BY_EMAIL

    def _has_our_user_id(self, contact: Contact) -> bool:
        known = self._known.get(BY_USER_ID)
        if known is not None and known.how == MERGED and known.close_id == contact.id:
            return True
        field_id = self.settings.user_field_id
        return bool(field_id and self._user_id and contact.custom.get(field_id) == self._user_id)

    def _is_person(self, contact: Contact) -> bool:
        """Whether this contact, as Close holds it now, is the person of the event."""
        if self._has_our_user_id(contact):
            return True
        if self._user_id and self.settings.user_field_id and contact.custom.get(self.settings.user_field_id):
            # With a User ID in the event, an address only finds contacts that belong to no user yet.
            return False
        if any(contact.id == known.close_id for known in self._known.values()):
            return True
        email = self.payload.contact_email
        return bool(email) and any(same_email(entry.value, email) for entry in contact.emails)

    async def _people(self) -> tuple[tuple[Contact, ...], str, bool]:
        """The person's contacts anywhere, how they were found, and whether a known one is gone."""
        gone = False
        if self._user_id:
            contacts, gone = await self._by_user_id()
            if contacts:
                return contacts, BY_USER_ID, False
        if not self.payload.contact_email:
            return (), "", gone
        contacts, email_gone = await self._by_email()
        return contacts, BY_EMAIL, gone or (email_gone and not self._user_id)

    async def _by_user_id(self) -> tuple[tuple[Contact, ...], bool]:
        field_id, user_id = self.settings.user_field_id, self._user_id
        alone, pointer, gone = await self._remembered(BY_USER_ID)
        if alone or field_id is None:
            return alone, gone
        with _searching_by(self.settings.user_field_name):
            hits = await self.close.contacts_by_user_id(field_id, user_id)
        pointer = await self._with_recent(pointer, hits, user_key(user_id))
        return self._told(_united(pointer, hits), BY_USER_ID), gone

    async def _by_email(self) -> tuple[tuple[Contact, ...], bool]:
        alone, pointer, gone = await self._remembered(BY_EMAIL)
        if alone:
            return alone, gone
        hits = await self.close.contacts_by_email(
            self.payload.contact_email, user_field_id=self.settings.user_field_id
        )
        pointer = await self._with_recent(pointer, hits, email_key(self.payload.contact_email))
        fitting = tuple(contact for contact in hits if self._is_person(contact))
        return self._told(_united(pointer, fitting), BY_EMAIL), gone

    async def _with_recent(
        self, pointer: tuple[Contact, ...], hits: Sequence[Contact], key: str
    ) -> tuple[Contact, ...]:
        """What is remembered, with the person's contacts that the search index may not show yet."""
        known = {contact.id for contact in (*pointer, *hits)}
        fresh = [
            await self._contact_or_none(one) for one in self.recent(("contact", key)) if one not in known
        ]
        return (*pointer, *(one for one in fresh if one is not None and self._is_person(one)))

    async def _remembered(self, way: str) -> tuple[tuple[Contact, ...], tuple[Contact, ...], bool]:
        """The person's only contact, or one of several, as remembered; and whether it is gone."""
        known = self._known.get(way)
        if known is None:
            return (), (), False
        contact = await self._contact_or_none(known.close_id)
        if contact is None:
            return (), (), True
        if not self._is_person(contact):
            return (), (), False
        if known.how == ONE_OF_SEVERAL:
            return (), (contact,), False
        self.story.append(f"Contact by {way}, known from before: {contact.display_name}")
        return (contact,), (), False

    def _told(self, contacts: tuple[Contact, ...], way: str) -> tuple[Contact, ...]:
        if contacts:
            self.story.append(f"Contact by {way}: {contacts[0].display_name}")
        return contacts

    async def _with_leads(self, contacts: tuple[Contact, ...]) -> tuple[tuple[Contact, ...], dict[str, Lead]]:
        """The leads the contacts live under, and the contacts as those leads hold them now."""
        homes: dict[str, Lead] = {}
        fresh: list[Contact] = []
        fitting = 0
        for contact in contacts[:_MOST_CONTACTS_READ]:
            current = await self._at_home(contact, homes)
            if current is None or not self._is_person(current):
                continue
            fresh.append(current)
            home = homes.get(current.lead_id)
            fitting += not carries_other_company(home, self.settings.company_field_id, self._company_id)
            if fitting > MAX_CONTACTS:
                break
        return tuple(fresh), homes

    async def _at_home(self, contact: Contact, homes: dict[str, Lead]) -> Contact | None:
        for attempt in range(2):
            if contact.lead_id not in homes:
                lead = await self._lead_or_none(contact.lead_id)
                if lead is not None:
                    homes[lead.id] = lead
            home = homes.get(contact.lead_id)
            for nested in home.contacts if home else ():
                if nested.id == contact.id:
                    return nested
            if attempt == 0:
                moved = await self._contact_or_none(contact.id)
                if moved is None:
                    return None
                contact = moved
        return contact

    async def _lead_or_none(self, lead_id: str) -> Lead | None:
        try:
            return await self.close.lead(lead_id)
        except CloseError as error:
            if error.kind is FailureKind.NOT_FOUND:
                return None
            raise

    async def _contact_or_none(self, contact_id: str) -> Contact | None:
        try:
            return await self.close.contact(contact_id)
        except CloseError as error:
            if error.kind is FailureKind.NOT_FOUND:
                return None
            raise


@contextmanager
def _searching_by(field_name: str) -> Iterator[None]:
    """Close refuses a search by a field that it does not have."""
    try:
        yield
    except CloseError as error:
        if error.kind is not FailureKind.INVALID:
            raise
        title = "Close cannot be searched by a custom field."
        raise field_gone(title, field_name, detail=error.detail, status=error.status) from error


def _united(pointer: tuple[Contact, ...], hits: Sequence[Contact]) -> tuple[Contact, ...]:
    """What is remembered and what was found, each once, oldest first."""
    return _oldest_first(tuple({contact.id: contact for contact in (*hits, *pointer)}.values()))


def _oldest_first(contacts: tuple[Contact, ...]) -> tuple[Contact, ...]:
    return tuple(sorted(contacts, key=lambda contact: contact.date_created))
