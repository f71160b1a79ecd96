"""Activities on a lead: notes, custom activities, and merges of leads, which Close keeps as activities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.close.answers import as_object, required_text, text_of
from app.close.records import custom_values, parse_time
from app.json_value import JsonValue

NOTE_TYPE = "Note"
CUSTOM_TYPE = "CustomActivity"
# Types of activities that Close makes by itself with a record.
AUTOMATIC = frozenset({"Created"})

RESOURCES: Mapping[str, str] = {
    NOTE_TYPE: "activity/note",
    CUSTOM_TYPE: "activity/custom",
    "Call": "activity/call",
    "Email": "activity/email",
    "SMS": "activity/sms",
}
"""Close's paths of the kinds of activity that can be given to another contact."""


@dataclass(frozen=True, slots=True)
class Activity:
    """``type`` is Close's name for the kind (``Note``, ``Call``, …); ``note`` is empty for other kinds."""

    id: str
    type: str
    lead_id: str
    contact_id: str | None
    note: str
    custom: Mapping[str, JsonValue]
    date_created: datetime

    @property
    def resource(self) -> str | None:
        """The path under which it can be changed; None for kinds that cannot be."""
        return RESOURCES.get(self.type)


@dataclass(frozen=True, slots=True)
class ActivityWrite:
    """What to send for a note, or for a custom activity when ``type_id`` is given."""

    lead_id: str
    contact_id: str | None
    note: str = ""
    type_id: str = ""
    custom: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def resource(self) -> str:
        return RESOURCES[CUSTOM_TYPE if self.type_id else NOTE_TYPE]


class MergeStatus(StrEnum):
    """How far a merge has come; ``UNKNOWN`` for words that Close adds later."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    ERRORED = "errored"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LeadMerge:
    """One merge of leads; it is listed with the lead that remains."""

    source_id: str
    destination_id: str
    status: MergeStatus
    error_message: str
    date_created: datetime

    @property
    def is_running(self) -> bool:
        return self.status not in (MergeStatus.COMPLETED, MergeStatus.ERRORED)


def read_activity(answer: JsonValue) -> Activity:
    row = as_object(answer)
    return Activity(
        id=required_text(row, "id"),
        type=text_of(row.get("_type")),
        lead_id=text_of(row.get("lead_id")),
        contact_id=text_of(row.get("contact_id")) or None,
        note=text_of(row.get("note")),
        custom=custom_values(row),
        date_created=parse_time(row.get("date_created")),
    )


def read_merge(answer: JsonValue) -> LeadMerge:
    row = as_object(answer)
    status = text_of(row.get("merge_status"))
    return LeadMerge(
        source_id=text_of(row.get("source_lead_id")),
        destination_id=text_of(row.get("destination_lead_id")),
        status=next((one for one in MergeStatus if one == status), MergeStatus.UNKNOWN),
        error_message=text_of(row.get("error_message")),
        date_created=parse_time(row.get("date_created")),
    )


def activity_body(activity: ActivityWrite) -> dict[str, JsonValue]:
    """A new note or custom activity."""
    body: dict[str, JsonValue] = {"lead_id": activity.lead_id}
    if activity.contact_id:
        body["contact_id"] = activity.contact_id
    if activity.type_id:
        body["custom_activity_type_id"] = activity.type_id
    return body | changed_activity_body(activity)


def changed_activity_body(activity: ActivityWrite) -> dict[str, JsonValue]:
    """Only what may change in an entry that exists."""
    values: dict[str, JsonValue] = {f"custom.{key}": value for key, value in activity.custom.items()}
    return values if activity.type_id else {"note": activity.note} | values
