"""Reading Close's answers into records: tolerant of members that come and go, strict about shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.close.records import (
    Account,
    ActivityField,
    ActivityType,
    Contact,
    CustomField,
    Lead,
    LeadStatus,
    ListEntry,
    ObjectType,
    Organization,
    User,
    custom_values,
    parse_time,
)
from app.json_value import JsonObject, JsonValue

# What hangs on a lead without ever being written here.
_EXTRAS = ("url", "addresses", "tasks", "opportunities")


class UnexpectedShapeError(ValueError):
    """The JSON is not what Close documents for this call; the message says what was missed."""


def read_account(answer: JsonValue) -> Account:
    """``/me/``. Of several organizations the first one listed is the key's."""
    me = as_object(answer)
    organizations = objects(me.get("organizations"))
    memberships = objects(me.get("memberships"))
    if not organizations:
        raise UnexpectedShapeError("no organization in the answer")
    organization = organizations[0]
    organization_id = required_text(organization, "id")
    membership: JsonObject = next(
        (one for one in memberships if one.get("organization_id") == organization_id), {}
    )
    email = text_of(me.get("email"))
    full_name = f"{text_of(me.get('first_name'))} {text_of(me.get('last_name'))}".strip()
    return Account(
        user_id=required_text(me, "id"),
        user_name=full_name or email,
        user_email=email,
        organization=Organization(organization_id, text_of(organization.get("name"))),
        role_id=text_of(membership.get("role_id")),
        permissions=frozenset(_texts(membership.get("permissions_granted"))),
        lead_statuses=tuple(map(_status, objects(organization.get("lead_statuses")))),
        organization_count=max(len(organizations), len(memberships)),
    )


def read_user(answer: JsonValue) -> User:
    row = as_object(answer)
    name = f"{text_of(row.get('first_name'))} {text_of(row.get('last_name'))}".strip()
    return User(required_text(row, "id"), name, text_of(row.get("email")))


def read_activity_type(answer: JsonValue) -> ActivityType:
    row = as_object(answer)
    fields = tuple(
        ActivityField(required_text(one, "id"), text_of(one.get("name")), text_of(one.get("type")))
        for one in objects(row.get("fields"))
    )
    return ActivityType(required_text(row, "id"), text_of(row.get("name")), fields)


def read_schema(answer: JsonValue, object_type: ObjectType) -> tuple[CustomField, ...]:
    """All custom fields of an object, shared ones included, in Close's order."""
    fields = _required_rows(answer, "fields")
    return tuple(read_custom_field(row, object_type) for row in fields)


def read_custom_field(answer: JsonValue, object_type: ObjectType) -> CustomField:
    row = as_object(answer)
    roles = row.get("editable_with_roles")
    for association in objects(row.get("associations")):
        # A shared field has its restrictions per object.
        if association.get("object_type") == object_type:
            roles = association.get("editable_with_roles", roles)
    return CustomField(
        id=required_text(row, "id"),
        name=text_of(row.get("name")),
        type=text_of(row.get("type")),
        object_type=object_type,
        accepts_multiple_values=row.get("accepts_multiple_values") is True,
        editable_with_roles=_texts(roles),
        choices=_texts(row.get("choices")),
        is_shared=row.get("is_shared") is True,
    )


def read_lead_statuses(answer: JsonValue) -> tuple[LeadStatus, ...]:
    return tuple(map(_status, _required_rows(answer, "data")))


def read_lead(answer: JsonValue) -> Lead:
    row = as_object(answer)
    return Lead(
        id=required_text(row, "id"),
        name=text_of(row.get("name")),
        description=text_of(row.get("description")),
        status_id=text_of(row.get("status_id")),
        status_label=text_of(row.get("status_label")),
        custom=custom_values(row),
        contacts=tuple(map(read_contact, objects(row.get("contacts")))),
        date_created=parse_time(row.get("date_created")),
        html_url=text_of(row.get("html_url")),
        extras={member: row[member] for member in _EXTRAS if row.get(member)},
    )


def read_contact(answer: JsonValue) -> Contact:
    row = as_object(answer)
    return Contact(
        id=required_text(row, "id"),
        lead_id=text_of(row.get("lead_id")),
        name=text_of(row.get("name")),
        title=text_of(row.get("title")),
        emails=_entries(row.get("emails"), "email"),
        phones=_entries(row.get("phones"), "phone"),
        urls=_entries(row.get("urls"), "url"),
        custom=custom_values(row),
        date_created=parse_time(row.get("date_created")),
    )


def read_page(answer: JsonValue) -> tuple[Sequence[JsonObject], bool]:
    """The rows of an offset page and whether there are more."""
    return _required_rows(answer, "data"), as_object(answer).get("has_more") is True


def read_search_page(answer: JsonValue) -> tuple[Sequence[JsonObject], str | None]:
    """The rows of a search page and the cursor of the next, ``None`` on the last page."""
    cursor = as_object(answer).get("cursor")
    return _required_rows(answer, "data"), cursor if isinstance(cursor, str) and cursor else None


def as_object(answer: JsonValue) -> JsonObject:
    if not isinstance(answer, Mapping):
        raise UnexpectedShapeError("the answer is not a JSON object")
    return answer


def objects(value: JsonValue) -> tuple[JsonObject, ...]:
    """The JSON objects in a list; nothing when it is no list."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        return ()
    return tuple(item for item in value if isinstance(item, Mapping))


def _required_rows(answer: JsonValue, member: str) -> tuple[JsonObject, ...]:
    rows = as_object(answer).get(member)
    if isinstance(rows, str) or not isinstance(rows, Sequence):
        raise UnexpectedShapeError(f"the answer has no list {member!r}")
    return objects(rows)


def _status(row: JsonObject) -> LeadStatus:
    return LeadStatus(required_text(row, "id"), text_of(row.get("label")))


def _entries(value: JsonValue, member: str) -> tuple[ListEntry, ...]:
    return tuple(
        ListEntry(text_of(entry.get(member)), text_of(entry.get("type")))
        for entry in objects(value)
        if text_of(entry.get(member))
    )


def required_text(row: JsonObject, member: str) -> str:
    text = text_of(row.get(member))
    if not text:
        raise UnexpectedShapeError(f"{member!r} is missing")
    return text


def text_of(value: JsonValue) -> str:
    """The text, empty for anything else."""
    return value if isinstance(value, str) else ""


def _texts(value: JsonValue) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return ()
    return tuple(item for item in value if isinstance(item, str))
