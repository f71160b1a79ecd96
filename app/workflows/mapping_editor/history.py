"""The saved versions of the mappings, each with what its save changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.storage.mapping_history import FormerMappings
from app.storage.profile import MappingSpec
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.difference import MappingDifference, difference
from app.workflows.mapping_editor.document import MappingDocument


@dataclass(frozen=True, slots=True)
class SavedVersion:
    """``saved_at`` (UTC) is None for the oldest version that is known; its ``changes`` are unknown too."""

    mappings: tuple[MappingSpec, ...]
    saved_at: datetime | None
    changes: tuple[MappingDifference, ...]
    in_use: bool


def saved_versions(
    in_use: tuple[MappingSpec, ...],
    former: Sequence[FormerMappings],
    vocabulary: CloseVocabulary | None = None,
) -> tuple[SavedVersion, ...]:
    """Newest first: what is saved now, then what the history holds (newest first as well)."""
    versions = (in_use, *(each.mappings for each in former))
    saved_at = (*(each.replaced_at for each in former), None)
    return tuple(
        SavedVersion(
            mappings,
            moment,
            difference(versions[place + 1], mappings, vocabulary) if place + 1 < len(versions) else (),
            in_use=place == 0,
        )
        for place, (mappings, moment) in enumerate(zip(versions, saved_at, strict=True))
    )


def restore(document: MappingDocument, version: SavedVersion) -> MappingDocument:
    """The version's mappings as one more step, so that it can be taken back."""
    return document.step("Restore", version.mappings)
