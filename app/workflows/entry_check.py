"""Compares what a person has entered in Segment's Close destination with what belongs there. Pure.

Pasted back is the JSON that Segment's Public API gives for the destination (``settings``, and
``subscriptions`` or ``mappings`` with ``trigger`` and ``settings``/``mapping``), or a flat object of single
values by key or label. The API key is never compared, shown or kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.errors import AppError
from app.json_value import JsonValue
from app.segment.close_destination import ACTION, SETTINGS
from app.storage.profile import MappingSpec, Profile

_COMPANY, _USER = "lead_custom_field_id_for_company_id", "contact_custom_field_id_for_user_id"
_FIELD_ID: Final = re.compile(r"cf_[A-Za-z0-9]+")
_LISTS: Final = ("subscriptions", "mappings", "actions")


class Verdict(StrEnum):
    EQUAL = "equal"
    DIFFERS = "differs"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One value. ``cause`` is the likely reason of a difference in words, empty for none known."""

    place: str
    label: str
    verdict: Verdict
    wanted: str
    entered: str
    cause: str = ""


def check_entries(profile: Profile, text: str) -> tuple[EntryLine, ...]:
    """Every value that the pasted text speaks of, settings first.

    Settings are compared when any is there, mappings when any is; a flat object is compared by its own keys.
    Raises ``AppError`` (ENTRY-JSON) when the text is no JSON object.
    """
    pasted = _read(text)
    settings = _settings_in(pasted)
    lines = list(_check_settings(profile, settings)) if settings else []
    entered = _mappings_in(pasted)
    if entered:
        enabled = [spec for spec in profile.mappings if spec.enabled]
        lines.extend(_check_mappings(enabled, entered))
    if not lines:
        raise AppError(
            "ENTRY-NOTHING",
            "Nothing in this text belongs to Segment’s Close destination.",
            cause="It has neither the destination’s settings nor a mapping.",
            remedy=f'Paste the JSON of the destination, or one value as {{"{_COMPANY}": "cf_…"}}.',
        )
    return tuple(lines)


def _read(text: str) -> Mapping[str, JsonValue]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise AppError(
            "ENTRY-JSON",
            "This is not JSON.",
            cause=str(error) if isinstance(error, ValueError) else "It is nested too deep.",
            remedy="Copy it once more from the first brace to the last.",
        ) from error
    while (
        isinstance(value, dict)
        and len(value) == 1
        and (inner := next(iter(value.items())))[0]
        in (
            "data",
            "destination",
        )
    ):
        value = inner[1]
    if isinstance(value, list):
        value = {"mappings": value}
    if not isinstance(value, dict):
        raise AppError(
            "ENTRY-JSON", "This is not a JSON object.", remedy="Copy the whole object with braces."
        )
    return value


_KEYS: Final = {setting.label.casefold(): setting.key for setting in SETTINGS} | {
    field.label.casefold(): field.key for field in ACTION.fields
}


def _by_key(value: JsonValue) -> dict[str, JsonValue]:
    """An object with Segment's labels turned into its keys."""
    if not isinstance(value, Mapping):
        return {}
    return {_KEYS.get(key.strip().casefold(), key.strip()): member for key, member in value.items()}


def _settings_in(pasted: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    known = {setting.key for setting in SETTINGS}
    for candidate in (pasted.get("settings"), pasted):
        found = {key: value for key, value in _by_key(candidate).items() if key in known}
        if found:
            return found
    return {}


def _mappings_in(pasted: Mapping[str, JsonValue]) -> list[Mapping[str, JsonValue]]:
    for name in _LISTS:
        listed = pasted.get(name)
        if isinstance(listed, Sequence) and not isinstance(listed, str):
            return [each for each in listed if isinstance(each, Mapping)]
    if "mapping" in pasted or "trigger" in pasted:
        return [pasted]
    fields = {key: value for key, value in _by_key(pasted).items() if ACTION.field(key) is not None}
    return [{"mapping": fields, "partial": True}] if fields else []


def _check_settings(profile: Profile, entered: Mapping[str, JsonValue]) -> list[EntryLine]:
    wanted = {
        _COMPANY: profile.company_field.id if profile.company_field else "",
        _USER: profile.user_field.id if profile.user_field else "",
    }
    other = {_COMPANY: wanted[_USER], _USER: wanted[_COMPANY]}
    names = {
        _COMPANY: profile.company_field.name if profile.company_field else "",
        _USER: profile.user_field.name if profile.user_field else "",
    }
    lines = []
    for setting in SETTINGS:
        if setting.secret:
            continue
        given = entered.get(setting.key)
        value = given if isinstance(given, str) else "" if given is None else json.dumps(given)
        cause = _id_cause(setting.key, wanted[setting.key], value, other[setting.key], names[setting.key])
        # A key in the wrong field is named by the cause and shown nowhere.
        shown = "api_…" if value.strip().startswith("api_") else value
        lines.append(_line("Settings", setting.label, wanted[setting.key], shown, cause))
    return lines


def _id_cause(key: str, wanted: str, entered: str, other: str, name: str) -> str:
    lead = key == _COMPANY
    if entered == wanted or not entered:
        return ""
    if entered.strip() == wanted:
        return "There are spaces before or after the ID."
    if other and entered.strip() == other:
        place = "contacts" if lead else "leads"
        return f"The two field IDs are swapped: this is the field on {place}."
    if name and entered.strip().casefold() == name.casefold():
        return "This is the field’s name. Segment wants its ID."
    if _FIELD_ID.fullmatch(entered.strip()):
        return "Another field, of the wrong object or of another organization in Close."
    if entered.strip().startswith("api_"):
        return "This looks like an API key, not a field ID."
    return "IDs of custom fields start with cf_."


def _check_mappings(
    specs: Sequence[MappingSpec], entered: Sequence[Mapping[str, JsonValue]]
) -> list[EntryLine]:
    lines: list[EntryLine] = []
    left = list(entered)
    for at, spec in enumerate(specs):
        found = next((each for each in left if each.get("name") == spec.name), None)
        if found is None and at < len(entered) and "name" not in entered[at]:
            found = entered[at]
        if found is None and len(specs) == len(entered) == 1:
            found = entered[0]
        if found is None:
            if "partial" not in (left[0] if left else {}):
                lines.append(_line(spec.name, "Mapping", spec.name, "", "No mapping of this name is there."))
            continue
        left = [each for each in left if each is not found]
        lines.extend(_check_mapping(spec, found))
    return lines


def _check_mapping(spec: MappingSpec, entered: Mapping[str, JsonValue]) -> list[EntryLine]:
    lines: list[EntryLine] = []
    partial = "partial" in entered
    if not partial and "trigger" in entered:
        trigger = entered["trigger"]
        given = trigger if isinstance(trigger, str) else json.dumps(trigger)
        lines.append(_line(spec.name, "Trigger", spec.trigger, given, _text_cause(spec.trigger, given)))
    fields = _by_key(entered["mapping"] if "mapping" in entered else entered.get("settings"))
    for field in ACTION.fields:
        wanted, given_value = spec.mapping.get(field.key), fields.get(field.key)
        if (wanted is None and given_value is None) or (partial and field.key not in fields):
            continue
        if _same(wanted, given_value):
            text = _shown(wanted)
            lines.append(EntryLine(spec.name, field.label, Verdict.EQUAL, text, text))
            continue
        cause = _text_cause(_shown(wanted), _shown(given_value))
        lines.append(_line(spec.name, field.label, _shown(wanted), _shown(given_value), cause))
    return lines


def _same(wanted: JsonValue, given: JsonValue) -> bool:
    """A path counts as equal in both its forms: as JSON, and as it is typed."""
    if isinstance(wanted, bool) or isinstance(given, bool):
        return wanted is given or (isinstance(given, str) and given.casefold() == ("on" if wanted else "off"))
    return _shown(wanted) == _shown(given)


def _shown(value: JsonValue) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "On" if value else "Off"
        case {"@path": str(path), **others} if not others:
            return path
        case str():
            return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _text_cause(wanted: str, entered: str) -> str:
    if not entered:
        return ""
    if not wanted:
        return "Here this is left empty."
    if entered.strip() == wanted.strip():
        return "There are spaces before or after it."
    if entered.casefold() == wanted.casefold():
        return "Capital and small letters differ; Segment tells them apart."
    if wanted.startswith("$.") and wanted.removeprefix("$.") == entered.strip():
        return "Without $. Segment takes it as a fixed text."
    if set(_FIELD_ID.findall(wanted)) != set(_FIELD_ID.findall(entered)):
        return "The custom fields differ: another field, or one of another organization in Close."
    return ""


def _line(place: str, label: str, wanted: str, entered: str, cause: str) -> EntryLine:
    if wanted == entered:
        return EntryLine(place, label, Verdict.EQUAL, wanted, entered)
    verdict = Verdict.DIFFERS if entered else Verdict.MISSING
    return EntryLine(place, label, verdict, wanted, entered, cause)
