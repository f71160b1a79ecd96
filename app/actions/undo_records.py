"""The records an undo works on: a preview reads each once and writes only here in memory, an undo reads a
record again before each step on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from app.actions.undo_decisions import additions, list_entries, shares_value
from app.actions.undo_images import contact_values, lead_values
from app.close.activities import Activity, ActivityWrite
from app.close.failures import CloseError, FailureKind
from app.close.records import CUSTOM_PREFIX, Contact, ContactWrite, Lead, LeadWrite
from app.json_value import JsonValue

_TOGETHER = timedelta(seconds=1)
_EXTRA_WORDS = {"tasks": "tasks", "opportunities": "opportunities", "addresses": "addresses", "url": "a URL"}


class CloseUndo(Protocol):
    """What undo needs of Close."""

    async def lead(self, lead_id: str) -> Lead: ...
    async def contact(self, contact_id: str) -> Contact: ...
    async def update_lead(self, lead_id: str, lead: LeadWrite) -> Lead: ...
    async def update_contact(self, contact_id: str, contact: ContactWrite) -> Contact: ...
    async def delete_lead(self, lead_id: str) -> None: ...
    async def delete_contact(self, contact_id: str) -> None: ...
    async def activity(self, resource: str, activity_id: str) -> Activity: ...
    async def update_activity(self, resource: str, activity_id: str, activity: ActivityWrite) -> Activity: ...
    async def delete_activity(self, resource: str, activity_id: str) -> None: ...
    async def activities_of_lead(
        self, lead_id: str, contact_id: str | None = None
    ) -> tuple[Activity, ...]: ...


class UndoRecords:
    """``live`` false reads only. Every method raises ``CloseError`` for anything but a missing record."""

    def __init__(self, close: CloseUndo, *, live: bool) -> None:
        self._close = close
        self._live = live
        self._leads: dict[str, Lead | None] = {}
        self._contacts: dict[str, Contact | None] = {}
        self._values: dict[str, dict[str, JsonValue]] = {}
        self._notes: dict[str, str | None] = {}
        self._removed: set[str] = set()

    async def values(self, kind: str, record_id: str) -> Mapping[str, JsonValue] | None:
        """The record's fields by Close's keys; None when it is gone."""
        if record_id in self._removed:
            return None
        if self._live:
            # Others go on writing meanwhile: what is put back must not undo that, least of all in lists.
            self._values.pop(record_id, None)
            (self._leads if kind == "lead" else self._contacts).pop(record_id, None)
        if record_id not in self._values:
            if kind == "lead":
                lead = await self._lead(record_id)
                held = lead_values(lead) if lead else None
            else:
                contact = await self._contact(record_id)
                held = contact_values(contact) if contact else None
            if held is None:
                return None
            self._values[record_id] = held
        return self._values[record_id]

    async def write(self, kind: str, record_id: str, values: Mapping[str, JsonValue]) -> None:
        """Set the fields; None clears."""
        if self._live:
            if kind == "lead":
                await self._close.update_lead(record_id, _lead_write(values))
            else:
                await self._close.update_contact(record_id, _contact_write(values))
        held = {**self._values.get(record_id, {}), **values}
        self._values[record_id] = {key: value for key, value in held.items() if value}

    async def remove(self, kind: str, record_id: str) -> None:
        if self._live:
            try:
                await (
                    self._close.delete_lead(record_id)
                    if kind == "lead"
                    else self._close.delete_contact(record_id)
                )
            except CloseError as error:
                if error.kind is not FailureKind.NOT_FOUND:
                    raise
        self._removed.add(record_id)

    async def created_since(self, contact_id: str, at_ms: int) -> bool:
        """Whether the contact is as young as a creation sent at that time: an older one is somebody's own.

        One that was taken back in this undo is nobody's any more.
        """
        if contact_id in self._removed:
            return False
        contact = await self._contact(contact_id)
        return contact is not None and contact.date_created.timestamp() * 1000 >= at_ms

    async def lead_of(self, contact_id: str) -> str | None:
        contact = await self._contact(contact_id)
        return contact.lead_id if contact else None

    async def contact_in(self, lead_id: str, made: JsonValue) -> str | None:
        """The contact that was created inside the lead: by its id, or by what it was created with."""
        if isinstance(made, Mapping) and isinstance(made.get("id"), str):
            return str(made["id"])
        lead = await self._lead(lead_id)
        # What was taken back since the lead was read counts as taken back.
        held = {
            one.id: self._values.get(one.id) or contact_values(one)
            for one in (lead.contacts if lead else ())
            if one.id not in self._removed
        }
        untouched = [one for one, values in held.items() if not additions(made, values)]
        matching = untouched or [one for one, values in held.items() if shares_value(made, values)]
        matching = matching or [one.id for one in born_with(lead) if one.id in held]
        return matching[0] if len(matching) == 1 else None

    async def on_lead(self, lead_id: str) -> str:
        """What people have put on a lead, in words; empty for nothing."""
        lead = await self._lead(lead_id)
        if lead is None:
            return ""
        contacts = [one for one in lead.contacts if one.id not in self._removed]
        if contacts:
            names = ", ".join(one.display_name or one.id for one in contacts[:3])
            return f"It has contacts: {names}."
        extras = [words for member, words in _EXTRA_WORDS.items() if member in lead.extras]
        return f"It has {' and '.join(extras)}." if extras else ""

    async def activities(self, lead_id: str, contact_id: str | None) -> tuple[Activity, ...]:
        found = await self._close.activities_of_lead(lead_id, contact_id)
        return tuple(one for one in found if one.id not in self._removed)

    async def note(self, resource: str, activity_id: str) -> str | None:
        """The text of an entry; None when it is gone."""
        if activity_id in self._removed:
            return None
        if activity_id not in self._notes:
            try:
                self._notes[activity_id] = (await self._close.activity(resource, activity_id)).note
            except CloseError as error:
                if error.kind is not FailureKind.NOT_FOUND:
                    raise
                self._notes[activity_id] = None
        return self._notes[activity_id]

    async def rewrite(self, resource: str, activity_id: str, note: str) -> None:
        if self._live:
            await self._close.update_activity(resource, activity_id, ActivityWrite("", None, note))
        self._notes[activity_id] = note

    async def remove_entry(self, resource: str, activity_id: str) -> None:
        if self._live:
            try:
                await self._close.delete_activity(resource, activity_id)
            except CloseError as error:
                if error.kind is not FailureKind.NOT_FOUND:
                    raise
        self._removed.add(activity_id)

    async def _lead(self, lead_id: str) -> Lead | None:
        if lead_id not in self._leads:
            try:
                self._leads[lead_id] = await self._close.lead(lead_id)
            except CloseError as error:
                if error.kind is not FailureKind.NOT_FOUND:
                    raise
                self._leads[lead_id] = None
        return self._leads[lead_id]

    async def _contact(self, contact_id: str) -> Contact | None:
        if contact_id not in self._contacts:
            try:
                self._contacts[contact_id] = await self._close.contact(contact_id)
            except CloseError as error:
                if error.kind is not FailureKind.NOT_FOUND:
                    raise
                self._contacts[contact_id] = None
        return self._contacts[contact_id]


def born_with(lead: Lead | None) -> list[Contact]:
    """The contacts that are as old as their lead: nobody types a second record in that time."""
    if lead is None:
        return []
    return [one for one in lead.contacts if abs(one.date_created - lead.date_created) < _TOGETHER]


def _text(values: Mapping[str, JsonValue], key: str) -> str | None:
    return str(values[key] or "") if key in values else None


def _custom(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        key.removeprefix(CUSTOM_PREFIX): value
        for key, value in values.items()
        if key.startswith(CUSTOM_PREFIX)
    }


def _lead_write(values: Mapping[str, JsonValue]) -> LeadWrite:
    # A lead always has a status: there is none to go back to only when none was known.
    return LeadWrite(
        name=_text(values, "name"),
        description=_text(values, "description"),
        status_id=_text(values, "status_id") or None,
        custom=_custom(values),
    )


def _contact_write(values: Mapping[str, JsonValue]) -> ContactWrite:
    return ContactWrite(
        name=_text(values, "name"),
        title=_text(values, "title"),
        emails=list_entries(values, "emails"),
        phones=list_entries(values, "phones"),
        urls=list_entries(values, "urls"),
        custom=_custom(values),
    )
