"""What Segment's own Close destination cannot do although the profile uses it here, in words. Pure."""

from __future__ import annotations

from app.segment import triggers
from app.segment.close_destination import ACTION
from app.segment.trigger_tree import TriggerError
from app.storage.profile import Profile

MOST_MAPPINGS = 50


def straight_limits(profile: Profile) -> tuple[str, ...]:
    """One sentence each, the gravest first; empty when nothing of the profile is lost on that path."""
    enabled = [spec for spec in profile.mappings if spec.enabled]
    found: list[str] = []
    for spec in enabled:
        if spec.action != ACTION.slug:
            found.append(f"“{spec.name}” does something that Segment’s destination has no action for.")
            continue
        unknown = [key for key in spec.mapping if ACTION.field(key) is None]
        if unknown:
            found.append(f"“{spec.name}” fills what Segment’s action has no field for: {', '.join(unknown)}.")
        if (company := _without(profile, spec.mapping)) is not None:
            found.append(f"“{spec.name}” gives {company}, but no ID field is chosen for it.")
        found.extend(f"Trigger of “{spec.name}”: {warning}" for warning in _warnings(spec.trigger))
    if len(enabled) > MOST_MAPPINGS:
        found.append(f"Segment takes {MOST_MAPPINGS} mappings per destination; {len(enabled)} are on here.")
    if profile.filters:
        found.append(
            "Destination filters are not part of a mapping: make them in Segment under Filters as well."
        )
    if enabled:
        found.append(
            "Segment makes one request per event, without dry run, undo, or leaving out what is unchanged."
        )
    return tuple(found)


def _without(profile: Profile, mapping: object) -> str | None:
    if not isinstance(mapping, dict):
        return None
    if "lead_external_id" in mapping and profile.company_field is None:
        return "a company ID"
    if "contact_external_id" in mapping and profile.user_field is None:
        return "a user ID"
    return None


def _warnings(trigger: str) -> tuple[str, ...]:
    try:
        return triggers.warnings(trigger)
    except TriggerError as error:
        return (str(error),)
