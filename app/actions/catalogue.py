"""The organization's field definitions and lead statuses, read once a day and only when needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from app.actions.field_changes import Vocabulary
from app.actions.upsert_payload import ActionSettings
from app.close.records import CustomField, LeadStatus, ObjectType
from app.storage.profile import MappingSpec

_LIFETIME_S = 24 * 3600.0


class CloseDefinitions(Protocol):
    """The reads a catalogue makes."""

    async def custom_fields(self, object_type: ObjectType) -> tuple[CustomField, ...]: ...
    async def lead_statuses(self) -> tuple[LeadStatus, ...]: ...


class FieldCatalogue:
    """``monotonic`` is a clock in seconds. Belongs to one asyncio loop."""

    def __init__(
        self,
        close: CloseDefinitions,
        settings: ActionSettings,
        mappings: Sequence[MappingSpec],
        monotonic: Callable[[], float],
    ) -> None:
        self._close = close
        self._settings = settings
        keys = {key for mapping in mappings if mapping.enabled for key in mapping.mapping}
        self._needs_fields = bool(keys & {"lead_custom_fields", "contact_custom_fields"})
        self._needs_statuses = "lead_status_id" in keys
        self._monotonic = monotonic
        self._vocabulary: Vocabulary | None = None
        self._read_at = 0.0

    async def vocabulary(self) -> Vocabulary:
        """The names and types for plans. Raises ``CloseError``."""
        now = self._monotonic()
        if self._vocabulary is None or now - self._read_at > _LIFETIME_S:
            self._vocabulary = await self._read()
            self._read_at = now
        return self._vocabulary

    async def _read(self) -> Vocabulary:
        definitions: dict[str, CustomField] = {}
        labels: dict[str, str] = {}
        if self._needs_fields:
            for object_type in ("lead", "contact"):
                fields = await self._close.custom_fields(object_type)
                definitions.update((one.id, one) for one in fields)
        if self._needs_statuses:
            labels = {status.id: status.label for status in await self._close.lead_statuses()}
        return Vocabulary(self._settings, definitions, labels)
