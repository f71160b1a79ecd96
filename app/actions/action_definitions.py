"""Every action a mapping can have, described field by field.

The first is Segment's own; the others exist only here, so their mappings cannot be carried to Segment.
Lists, editors and the payload check read these definitions: an action is what its fields say.
"""

from __future__ import annotations

from app.errors import AppError
from app.json_value import JsonObject
from app.segment.close_destination import ACTION as UPSERT
from app.segment.close_destination import ActionDefinition, ActionField, FieldType

__all__ = ["ACTIONS", "DELETE", "MERGE", "RECORD", "UPSERT", "definition"]

_STRING, _OBJECT, _BOOLEAN = FieldType.STRING, FieldType.OBJECT, FieldType.BOOLEAN


def _path(path: str) -> JsonObject:
    return {"@path": path}


MERGE = ActionDefinition(
    slug="mergeContactsAndLeads",
    name="Merge Contacts and Leads",
    description="Makes one contact of two ids of the same person, and one lead of their leads when both are "
    "the same company. A merge of leads cannot be undone.",
    default_trigger='type = "alias"',
    fields=(
        ActionField(
            "previous_user_id",
            "Previous User ID",
            _STRING,
            "The id the person was known by until now. Its contact is merged and then deleted.",
            _path("$.previousId"),
        ),
        ActionField(
            "user_id",
            "User ID",
            _STRING,
            "The id the person keeps. Its contact stays and takes over addresses, numbers and values.",
            _path("$.userId"),
        ),
        ActionField(
            "allow_merging",
            "Allow merging",
            _BOOLEAN,
            "Off: the event only shows what would be merged. Merged leads and deleted contacts do not "
            "come back.",
            default=False,
        ),
    ),
)

RECORD = ActionDefinition(
    slug="recordActivity",
    name="Record on the Lead",
    description="Writes what happened on the person's lead, as a note or a custom activity, and keeps fields "
    "such as “Last seen” up to date. It creates no leads and no contacts.",
    default_trigger='type = "track"',
    fields=(
        ActionField(
            "contact_external_id",
            "Contact User ID",
            _STRING,
            "Finds the contact by your id of the person.",
            _path("$.userId"),
        ),
        ActionField(
            "contact_email",
            "Contact Email",
            _STRING,
            "Finds the contact when there is no user id.",
            _path("$.context.traits.email"),
        ),
        ActionField(
            "lead_external_id",
            "Lead Company ID",
            _STRING,
            "Finds the lead by your id of the company. Without it the contact's lead is taken.",
            _path("$.context.groupId"),
        ),
        ActionField(
            "note_text",
            "Text",
            _STRING,
            "What is written on the lead. Without a text and without a custom activity only fields change.",
            {"@template": "{{event}}{{name}}"},
        ),
        ActionField(
            "activity_type_id",
            "Custom Activity Type ID",
            _STRING,
            "Records a custom activity instead of a note. The id starts with actitype_.",
        ),
        ActionField(
            "activity_custom_fields",
            "Custom Activity Fields",
            _OBJECT,
            "Fields of the custom activity. The keys are field ids; they start with cf_.",
        ),
        ActionField(
            "collapse_minutes",
            "Collapse Window (minutes)",
            _STRING,
            "Events of one person within this time become one entry with a count. 0 keeps every event apart.",
            "60",
        ),
        ActionField(
            "lead_custom_fields",
            "Lead Custom Fields",
            _OBJECT,
            "Custom fields of the lead to set, such as “Last seen”. The keys are field ids.",
        ),
        ActionField(
            "contact_custom_fields",
            "Contact Custom Fields",
            _OBJECT,
            "Custom fields of the contact to set, such as “Last seen”. The keys are field ids.",
        ),
    ),
)

DELETE = ActionDefinition(
    slug="deleteContact",
    name="Delete Contact",
    description="Answers an erasure request: deletes the person's contacts, and their lead only when it was "
    "made here and nothing else is on it. Deletions cannot be undone.",
    default_trigger='type = "delete"',
    fields=(
        ActionField(
            "contact_external_id",
            "Contact User ID",
            _STRING,
            "Finds the contacts by your id of the person.",
            _path("$.userId"),
        ),
        ActionField(
            "contact_email",
            "Contact Email",
            _STRING,
            "Finds the contacts when there is no user id.",
        ),
        ActionField(
            "allow_deleting",
            "Allow deleting",
            _BOOLEAN,
            "Off: the event only shows what would be deleted.",
            default=False,
        ),
    ),
)

ACTIONS: tuple[ActionDefinition, ...] = (UPSERT, RECORD, MERGE, DELETE)
"""In the order in which people are offered them."""


def definition(slug: str) -> ActionDefinition:
    """The action with this slug. Raises ``AppError`` (``MAPPING-ACTION-UNKNOWN``)."""
    for action in ACTIONS:
        if action.slug == slug:
            return action
    known = ", ".join(action.slug for action in ACTIONS)
    raise AppError(
        "MAPPING-ACTION-UNKNOWN",
        f"There is no action “{slug}”.",
        cause="The mapping names an action that this version does not have.",
        remedy=f"Choose one of {known}, or update the program.",
    )
