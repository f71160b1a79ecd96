"""A request as handlers see it, and what they see it with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.close.sandbox.account import Member
from app.close.sandbox.api.answers import no_such_object
from app.close.sandbox.entities import ContactRecord, Json, LeadRecord
from app.close.sandbox.search.cursors import Cursors
from app.close.sandbox.store import Actor, Store
from app.close.sandbox.switches import Switches


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One authenticated request with everything needed to answer it.

    ``method`` is the effective one (after ``x-http-method-override``), ``params`` the query string
    or the body's ``_params``, ``ids`` what the path pattern captured, ``tz_offset_h`` hours from UTC.
    """

    store: Store
    switches: Switches
    cursors: Cursors
    member: Member
    method: str
    ids: Mapping[str, str]
    params: Mapping[str, str]
    body: Json = field(default_factory=dict)
    request_id: str = ""
    tz_offset_h: float = 0.0

    @property
    def now(self) -> datetime:
        return self.store.clock.now()

    @property
    def actor(self) -> Actor:
        return Actor(self.member.user_id, self.request_id)

    # What this member can see. Reads by id and lists may be stale after a delete.

    def leads(self) -> list[LeadRecord]:
        found = self.store.leads.all_recent(self.now, self.switches.stale_get_after_delete_s)
        return [lead for lead in found if self.may_see(lead)]

    def contacts(self) -> list[ContactRecord]:
        found = self.store.contacts.all_recent(self.now, self.switches.stale_get_after_delete_s)
        return [contact for contact in found if self.may_see(self._lead_of(contact))]

    def lead(self, lead_id: str) -> LeadRecord:
        lead = self.store.leads.recent(lead_id, self.now, self.switches.stale_get_after_delete_s)
        if lead is None or not self.may_see(lead):
            raise no_such_object()
        return lead

    def contact(self, contact_id: str) -> ContactRecord:
        contact = self.store.contacts.recent(contact_id, self.now, self.switches.stale_get_after_delete_s)
        if contact is None or not self.may_see(self._lead_of(contact)):
            raise no_such_object()
        return contact

    # What a write finds: the truth, without stale reads.

    def lead_to_change(self, lead_id: str) -> LeadRecord:
        lead = self.store.leads.get(lead_id)
        if lead is None or not self.may_see(lead):
            raise no_such_object()
        return lead

    def contact_to_change(self, contact_id: str) -> ContactRecord:
        contact = self.store.contacts.get(contact_id)
        if contact is None or not self.may_see(self._lead_of(contact)):
            raise no_such_object()
        return contact

    def may_see(self, lead: LeadRecord | None) -> bool:
        """Without ``view_all_leads`` a member sees only the leads they made."""
        if self.member.may("view_all_leads"):
            return True
        return lead is not None and lead.created_by == self.member.user_id

    def _lead_of(self, contact: ContactRecord) -> LeadRecord | None:
        return self.store.leads.recent(contact.lead_id, self.now, self.switches.stale_get_after_delete_s)


def listed(value: Any) -> list[str]:
    """A parameter that holds several values: a JSON list or text with commas."""
    if isinstance(value, list):
        return [str(entry) for entry in value]
    return [part.strip() for part in str(value).split(",") if part.strip()]
