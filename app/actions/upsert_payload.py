"""The validated payload of *Create or Update Contact and Lead*, as a typed value.

Field keys are those of Segment's action, so that a mapping moves in and out of Segment unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.json_value import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class ActionSettings:
    """The two settings of the Close destination: which text fields hold our ids. None: not set."""

    company_field_id: str | None
    user_field_id: str | None
    company_field_name: str = "Company ID"
    user_field_name: str = "User ID"


@dataclass(frozen=True, slots=True)
class AllowSwitches:
    """What the action may do. All on by default, as in Segment."""

    create_leads: bool = True
    update_leads: bool = True
    create_contacts: bool = True
    update_contacts: bool = True
    duplicate_contacts: bool = True


@dataclass(frozen=True, slots=True)
class UpsertPayload:
    """Texts are trimmed; an empty one is the same as an absent one and never clears anything."""

    lead_name: str = ""
    lead_external_id: str = ""
    lead_description: str = ""
    lead_status_id: str = ""
    lead_custom: Mapping[str, JsonValue] = field(default_factory=dict)
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    contact_url: str = ""
    contact_title: str = ""
    contact_external_id: str = ""
    contact_custom: Mapping[str, JsonValue] = field(default_factory=dict)
    allow: AllowSwitches = AllowSwitches()

    @property
    def describes_person(self) -> bool:
        """Whether there is anything to put on a contact."""
        return any(
            (
                self.contact_name,
                self.contact_email,
                self.contact_phone,
                self.contact_url,
                self.contact_title,
                self.contact_external_id,
                self.contact_custom,
            )
        )

    @property
    def new_lead_name(self) -> str:
        """The name of a lead made for this event: company, else person, else email, else user id."""
        return self.lead_name or self.contact_name or self.contact_email or self.contact_external_id


def read_payload(values: JsonObject) -> UpsertPayload:
    """Take the typed payload out of validated values (texts are texts, switches are booleans)."""

    def text(key: str) -> str:
        value = values.get(key)
        return printable(value) if isinstance(value, str) else ""

    def custom(key: str) -> dict[str, JsonValue]:
        value = values.get(key)
        if not isinstance(value, Mapping):
            return {}
        return {k: v for k, v in value.items() if v is not None and v != ""}

    def allowed(key: str) -> bool:
        return values.get(key) is not False

    return UpsertPayload(
        lead_name=text("lead_name"),
        lead_external_id=text("lead_external_id"),
        lead_description=text("lead_description"),
        lead_status_id=text("lead_status_id"),
        lead_custom=custom("lead_custom_fields"),
        contact_name=text("contact_name"),
        contact_email=text("contact_email"),
        contact_phone=text("contact_phone"),
        contact_url=text("contact_url"),
        contact_title=text("contact_title"),
        contact_external_id=text("contact_external_id"),
        contact_custom=custom("contact_custom_fields"),
        allow=AllowSwitches(
            create_leads=allowed("allow_creating_new_leads"),
            update_leads=allowed("allow_updating_existing_leads"),
            create_contacts=allowed("allow_creating_new_contacts"),
            update_contacts=allowed("allow_updating_existing_contacts"),
            duplicate_contacts=allowed("allow_creating_duplicate_contacts"),
        ),
    )


def printable(text: str) -> str:
    """Without control characters (line breaks stay: descriptions have them) and outer spaces."""
    if text.isprintable():
        return text.strip()
    return "".join(c for c in text if c.isprintable() or c in "\n\t").strip()
