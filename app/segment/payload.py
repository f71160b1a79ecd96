"""What Segment does to a mapped payload before it reaches the destination: empties out, types checked.

A payload with problems is not delivered and not retried; every problem names the field and the value.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.json_value import JsonObject, JsonValue
from app.segment.close_destination import ActionDefinition, ActionField, FieldType
from app.segment.js_text import text_of
from app.segment.js_values import UNDEFINED, JsValue, Undefined, is_number, kind_of


@dataclass(frozen=True, slots=True)
class PayloadProblem:
    """``message`` is a sentence for people that names the label, the wanted and the found type."""

    field: str
    label: str
    message: str
    value: JsonValue


@dataclass(frozen=True, slots=True)
class ValidatedPayload:
    """``values`` holds the fields that passed, coerced; a field with a problem is not among them."""

    values: JsonObject
    problems: tuple[PayloadProblem, ...] = ()

    @property
    def is_valid(self) -> bool:
        return not self.problems


def validate(action: ActionDefinition, mapped: JsonObject) -> ValidatedPayload:
    """Check the result of a mapping against the fields of the action.

    Unknown fields are dropped, empty ones count as not given, and values are turned into the wanted type
    where Segment does that.
    """
    values: dict[str, JsonValue] = {}
    problems: list[PayloadProblem] = []
    for field in action.fields:
        value = mapped.get(field.key)
        if value is None or value == "":
            continue
        coerced = _COERCIONS[field.type](value)
        if isinstance(coerced, Undefined):
            problems.append(_problem(field, value))
        else:
            values[field.key] = coerced
    return ValidatedPayload(values, tuple(problems))


def _problem(field: ActionField, value: JsonValue) -> PayloadProblem:
    wanted = {FieldType.STRING: "text", FieldType.OBJECT: "an object", FieldType.BOOLEAN: "true or false"}
    return PayloadProblem(
        field=field.key,
        label=field.label,
        message=f"{field.label} must be {wanted[field.type]} but it is {_described(value)}.",
        value=value,
    )


def _described(value: JsonValue) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)} values" if value else "an empty list"
    if isinstance(value, str):
        return "text"
    return {"object": "an object", "number": "a number", "boolean": "a boolean"}.get(kind_of(value), "empty")


def _as_string(value: JsValue) -> JsonValue | Undefined:
    value = _lone_item(value)
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool) or is_number(value):
        return text_of(value)
    return UNDEFINED


def _as_boolean(value: JsValue) -> JsonValue | Undefined:
    value = _lone_item(value)
    if isinstance(value, bool):
        return value
    if value == "true" or (is_number(value) and value == 1):
        return True
    if value == "false" or value is None or (is_number(value) and value == 0):
        return False
    return UNDEFINED


def _as_object(value: JsValue) -> JsonValue | Undefined:
    return value if isinstance(value, dict) else UNDEFINED


def _lone_item(value: JsValue) -> JsValue:
    """The item of a list of one scalar; everything else as it is."""
    if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], dict | list):
        return value[0]
    return value


_COERCIONS = {FieldType.STRING: _as_string, FieldType.BOOLEAN: _as_boolean, FieldType.OBJECT: _as_object}
