"""Which mappings held at a moment in the past."""

from __future__ import annotations

from collections.abc import Sequence

from app.storage.mapping_history import FormerMappings
from app.storage.profile import MappingSpec


def mappings_at(
    present: tuple[MappingSpec, ...], former: Sequence[FormerMappings], at_ms: int
) -> tuple[MappingSpec, ...]:
    """The mappings in use at ``at_ms`` (since 1970); before the oldest kept version, that one.

    ``former`` is newest first, as the history keeps it.
    """
    held = present
    for version in former:
        if version.replaced_at.timestamp() * 1000 <= at_ms:
            break
        held = version.mappings
    return held
