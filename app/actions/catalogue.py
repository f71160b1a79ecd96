"""The organization's field definitions and lead statuses, read once a day and only when needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from app.actions.field_changes import Vocabulary
from app.actions.upsert_payload import ActionSettings
from app.close.records import CustomField, LeadStatus, ObjectType, User
from app.storage.profile import MappingSpec

_LIFETIME_S = 24 * 3600.0


class CloseDefinitions(Protocol):
    """The reads a catalogue makes."""

    async def custom_fields(self, object_type: ObjectType) -> tuple[CustomField, ...]: ...
    async def lead_statuses(self) -> tuple[LeadStatus, ...]: ...
    async def users(self) -> tuple[User, ...]: ...


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
        self._mapped = _mapped_fields(mappings)
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
        users: dict[str, str] = {}
        # Anybody may be named where whole objects are mapped; the list is short and read once a day.
        wanted = (one for key, one in definitions.items() if self._mapped is None or key in self._mapped)
        if any(one.type == "user" for one in wanted):
            users = {user.email.strip().casefold(): user.id for user in await self._close.users()}
        return Vocabulary(self._settings, definitions, labels, users)


def _mapped_fields(mappings: Sequence[MappingSpec]) -> frozenset[str] | None:
    """The custom fields that mappings name; None when one maps a whole object and may name any."""
    found: set[str] = set()
    for mapping in mappings:
        for container in ("lead_custom_fields", "contact_custom_fields"):
            value = mapping.mapping.get(container) if mapping.enabled else None
            if isinstance(value, Mapping):
                if any(key.startswith("@") for key in value):
                    return None
                found |= set(value)
    return frozenset(found)
