"""A mapping as a table: target field, where its value comes from, and what that gives for an event."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.actions.action_definitions import ACTIONS, UPSERT
from app.json_value import JsonObject, JsonValue
from app.segment import mapping as mapping_language
from app.segment import payload as payload_check
from app.storage.profile import MappingSpec


@dataclass(frozen=True, slots=True)
class MappingRow:
    """``group`` is Lead, Contact or Rules; ``value`` is empty when the event has nothing there."""

    key: str
    group: str
    label: str
    source: str
    value: str
    problem: str = ""


def mapping_rows(spec: MappingSpec, event: JsonObject | None) -> tuple[MappingRow, ...]:
    """Every field of the action in Segment's order, with its value for ``event`` (None: no values)."""
    action = next((one for one in ACTIONS if one.slug == spec.action), UPSERT)
    mapped: JsonObject = {}
    problem = ""
    if event is not None:
        try:
            result = mapping_language.transform(spec.mapping, event)
            mapped = result if isinstance(result, Mapping) else {}
        except mapping_language.MappingError as error:
            problem = str(error)
    problems = {one.field: one.message for one in payload_check.validate(action, mapped).problems}
    return tuple(
        MappingRow(
            key=field.key,
            group=_group(field.key),
            label=field.label,
            source=describe_source(spec.mapping.get(field.key)),
            value=shown(mapped.get(field.key)),
            problem=problem or problems.get(field.key, ""),
        )
        for field in action.fields
    )


def _group(key: str) -> str:
    if key.startswith("allow_"):
        return "Rules"
    return "Lead" if key.startswith("lead_") else "Contact"


def describe_source(expression: JsonValue) -> str:
    """A mapping expression in short: the path, the fixed value, or the function's name."""
    if expression is None:
        return "not mapped"
    if isinstance(expression, Mapping):
        if "@path" in expression:
            return str(expression["@path"])
        directive = next((key for key in expression if key.startswith("@")), None)
        return directive or f"{len(expression)} custom fields"
    if isinstance(expression, bool):
        return "On" if expression else "Off"
    return shown(expression)


def shown(value: JsonValue) -> str:
    """A value on one line, as a table shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "On" if value else "Off"
    if isinstance(value, str):
        return " ".join(value.split())
    return json.dumps(value, ensure_ascii=False)
