"""What Close has to map to: custom fields and lead statuses, with the time they were read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.close.records import CustomField, LeadStatus


@dataclass(frozen=True, slots=True)
class CloseVocabulary:
    """``read_at`` is None as long as nothing has been read; ``company_field_id`` and ``user_field_id`` are
    the two ID fields, which have target rows of their own."""

    custom_fields: tuple[CustomField, ...] = ()
    lead_statuses: tuple[LeadStatus, ...] = ()
    company_field_id: str = ""
    user_field_id: str = ""
    read_at: datetime | None = None
