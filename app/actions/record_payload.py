"""The validated payload of *Record on the Lead*, as a typed value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.actions.custom_values import as_text, is_empty
from app.actions.upsert_payload import UpsertPayload, read_payload
from app.errors import AppError
from app.json_value import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class RecordPayload:
    """``who`` finds the lead and the contact; it holds nothing to be written.

    ``window_s`` is the time within which events of one person share an entry, in seconds, 0 for never.
    """

    who: UpsertPayload
    text: str = ""
    type_id: str = ""
    activity_custom: Mapping[str, JsonValue] = field(default_factory=dict)
    lead_custom: Mapping[str, JsonValue] = field(default_factory=dict)
    contact_custom: Mapping[str, JsonValue] = field(default_factory=dict)
    window_s: float = 0.0

    @property
    def writes_entry(self) -> bool:
        return bool(self.text or self.type_id)

    @property
    def sets_fields(self) -> bool:
        return bool(self.lead_custom or self.contact_custom)


def read_record_payload(values: JsonObject) -> RecordPayload:
    """Raises ``AppError`` (``ACTION-VALUE-REFUSED``) for a window that is no number of minutes."""
    found = read_payload(values)
    return RecordPayload(
        who=UpsertPayload(
            lead_external_id=found.lead_external_id,
            contact_external_id=found.contact_external_id,
            contact_email=found.contact_email,
        ),
        text=str(values.get("note_text") or "").strip(),
        type_id=str(values.get("activity_type_id") or "").strip(),
        activity_custom=_custom(values.get("activity_custom_fields")),
        lead_custom=found.lead_custom,
        contact_custom=found.contact_custom,
        window_s=_minutes(values.get("collapse_minutes")) * 60,
    )


def _custom(value: JsonValue) -> dict[str, JsonValue]:
    if not isinstance(value, Mapping):
        return {}
    # What type such a field has is not known here; a number stays one, everything else is text.
    return {
        key: one if isinstance(one, int | float) and not isinstance(one, bool) else as_text(one)
        for key, one in value.items()
        if not is_empty(one)
    }


def _minutes(value: JsonValue) -> float:
    text = str(value if value is not None else "0").strip() or "0"
    try:
        minutes = float(text)
    except ValueError:
        minutes = -1.0
    if 0 <= minutes <= 7 * 24 * 60:
        return minutes
    raise AppError(
        "ACTION-VALUE-REFUSED",
        "The value for Collapse Window does not fit.",
        cause=f"“{text[:60]}” is not a number of minutes up to a week.",
        remedy="Change the mapping of this field, then retry the event.",
    )
