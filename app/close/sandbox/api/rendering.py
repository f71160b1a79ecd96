"""Records as the API answers them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.close.sandbox.api.phones import timezone_of
from app.close.sandbox.entities import (
    ContactRecord,
    FieldRecord,
    Json,
    LeadRecord,
    MergeRecord,
    NoteRecord,
    ObjectType,
    StatusRecord,
    moment,
)
from app.close.sandbox.store import Store

_LABELS: dict[ObjectType, str] = {"lead": "Lead", "contact": "Contact"}


def contact_answer(contact: ContactRecord, store: Store) -> Json:
    timezone = next((zone for entry in contact.phones if (zone := timezone_of(entry.phone))), None)
    return {
        **contact.event_data(),
        "display_name": contact.display_name,
        "timezone": timezone,
        "timezone_source": "inferred_from_phone_number" if timezone else None,
        "integration_links": [],
        "organization_id": store.organization_id,
    }


def lead_answer(lead: LeadRecord, contacts: Sequence[ContactRecord], store: Store) -> Json:
    """With the contacts nested, and the by-name ``custom`` that only leads have."""
    status = store.statuses.get(lead.status_id)
    account = store.account
    by_name = {
        field.name: lead.custom[field.id] for field in store.fields_of("lead") if field.id in lead.custom
    }
    return {
        **lead.event_data(),
        "display_name": lead.name or next((contact.display_name for contact in contacts), ""),
        "status_label": status.label if status is not None else "",
        "contacts": [contact_answer(contact, store) for contact in contacts],
        "contact_ids": [contact.id for contact in contacts],
        "opportunities": [],
        "tasks": [],
        "integration_links": [],
        "custom": by_name,
        "created_by_name": account.user_name(lead.created_by),
        "updated_by_name": account.user_name(lead.updated_by),
        "organization_id": account.organization.id,
        "html_url": f"https://app.close.com/lead/{lead.id}/",
    }


def status_answer(status: StatusRecord, store: Store) -> Json:
    return {"id": status.id, "label": status.label, "organization_id": store.organization_id}


def note_answer(note: NoteRecord, store: Store) -> Json:
    return {
        **note.event_data(),
        "user_name": store.account.user_name(note.created_by),
        "organization_id": store.organization_id,
    }


def merge_answer(merge: MergeRecord, store: Store) -> Json:
    return {**merge.event_data(), "organization_id": store.organization_id}


def field_answer(field: FieldRecord, store: Store, *, naive: bool) -> Json:
    """``naive`` leaves the offset off the times."""
    answer: Json = {
        **field.event_data(),
        "organization_id": store.organization_id,
        "date_created": _field_moment(field.date_created, naive=naive),
        "date_updated": _field_moment(field.date_updated, naive=naive),
    }
    if field.converting_to is not None:
        answer["converting_to_type"] = field.converting_to
    if field.referenced_custom_type_id is not None:
        answer["referenced_custom_type_id"] = field.referenced_custom_type_id
    return answer


def schema_answer(object_type: ObjectType, store: Store, *, naive: bool) -> Json:
    """All fields of an object in order; shared ones tell where else they are used."""
    return {
        "name": _LABELS[object_type],
        "object_type": object_type,
        "organization_id": store.organization_id,
        "fields": [_schema_field(field, store, naive=naive) for field in store.fields_of(object_type)],
    }


def _schema_field(field: FieldRecord, store: Store, *, naive: bool) -> Json:
    answer = field_answer(field, store, naive=naive)
    if field.is_shared:
        del answer["choices"]  # the documented example of a shared field has none
        roles = list(field.editable_with_roles)
        answer["associations"] = [
            {"object_type": name, "editable_with_roles": roles, "required": False}
            for name in field.object_types
        ]
    return answer


def _field_moment(at: datetime, *, naive: bool) -> str:
    return moment(at.replace(tzinfo=None)) if naive else moment(at)
