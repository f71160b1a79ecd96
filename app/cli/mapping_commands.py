"""``mappings show`` and ``mappings set``."""

from __future__ import annotations

import argparse

from app.assembly import Assistant
from app.cli.output import columns, say, say_json
from app.json_value import JsonValue
from app.storage.profile import MappingSpec, Profile
from app.workflows.mapping_settings import set_field
from app.workflows.mapping_view import mapping_rows


def mappings(assistant: Assistant, wanted: argparse.Namespace) -> int:
    """Show, or change one field and save."""
    # The saved profile, not the addressed one: --close-url is for this run and stays out of the file.
    profile = assistant.profiles.load(wanted.profile)
    if wanted.action == "set":
        profile = set_field(profile, wanted.key, wanted.value, wanted.mapping)
        assistant.profiles.save(profile)
    if wanted.json:
        say_json([_mapping_json(spec) for spec in profile.mappings])
    else:
        _say_mappings(profile)
    return 0


def _say_mappings(profile: Profile) -> None:
    for spec in profile.mappings:
        say(f"{spec.name} ({'on' if spec.enabled else 'off'}), when {spec.trigger}")
        columns([(f"  {row.group}", row.key, row.source) for row in mapping_rows(spec, None)])


def _mapping_json(spec: MappingSpec) -> JsonValue:
    return {
        "name": spec.name,
        "action": spec.action,
        "trigger": spec.trigger,
        "enabled": spec.enabled,
        "mapping": spec.mapping,
    }
