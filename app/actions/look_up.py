"""Finding the records an event speaks of: our own identities first, then Close's search.

Close's search index lags, so a search hit is only a pointer: every record is read by its id before
anything is decided from it, and its ids are compared here again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from app.actions.upsert import MAX_CONTACTS, Found
from app.actions.upsert_payload import ActionSettings, UpsertPayload
from app.close.comparison import same_email
from app.close.failures import CloseError, FailureKind
from app.close.records import Contact, Lead
from app.storage.identity_store import Identities


def company_key(company_id: str) -> str:
    """The identity key of a company."""
    return f"company:{company_id}"


def user_key(user_id: str) -> str:
    """The identity key of a person known by User ID."""
    return f"user:{user_id}"


def email_key(email: str) -> str:
    """The identity key of a person known by address only."""
    return f"email:{email.strip().casefold()}"


class CloseRecords(Protocol):
    """The reads a look-up makes."""

    async def lead(self, lead_id: str) -> Lead: ...
    async def contact(self, contact_id: str) -> Contact: ...
    async def leads_by_company_id(self, field_id: str, company_id: str) -> tuple[Lead, ...]: ...
    async def contacts_by_user_id(self, field_id: str, user_id: str) -> tuple[Contact, ...]: ...
    async def contacts_by_email(self, email: str, *, user_field_id: str | None) -> tuple[Contact, ...]: ...


@dataclass(slots=True)
class LookUp:
    """One event's look-up; ``story`` gathers what was found how, in words for the trace."""

    close: CloseRecords
    settings: ActionSettings
    identities: Identities
    recreate_deleted: bool = False
    story: list[str] = field(default_factory=list)

    async def find(self, payload: UpsertPayload) -> Found:
        """Everything ``decide`` needs. Raises ``CloseError`` when Close cannot be read."""
        leads, lead_gone = await self._leads(payload)
        if leads:
            return await self._inside(payload, leads)
        if lead_gone and not self.recreate_deleted:
            return Found(deleted=f"the lead of company {payload.lead_external_id}")
        contacts, matched_by, contact_gone = await self._people(payload)
        if contact_gone and not contacts and not self.recreate_deleted:
            return Found(deleted=f"the contact of user {payload.contact_external_id}")
        contacts, homes = await self._with_leads(contacts)
        if not contacts:
            self.story.append("No lead and no contact match.")
        return Found(contacts=contacts, leads_of_contacts=homes, matched_by=matched_by)

    async def _leads(self, payload: UpsertPayload) -> tuple[tuple[Lead, ...], bool]:
        """Leads with the Company ID, the first one read afresh; and whether a known one is gone."""
        field_id, company_id = self.settings.company_field_id, payload.lead_external_id
        if field_id is None or not company_id:
            return (), False
        known = self.identities.lead_for(company_key(company_id))
        if known is not None:
            lead = await self._lead_or_none(known.close_id)
            if lead is not None and lead.custom.get(field_id) == company_id:
                self.story.append(f"Lead by Company ID, known from before: {lead.name}")
                return (lead,), False
        hits = list(await self.close.leads_by_company_id(field_id, company_id))
        while hits:
            fresh = await self._lead_or_none(hits[0].id)
            if fresh is not None and fresh.custom.get(field_id) == company_id:
                self.story.append(f"Lead by Company ID: {fresh.name}")
                return (fresh, *hits[1:]), False
            hits.pop(0)
        if known is None:
            return (), False
        moved = await self._lead_after_merge(payload)
        return ((moved,), False) if moved else ((), True)

    async def _lead_after_merge(self, payload: UpsertPayload) -> Lead | None:
        """A person may have merged the lead away: its contacts keep their ids and tell where they are now."""
        known = self._known_contact(payload.contact_external_id)
        contact = await self._contact_or_none(known) if known else None
        lead = await self._lead_or_none(contact.lead_id) if contact else None
        if lead is not None:
            self.story.append(f"The lead was merged; its contact is now under {lead.name}")
        return lead

    async def _inside(self, payload: UpsertPayload, leads: tuple[Lead, ...]) -> Found:
        lead = leads[0]
        inside, matched_by = self._matching(payload, lead.contacts)
        if inside:
            self.story.append(f"Contact of this lead by {matched_by}: {inside[0].display_name}")
            return Found(leads, inside, {lead.id: lead}, matched_by)
        known = self._known_contact(payload.contact_external_id)
        if known is not None and not self.recreate_deleted:
            elsewhere = await self._contact_or_none(known)
            if elsewhere is None:
                again, matched_by, _ = await self._people(payload)
                if not again:
                    return Found(deleted=f"the contact of user {payload.contact_external_id}")
        if payload.describes_person and not payload.allow.duplicate_contacts:
            contacts, matched_by, _ = await self._people(payload)
            return Found(leads, contacts, {lead.id: lead}, matched_by)
        return Found(leads, leads_of_contacts={lead.id: lead})

    def _matching(
        self, payload: UpsertPayload, contacts: tuple[Contact, ...]
    ) -> tuple[tuple[Contact, ...], str]:
        """The person among these contacts: by User ID, else by email among those without one."""
        field_id, user_id = self.settings.user_field_id, payload.contact_external_id
        by_id = tuple(c for c in contacts if field_id and user_id and c.custom.get(field_id) == user_id)
        if by_id:
            return _oldest_first(by_id), "User ID"
        by_email = tuple(c for c in contacts if self._reachable_by_email(c, payload))
        return _oldest_first(by_email), "email"

    def _reachable_by_email(self, contact: Contact, payload: UpsertPayload) -> bool:
        if not payload.contact_email:
            return False
        if not any(same_email(entry.value, payload.contact_email) for entry in contact.emails):
            return False
        field_id = self.settings.user_field_id
        # With a User ID in the event, an address only finds contacts that belong to no user yet.
        return not (field_id and payload.contact_external_id and contact.custom.get(field_id))

    async def _people(self, payload: UpsertPayload) -> tuple[tuple[Contact, ...], str, bool]:
        """The person's contacts anywhere, how they were found, and whether a known one is gone."""
        field_id, user_id = self.settings.user_field_id, payload.contact_external_id
        gone = False
        if field_id and user_id:
            known = self._known_contact(user_id)
            if known is not None:
                contact = await self._contact_or_none(known)
                gone = contact is None
                if contact is not None and contact.custom.get(field_id) == user_id:
                    self.story.append(f"Contact by User ID, known from before: {contact.display_name}")
                    return (contact,), "User ID", False
            hits = await self.close.contacts_by_user_id(field_id, user_id)
            if hits:
                self.story.append(f"Contact by User ID: {hits[0].display_name}")
                return _oldest_first(hits), "User ID", False
        if not payload.contact_email:
            return (), "", gone
        return *(await self._by_email(payload)), gone

    async def _by_email(self, payload: UpsertPayload) -> tuple[tuple[Contact, ...], str]:
        known = self.identities.contact_for(email_key(payload.contact_email))
        if known is not None:
            contact = await self._contact_or_none(known.close_id)
            if contact is not None and self._reachable_by_email(contact, payload):
                self.story.append(f"Contact by email, known from before: {contact.display_name}")
                return (contact,), "email"
        hits = await self.close.contacts_by_email(
            payload.contact_email, user_field_id=self.settings.user_field_id
        )
        fitting = _oldest_first(tuple(c for c in hits if self._reachable_by_email(c, payload)))
        if fitting:
            self.story.append(f"Contact by email: {fitting[0].display_name}")
        return fitting, "email"

    async def _with_leads(self, contacts: tuple[Contact, ...]) -> tuple[tuple[Contact, ...], dict[str, Lead]]:
        """The leads the contacts live under, and the contacts as those leads hold them now."""
        homes: dict[str, Lead] = {}
        fresh: list[Contact] = []
        for contact in contacts[: MAX_CONTACTS + 1]:
            current = await self._at_home(contact, homes)
            if current is not None:
                fresh.append(current)
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

    def _known_contact(self, user_id: str) -> str | None:
        known = self.identities.contact_for(user_key(user_id)) if user_id else None
        return known.close_id if known else None

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


def _oldest_first(contacts: tuple[Contact, ...]) -> tuple[Contact, ...]:
    return tuple(sorted(contacts, key=lambda contact: contact.date_created))
