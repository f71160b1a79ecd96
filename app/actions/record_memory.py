"""What is remembered about the records of one event: which they are, and which creations are open.

A contact is remembered as *the* person's only when nothing speaks for a second one; otherwise the
memory is a pointer beside Close's search, because one remembered contact would hide the others.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.record_keys import (
    ONE_OF_SEVERAL,
    RecordKey,
    company_keys,
    person_keys,
    usable_user_id,
)
from app.actions.upsert import BY_USER_ID, Found
from app.actions.upsert_payload import ActionSettings, UpsertPayload
from app.storage.identity_store import Identities, Identity


@dataclass(frozen=True, slots=True)
class RecordMemory:
    """The memory's view of one payload."""

    identities: Identities
    settings: ActionSettings
    payload: UpsertPayload

    @property
    def keys(self) -> tuple[RecordKey, ...]:
        """Everything the event's records are known by."""
        return (*self._company, *self._person)

    @property
    def _company(self) -> tuple[RecordKey, ...]:
        return company_keys(self.payload, self.settings)

    @property
    def _person(self) -> tuple[RecordKey, ...]:
        return person_keys(self.payload, self.settings)

    def adopt(self, found: Found) -> None:
        """Remember what a look-up found, and close open creations with it: their answers had been lost."""
        for kind, key in self._company:
            self._adopt(kind_key=(kind, key), ids=self._lead_ids(found), several=False)
        for number, (kind, key) in enumerate(self._person):
            ids = tuple(contact.id for contact in found.contacts)
            by_this_key = number == 0 and (found.matched_by == BY_USER_ID or not self._has_user_id)
            several = bool(found.leads) or len(ids) > 1 or not by_this_key
            self._adopt(kind_key=(kind, key), ids=ids, several=several, learn=by_this_key)

    @property
    def _has_user_id(self) -> bool:
        return bool(usable_user_id(self.payload, self.settings))

    def _lead_ids(self, found: Found) -> tuple[str, ...]:
        if found.leads:
            return (found.leads[0].id,)
        field_id, company_id = self.settings.company_field_id, self.payload.lead_external_id
        homes = found.leads_of_contacts.values()
        return tuple(lead.id for lead in homes if field_id and lead.custom.get(field_id) == company_id)[:1]

    def _adopt(self, kind_key: RecordKey, ids: tuple[str, ...], *, several: bool, learn: bool = True) -> None:
        kind, key = kind_key
        how = ONE_OF_SEVERAL if several else "found"
        if self.identities.intent_for(kind, key) is not None:
            self.identities.settle(kind, key, ids[0] if ids else None, how)
            return
        if not ids or not learn:
            return
        known = self._known(kind_key)
        if known is None or (known.close_id not in ids and not several):
            self.identities.learn(kind, key, ids[0], how)
        elif known.close_id not in ids and known.how != ONE_OF_SEVERAL:
            # There is a second contact now: the first stays known, but no longer alone.
            self.identities.learn(kind, key, known.close_id, ONE_OF_SEVERAL)
        elif not several and known.how == ONE_OF_SEVERAL:
            self.identities.learn(kind, key, ids[0], how)

    def _known(self, kind_key: RecordKey) -> Identity | None:
        kind, key = kind_key
        return self.identities.lead_for(key) if kind == "lead" else self.identities.contact_for(key)
