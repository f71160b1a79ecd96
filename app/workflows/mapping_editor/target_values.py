"""Where a target's value stands in a mapping object, and how it is put there.

Custom fields live as members of one object. That object, or the mapping itself, may also be one directive
(``{"@path": "$.traits.custom"}``): such a *base* is kept and shown as one value of its own. Members beside
a base are written the way Segment has for it, as a ``@merge`` in which the members come last and win.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.close.records import ObjectType
from app.json_value import JsonObject, JsonValue

WHOLE_MAPPING = ""
"""The key of a base that gives all fields of the action at once."""

CUSTOM_CONTAINERS: dict[str, ObjectType] = {
    "lead_custom_fields": "lead",
    "contact_custom_fields": "contact",
}
"""Fields of an action whose members are custom fields, by the object they are on."""


def value_at(mapping: JsonObject, key: str) -> JsonValue | None:
    """The mapping value of a target, None when nothing is mapped to it.

    For a container's key, and for ``WHOLE_MAPPING``, it is the base.
    """
    if key == WHOLE_MAPPING:
        return base_of(mapping)
    container, member = _place(key)
    held = members_of(mapping).get(container)
    if member:
        return members_of(held).get(member)
    return base_of(held) if container in CUSTOM_CONTAINERS else held


def values_of(mapping: JsonObject, keys: Iterable[str]) -> dict[str, JsonValue]:
    """``value_at`` for many targets at once, those that are mapped. Members are looked through only once,
    which matters while somebody types among hundreds of custom fields."""
    held = members_of(mapping)
    custom = {container: members_of(held.get(container)) for container in CUSTOM_CONTAINERS}
    found: dict[str, JsonValue] = {}
    for key in keys:
        container, member = _place(key)
        value = custom[container].get(member) if member else value_at(mapping, key)
        if value is not None:
            found[key] = value
    return found


def with_value(mapping: JsonObject, key: str, value: JsonValue | None) -> JsonObject:
    """The mapping with one target changed, or cleared with None; every other target stays as it was.

    A plain object given for a container's key becomes members, each a target of its own.
    """
    base, members = base_of(mapping), members_of(mapping)
    if key == WHOLE_MAPPING:
        return _as_object(_joined(value, members))
    container, member = _place(key)
    if container not in CUSTOM_CONTAINERS:
        return _as_object(_joined(base, _with_member(members, container, value)))
    inner_base, inner = base_of(members.get(container)), members_of(members.get(container))
    if member:
        inner = _with_member(inner, member, value)
    else:
        inner_base = value
    joined = _joined(inner_base, inner)
    return _as_object(_joined(base, _with_member(members, container, joined or None)))


def base_of(value: JsonValue | None) -> JsonValue | None:
    """What gives a whole object at once: anything that is not a plain object; None when nothing does."""
    merged = _merged(value)
    if merged is not None:
        return merged[0]
    return None if value is None or _is_plain(value) else value


def members_of(value: JsonValue | None) -> JsonObject:
    """The members written one by one: of a plain object all, of a base the ones merged over it."""
    merged = _merged(value)
    if merged is not None:
        return merged[1]
    return value if isinstance(value, Mapping) and _is_plain(value) else {}


def _place(key: str) -> tuple[str, str]:
    container, _, member = key.partition(".")
    return (container, member) if container in CUSTOM_CONTAINERS else (key, "")


def _with_member(members: JsonObject, name: str, value: JsonValue | None) -> JsonObject:
    if value is None:
        return {key: held for key, held in members.items() if key != name}
    return {**members, name: value}


def _joined(base: JsonValue | None, members: JsonObject) -> JsonValue:
    if base is None:
        return members
    if isinstance(base, Mapping) and _is_plain(base):
        return {**base, **members}
    return {"@merge": {"objects": [base, members], "direction": "right"}} if members else base


def _as_object(value: JsonValue) -> JsonObject:
    if isinstance(value, Mapping):
        return value
    raise ValueError("a mapping is an object")


def _merged(value: JsonValue | None) -> tuple[JsonValue, JsonObject] | None:
    """Base and members of a value as ``_joined`` writes it."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    options = value.get("@merge")
    if not isinstance(options, Mapping) or options.keys() != {"objects", "direction"}:
        return None
    objects = options["objects"]
    if options["direction"] != "right" or not isinstance(objects, list | tuple) or len(objects) != 2:
        return None
    base, members = objects
    if not isinstance(base, Mapping) or _is_plain(base):
        return None
    return (base, members) if isinstance(members, Mapping) and members and _is_plain(members) else None


def _is_plain(value: JsonValue) -> bool:
    return isinstance(value, Mapping) and not any(key.startswith("@") for key in value)
