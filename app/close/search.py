"""Search queries in Close's filter language, and the check that a hit is really the one meant.

Close's text conditions may ignore case or match words only, so a row counts only after the value
in it was compared here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from app.close.comparison import same_email
from app.close.records import CUSTOM_PREFIX, Contact, Lead, ObjectType
from app.json_value import JsonObject, JsonValue

_Record = TypeVar("_Record", Lead, Contact)

PAGE_ROWS = 50
WALK_ROWS = 200
# Close walks no further than this in one query.
MOST_ROWS = 10_000

_LEAD_MEMBERS = ("id", "name", "description", "status_id", "status_label", "html_url", "date_created")
_CONTACT_MEMBERS = ("id", "lead_id", "name", "title", "emails", "phones", "urls", "date_created")


def by_custom_value(object_type: ObjectType, field_id: str, value: str) -> JsonObject:
    """The search body for records whose custom field holds exactly this text, oldest first."""
    condition = _exactly({"type": "custom_field", "custom_field_id": field_id}, value)
    return _body(object_type, condition, field_id)


def by_email(email: str, user_field_id: str | None) -> JsonObject:
    """The search body for contacts with this address, as given and in lower case, oldest first."""
    field: JsonObject = {"type": "regular_field", "object_type": "contact_email", "field_name": "email"}
    spellings = dict.fromkeys((email.strip(), email.strip().lower()))
    conditions = [_exactly(field, spelling) for spelling in spellings]
    related: JsonObject = {
        "type": "has_related",
        "this_object_type": "contact",
        "related_object_type": "contact_email",
        "related_query": {"type": "or" if len(conditions) > 1 else "and", "queries": conditions},
    }
    return _body("contact", related, user_field_id)


def with_custom_value(object_type: ObjectType, field_id: str, since: datetime | None) -> JsonObject:
    """The search body for records with any value in a field, created from ``since`` on, oldest first."""
    condition: JsonObject = {
        "type": "field_condition",
        "field": {"type": "custom_field", "custom_field_id": field_id},
        "condition": {"type": "exists"},
    }
    queries: list[JsonValue] = [{"type": "object_type", "object_type": object_type}, condition]
    if since is not None:
        moment: JsonObject = {"type": "fixed_utc", "value": since.isoformat()}
        created = {"type": "regular_field", "object_type": object_type, "field_name": "date_created"}
        queries.append(
            {
                "type": "field_condition",
                "field": created,
                "condition": {"type": "moment_range", "on_or_after": moment, "before": None},
            }
        )
    body = _body(object_type, condition, field_id)
    return {
        **body,
        "query": {"type": "and", "queries": queries},
        "_limit": WALK_ROWS,
        "include_counts": True,
    }


def holds_custom_value(record: Lead | Contact, field_id: str, value: str) -> bool:
    """Whether the field holds this very text."""
    return record.custom.get(field_id) == value


def has_email(contact: Contact, email: str) -> bool:
    """Whether one of the contact's addresses is this one."""
    return any(same_email(entry.value, email) for entry in contact.emails)


def oldest_first(records: Iterable[_Record]) -> tuple[_Record, ...]:
    """By time of creation: where several match, the oldest is the one to keep."""
    return tuple(sorted(records, key=lambda record: record.date_created))


def _exactly(field: JsonObject, value: str) -> JsonObject:
    return {
        "type": "field_condition",
        "field": field,
        "condition": {"type": "text", "mode": "exact_value", "value": value},
    }


def _body(object_type: ObjectType, condition: JsonObject, field_id: str | None) -> JsonObject:
    members: list[JsonValue] = [*(_LEAD_MEMBERS if object_type == "lead" else _CONTACT_MEMBERS), "custom"]
    if field_id:
        members.append(CUSTOM_PREFIX + field_id)
    created = {"type": "regular_field", "object_type": object_type, "field_name": "date_created"}
    return {
        "query": {"type": "and", "queries": [{"type": "object_type", "object_type": object_type}, condition]},
        "sort": [{"direction": "asc", "field": created}],
        "_limit": PAGE_ROWS,
        "_fields": {object_type: members},
    }
