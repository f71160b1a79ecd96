"""What Close has to map to: custom fields and lead statuses, with the time they were read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from app.close.records import CustomField, LeadStatus, ObjectType
from app.storage.profile import Profile


@dataclass(frozen=True, slots=True)
class CloseVocabulary:
    """``read_at`` is None as long as nothing has been read; ``company_field_id`` and ``user_field_id`` are
    the two ID fields, which have target rows of their own."""

    custom_fields: tuple[CustomField, ...] = ()
    lead_statuses: tuple[LeadStatus, ...] = ()
    company_field_id: str = ""
    user_field_id: str = ""
    read_at: datetime | None = None
    company_field_name: str = "Company ID"
    user_field_name: str = "User ID"

    @property
    def as_of(self) -> str:
        """When this was read, as people read it: “as of 10:32”; empty before the first time."""
        return f"as of {self.read_at:%H:%M}" if self.read_at else ""

    def field(self, field_id: str) -> CustomField | None:
        return next((one for one in self.custom_fields if one.id == field_id), None)

    def is_id_field(self, field_id: str) -> bool:
        """Whether it is the Company ID or the User ID field."""
        return bool(field_id) and field_id in (self.company_field_id, self.user_field_id)

    def with_field(self, created: CustomField) -> CloseVocabulary:
        """With a field made a moment ago, which Close's list may not show yet."""
        others = tuple(one for one in self.custom_fields if one.id != created.id)
        return replace(self, custom_fields=(*others, created))


class CloseDefinitions(Protocol):
    """The reads this workflow makes."""

    async def custom_fields(self, object_type: ObjectType) -> tuple[CustomField, ...]: ...
    async def lead_statuses(self) -> tuple[LeadStatus, ...]: ...


def unread_vocabulary(profile: Profile) -> CloseVocabulary:
    """What is known before Close was asked: which fields hold the two ids."""
    company, user = profile.company_field, profile.user_field
    known = CloseVocabulary(
        company_field_id=company.id if company else "", user_field_id=user.id if user else ""
    )
    return replace(
        known,
        company_field_name=company.name if company else known.company_field_name,
        user_field_name=user.name if user else known.user_field_name,
    )


class FieldReader:
    """Reads the vocabulary of a profile from its organization.

    ``now`` gives the local time. Shared fields are on both objects and come once for each.
    """

    def __init__(self, close: CloseDefinitions, now: Callable[[], datetime]) -> None:
        self._close = close
        self._now = now

    async def read(self, profile: Profile) -> CloseVocabulary:
        """Raises ``CloseError`` when Close cannot be read; what was read before stays usable."""
        leads = await self._close.custom_fields("lead")
        contacts = await self._close.custom_fields("contact")
        statuses = await self._close.lead_statuses()
        return replace(
            unread_vocabulary(profile),
            custom_fields=(*leads, *contacts),
            lead_statuses=statuses,
            read_at=self._now(),
        )
