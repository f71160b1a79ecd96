"""Leads and contacts by their ids."""

from __future__ import annotations

from app.close.answers import read_contact, read_lead, read_page
from app.close.caller import Caller
from app.close.calls import record_id, shaped
from app.close.records import Contact, ContactWrite, Lead, LeadWrite
from app.close.writes import contact_body, lead_body
from app.json_value import JsonObject

_CONTACT_PAGE_ROWS = 100


class RecordCalls(Caller):
    """Reading and changing leads and contacts."""

    async def lead(self, lead_id: str) -> Lead:
        """The lead with its contacts."""
        return shaped(read_lead, await self._call("GET", "lead", record_id(lead_id)))

    async def create_lead(self, lead: LeadWrite) -> Lead:
        return shaped(read_lead, await self._call("POST", "lead", body=lead_body(lead)))

    async def update_lead(self, lead_id: str, lead: LeadWrite) -> Lead:
        """Change what ``lead`` holds and leave the rest. Contacts cannot be changed this way."""
        if lead.contacts:
            raise ValueError("contacts of an existing lead are changed one by one")
        return shaped(read_lead, await self._call("PUT", "lead", record_id(lead_id), body=lead_body(lead)))

    async def delete_lead(self, lead_id: str) -> None:
        """Delete the lead with everything on it."""
        await self._call("DELETE", "lead", record_id(lead_id))

    async def contact(self, contact_id: str) -> Contact:
        return shaped(read_contact, await self._call("GET", "contact", record_id(contact_id)))

    async def create_contact(self, lead_id: str, contact: ContactWrite) -> Contact:
        """Create a contact on an existing lead; without one Close would make up a new lead."""
        body = {"lead_id": record_id(lead_id)} | contact_body(contact)
        return shaped(read_contact, await self._call("POST", "contact", body=body))

    async def update_contact(self, contact_id: str, contact: ContactWrite) -> Contact:
        """Change what ``contact`` holds and leave the rest. A list that is given replaces the old one."""
        return shaped(
            read_contact,
            await self._call("PUT", "contact", record_id(contact_id), body=contact_body(contact)),
        )

    async def delete_contact(self, contact_id: str) -> None:
        await self._call("DELETE", "contact", record_id(contact_id))

    async def contacts_of_lead(self, lead_id: str) -> tuple[Contact, ...]:
        contacts: list[Contact] = []
        more = True
        while more:
            query: JsonObject = {
                "lead_id": record_id(lead_id),
                "_limit": _CONTACT_PAGE_ROWS,
                "_skip": len(contacts),
            }
            rows, more = shaped(read_page, await self._call("GET", "contact", query=query))
            contacts += [shaped(read_contact, row) for row in rows]
            more = more and bool(rows)
        return tuple(contacts)
