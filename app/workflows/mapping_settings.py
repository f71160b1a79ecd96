"""Changing one mapping from the command line: one field from text, or whether it runs."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from app.actions.action_definitions import definition
from app.errors import AppError
from app.json_value import JsonValue
from app.segment import mapping as mapping_language
from app.segment.close_destination import ActionDefinition, ActionField, FieldType
from app.storage.profile import MappingSpec, Profile
from app.workflows.mapping_editor.document import MappingDocument, switch

_ON = ("on", "true", "yes")
_OFF = ("off", "false", "no")
_ONLY_CHANGES = "only_changes"


def set_field(profile: Profile, key: str, text: str, mapping_name: str | None = None) -> Profile:
    """The profile with one field of one mapping changed (the first one without a name).

    ``only_changes`` is a setting of every mapping and no field of an action: on or off.

    Raises ``AppError``: ``MAPPING-UNKNOWN``, ``MAPPING-FIELD-UNKNOWN``, ``MAPPING-VALUE``.
    """
    index = mapping_index(profile, mapping_name)
    spec = profile.mappings[index]
    if key == _ONLY_CHANGES:
        return _with(profile, index, replace(spec, only_changes=_switch(_ONLY_CHANGES, text)))
    field = _field(definition(spec.action), key)
    mapping = dict(spec.mapping)
    if text.strip().casefold() == "none":
        mapping.pop(field.key, None)
    else:
        mapping[field.key] = _value(field, text)
    changed = replace(spec, mapping=mapping)
    _check(changed)
    return _with(profile, index, changed)


def _with(profile: Profile, index: int, spec: MappingSpec) -> Profile:
    mappings = (*profile.mappings[:index], spec, *profile.mappings[index + 1 :])
    return replace(profile, mappings=mappings)


def switched(profile: Profile, name: str, *, enabled: bool) -> Profile:
    """The profile with this mapping switched on or off. Raises ``AppError`` (``MAPPING-UNKNOWN``)."""
    index = mapping_index(profile, name)
    return replace(
        profile, mappings=switch(MappingDocument(profile.mappings), index, enabled=enabled).mappings
    )


def mapping_index(profile: Profile, name: str | None) -> int:
    """Where the mapping of this name stands, the first one for None.

    Raises ``AppError`` (``MAPPING-UNKNOWN``).
    """
    if not profile.mappings:
        raise AppError("MAPPING-UNKNOWN", "The profile has no mapping.", remedy="Finish the set-up first.")
    if name is None:
        return 0
    for index, spec in enumerate(profile.mappings):
        if spec.name == name:
            return index
    names = ", ".join(f"“{spec.name}”" for spec in profile.mappings)
    raise AppError(
        "MAPPING-UNKNOWN", f"There is no mapping called “{name}”.", remedy=f"The profile has {names}."
    )


def _field(action: ActionDefinition, key: str) -> ActionField:
    field = action.field(key)
    if field is None:
        keys = [one.key for one in action.fields]
        near = get_close_matches(key, keys, n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise AppError(
            "MAPPING-FIELD-UNKNOWN",
            f"The action has no field “{key}”.",
            remedy=f"{hint}Fields: {', '.join(keys)}.",
        )
    return field


def _value(field: ActionField, text: str) -> JsonValue:
    value = text.strip()
    if field.type is FieldType.BOOLEAN:
        return _switch(field.label, value)
    if value.startswith("$."):
        return {"@path": value}
    if text.startswith("=") and field.type is FieldType.STRING:
        return text[1:]
    raise _wrong(field.label, "Use a path such as $.traits.email, =text for a fixed text, or none.")


def _switch(label: str, text: str) -> bool:
    value = text.strip().casefold()
    if value in _ON:
        return True
    if value in _OFF:
        return False
    raise _wrong(label, "It is a switch: use on or off.")


def _wrong(label: str, remedy: str) -> AppError:
    return AppError("MAPPING-VALUE", f"This is no value for {label}.", remedy=remedy)


def _check(spec: MappingSpec) -> None:
    try:
        mapping_language.compile(spec.mapping)
    except mapping_language.MappingError as error:
        raise AppError(
            "MAPPING-VALUE",
            "The mapping would not work with this value.",
            cause=str(error),
            remedy="Nothing was changed. Use a path such as $.traits.email.",
        ) from error
