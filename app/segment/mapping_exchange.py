"""Mappings in and out of Segment: the JSON its Public API uses for a destination's mappings.

Segment calls one mapping a subscription: ``name``, ``actionId``, ``actionSlug``, ``trigger``, ``enabled``
and the mapping itself under ``settings``. Lists may come bare or wrapped as the API wraps them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from app.json_value import JsonObject, JsonValue
from app.segment import mapping as mapping_language
from app.segment.close_destination import ACTION
from app.segment.js_values import JsValue
from app.segment.mapping_problems import MappingError

MAX_MAPPINGS: Final = 50
_LIST_KEYS: Final = ("subscriptions", "mappings")
_MAPPING_KEYS: Final = ("settings", "mapping")
_SLUG_KEYS: Final = ("actionSlug", "partnerAction", "action")
_BESIDE_MAPPING: Final = ("name", "trigger", "subscribe", "enabled", "actionId", *_SLUG_KEYS)


class ExchangeError(ValueError):
    """A file that holds no mappings; the text says what is wrong and which mapping it is."""


@dataclass(frozen=True, slots=True)
class ExchangedMapping:
    """One mapping as Segment stores it. ``action_id`` is Segment's own id, empty for one made here."""

    name: str
    trigger: str
    mapping: JsonObject
    enabled: bool = False
    action_slug: str = ACTION.slug
    action_id: str = ""


def export_mappings(mappings: Iterable[ExchangedMapping]) -> dict[str, JsonValue]:
    """The mappings in the shape of Segment's Public API."""
    return {"subscriptions": [_to_json(each) for each in mappings]}


def _to_json(each: ExchangedMapping) -> JsonValue:
    shape: dict[str, JsonValue] = {
        "name": each.name,
        "actionSlug": each.action_slug,
        "trigger": each.trigger,
        "enabled": each.enabled,
        "settings": each.mapping,
    }
    return {"actionId": each.action_id, **shape} if each.action_id else shape


def mapping_objects(shape: JsonValue) -> tuple[JsonObject, ...]:
    """The objects in Segment's JSON that hold a mapping with its name, trigger or action; none if it is
    something else, such as the bare mapping itself."""
    try:
        members = _members(shape)
    except ExchangeError:
        return ()
    objects = tuple(member for member in members if isinstance(member, dict) and _is_exchanged(member))
    return objects if len(objects) == len(members) else ()


def _is_exchanged(shape: dict[str, JsonValue]) -> bool:
    beside = [shape[key] for key in _BESIDE_MAPPING if key in shape]
    return (
        any(isinstance(shape.get(key), dict) for key in _MAPPING_KEYS)
        and bool(beside)
        and not any(isinstance(value, dict | list) for value in beside)
    )


def import_mappings(
    shape: JsonValue, *, actions: Collection[str] = (ACTION.slug,)
) -> tuple[ExchangedMapping, ...]:
    """Read mappings from Segment's JSON: one, a list, or wrapped in ``data`` and ``subscriptions``.

    A trigger that Segment cannot read is kept: such a mapping never runs, there or here. Raises
    ``ExchangeError`` for anything that is not a mapping of one of the ``actions`` (slugs) or cannot be run.
    """
    members = _members(shape)
    if len(members) > MAX_MAPPINGS:
        raise ExchangeError(f"A destination has at most {MAX_MAPPINGS} mappings, here are {len(members)}.")
    return tuple(_from_json(member, position, actions) for position, member in enumerate(members, start=1))


def _members(shape: JsValue) -> list[JsValue]:
    if isinstance(shape, dict) and isinstance(shape.get("data"), dict | list):
        shape = shape["data"]
    if isinstance(shape, dict):
        shape = next((shape[key] for key in _LIST_KEYS if key in shape), shape.get("subscription", shape))
    if isinstance(shape, dict):
        return [shape]
    if not isinstance(shape, list):
        raise ExchangeError("The file holds no mappings.")
    return shape


def _from_json(shape: JsValue, position: int, actions: Collection[str]) -> ExchangedMapping:
    if not isinstance(shape, dict):
        raise ExchangeError(f"Mapping {position} is not a JSON object.")
    name = _text(shape, "name", position) or f"Mapping {position}"
    where = f"Mapping {position} ({name})"
    key = next((key for key in _MAPPING_KEYS if key in shape), None)
    fields = shape.get(key) if key else None
    if not isinstance(fields, dict):
        raise ExchangeError(f'{where} has no object "settings" with the mapped fields.')
    slug = next((slug for key in _SLUG_KEYS if (slug := _text(shape, key, position))), ACTION.slug)
    if slug not in actions:
        known = ", ".join(map(repr, actions))
        raise ExchangeError(f"{where} is for the action {slug!r}; only {known} can be used here.")
    try:
        mapping_language.compile(fields)
    except MappingError as error:
        raise ExchangeError(f"{where} cannot be run: {error}") from None
    return ExchangedMapping(
        name=name,
        trigger=_text(shape, "trigger", position) or _text(shape, "subscribe", position),
        mapping=fields,
        enabled=shape.get("enabled") is True,
        action_slug=slug,
        action_id=_text(shape, "actionId", position),
    )


def _text(shape: dict[str, JsValue], key: str, position: int) -> str:
    """A member that is text, empty when it is absent or null."""
    value = shape.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ExchangeError(f'"{key}" of mapping {position} is not text.')
    return value
