"""The fields of Close a mapping can fill: the action's own, and every custom field by its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.actions.action_definitions import UPSERT
from app.close.records import CustomField, ObjectType
from app.json_value import JsonObject
from app.segment.close_destination import ActionDefinition, ActionField, FieldType
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.target_values import (
    CUSTOM_CONTAINERS,
    WHOLE_MAPPING,
    base_of,
    members_of,
    value_at,
    values_of,
    with_value,
)

__all__ = [
    "WHOLE_MAPPING",
    "GroupCount",
    "MappingTarget",
    "TargetGroup",
    "mapped_count",
    "targets_of",
    "type_name",
    "value_at",
    "values_of",
    "with_value",
]


class TargetGroup(StrEnum):
    LEAD = "lead"
    CONTACT = "contact"
    CUSTOM = "custom"
    RULES = "rules"


@dataclass(frozen=True, slots=True)
class MappingTarget:
    """One row of the editor.

    ``key`` is the action field's, or ``lead_custom_fields.cf_…`` / ``contact_custom_fields.cf_…``.
    ``type_label`` is what people read under the name (“Custom · Text”, “Email · appended”, “Lead · Number”);
    ``close_type`` is Close's own name of the type (``number``, ``choices``, …), ``choices`` what it takes,
    ``choice_labels`` the words for them where they are ids (lead statuses).
    ``missing`` marks a custom field that the mapping fills and Close no longer has. ``consequence`` says what
    Off means, for rules. ``description`` is one sentence for help.
    """

    key: str
    group: TargetGroup
    label: str
    type_label: str
    close_type: str = "text"
    choices: tuple[str, ...] = ()
    multiple: bool = False
    missing: bool = False
    consequence: str = ""
    description: str = ""
    choice_labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupCount:
    """``text`` is the group header's fact: “3 of 4 mapped”, “5 of 5 allowed”."""

    mapped: int
    total: int
    text: str


@dataclass(frozen=True, slots=True)
class _Words:
    label: str
    type_label: str
    close_type: str = "text"


APPENDED = " · appended"
"""Ends the type of a list in Close that only ever grows."""

STATUS = "status"
"""``close_type`` of the lead status: ``choices`` holds ids, ``choice_labels`` their names."""

_WORDS = {
    "lead_name": _Words("Name", "Text"),
    "lead_description": _Words("Description", "Long text", "textarea"),
    "lead_status_id": _Words("Status", "Lead status", STATUS),
    "contact_name": _Words("Name", "Text"),
    "contact_email": _Words("Email", "Email · appended", "email"),
    "contact_title": _Words("Title", "Text"),
    "contact_phone": _Words("Phone", "Phone · appended", "phone"),
    "contact_url": _Words("URL", "URL · appended", "url"),
    "note_text": _Words("Note", "Long text", "textarea"),
    "activity_type_id": _Words("Custom activity type", "ID"),
    "activity_custom_fields": _Words("Custom activity fields", "Object", "object"),
    "collapse_minutes": _Words("Collapse within", "Minutes"),
    "previous_user_id": _Words("Previous user ID", "Text"),
    "user_id": _Words("User ID", "Text"),
    "allow_creating_new_leads": _Words("Create new leads", "Rule", "boolean"),
    "allow_updating_existing_leads": _Words("Update existing leads", "Rule", "boolean"),
    "allow_creating_new_contacts": _Words("Create new contacts", "Rule", "boolean"),
    "allow_updating_existing_contacts": _Words("Update existing contacts", "Rule", "boolean"),
    "allow_creating_duplicate_contacts": _Words("Same person under another lead", "Rule", "boolean"),
    "allow_merging": _Words("Merge", "Rule", "boolean"),
    "allow_deleting": _Words("Delete", "Rule", "boolean"),
}

# People look for who it is first; the rest stays in the action's order behind these.
_FIRST = ("lead_name", "lead_external_id", "contact_external_id", "contact_name", "contact_email")

_OFF = {
    "allow_creating_new_leads": "Off: an event that finds no lead and no contact changes nothing.",
    "allow_updating_existing_leads": "Off: leads that exist stay as they are.",
    "allow_creating_new_contacts": "Off: no contact is created, and no lead for one.",
    "allow_updating_existing_contacts": "Off: contacts that exist stay as they are.",
    "allow_creating_duplicate_contacts": "Off: an event of a person who is known under another company "
    "changes nothing.",
    "allow_merging": "Off: the event only shows what would be merged.",
    "allow_deleting": "Off: the event only shows what would be deleted.",
}

_TYPE_NAMES = {
    "text": "Text",
    "textarea": "Long text",
    "number": "Number",
    "date": "Date",
    "datetime": "Date and time",
    "choices": "Choice",
    "user": "User",
    "contact": "Contact",
    "hidden": "Hidden text",
    "custom_object": "Custom object",
}
_OBJECT_NAMES: dict[ObjectType, str] = {"lead": "Lead", "contact": "Contact"}


def type_name(close_type: str) -> str:
    """Close's type of a custom field in people's words."""
    return _TYPE_NAMES.get(close_type, close_type.replace("_", " ").capitalize())


def targets_of(
    action: ActionDefinition, vocabulary: CloseVocabulary, mapping: JsonObject
) -> tuple[MappingTarget, ...]:
    """Every row of the editor, group by group: the action's fields, then custom fields in Close's order.

    The two ID fields have rows of their own, so they are not among the custom ones. What the mapping fills
    is always there, known to Close or not.
    """
    fields = sorted(action.fields, key=lambda field: _rank(field.key))
    own = [field for field in fields if field.key not in CUSTOM_CONTAINERS]
    rows = [_own_row(field, vocabulary, writes=action.slug == UPSERT.slug) for field in own]
    if base_of(mapping) is not None:
        rows.insert(0, MappingTarget(WHOLE_MAPPING, TargetGroup.LEAD, "All fields", "Object", "object"))
    for container, object_type in CUSTOM_CONTAINERS.items():
        field = action.field(container)
        if field is not None:
            rows += _custom_rows(field, object_type, vocabulary, mapping)
    order = tuple(TargetGroup)
    return tuple(sorted(rows, key=lambda row: order.index(row.group)))


def mapped_count(
    targets: Sequence[MappingTarget], mapping: JsonObject, action: ActionDefinition
) -> dict[TargetGroup, GroupCount]:
    """Per group that has rows: how many are mapped; of rules, how many are allowed for every event."""
    counts: dict[TargetGroup, GroupCount] = {}
    mapped = values_of(mapping, (target.key for target in targets))
    for group in TargetGroup:
        keys = [target.key for target in targets if target.group is group]
        if not keys:
            continue
        if group is TargetGroup.RULES:
            done, word = sum(_allowed(action, mapping, key) for key in keys), "allowed"
        else:
            done, word = sum(key in mapped for key in keys), "mapped"
        counts[group] = GroupCount(done, len(keys), f"{done} of {len(keys)} {word}")
    return counts


def _allowed(action: ActionDefinition, mapping: JsonObject, key: str) -> bool:
    """A switch that is not mapped stands as the action runs without it: on in Segment's own, off in ours."""
    value = value_at(mapping, key)
    field = action.field(key)
    return value is True if value is not None else field is not None and field.default is True


def _rank(key: str) -> int:
    return _FIRST.index(key) if key in _FIRST else len(_FIRST)


def _own_row(field: ActionField, vocabulary: CloseVocabulary, *, writes: bool) -> MappingTarget:
    """``writes`` is false where ids and addresses only find a record."""
    words = _words(field, vocabulary)
    statuses = vocabulary.lead_statuses if words.close_type == STATUS else ()
    return MappingTarget(
        key=field.key,
        group=_group(field),
        label=words.label,
        type_label=words.type_label if writes else words.type_label.removesuffix(APPENDED),
        close_type=words.close_type,
        choices=tuple(status.id for status in statuses),
        choice_labels=tuple(status.label for status in statuses),
        consequence=_OFF.get(field.key, ""),
        description=field.description,
    )


def _words(field: ActionField, vocabulary: CloseVocabulary) -> _Words:
    if field.key == "lead_external_id":
        return _Words(vocabulary.company_field_name, "Custom · Text")
    if field.key == "contact_external_id":
        return _Words(vocabulary.user_field_name, "Custom · Text")
    known = _WORDS.get(field.key)
    if known is not None:
        return known
    kinds = {FieldType.BOOLEAN: ("Rule", "boolean"), FieldType.OBJECT: ("Object", "object")}
    type_label, close_type = kinds.get(field.type, ("Text", "text"))
    return _Words(field.label, type_label, close_type)


def _group(field: ActionField) -> TargetGroup:
    if field.type is FieldType.BOOLEAN:
        return TargetGroup.RULES
    on_contact = field.key.startswith("contact_") or field.key.endswith("user_id")
    return TargetGroup.CONTACT if on_contact else TargetGroup.LEAD


def _custom_rows(
    container: ActionField, object_type: ObjectType, vocabulary: CloseVocabulary, mapping: JsonObject
) -> Iterator[MappingTarget]:
    whole = base_of(mapping.get(container.key)) is not None
    if whole:
        name = _OBJECT_NAMES[object_type]
        yield MappingTarget(
            container.key,
            TargetGroup.CUSTOM,
            f"All {name.lower()} custom fields",
            f"{name} · Object",
            "object",
            description="One value gives all fields at once; fields mapped on their own win over it.",
        )
    mapped = members_of(mapping.get(container.key))
    offered = [
        field
        for field in vocabulary.custom_fields
        if field.object_type == object_type and (field.id in mapped or not vocabulary.is_id_field(field.id))
    ]
    for field in offered:
        yield _custom_row(container.key, field)
    known = {field.id for field in offered}
    for field_id in mapped:
        if field_id not in known:
            yield MappingTarget(
                f"{container.key}.{field_id}",
                TargetGroup.CUSTOM,
                field_id,
                _OBJECT_NAMES[object_type],
                # As long as nothing was read nobody knows what Close has.
                missing=vocabulary.read_at is not None,
            )


def _custom_row(container: str, field: CustomField) -> MappingTarget:
    several = " · several" if field.accepts_multiple_values else ""
    return MappingTarget(
        key=f"{container}.{field.id}",
        group=TargetGroup.CUSTOM,
        label=field.name or field.id,
        type_label=f"{_OBJECT_NAMES[field.object_type]} · {type_name(field.type)}{several}",
        close_type=field.type,
        choices=field.choices,
        multiple=field.accepts_multiple_values,
    )
