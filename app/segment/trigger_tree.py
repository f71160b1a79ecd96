"""The condition tree Segment's runtime evaluates for a trigger, and its JSON shape."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from app.json_value import JsonValue
from app.segment.js_values import JsValue


class TriggerError(ValueError):
    """A trigger that cannot be read, or one whose evaluation fails at Segment. The text says why."""


class Subject(StrEnum):
    """What a condition looks at, by the names of Segment's tree."""

    TYPE = "event-type"
    EVENT = "event"
    NAME = "name"
    USER_ID = "userId"
    PROPERTY = "event-property"
    TRAIT = "event-trait"
    CONTEXT = "event-context"


FIELD_OF: Final = {
    Subject.TYPE: "type",
    Subject.EVENT: "event",
    Subject.NAME: "name",
    Subject.USER_ID: "userId",
    Subject.PROPERTY: "properties",
    Subject.TRAIT: "traits",
    Subject.CONTEXT: "context",
}
SUBJECT_OF: Final = {field: subject for subject, field in FIELD_OF.items()}
NESTED: Final = frozenset({Subject.PROPERTY, Subject.TRAIT, Subject.CONTEXT})

OPERATORS: Final = (
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "number_equals",
    "number_not_equals",
    "contains",
    "not_contains",
    "starts_with",
    "not_starts_with",
    "ends_with",
    "not_ends_with",
    "exists",
    "not_exists",
    "is_true",
    "is_false",
)
WITHOUT_OPERAND: Final = frozenset({"exists", "not_exists", "is_true", "is_false"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison. ``name`` is the path below properties, traits or context, empty for the others.

    ``operator`` is one of ``OPERATORS``, or whatever Segment's reader took for one (never true then).
    """

    subject: Subject
    operator: str
    value: JsonValue = None
    name: str = ""

    @property
    def field(self) -> str:
        """The tested place as written in a trigger, without escapes: ``properties.plan``."""
        root = FIELD_OF[self.subject]
        return f"{root}.{self.name}" if self.subject in NESTED else root


@dataclass(frozen=True, slots=True)
class EmptyGroup:
    """Parentheses around nothing: Segment's evaluation fails when it gets to them."""


@dataclass(frozen=True, slots=True)
class Group:
    operator: Literal["and", "or"]
    children: tuple[Condition, ...]


Condition: TypeAlias = Group | Comparison | EmptyGroup


def tree_to_json(condition: Condition) -> JsonValue:
    """The tree in Segment's JSON shape."""
    if isinstance(condition, Group):
        children = [tree_to_json(child) for child in condition.children]
        return {"type": "group", "operator": condition.operator, "children": children}
    if isinstance(condition, EmptyGroup):
        return None
    shape: dict[str, JsonValue] = {"type": condition.subject.value}
    if condition.subject in NESTED:
        shape["name"] = condition.name
    shape["operator"] = condition.operator
    if condition.operator not in WITHOUT_OPERAND:
        shape["value"] = condition.value
    return shape


def tree_from_json(shape: JsonValue) -> Group:
    """Read a tree in Segment's JSON shape; a lone condition is wrapped. Raises ``TriggerError``."""
    condition = _condition_from_json(shape)
    return condition if isinstance(condition, Group) else Group("and", (condition,))


def _condition_from_json(shape: JsValue) -> Condition:
    if shape is None:
        return EmptyGroup()
    if not isinstance(shape, dict):
        raise TriggerError("A condition is not a JSON object.")
    operator = shape.get("operator")
    if shape.get("type") == "group":
        children = shape.get("children")
        if operator not in {"and", "or"} or not isinstance(children, list):
            raise TriggerError('A group needs the operator "and" or "or" and a list of children.')
        return Group("or" if operator == "or" else "and", tuple(map(_condition_from_json, children)))
    subject = next((subject for subject in Subject if subject.value == shape.get("type")), None)
    if subject is None or not isinstance(operator, str):
        raise TriggerError(f"Unknown condition {str(shape.get('type'))[:40]!r}.")
    name = shape.get("name", "")
    return Comparison(subject, operator, shape.get("value", None), name if isinstance(name, str) else "")
