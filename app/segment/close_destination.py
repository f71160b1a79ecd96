"""Segment's Close destination: its settings and the fields of its one action.

Keys, labels, types, order and default mappings are those of Segment's destination, so that a mapping made
here can be carried over and back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.json_value import JsonObject, JsonValue

DESTINATION_NAME = "Close"
DESTINATION_SLUG = "close"


class FieldType(StrEnum):
    STRING = "string"
    OBJECT = "object"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class ActionField:
    """``default`` is the mapping that fills a new mapping of the action, None for none."""

    key: str
    label: str
    type: FieldType
    description: str
    default: JsonValue = None


@dataclass(frozen=True, slots=True)
class ActionDefinition:
    slug: str
    name: str
    description: str
    default_trigger: str
    fields: tuple[ActionField, ...]

    def field(self, key: str) -> ActionField | None:
        """The field with this key, None when the action has none."""
        return next((field for field in self.fields if field.key == key), None)

    def default_mapping(self) -> dict[str, JsonValue]:
        """A new mapping object with the default of every field that has one, in Segment's order."""
        return {field.key: _copied(field.default) for field in self.fields if field.default is not None}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of the destination as Segment shows it; ``secret`` ones never leave the keyring."""

    key: str
    label: str
    description: str
    required: bool = False
    secret: bool = False


def _copied(value: JsonValue) -> JsonValue:
    """Defaults are shared while mappings are edited: everyone gets objects of their own."""
    return dict(value) if isinstance(value, dict) else value


def _path(path: str) -> JsonObject:
    return {"@path": path}


_STRING, _OBJECT, _BOOLEAN = FieldType.STRING, FieldType.OBJECT, FieldType.BOOLEAN

SETTINGS = (
    Setting(
        "api_key",
        "API key",
        "A key of your Close organization. Segment signs in with it.",
        required=True,
        secret=True,
    ),
    Setting(
        "lead_custom_field_id_for_company_id",
        "Lead Custom Field ID for Company ID",
        "The text custom field on leads that holds your id of the company. Leads are looked up by it; "
        "without it only the contact's email is used.",
    ),
    Setting(
        "contact_custom_field_id_for_user_id",
        "Contact Custom Field ID for User ID",
        "The text custom field on contacts that holds your id of the person. Contacts are looked up by it; "
        "without it only the email is used.",
    ),
)

ACTION = ActionDefinition(
    slug="createUpdateContactAndLead",
    name="Create or Update Contact and Lead",
    description="Finds the lead and the contact an event speaks of, and creates or updates them.",
    default_trigger='type = "identify"',
    fields=(
        ActionField(
            "lead_name", "Lead Name", _STRING, "The name of the lead.", _path("$.traits.company.name")
        ),
        ActionField(
            "lead_external_id",
            "Lead Company ID",
            _STRING,
            "Your id of the company. It is stored in the lead's company id field and finds the lead again.",
            _path("$.traits.company.id"),
        ),
        ActionField("lead_description", "Lead Description", _STRING, "The description of the lead."),
        ActionField(
            "lead_status_id", "Lead Status ID", _STRING, "The id of a lead status; it starts with stat_."
        ),
        ActionField(
            "lead_custom_fields",
            "Lead Custom Fields",
            _OBJECT,
            "Custom fields of the lead. The keys are field ids; they start with cf_.",
        ),
        ActionField(
            "contact_name", "Contact Name", _STRING, "The name of the contact.", _path("$.traits.name")
        ),
        ActionField(
            "contact_email",
            "Contact Email",
            _STRING,
            "Finds the contact when there is no user id. A new address is added, none is replaced.",
            _path("$.traits.email"),
        ),
        ActionField(
            "contact_phone",
            "Contact Phone",
            _STRING,
            "A new number is added, none is replaced.",
            _path("$.traits.phone"),
        ),
        ActionField(
            "contact_url",
            "Contact URL",
            _STRING,
            "A new address is added, none is replaced.",
            _path("$.traits.website"),
        ),
        ActionField(
            "contact_title",
            "Contact Title",
            _STRING,
            "The job title of the contact.",
            _path("$.traits.title"),
        ),
        ActionField(
            "contact_external_id",
            "Contact User ID",
            _STRING,
            "Your id of the person. It is stored in the contact's user id field and finds the contact again.",
            _path("$.userId"),
        ),
        ActionField(
            "contact_custom_fields",
            "Contact Custom Fields",
            _OBJECT,
            "Custom fields of the contact. The keys are field ids; they start with cf_.",
        ),
        ActionField(
            "allow_creating_new_leads",
            "Allow creating new Leads",
            _BOOLEAN,
            "Off: an event that finds no lead and no contact changes nothing.",
            default=True,
        ),
        ActionField(
            "allow_updating_existing_leads",
            "Allow updating existing Leads",
            _BOOLEAN,
            "Off: leads that exist stay as they are.",
            default=True,
        ),
        ActionField(
            "allow_creating_new_contacts",
            "Allow creating new Contacts",
            _BOOLEAN,
            "Off: no contact is created, and no lead for one.",
            default=True,
        ),
        ActionField(
            "allow_updating_existing_contacts",
            "Allow updating existing Contacts",
            _BOOLEAN,
            "Off: contacts that exist stay as they are.",
            default=True,
        ),
        ActionField(
            "allow_creating_duplicate_contacts",
            "Allow creating duplicate Contacts under different Lead",
            _BOOLEAN,
            "On: the same person may become a second contact under the lead of another company.",
            default=True,
        ),
    ),
)


def default_mapping() -> dict[str, JsonValue]:
    """The mapping a new identify mapping starts with."""
    return ACTION.default_mapping()
