"""What a test runs: all mappings that are switched on, or one of them, also one that is off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.errors import AppError
from app.storage.profile import MappingSpec, Profile


def only(profile: Profile, name: str | None) -> Profile:
    """The profile with just the mapping of this name, switched on; all of it for None.

    Filters stay. Raises ``AppError`` (``MAPPING-MISSING``).
    """
    if name is None:
        return profile
    spec = find_mapping(profile.mappings, name)
    if spec is None:
        raise AppError(
            "MAPPING-MISSING",
            f"There is no mapping called “{name}”.",
            cause="It was renamed or deleted.",
            remedy="Choose another mapping, or all of them.",
        )
    return replace(profile, mappings=(replace(spec, enabled=True),))


def find_mapping(mappings: Sequence[MappingSpec], name: str) -> MappingSpec | None:
    """The first mapping with this name."""
    return next((spec for spec in mappings if spec.name == name), None)
