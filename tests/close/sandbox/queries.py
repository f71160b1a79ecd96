"""Short ways to write the filter language."""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]


def all_of(*queries: Node) -> Node:
    return {"type": "and", "queries": list(queries)}


def any_of(*queries: Node) -> Node:
    return {"type": "or", "queries": list(queries)}


def objects(object_type: str) -> Node:
    return {"type": "object_type", "object_type": object_type}


def regular(object_type: str, name: str) -> Node:
    return {"type": "regular_field", "object_type": object_type, "field_name": name}


def custom(key: str) -> Node:
    """``key`` may be the dotted one."""
    return {"type": "custom_field", "custom_field_id": key.removeprefix("custom.")}


def where(field: Node, condition: Node, **members: Any) -> Node:
    return {"type": "field_condition", "field": field, "condition": condition, **members}


def text(value: str, mode: str = "exact_value") -> Node:
    return {"type": "text", "mode": mode, "value": value}


def related(this: str, other: str, query: Node, **members: Any) -> Node:
    return {
        "type": "has_related",
        "this_object_type": this,
        "related_object_type": other,
        "related_query": query,
        **members,
    }


def contact_with_email(address: str, mode: str = "exact_value") -> Node:
    email = where(regular("contact_email", "email"), text(address, mode))
    return related("contact", "contact_email", all_of(email))


def sort(direction: str, field: Node) -> Node:
    return {"direction": direction, "field": field}
