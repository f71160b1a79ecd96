"""Mappings, fields and events for the tests of the editor's decisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.actions.action_definitions import UPSERT
from app.close.records import CustomField, LeadStatus, ObjectType
from app.json_value import JsonValue
from app.segment.close_destination import ActionDefinition
from app.storage.profile import MappingSpec
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary

COMPANY_FIELD, USER_FIELD = "cf_company", "cf_user"
READ_AT = datetime(2026, 3, 4, 10, 32)  # noqa: DTZ001 - local time, as people read it


def field(
    field_id: str,
    name: str,
    type: str = "text",  # noqa: A002 - Close's own word for it
    *,
    on: ObjectType = "lead",
    choices: Sequence[str] = (),
    several: bool = False,
) -> CustomField:
    return CustomField(field_id, name, type, on, accepts_multiple_values=several, choices=tuple(choices))


SEATS = field("cf_seats", "Seats", "number")
PLAN = field("cf_plan", "Plan", "choices", choices=("Trial", "Business"))
BIRTHDAY = field("cf_birthday", "Birthday", "date", on="contact")
TAGS = field("cf_tags", "Tags", "choices", on="contact", choices=("vip", "beta"), several=True)


def vocabulary(*fields: CustomField, read: bool = True, ids: bool = True) -> CloseVocabulary:
    own = (field(COMPANY_FIELD, "Company ID"), field(USER_FIELD, "User ID", on="contact"))
    return CloseVocabulary(
        custom_fields=(*own, *fields) if read else (),
        lead_statuses=(LeadStatus("stat_new", "New"), LeadStatus("stat_won", "Won")) if read else (),
        company_field_id=COMPANY_FIELD if ids else "",
        user_field_id=USER_FIELD if ids else "",
        read_at=READ_AT if read else None,
    )


def spec(
    mapping: dict[str, JsonValue] | None = None,
    *,
    trigger: str = 'type = "identify"',
    action: ActionDefinition = UPSERT,
) -> MappingSpec:
    full = dict(action.default_mapping()) if mapping is None else mapping
    return MappingSpec("Identify", action.slug, trigger, full)


def identify(user: str = "u_1", **traits: Any) -> dict[str, Any]:
    return {"type": "identify", "userId": user, "traits": traits}


def path(*keys: str) -> dict[str, JsonValue]:
    return {"@path": ".".join(("$", *keys))}
