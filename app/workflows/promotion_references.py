"""Which things of one organization a profile names by id, and the same profile with other ids.

Ids stand as keys (custom fields) and inside values (statuses, users, activity types), also in templates. A
text counts as an id when the organization knows it, or when it has the form of one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from app.json_value import JsonObject, JsonValue
from app.storage.profile import FieldRef, MappingSpec, Profile

# Ids are long; the length keeps names such as “user_id” from being taken for one.
_ID = re.compile(r"\b(cf|lcf|ccf|stat|user|actitype)_[A-Za-z0-9]{12,}\b")


class ThingKind(StrEnum):
    """What Close calls it."""

    LEAD_FIELD = "lead field"
    CONTACT_FIELD = "contact field"
    ACTIVITY_FIELD = "activity field"
    STATUS = "lead status"
    USER = "user"
    ACTIVITY_TYPE = "custom activity type"


_FIELD_OBJECTS = {
    "lead_custom_fields": ThingKind.LEAD_FIELD,
    "contact_custom_fields": ThingKind.CONTACT_FIELD,
    "activity_custom_fields": ThingKind.ACTIVITY_FIELD,
}
_BY_PREFIX = {"stat": ThingKind.STATUS, "user": ThingKind.USER, "actitype": ThingKind.ACTIVITY_TYPE}


@dataclass(frozen=True, slots=True)
class Reference:
    """``places`` say where the id stands, in words: “Company ID”, “Mapping People”."""

    id: str
    kind: ThingKind
    name: str
    places: tuple[str, ...]


def references(profile: Profile) -> tuple[Reference, ...]:
    """Every id in the profile, each once, in the order a person meets them."""
    found: dict[str, Reference] = {}

    def note(one: str, kind: ThingKind, name: str, place: str) -> None:
        before = found.get(one)
        if before is None:
            found[one] = Reference(one, kind, name, (place,))
        elif place not in before.places:
            found[one] = replace(before, places=(*before.places, place))

    for field, kind, place in (
        (profile.company_field, ThingKind.LEAD_FIELD, "Company ID"),
        (profile.user_field, ThingKind.CONTACT_FIELD, "User ID"),
    ):
        if field is not None:
            note(field.id, kind, field.name, place)
    for spec in profile.mappings:
        place = f"Mapping “{spec.name}”"
        for key, value in spec.mapping.items():
            of_fields = _FIELD_OBJECTS.get(key, ThingKind.LEAD_FIELD)
            for one in _ids(value):
                prefix = one.partition("_")[0]
                note(one, _BY_PREFIX.get(prefix, of_fields), "", place)
    return tuple(found.values())


def with_ids(profile: Profile, new: Mapping[str, FieldRef]) -> Profile:
    """The profile with each id exchanged that ``new`` names; the others stay."""

    def exchanged(text: str) -> str:
        return _ID.sub(lambda one: new[one[0]].id if one[0] in new else one[0], text)

    def field(reference: FieldRef | None) -> FieldRef | None:
        return reference if reference is None else new.get(reference.id, reference)

    return replace(
        profile,
        company_field=field(profile.company_field),
        user_field=field(profile.user_field),
        mappings=tuple(_spec(spec, exchanged) for spec in profile.mappings),
    )


def _spec(spec: MappingSpec, exchanged: Callable[[str], str]) -> MappingSpec:
    mapping: JsonObject = {key: _walked(value, exchanged) for key, value in spec.mapping.items()}
    return replace(spec, mapping=mapping)


def _walked(value: JsonValue, exchanged: Callable[[str], str]) -> JsonValue:
    if isinstance(value, str):
        return exchanged(value)
    if isinstance(value, Mapping):
        return {exchanged(key): _walked(one, exchanged) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_walked(one, exchanged) for one in value]
    return value


def _ids(value: JsonValue) -> list[str]:
    if isinstance(value, str):
        return [one[0] for one in _ID.finditer(value)]
    if isinstance(value, Mapping):
        return [one for key, part in value.items() for one in (*_ids(key), *_ids(part))]
    if isinstance(value, list | tuple):
        return [one for part in value for one in _ids(part)]
    return []
