"""Which calls a site has to make for the mappings: names from triggers, values from events. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.json_value import JsonObject, JsonValue
from app.segment import triggers
from app.segment.references import Keys, keys_of_path, keys_of_template_name
from app.segment.trigger_tree import Comparison, Group, Subject, TriggerError
from app.storage.profile import MappingSpec, Profile

_BRACES: Final = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_LIQUID_PLACE: Final = re.compile(r"\b(?:traits|properties|context)(?:\.[A-Za-z0-9_-]+)+")
_TYPES: Final = ("identify", "track", "group", "page")


@dataclass(frozen=True, slots=True)
class SnippetCall:
    """One call. ``name`` is the event of a track or the name of a page; ``data`` its traits or properties.

    ``context`` holds what the mappings read there, empty for nothing.
    """

    type: str
    name: str
    user_id: str
    group_id: str
    data: JsonObject
    context: JsonObject


def snippet_calls(profile: Profile, events: Sequence[JsonObject]) -> tuple[SnippetCall, ...]:
    """The calls that set off the mappings which are on, in their order; each call once.

    ``events`` are collected ones, newest first: the first that fits gives the values and so their types.
    What no event holds gets its own name as a text.
    """
    wanted: dict[tuple[str, str], set[Keys]] = {}
    for spec in profile.mappings:
        if spec.enabled:
            places = set(_places(list(spec.mapping.values())))
            for call in _set_off_by(spec, events):
                wanted.setdefault(call, set()).update(places)
    return tuple(_call(kind, name, places, events) for (kind, name), places in wanted.items())


def _set_off_by(spec: MappingSpec, events: Sequence[JsonObject]) -> Iterator[tuple[str, str]]:
    try:
        tree = triggers.parse(spec.trigger)
    except TriggerError:
        return
    compared = list(_comparisons(tree))
    kinds = [str(one.value) for one in compared if one.subject is Subject.TYPE and one.operator == "="]
    names = [str(one.value) for one in compared if one.subject is Subject.EVENT and one.operator == "="]
    found = {_identity(event) for event in events if event.get("type") in _TYPES and _fits(tree, event)}
    yield from (("track", name) for name in names)
    yield from ((kind, "") for kind in kinds if kind in _TYPES and kind in ("identify", "group"))
    yield from sorted(found - {("track", name) for name in names})


def _fits(tree: Group, event: JsonObject) -> bool:
    try:
        return triggers.matches(tree, event)
    except TriggerError:
        return False


def _identity(event: JsonObject) -> tuple[str, str]:
    kind = str(event["type"])
    name = event.get({"track": "event", "page": "name"}.get(kind, ""))
    return kind, name if isinstance(name, str) else ""


def _comparisons(group: Group) -> Iterator[Comparison]:
    for child in group.children:
        if isinstance(child, Comparison):
            yield child
        elif isinstance(child, Group):
            yield from _comparisons(child)


def _places(value: JsonValue) -> Iterator[Keys]:
    """Every place of the event that a mapping value reads by path, template or Liquid."""
    if isinstance(value, list):
        for item in value:
            yield from _places(item)
    elif isinstance(value, dict):
        for key, member in value.items():
            if key == "@path" and isinstance(member, str):
                yield keys_of_path(member)
            elif key == "@template" and isinstance(member, str):
                yield from (keys_of_template_name(name) for name in _BRACES.findall(member))
            elif key == "@liquid" and isinstance(member, str):
                yield from (tuple(place.split(".")) for place in _LIQUID_PLACE.findall(member))
            else:
                yield from _places(member)


def _call(kind: str, name: str, places: set[Keys], events: Sequence[JsonObject]) -> SnippetCall:
    example = next((event for event in events if _identity_or_none(event) == (kind, name)), {})
    root = "traits" if kind in ("identify", "group") else "properties"
    data: dict[str, JsonValue] = {}
    context: dict[str, JsonValue] = {}
    for keys in sorted(places):
        if len(keys) > 1 and keys[0] in (root, "context"):
            _put(data if keys[0] == root else context, keys[1:], example.get(keys[0]))
    return SnippetCall(
        kind, name, _id(example, "userId", "usr_1"), _id(example, "groupId", "co_1"), data, context
    )


def _identity_or_none(event: JsonObject) -> tuple[str, str] | None:
    return _identity(event) if event.get("type") in _TYPES else None


def _id(event: JsonObject, key: str, otherwise: str) -> str:
    found = event.get(key)
    return str(found) if isinstance(found, str | int) and found != "" else otherwise


def _put(target: dict[str, JsonValue], keys: Keys, example: JsonValue) -> None:
    """Copy the place from the example. A list on the way is taken whole; an unknown place is named."""
    key, rest = keys[0], keys[1:]
    value = example.get(key) if isinstance(example, dict) else None
    if rest and (value is None or isinstance(value, dict)):
        below = target.setdefault(key, {})
        if isinstance(below, dict):
            _put(below, rest, value)
        return
    if key not in target or target[key] == {}:
        target[key] = key if value is None else value
