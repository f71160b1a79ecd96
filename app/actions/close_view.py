"""Close as actions see it: reads that are under way are shared, and what is gone stays gone.

Close may go on answering for a record for some time after it was deleted. A record that was deleted here, or
that could not be written because it does not exist, is therefore not believed again for a while.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import TypeVar, cast

from app.actions.workplace import CloseAccess
from app.close.activities import Activity, ActivityWrite, LeadMerge
from app.close.failures import CloseError, FailureKind
from app.close.records import Contact, ContactWrite, Lead, LeadWrite

_BELIEVED_GONE_MS = 10 * 60 * 1000

_T = TypeVar("_T")
_Record = TypeVar("_Record", Lead, Contact)


class CloseView:
    """Belongs to one asyncio loop. ``now_ms`` is the wall clock in milliseconds."""

    def __init__(self, close: CloseAccess, now_ms: Callable[[], int]) -> None:
        self._close = close
        self._now_ms = now_ms
        self._gone: dict[str, int] = {}
        self._reading: dict[tuple[str, ...], asyncio.Task[object]] = {}

    # Reads ---------------------------------------------------------------------------------------

    async def lead(self, lead_id: str) -> Lead:
        self._refuse_gone(lead_id)
        return self._living(await self._shared(("lead", lead_id), lambda: self._close.lead(lead_id)))

    async def contact(self, contact_id: str) -> Contact:
        self._refuse_gone(contact_id)
        return await self._shared(("contact", contact_id), lambda: self._close.contact(contact_id))

    async def leads_by_company_id(self, field_id: str, company_id: str) -> tuple[Lead, ...]:
        key = ("search lead", field_id, company_id)
        hits = await self._shared(key, lambda: self._close.leads_by_company_id(field_id, company_id))
        return self._without_gone(hits)

    async def contacts_by_user_id(self, field_id: str, user_id: str) -> tuple[Contact, ...]:
        key = ("search user", field_id, user_id)
        hits = await self._shared(key, lambda: self._close.contacts_by_user_id(field_id, user_id))
        return self._without_gone(hits)

    async def contacts_by_email(self, email: str, *, user_field_id: str | None) -> tuple[Contact, ...]:
        key = ("search email", email, user_field_id or "")
        hits = await self._shared(
            key, lambda: self._close.contacts_by_email(email, user_field_id=user_field_id)
        )
        return self._without_gone(hits)

    async def activities_of_lead(self, lead_id: str, contact_id: str | None = None) -> tuple[Activity, ...]:
        found = await self._close.activities_of_lead(lead_id, contact_id)
        return tuple(one for one in found if not self._is_gone(one.id))

    async def activity(self, resource: str, activity_id: str) -> Activity:
        self._refuse_gone(activity_id)
        return await self._close.activity(resource, activity_id)

    async def opportunities_of_contact(self, lead_id: str, contact_id: str) -> tuple[str, ...]:
        return await self._close.opportunities_of_contact(lead_id, contact_id)

    async def active_subscriptions(self, contact_id: str) -> int:
        return await self._close.active_subscriptions(contact_id)

    async def lead_merges(self, destination_id: str) -> tuple[LeadMerge, ...]:
        return await self._close.lead_merges(destination_id)

    async def lead_merged_into(self, lead_id: str) -> str | None:
        return await self._close.lead_merged_into(lead_id)

    # Writes --------------------------------------------------------------------------------------

    async def create_lead(self, lead: LeadWrite) -> Lead:
        self._reading.clear()
        return await self._close.create_lead(lead)

    async def update_lead(self, lead_id: str, lead: LeadWrite) -> Lead:
        return await self._changing(lead_id, self._close.update_lead(lead_id, lead))

    async def create_contact(self, lead_id: str, contact: ContactWrite) -> Contact:
        write = self._close.create_contact(lead_id, contact)
        return await self._changing(lead_id, self._under(write, lead_id=lead_id), about=False)

    async def update_contact(self, contact_id: str, contact: ContactWrite) -> Contact:
        return await self._changing(contact_id, self._close.update_contact(contact_id, contact))

    async def create_activity(self, activity: ActivityWrite) -> Activity:
        write = self._close.create_activity(activity)
        return await self._under(write, lead_id=activity.lead_id, contact_id=activity.contact_id or "")

    async def update_activity(self, resource: str, activity_id: str, activity: ActivityWrite) -> Activity:
        return await self._changing(activity_id, self._close.update_activity(resource, activity_id, activity))

    async def give_to_contact(self, resource: str, child_id: str, contact_id: str) -> None:
        await self._close.give_to_contact(resource, child_id, contact_id)

    async def merge_leads(self, source_id: str, destination_id: str) -> None:
        self._reading.clear()
        await self._close.merge_leads(source_id, destination_id)

    async def delete_lead(self, lead_id: str) -> None:
        await self._changing(lead_id, self._close.delete_lead(lead_id))
        self._note_gone(lead_id)

    async def delete_contact(self, contact_id: str) -> None:
        await self._changing(contact_id, self._close.delete_contact(contact_id))
        self._note_gone(contact_id)

    async def delete_activity(self, resource: str, activity_id: str) -> None:
        await self._changing(activity_id, self._close.delete_activity(resource, activity_id))
        self._note_gone(activity_id)

    # How -----------------------------------------------------------------------------------------

    async def _shared(self, key: tuple[str, ...], read: Callable[[], Awaitable[_T]]) -> _T:
        """Join a read of the same thing that is under way, or start one."""
        running = self._reading.get(key)
        if running is None:
            running = asyncio.create_task(_started(read))
            self._reading[key] = running
            running.add_done_callback(lambda done: self._ended(key, done))
        # One event that is cancelled must not take the others' answer along.
        return cast("_T", await asyncio.shield(running))

    def _ended(self, key: tuple[str, ...], done: asyncio.Task[object]) -> None:
        if self._reading.get(key) is done:
            del self._reading[key]
        if not done.cancelled():
            # Everybody who waited may have been cancelled: nobody else would look at the failure.
            done.exception()

    async def _changing(self, record_id: str, write: Awaitable[_T], *, about: bool = True) -> _T:
        """What was read before a write is not given to anybody after it."""
        self._reading.clear()
        try:
            return await write
        except CloseError as error:
            if about and error.kind is FailureKind.NOT_FOUND:
                self._note_gone(record_id)
            raise
        finally:
            self._reading.clear()

    async def _under(self, write: Awaitable[_T], **parents: str) -> _T:
        """Create something under records; Close names the one that does not exist, with 400."""
        try:
            return await write
        except CloseError as error:
            gone = [record_id for member, record_id in parents.items() if member in error.field_errors]
            if error.kind is not FailureKind.INVALID or not gone:
                raise
            for record_id in gone:
                self._note_gone(record_id)
            raise _gone_error(error.detail) from error

    def _note_gone(self, record_id: str) -> None:
        now_ms = self._now_ms()
        self._gone = {one: at for one, at in self._gone.items() if now_ms - at < _BELIEVED_GONE_MS}
        self._gone[record_id] = now_ms

    def _is_gone(self, record_id: str) -> bool:
        at_ms = self._gone.get(record_id)
        return at_ms is not None and self._now_ms() - at_ms < _BELIEVED_GONE_MS

    def _refuse_gone(self, record_id: str) -> None:
        if self._is_gone(record_id):
            raise _gone_error()

    def _living(self, lead: Lead) -> Lead:
        if not any(self._is_gone(contact.id) for contact in lead.contacts):
            return lead
        return replace(lead, contacts=self._without_gone(lead.contacts))

    def _without_gone(self, records: Iterable[_Record]) -> tuple[_Record, ...]:
        return tuple(record for record in records if not self._is_gone(record.id))


async def _started(read: Callable[[], Awaitable[object]]) -> object:
    """The call is made only here: a task that is cancelled before it runs leaves nothing behind."""
    return await read()


def _gone_error(detail: str = "") -> CloseError:
    return CloseError(
        FailureKind.NOT_FOUND,
        "CLOSE-NOT-FOUND",
        "Close does not have this record.",
        cause="It was deleted a short time ago.",
        remedy="Look for it in Close.",
        detail=detail,
    )
