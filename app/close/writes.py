"""The JSON bodies Close is sent: only what is to change, list entries without computed members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.close.records import CUSTOM_PREFIX, ContactWrite, LeadWrite, ListEntry
from app.json_value import JsonValue


def contact_body(contact: ContactWrite) -> dict[str, JsonValue]:
    """A contact without its lead. A custom value of ``None`` clears the field in Close."""
    body: dict[str, JsonValue] = {}
    if contact.name is not None:
        body["name"] = contact.name
    if contact.title is not None:
        body["title"] = contact.title
    if contact.emails is not None:
        body["emails"] = _entries("email", contact.emails)
    if contact.phones is not None:
        body["phones"] = _entries("phone", contact.phones)
    if contact.urls is not None:
        body["urls"] = _entries("url", contact.urls)
    return body | _custom(contact.custom)


def lead_body(lead: LeadWrite) -> dict[str, JsonValue]:
    """A lead, with the contacts to be created along with it."""
    body: dict[str, JsonValue] = {}
    if lead.name is not None:
        body["name"] = lead.name
    if lead.description is not None:
        body["description"] = lead.description
    if lead.status_id is not None:
        body["status_id"] = lead.status_id
    if lead.contacts:
        body["contacts"] = [contact_body(contact) for contact in lead.contacts]
    return body | _custom(lead.custom)


def _entries(member: str, entries: Sequence[ListEntry]) -> list[JsonValue]:
    # Close computes more members (country, is_unsubscribed) and may refuse to be sent them.
    return [{member: entry.value, "type": entry.type} for entry in entries]


def _custom(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {CUSTOM_PREFIX + field_id: value for field_id, value in values.items()}
