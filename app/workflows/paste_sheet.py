"""Everything to enter in Segment's own Close destination, in the order in which Segment asks for it. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass

from app.json_value import JsonValue
from app.segment.close_destination import ACTION, DESTINATION_NAME, SETTINGS
from app.storage.profile import MappingSpec, Profile


@dataclass(frozen=True, slots=True)
class PasteLine:
    """One field of a form in Segment.

    ``value`` is what to enter, empty where the person brings it (``note`` says from where). ``secret``
    values are never kept here: their ``value`` is always empty. ``pending`` ones are not known yet.
    """

    label: str
    value: str
    note: str = ""
    secret: bool = False
    pending: bool = False


@dataclass(frozen=True, slots=True)
class PasteSection:
    """One form; ``place`` is the way to it in Segment. ``json`` is the mapping as one line."""

    title: str
    place: str
    lines: tuple[PasteLine, ...]
    json: str = ""


def paste_sheet(profile: Profile) -> tuple[PasteSection, ...]:
    """The destination's settings, then one section per mapping of the profile that is switched on."""
    mappings = tuple(spec for spec in profile.mappings if spec.enabled)
    return (_settings(profile), *(_mapping(spec) for spec in mappings))


def _settings(profile: Profile) -> PasteSection:
    company, user = profile.company_field, profile.user_field
    values = {
        "api_key": "",
        "lead_custom_field_id_for_company_id": company.id if company else "",
        "contact_custom_field_id_for_user_id": user.id if user else "",
    }
    notes = {
        "api_key": "In Close: Settings, Developer, API Keys. A key of its own can be revoked on its own.",
        "lead_custom_field_id_for_company_id": f"“{company.name}” on leads." if company else _LEFT_EMPTY,
        "contact_custom_field_id_for_user_id": f"“{user.name}” on contacts." if user else _LEFT_EMPTY,
    }
    lines = tuple(
        PasteLine(setting.label, values[setting.key], notes[setting.key], secret=setting.secret)
        for setting in SETTINGS
    )
    return PasteSection(
        "Settings", f"Connections, Destinations, Add destination, {DESTINATION_NAME}, Settings", lines
    )


_LEFT_EMPTY = "Left empty: this set-up goes without it."


def _mapping(spec: MappingSpec) -> PasteSection:
    lines = [
        PasteLine("Name", spec.name),
        PasteLine("Trigger", spec.trigger, "Under “Select events to map and send”, as a query."),
    ]
    for field in ACTION.fields:
        expression = spec.mapping.get(field.key)
        if expression is not None:
            lines.append(PasteLine(field.label, _entered(expression)))
    whole = json.dumps(spec.mapping, ensure_ascii=False)
    return PasteSection(
        f"Mapping “{spec.name}”", f"Mappings, New mapping, {ACTION.name}", tuple(lines), whole
    )


def _entered(expression: JsonValue) -> str:
    """A mapping expression as it is typed into Segment's form."""
    if isinstance(expression, dict) and set(expression) == {"@path"}:
        return str(expression["@path"])
    if isinstance(expression, bool):
        return "On" if expression else "Off"
    if isinstance(expression, str):
        return expression
    return json.dumps(expression, ensure_ascii=False)
