"""“Last seen” fields: custom fields that an event sets on a lead and a contact that exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.actions.field_changes import Vocabulary, compare_contact, compare_lead
from app.actions.plan import Change, UpdateContact, UpdateLead, Write
from app.actions.record_payload import RecordPayload
from app.actions.upsert import MAX_CONTACTS
from app.actions.upsert_payload import UpsertPayload
from app.close.records import Contact, Lead
from app.json_value import JsonValue

_REASON = "recorded with the event"


def field_writes(
    payload: RecordPayload, lead: Lead, contacts: Sequence[Contact], vocabulary: Vocabulary
) -> tuple[list[Change], list[Write]]:
    """What changes in fields. Raises ``ValueRefusedError`` for a value its field does not take.

    A time is written again only when it is newer than the one held by more than the window: a burst of
    events writes “Last seen” once. An older time never replaces a newer one.
    """
    changes: list[Change] = []
    writes: list[Write] = []
    for contact in contacts[:MAX_CONTACTS]:
        wanted = _news(payload.contact_custom, contact.custom, vocabulary, payload.window_s)
        person = compare_contact(UpsertPayload(contact_custom=wanted), contact, vocabulary, reason=_REASON)
        if person.write is not None:
            changes += person.changes
            writes.append(UpdateContact(contact.id, person.write, contact))
    wanted = _news(payload.lead_custom, lead.custom, vocabulary, payload.window_s)
    company = compare_lead(UpsertPayload(lead_custom=wanted), lead, vocabulary, reason=_REASON)
    if company.write is not None:
        changes += company.changes
        writes.append(UpdateLead(lead.id, company.write, lead))
    return changes, writes


def _news(
    wanted: Mapping[str, JsonValue],
    held: Mapping[str, JsonValue],
    vocabulary: Vocabulary,
    window_s: float,
) -> dict[str, JsonValue]:
    return {
        key: value
        for key, value in wanted.items()
        if _is_news(key, value, held.get(key), vocabulary, window_s)
    }


def _is_news(key: str, value: JsonValue, held: JsonValue, vocabulary: Vocabulary, window_s: float) -> bool:
    definition = vocabulary.definitions.get(key)
    if definition is None or definition.type not in ("date", "datetime"):
        return True
    ours, theirs = _time(vocabulary.value(key, value)), _time(held)
    if ours is None or theirs is None or (ours.tzinfo is None) != (theirs.tzinfo is None):
        return True
    return (ours - theirs).total_seconds() > (window_s if definition.type == "datetime" else 0.0)


def _time(value: JsonValue) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
