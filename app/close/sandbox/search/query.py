"""The query tree: read once into tests, then asked of every object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from app.close.sandbox.search.conditions import (
    TEXT_MODES,
    BadQueryError,
    Surroundings,
    condition_test,
    text_matches,
)
from app.close.sandbox.search.index import FIELDS, RELATED, WITHOUT_RECORDS, Index, Item

Matcher: TypeAlias = Callable[[Item], bool]

RESULT_TYPES = ("lead", "contact", "activity.note", "activity.lead_merge", "opportunity", "task")


class QueryReader:
    """Turns query nodes into matchers over one index; every unclear node raises ``BadQueryError``."""

    def __init__(self, index: Index, around: Surroundings) -> None:
        self._index = index
        self._around = around

    def read(self, node: Any) -> Matcher:
        if not isinstance(node, dict):
            raise BadQueryError("a query should be a valid dictionary")
        reader = self._readers().get(str(node.get("type")))
        if reader is None:
            raise BadQueryError(f"unknown query type {node.get('type')!r}")
        matcher = reader(node)
        if node.get("negate") is True:
            return lambda item: not matcher(item)
        return matcher

    def field(self, spec: Any) -> Callable[[Item], Sequence[Any]]:
        """How to get a field's values from an object; nothing for objects of another type."""
        if not isinstance(spec, dict):
            raise BadQueryError("field: Input should be a valid dictionary")
        kind, field_id = spec.get("type"), spec.get("custom_field_id")
        if kind == "custom_field":
            if not isinstance(field_id, str) or not self._index.has_custom_field(field_id):
                raise BadQueryError(f"field: custom field {field_id!r} does not exist")
            return lambda item: item.custom_values(field_id)
        object_type, name = spec.get("object_type"), spec.get("field_name")
        if kind != "regular_field" or not isinstance(name, str) or not isinstance(object_type, str):
            raise BadQueryError("field: needs an object_type and a field_name, or a custom_field_id")
        if name not in FIELDS.get(object_type, ()) and object_type not in WITHOUT_RECORDS:
            raise BadQueryError(f"field: {object_type} has no field {name!r}")
        return lambda item: item.field_values(name) if item.type == object_type else ()

    def _readers(self) -> dict[str, Callable[[dict[str, Any]], Matcher]]:
        return {
            "and": self._and,
            "or": self._or,
            "object_type": self._object_type,
            "field_condition": self._field_condition,
            "has_related": self._has_related,
            "match_all": lambda _: lambda _: True,
            "text": self._text,
        }

    def _parts(self, node: dict[str, Any]) -> list[Matcher]:
        queries = node.get("queries")
        if not isinstance(queries, list):
            raise BadQueryError("queries: Input should be a valid list")
        return [self.read(query) for query in queries]

    def _and(self, node: dict[str, Any]) -> Matcher:
        parts = self._parts(node)
        return lambda item: all(part(item) for part in parts)

    def _or(self, node: dict[str, Any]) -> Matcher:
        parts = self._parts(node)
        return lambda item: any(part(item) for part in parts)

    def _object_type(self, node: dict[str, Any]) -> Matcher:
        wanted = node.get("object_type")
        if wanted not in RESULT_TYPES:
            raise BadQueryError(f"unknown object_type {wanted!r}")
        return lambda item: item.type == wanted

    def _field_condition(self, node: dict[str, Any]) -> Matcher:
        values = self.field(node.get("field"))
        test = condition_test(node.get("condition"), self._around)
        return lambda item: test(values(item))

    def _has_related(self, node: dict[str, Any]) -> Matcher:
        this, other = str(node.get("this_object_type")), str(node.get("related_object_type"))
        if other not in RELATED.get(this, ()):
            raise BadQueryError(f"{this!r} has no related {other!r}")
        matcher = self.read(node.get("related_query"))
        index = self._index
        return lambda item: item.type == this and any(matcher(r) for r in index.related(item, other))

    def _text(self, node: dict[str, Any]) -> Matcher:
        wanted, mode = node.get("value"), node.get("mode", "full_words")
        if not isinstance(wanted, str) or mode not in TEXT_MODES:
            raise BadQueryError("text: needs a value and a mode")
        exact = "phrase" if mode == "exact_value" else str(mode)
        index = self._index
        return lambda item: text_matches(index.free_text(item), wanted, exact)


def result_types(node: Any) -> list[str]:
    """The object types a query asks for; leads and contacts when it names none."""
    named = [kind for kind in RESULT_TYPES if kind in _named_types(node)]
    return named or ["lead", "contact"]


def value_looked_for(node: Any) -> tuple[str, str] | None:
    """The custom field and value that every match must have, when the query is an ``and`` that says so."""
    if not isinstance(node, dict) or node.get("type") != "and" or node.get("negate") is True:
        return None
    for part in node["queries"]:
        if part["type"] != "field_condition" or part.get("negate") is True:
            continue
        spec, condition = part["field"], part["condition"]
        exact = condition["type"] == "text" and condition["mode"] == "exact_value"
        if exact and spec["type"] == "custom_field":
            return spec["custom_field_id"], condition["value"]
    return None


def _named_types(node: Any) -> set[str]:
    if not isinstance(node, dict):
        return set()
    if node.get("type") == "object_type" and node.get("negate") is not True:
        return {str(node.get("object_type"))}
    queries = node.get("queries")
    return set().union(*(_named_types(query) for query in queries)) if isinstance(queries, list) else set()
