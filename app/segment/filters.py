"""What keeps an event from a destination: its integrations object, and destination filters.

Both are applied before mappings see the event. Filters run in Segment's order, sample, drop, drop
properties, allow properties, and drop the event when one of them cannot be read or evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from app.json_value import JsonObject, JsonValue
from app.segment import fql
from app.segment.fql import FqlError
from app.segment.js_text import json_text
from app.segment.js_values import JsValue, is_number

MAX_FILTERS: Final = 10
MAX_TITLE_LENGTH: Final = 64
FILTERED_BY_RULES: Final = "FILTERED_BY_RULES"
FILTERED_BY_INTEGRATIONS_OBJECT: Final = "FILTERED_BY_INTEGRATIONS_OBJECT"

Random = Callable[[], float]
"""Numbers from 0 up to 1."""


class FilterError(ValueError):
    """A filter that is not in Segment's form; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Keep the event from the destination."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Let a share through, ``percent`` from 0 to 1: by chance, or always alike for one value at ``path``."""

    percent: float
    path: str = ""


@dataclass(frozen=True, slots=True)
class DropProperties:
    """Remove keys: path of an object to the names to remove from it; the path "" is the event itself."""

    fields: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class AllowProperties:
    """Remove all other keys of the named objects; objects that are not named stay whole."""

    fields: tuple[tuple[str, tuple[str, ...]], ...]


FilterAction = Drop | Sample | DropProperties | AllowProperties


@dataclass(frozen=True, slots=True)
class DestinationFilter:
    """``condition`` is a statement of Segment's filter language, or ``all`` for every event."""

    title: str
    condition: str
    actions: tuple[FilterAction, ...]
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class FilterOutcome:
    """``event`` is what is left of it, None when it goes no further; ``reason`` then says why, in words."""

    event: JsonObject | None
    code: str = ""
    reason: str = ""


def check_integrations(event: JsonObject, destination: str) -> FilterOutcome:
    """The event's own choice: the destination's key, else ``All``, else it may pass."""
    choices = event.get("integrations")
    if not isinstance(choices, Mapping):
        return FilterOutcome(event)
    named = destination if destination in choices else "All"
    if choices.get(named, True) is not False:
        return FilterOutcome(event)
    return FilterOutcome(
        None,
        FILTERED_BY_INTEGRATIONS_OBJECT,
        f'The event\'s integrations object says "{named}": false.',
    )


def compile_filters(
    filters: Iterable[DestinationFilter], random: Random
) -> Callable[[JsonObject], FilterOutcome]:
    """Filters as one function of the event. A filter that cannot be read makes it drop every event."""
    enabled = [(each, _condition(each)) for each in filters if each.enabled]

    def apply(event: JsonObject) -> FilterOutcome:
        applying: list[tuple[DestinationFilter, FilterAction]] = []
        for each, condition in enabled:
            try:
                if condition(event):
                    applying += [(each, action) for action in each.actions]
            except FqlError as error:
                return _dropped(f"The filter {each.title!r} cannot be evaluated: {error}")
        return _applied(event, applying, random)

    return apply


def _condition(each: DestinationFilter) -> Callable[[JsonObject], bool]:
    if each.condition.strip() == "all":
        return lambda _event: True
    try:
        return fql.compile(each.condition)
    except FqlError as error:
        reason = str(error)

        def fail(_event: JsonObject) -> bool:
            raise FqlError(reason)

        return fail


def _applied(
    event: JsonObject, applying: list[tuple[DestinationFilter, FilterAction]], random: Random
) -> FilterOutcome:
    for each, action in applying:
        if isinstance(action, Sample) and not _is_sampled(event, action, random):
            return _dropped(f"The filter {each.title!r} lets {action.percent:.0%} of such events pass.")
    for each, action in applying:
        if isinstance(action, Drop):
            return _dropped(f"The filter {each.title!r} drops it.")
    for _, action in applying:
        if isinstance(action, DropProperties):
            for path, names in action.fields:
                event = _changed_at(event, _pieces(path), names, kept=False)
    for _, action in applying:
        if isinstance(action, AllowProperties):
            for path, names in action.fields:
                event = _changed_at(event, _pieces(path), names, kept=True)
    return FilterOutcome(event)


def _dropped(reason: str) -> FilterOutcome:
    return FilterOutcome(None, FILTERED_BY_RULES, reason)


def _is_sampled(event: JsonObject, sample: Sample, random: Random) -> bool:
    if not sample.path:
        return random() < sample.percent
    value: JsValue = event
    for piece in _pieces(sample.path):
        value = value.get(piece) if isinstance(value, dict) else None
    digest = sha256((json_text(value) or "").encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < sample.percent


def _pieces(path: str) -> list[str]:
    return path.split(".") if path else []


def _changed_at(value: JsValue, pieces: list[str], names: tuple[str, ...], *, kept: bool) -> JsValue:
    """A copy in which the object at the path, or every object of a list there, has lost keys.

    ``kept`` says whether the names are the keys that stay or the ones that go.
    """
    if pieces:
        if not isinstance(value, dict) or pieces[0] not in value:
            return value
        return {**value, pieces[0]: _changed_at(value[pieces[0]], pieces[1:], names, kept=kept)}
    if isinstance(value, list):
        return [_without_keys(member, names, kept=kept) for member in value]
    return _without_keys(value, names, kept=kept)


def _without_keys(value: JsValue, names: tuple[str, ...], *, kept: bool) -> JsValue:
    if not isinstance(value, dict):
        return value
    return {key: member for key, member in value.items() if (key in names) is kept}


def filter_from_json(shape: JsonValue) -> DestinationFilter:
    """Read a filter in the shape of Segment's Public API, older names included. Raises ``FilterError``."""
    if not isinstance(shape, dict):
        raise FilterError("A filter is a JSON object.")
    title, condition, actions = shape.get("title", ""), shape.get("if"), shape.get("actions")
    if not isinstance(title, str) or len(title) > MAX_TITLE_LENGTH:
        raise FilterError(f"The title of a filter is text of at most {MAX_TITLE_LENGTH} characters.")
    if not isinstance(condition, str):
        raise FilterError(f'The filter {title!r} has no condition "if".')
    if not isinstance(actions, list) or not actions:
        raise FilterError(f"The filter {title!r} has no actions.")
    enabled = shape.get("enabled", True) is not False
    return DestinationFilter(title, condition, tuple(map(_action_from_json, actions)), enabled)


_KINDS: Final = {
    "DROP": "DROP",
    "drop_event": "DROP",
    "SAMPLE": "SAMPLE",
    "sample_event": "SAMPLE",
    "DROP_PROPERTIES": "DROP_PROPERTIES",
    "blocklist_fields": "DROP_PROPERTIES",
    "ALLOW_PROPERTIES": "ALLOW_PROPERTIES",
    "whitelist_fields": "ALLOW_PROPERTIES",
    "allowlist_fields": "ALLOW_PROPERTIES",
}


def _action_from_json(shape: JsValue) -> FilterAction:
    kind = _KINDS.get(str(shape.get("type"))) if isinstance(shape, dict) else None
    if kind == "DROP":
        return Drop()
    if kind == "SAMPLE":
        percent, path = shape.get("percent"), shape.get("path") or ""
        if not is_number(percent) or not 0 <= percent <= 1 or not isinstance(path, str):
            raise FilterError("A sample needs a percent from 0 to 1, and its path is text.")
        return Sample(percent, path)
    if kind == "DROP_PROPERTIES":
        return DropProperties(_fields_from_json(shape.get("fields")))
    if kind == "ALLOW_PROPERTIES":
        return AllowProperties(_fields_from_json(shape.get("fields")))
    raise FilterError("A filter has an action of an unknown type.")


def _fields_from_json(shape: JsValue) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(shape, dict):
        raise FilterError('An action on properties needs an object "fields".')
    for names in shape.values():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise FilterError('Every member of "fields" is a list of names.')
    return tuple((path, tuple(names)) for path, names in shape.items())


def filter_to_json(each: DestinationFilter) -> dict[str, JsonValue]:
    """The filter in the shape of Segment's Public API."""
    return {
        "title": each.title,
        "if": each.condition,
        "actions": [_action_to_json(action) for action in each.actions],
        "enabled": each.enabled,
    }


def _action_to_json(action: FilterAction) -> JsonValue:
    if isinstance(action, Drop):
        return {"type": "DROP"}
    if isinstance(action, Sample):
        path: dict[str, JsonValue] = {"path": action.path} if action.path else {}
        return {"type": "SAMPLE", "percent": action.percent, **path}
    kind = "DROP_PROPERTIES" if isinstance(action, DropProperties) else "ALLOW_PROPERTIES"
    return {"type": kind, "fields": {path: list(names) for path, names in action.fields}}
