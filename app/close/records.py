"""What Close holds, as immutable values.

Reading is tolerant (Close adds and drops keys without notice), writing is exact: a
``ContactWrite`` or ``LeadWrite`` holds only what is to be sent, and ``None`` means "leave alone".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from app.json_value import JsonObject, JsonValue

ObjectType: TypeAlias = Literal["lead", "contact"]

CUSTOM_PREFIX = "custom."


@dataclass(frozen=True, slots=True)
class CustomField:
    """A custom field's definition. ``choices`` is empty for every type but ``choices``."""

    id: str
    name: str
    type: str
    object_type: ObjectType
    accepts_multiple_values: bool = False
    editable_with_roles: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class LeadStatus:
    id: str
    label: str


@dataclass(frozen=True, slots=True)
class User:
    """A member of the organization; fields of type ``user`` hold their ids."""

    id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class ActivityField:
    """A field of a custom activity type."""

    id: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class ActivityType:
    """A custom activity type of the organization (``actitype_…``)."""

    id: str
    name: str
    fields: tuple[ActivityField, ...] = ()


@dataclass(frozen=True, slots=True)
class Organization:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Account:
    """Whose key this is and what it may do, as ``/me/`` tells."""

    user_id: str
    user_name: str
    user_email: str
    organization: Organization
    role_id: str
    permissions: frozenset[str]
    lead_statuses: tuple[LeadStatus, ...]
    organization_count: int = 1

    def may(self, permission: str) -> bool:
        return permission in self.permissions


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One email address, phone number or URL of a contact, with Close's label for it."""

    value: str
    type: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A person. ``custom`` maps field id (``cf_…``) to value; fields without a value are absent."""

    id: str
    lead_id: str
    name: str
    title: str
    emails: tuple[ListEntry, ...]
    phones: tuple[ListEntry, ...]
    urls: tuple[ListEntry, ...]
    custom: Mapping[str, JsonValue]
    date_created: datetime

    @property
    def display_name(self) -> str:
        """The name, or the first address for a contact without one, as Close shows it."""
        return self.name or (self.emails[0].value if self.emails else "")


@dataclass(frozen=True, slots=True)
class Lead:
    """A company. ``contacts`` is empty when Close was not asked for them (search rows).

    ``extras`` holds what people put on a lead and this program never writes: ``url``, ``addresses``,
    ``tasks`` and ``opportunities``, where there are any.
    """

    id: str
    name: str
    description: str
    status_id: str
    status_label: str
    custom: Mapping[str, JsonValue]
    contacts: tuple[Contact, ...]
    date_created: datetime
    html_url: str = ""
    extras: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ContactWrite:
    """What to send for a contact. Lists replace Close's whole list, so they hold every entry."""

    name: str | None = None
    title: str | None = None
    emails: tuple[ListEntry, ...] | None = None
    phones: tuple[ListEntry, ...] | None = None
    urls: tuple[ListEntry, ...] | None = None
    custom: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LeadWrite:
    """What to send for a lead. ``contacts`` can only be given when the lead is created."""

    name: str | None = None
    description: str | None = None
    status_id: str | None = None
    custom: Mapping[str, JsonValue] = field(default_factory=dict)
    contacts: tuple[ContactWrite, ...] = ()


def parse_time(text: JsonValue) -> datetime:
    """Close's times, with or without an offset (naive ones are UTC); the epoch when unreadable."""
    if isinstance(text, str):
        try:
            parsed = datetime.fromisoformat(text)
        except ValueError:
            return datetime.fromtimestamp(0, UTC)
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return datetime.fromtimestamp(0, UTC)


def custom_values(record: JsonObject) -> dict[str, JsonValue]:
    """The ``custom.cf_…`` members of an answer, keyed by field id."""
    return {
        key[len(CUSTOM_PREFIX) :]: value
        for key, value in record.items()
        if key.startswith(CUSTOM_PREFIX) and value is not None
    }
