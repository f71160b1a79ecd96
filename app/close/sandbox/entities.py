"""What the sandbox keeps: one immutable value per lead, contact, field and so on.

``event_data`` is the record as the event log shows it; answers add computed members to it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias, TypeVar

Scalar: TypeAlias = bool | int | float | str
CustomValue: TypeAlias = Scalar | tuple[Scalar, ...]
Json: TypeAlias = dict[str, Any]
ObjectType: TypeAlias = Literal["lead", "contact"]
MergeStatus: TypeAlias = Literal["pending", "in_progress", "completed", "errored"]

OBJECT_TYPES: tuple[ObjectType, ...] = ("lead", "contact")


def moment(at: datetime) -> str:
    """Close's usual spelling: microseconds and an offset."""
    return at.isoformat(timespec="microseconds")


def custom_members(values: Mapping[str, CustomValue]) -> Json:
    return {f"custom.{key}": list(v) if isinstance(v, tuple) else v for key, v in values.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity(ABC):
    id: str
    created_by: str
    updated_by: str
    date_created: datetime
    date_updated: datetime

    @property
    @abstractmethod
    def event_type(self) -> str:
        """The event log's name for this sort of object."""

    @property
    def event_lead_id(self) -> str | None:
        """The lead whose history this belongs to."""
        return None

    def event_data(self) -> Json:
        return {
            "id": self.id,
            "created_by": self.created_by,
            "updated_by": self.updated_by,
            "date_created": moment(self.date_created),
            "date_updated": moment(self.date_updated),
        }


EntityT = TypeVar("EntityT", bound=Entity)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRecord(Entity):
    name: str = ""
    description: str = ""
    url: str | None = None
    status_id: str = ""
    addresses: tuple[Mapping[str, str], ...] = ()
    custom: Mapping[str, CustomValue] = field(default_factory=dict)

    @property
    def event_type(self) -> str:
        return "lead"

    @property
    def event_lead_id(self) -> str | None:
        return self.id

    def event_data(self) -> Json:
        return {
            **Entity.event_data(self),
            "name": self.name,
            "description": self.description,
            "url": self.url,
            "status_id": self.status_id,
            "addresses": [dict(address) for address in self.addresses],
            **custom_members(self.custom),
        }


@dataclass(frozen=True, slots=True)
class EmailEntry:
    email: str
    type: str = "office"
    is_unsubscribed: bool = False

    def to_json(self) -> Json:
        return {"email": self.email, "type": self.type, "is_unsubscribed": self.is_unsubscribed}


@dataclass(frozen=True, slots=True)
class PhoneEntry:
    """``phone`` is E.164; the other members are computed from it."""

    phone: str
    phone_formatted: str
    country: str | None
    type: str = "office"

    def to_json(self) -> Json:
        return {
            "phone": self.phone,
            "phone_formatted": self.phone_formatted,
            "country": self.country,
            "type": self.type,
        }


@dataclass(frozen=True, slots=True)
class UrlEntry:
    url: str
    type: str = "url"

    def to_json(self) -> Json:
        return {"url": self.url, "type": self.type}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRecord(Entity):
    lead_id: str
    name: str = ""
    title: str = ""
    emails: tuple[EmailEntry, ...] = ()
    phones: tuple[PhoneEntry, ...] = ()
    urls: tuple[UrlEntry, ...] = ()
    custom: Mapping[str, CustomValue] = field(default_factory=dict)

    @property
    def event_type(self) -> str:
        return "contact"

    @property
    def event_lead_id(self) -> str | None:
        return self.lead_id

    @property
    def display_name(self) -> str:
        return self.name or (self.emails[0].email if self.emails else "")

    def event_data(self) -> Json:
        return {
            **Entity.event_data(self),
            "lead_id": self.lead_id,
            "name": self.name,
            "title": self.title,
            "emails": [entry.to_json() for entry in self.emails],
            "phones": [entry.to_json() for entry in self.phones],
            "urls": [entry.to_json() for entry in self.urls],
            **custom_members(self.custom),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRecord(Entity):
    """A custom field. One that is shared belongs to several object types.

    ``converting_to`` is set while a change of type is still being carried out.
    """

    object_types: tuple[ObjectType, ...]
    name: str
    type: str
    description: str | None = None
    choices: tuple[str, ...] = ()
    accepts_multiple_values: bool = False
    editable_with_roles: tuple[str, ...] = ()
    is_shared: bool = False
    referenced_custom_type_id: str | None = None
    converting_to: str | None = None
    converts_at: datetime | None = None

    @property
    def event_type(self) -> str:
        return "custom_fields.shared" if self.is_shared else f"custom_fields.{self.object_types[0]}"

    def event_data(self) -> Json:
        return {
            **Entity.event_data(self),
            "name": self.name,
            "description": self.description,
            "type": self.type,
            "choices": list(self.choices) if self.type == "choices" else None,
            "accepts_multiple_values": self.accepts_multiple_values,
            "editable_with_roles": list(self.editable_with_roles),
            "is_shared": self.is_shared,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRecord(Entity):
    label: str

    @property
    def event_type(self) -> str:
        return "status.lead"

    def event_data(self) -> Json:
        return {**Entity.event_data(self), "label": self.label}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRecord(Entity):
    lead_id: str
    contact_id: str | None
    note: str

    @property
    def event_type(self) -> str:
        return "activity.note"

    @property
    def event_lead_id(self) -> str | None:
        return self.lead_id

    def event_data(self) -> Json:
        return {
            **Entity.event_data(self),
            "_type": "Note",
            "lead_id": self.lead_id,
            "contact_id": self.contact_id,
            "user_id": self.created_by,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomActivityRecord(Entity):
    """An activity of a kind that people have defined; its fields are kept as they were sent."""

    lead_id: str
    contact_id: str | None
    custom_activity_type_id: str
    custom: Mapping[str, CustomValue] = field(default_factory=dict)

    @property
    def event_type(self) -> str:
        return "activity.custom_activity"

    @property
    def event_lead_id(self) -> str | None:
        return self.lead_id

    def event_data(self) -> Json:
        return {
            **Entity.event_data(self),
            "_type": "CustomActivity",
            "lead_id": self.lead_id,
            "contact_id": self.contact_id,
            "user_id": self.created_by,
            "custom_activity_type_id": self.custom_activity_type_id,
            **custom_members(self.custom),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRecord(Entity):
    """A sequence of messages that a contact is being sent; it cannot move to another contact."""

    contact_id: str
    status: str = "active"

    @property
    def event_type(self) -> str:
        return "sequence_subscription"

    def event_data(self) -> Json:
        return {**Entity.event_data(self), "contact_id": self.contact_id, "status": self.status}


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRecord(Entity):
    """One merge of leads and how far it has come; it sits on the lead that remains."""

    source_lead_id: str
    destination_lead_id: str
    merge_status: MergeStatus
    ends_at: datetime
    will_fail: bool = False
    error_message: str | None = None

    @property
    def event_type(self) -> str:
        return "activity.lead_merge"

    @property
    def event_lead_id(self) -> str | None:
        return self.destination_lead_id

    @property
    def running(self) -> bool:
        return self.merge_status in ("pending", "in_progress")

    def event_data(self) -> Json:
        return {
            **Entity.event_data(self),
            "_type": "LeadMerge",
            "lead_id": self.destination_lead_id,
            "user_id": self.created_by,
            "source_lead_id": self.source_lead_id,
            "destination_lead_id": self.destination_lead_id,
            "merge_status": self.merge_status,
            "error_message": self.error_message,
        }
