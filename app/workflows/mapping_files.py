"""Mappings in files: carried to and from Segment, and single ones that are tried on an event."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.action_definitions import ACTIONS, UPSERT
from app.errors import AppError
from app.json_value import JsonObject, JsonValue
from app.segment.mapping_exchange import (
    ExchangedMapping,
    ExchangeError,
    export_mappings,
    import_mappings,
    mapping_objects,
)
from app.storage.json_reader import encode_object
from app.storage.profile import MappingSpec, Profile, mapping_to_json
from app.workflows.mapping_editor.document import MappingDocument, add_all
from app.workflows.mapping_settings import mapping_index
from app.workflows.samples import parse_json


@dataclass(frozen=True, slots=True)
class NamedMapping:
    """A mapping to be tried; ``name`` is empty for a bare one, ``action`` when nothing tells which it is."""

    name: str
    action: str
    mapping: JsonValue


def read_mapping_json(text: str) -> JsonValue:
    """Decode a file of mappings. Raises ``AppError`` (``MAPPING-FILE``) naming line and column."""
    try:
        return parse_json(text)
    except AppError as error:
        raise AppError(
            "MAPPING-FILE",
            error.title,
            cause=error.cause,
            remedy="Correct the file, or export the mappings again.",
            detail=error.detail,
        ) from error


def mapping_to_try(shape: JsonValue, name: str | None = None) -> NamedMapping:
    """The mapping a file holds: bare, as Segment exports it, or as profiles keep it.

    ``name`` chooses one of several. Raises ``AppError`` (``MAPPING-FILE``, ``MAPPING-UNKNOWN``).
    """
    found = [_named(each) for each in mapping_objects(shape)]
    if not found:
        if not isinstance(shape, dict):
            raise _no_mapping()
        found = [NamedMapping("", _action_of_bare(shape), shape)]
    if name is not None:
        return found[_index_of(found, name)]
    if len(found) == 1:
        return found[0]
    raise AppError(
        "MAPPING-FILE",
        f"The file holds {len(found)} mappings.",
        cause="One mapping is tried at a time.",
        remedy=f"Choose one with --mapping-name: {_names(found)}.",
    )


def _named(shape: JsonObject) -> NamedMapping:
    action = next((shape[key] for key in ("actionSlug", "partnerAction", "action") if shape.get(key)), "")
    name = shape.get("name")
    return NamedMapping(
        name=name if isinstance(name, str) else "",
        action=action if isinstance(action, str) and action else UPSERT.slug,
        mapping=next(shape[key] for key in ("settings", "mapping") if isinstance(shape.get(key), dict)),
    )


def _action_of_bare(mapping: JsonObject) -> str:
    """Segment's own action, if nothing in the mapping is strange to it."""
    return UPSERT.slug if mapping and all(UPSERT.field(key) for key in mapping) else ""


def _index_of(found: list[NamedMapping], name: str) -> int:
    for index, each in enumerate(found):
        if each.name == name:
            return index
    raise AppError(
        "MAPPING-UNKNOWN",
        f"The file has no mapping called “{name}”.",
        remedy=f"It has {_names(found)}.",
    )


def _names(found: list[NamedMapping]) -> str:
    return ", ".join(f"“{each.name}”" for each in found)


def _no_mapping() -> AppError:
    return AppError(
        "MAPPING-FILE",
        "The file holds no mapping.",
        cause="A mapping is a JSON object with the fields of an action.",
        remedy="Use the object itself, an export from Segment, or an export of this program.",
    )


def exported(profile: Profile, name: str | None = None) -> JsonObject:
    """The profile's mappings, or the one of this name, in the shape of Segment's Public API.

    Raises ``AppError`` (``MAPPING-UNKNOWN``).
    """
    chosen = profile.mappings if name is None else (profile.mappings[mapping_index(profile, name)],)
    return export_mappings(
        ExchangedMapping(spec.name, spec.trigger, spec.mapping, spec.enabled, spec.action) for spec in chosen
    )


def imported(shape: JsonValue) -> tuple[MappingSpec, ...]:
    """The mappings of a file, switched on or off as it says. Raises ``AppError`` (``MAPPING-FILE``)."""
    try:
        found = import_mappings(shape, actions=[action.slug for action in ACTIONS])
    except ExchangeError as error:
        raise AppError(
            "MAPPING-FILE",
            "These mappings cannot be imported.",
            cause=str(error),
            remedy="Correct the file; the profile is unchanged.",
        ) from error
    if not found:
        raise AppError(
            "MAPPING-FILE", "The file holds no mappings.", remedy="Use an export that has at least one."
        )
    specs = tuple(
        MappingSpec(each.name, each.action_slug, each.trigger, each.mapping, each.enabled) for each in found
    )
    try:
        encode_object({"mappings": [mapping_to_json(spec) for spec in specs]})
    except (ValueError, RecursionError) as error:
        raise AppError(
            "MAPPING-FILE",
            "These mappings cannot be kept in a profile.",
            cause="They hold an infinite number or lists nested too deeply.",
            remedy="Correct the file; the profile is unchanged.",
        ) from error
    return specs


def with_imported(
    document: MappingDocument, specs: tuple[MappingSpec, ...], *, replacing: bool
) -> MappingDocument:
    """The imported mappings behind the others, or ``replacing`` them, as one step with names of their own.

    Raises ``AppError`` (``MAPPING-TOO-MANY``).
    """
    label = f"Import “{specs[0].name}”" if len(specs) == 1 else f"Import {len(specs)} mappings"
    if not replacing:
        return add_all(document, specs, label)
    return document.step(label, add_all(MappingDocument(()), specs, label).mappings)
