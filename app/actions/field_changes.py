"""Comparing what is wanted with what one record in Close holds, field by field.

Lists are only ever appended to, an empty value never clears, and an event older than the last one
applied to the record ("late") fills blanks but overwrites nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.actions.custom_values import as_text, convert, is_empty, same_value
from app.actions.plan import Change, ChangeKind, RecordRef
from app.actions.upsert_payload import ActionSettings, UpsertPayload
from app.close.comparison import same_email, same_phone, same_url
from app.close.records import Contact, ContactWrite, CustomField, Lead, LeadWrite, ListEntry
from app.json_value import JsonValue

# Close's own default labels for list entries made without one.
_EMAIL_TYPE, _PHONE_TYPE, _URL_TYPE = "office", "office", "url"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How to name and convert custom fields: the two ID fields and the organization's definitions.

    ``users`` are the ids of the organization's members by their address in lower case.
    """

    settings: ActionSettings
    definitions: Mapping[str, CustomField] = field(default_factory=dict)
    status_labels: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, str] = field(default_factory=dict)

    def field_name(self, field_id: str) -> str:
        if field_id == self.settings.company_field_id:
            return self.settings.company_field_name
        if field_id == self.settings.user_field_id:
            return self.settings.user_field_name
        known = self.definitions.get(field_id)
        return known.name if known else field_id

    def value(self, field_id: str, value: JsonValue) -> JsonValue:
        """The value in the field's own form. Raises ``ValueRefusedError``."""
        known = self.definitions.get(field_id)
        return convert(known, value, self.users) if known else as_text(value)


@dataclass(slots=True)
class _Comparison:
    """Collects the differences of one record while its fields are walked."""

    record: RecordRef
    reason: str
    late: bool
    new: bool
    changes: list[Change] = field(default_factory=list)
    matching: int = 0
    held_back: int = 0

    def single(self, name: str, key: str, held: JsonValue, wanted: JsonValue) -> bool:
        """Compare one single-valued field; true when it has to be written."""
        if is_empty(wanted):
            return False
        if same_value(wanted, held):
            self.matching += 1
            return False
        if self.late and not is_empty(held):
            self.held_back += 1
            return False
        kind = ChangeKind.CREATE if self.new else ChangeKind.SET
        self._add(name, key, None if is_empty(held) else held, wanted, kind)
        return True

    def listed(
        self,
        name: str,
        key: str,
        held: tuple[ListEntry, ...],
        wanted: str,
        kind: str,
        same: Callable[[str, str], bool],
    ) -> tuple[ListEntry, ...] | None:
        """Compare one list; the whole list to send when something is appended, else None."""
        if not wanted:
            return None
        if any(same(entry.value, wanted) for entry in held):
            self.matching += 1
            return None
        before = ", ".join(entry.value for entry in held) or None
        change = ChangeKind.CREATE if self.new else ChangeKind.APPEND if held else ChangeKind.SET
        self._add(name, key, before, wanted, change)
        return (*held, ListEntry(wanted, kind))

    def several(self, name: str, key: str, held: JsonValue, wanted: JsonValue) -> list[JsonValue]:
        """Compare a field of several values; all values to send when some are added, else none."""
        there = _items(held)
        added = [one for one in _items(wanted) if not any(same_value(one, each) for each in there)]
        if not added:
            self.matching += 1
            return []
        change = ChangeKind.CREATE if self.new else ChangeKind.APPEND if there else ChangeKind.SET
        self._add(name, key, there or None, added, change)
        return [*there, *added]

    def _add(self, name: str, key: str, before: JsonValue, after: JsonValue, kind: ChangeKind) -> None:
        self.changes.append(Change(self.record, name, key, before, after, kind, self.reason))


@dataclass(frozen=True, slots=True)
class ContactDifference:
    """``write`` is None when nothing has to be sent; ``held_back`` counts values of a late event."""

    changes: tuple[Change, ...]
    write: ContactWrite | None
    matching: int
    held_back: int


@dataclass(frozen=True, slots=True)
class LeadDifference:
    changes: tuple[Change, ...]
    write: LeadWrite | None
    matching: int
    held_back: int


def compare_contact(
    payload: UpsertPayload,
    contact: Contact | None,
    vocabulary: Vocabulary,
    *,
    reason: str,
    late: bool = False,
) -> ContactDifference:
    """What the payload changes on this contact; ``contact`` is None for one that is created."""
    new_name = payload.contact_name or payload.contact_email or payload.contact_external_id
    record = RecordRef(
        "contact", contact.id if contact else None, contact.display_name if contact else new_name
    )
    found = _Comparison(record, reason, late, new=contact is None)
    name = found.single("Name", "name", contact.name if contact else None, payload.contact_name)
    title = found.single("Title", "title", contact.title if contact else None, payload.contact_title)
    emails = found.listed(
        "Email", "emails", contact.emails if contact else (), payload.contact_email, _EMAIL_TYPE, same_email
    )
    phones = found.listed(
        "Phone", "phones", contact.phones if contact else (), payload.contact_phone, _PHONE_TYPE, same_phone
    )
    urls = found.listed(
        "URL", "urls", contact.urls if contact else (), payload.contact_url, _URL_TYPE, same_url
    )
    custom = _compare_custom(
        found,
        contact.custom if contact else {},
        payload.contact_custom,
        _own_id(vocabulary.settings.user_field_id, payload.contact_external_id, contact),
        vocabulary,
    )
    write = ContactWrite(
        name=payload.contact_name if name else None,
        title=payload.contact_title if title else None,
        emails=emails,
        phones=phones,
        urls=urls,
        custom=custom,
    )
    return ContactDifference(
        tuple(found.changes), write if found.changes else None, found.matching, found.held_back
    )


def compare_lead(
    payload: UpsertPayload,
    lead: Lead | None,
    vocabulary: Vocabulary,
    *,
    reason: str,
    late: bool = False,
    give_company_id: bool = True,
) -> LeadDifference:
    """What the payload changes on this lead; ``lead`` is None for one that is created.

    ``give_company_id`` false leaves the Company ID field alone (only the oldest of several leads gets it).
    """
    record = RecordRef("lead", lead.id if lead else None, lead.name if lead else payload.new_lead_name)
    found = _Comparison(record, reason, late, new=lead is None)
    wanted_name = payload.lead_name if lead else payload.new_lead_name
    name = found.single("Name", "name", lead.name if lead else None, wanted_name)
    description = found.single(
        "Description", "description", lead.description if lead else None, payload.lead_description
    )
    status = _compare_status(found, payload, lead, vocabulary)
    company_id = payload.lead_external_id if give_company_id else ""
    custom = _compare_custom(
        found,
        lead.custom if lead else {},
        payload.lead_custom,
        _own_id(vocabulary.settings.company_field_id, company_id, lead),
        vocabulary,
    )
    write = LeadWrite(
        name=wanted_name if name else None,
        description=payload.lead_description if description else None,
        status_id=payload.lead_status_id if status else None,
        custom=custom,
    )
    return LeadDifference(
        tuple(found.changes), write if found.changes else None, found.matching, found.held_back
    )


def _compare_status(
    found: _Comparison, payload: UpsertPayload, lead: Lead | None, vocabulary: Vocabulary
) -> bool:
    if lead is not None and payload.lead_status_id and lead.status_id == payload.lead_status_id:
        found.matching += 1
        return False
    labels = vocabulary.status_labels
    wanted = payload.lead_status_id
    return found.single(
        "Status", "status_id", lead.status_label if lead else None, labels.get(wanted, wanted)
    )


def _own_id(field_id: str | None, value: str, record: Contact | Lead | None) -> dict[str, JsonValue]:
    """Our id for a record that has none yet; one that carries another id keeps it."""
    if field_id is None or not value:
        return {}
    held = record.custom.get(field_id) if record else None
    return {} if not is_empty(held) and held != value else {field_id: value}


def _compare_custom(
    found: _Comparison,
    held: Mapping[str, JsonValue],
    wanted: Mapping[str, JsonValue],
    own_id: Mapping[str, JsonValue],
    vocabulary: Vocabulary,
) -> dict[str, JsonValue]:
    reserved = {vocabulary.settings.company_field_id, vocabulary.settings.user_field_id}
    values = {
        key: vocabulary.value(key, value)
        for key, value in wanted.items()
        if key not in reserved and not is_empty(value)
    }
    several = {
        key for key in values if (one := vocabulary.definitions.get(key)) and one.accepts_multiple_values
    }
    appended = {
        key: added
        for key in several
        if (added := found.several(vocabulary.field_name(key), f"custom.{key}", held.get(key), values[key]))
    }
    single = {
        key: value
        for key, value in {**own_id, **values}.items()
        if key not in several
        and found.single(vocabulary.field_name(key), f"custom.{key}", held.get(key), value)
    }
    return {**single, **appended}


def _items(value: JsonValue) -> list[JsonValue]:
    if is_empty(value):
        return []
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
