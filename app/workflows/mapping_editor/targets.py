"""The fields of Close a mapping can fill: the action's own, and every custom field by its name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TargetGroup(StrEnum):
    LEAD = "lead"
    CONTACT = "contact"
    CUSTOM = "custom"
    RULES = "rules"


@dataclass(frozen=True, slots=True)
class MappingTarget:
    """One row of the editor.

    ``key`` is the action field's, or ``lead_custom_fields.cf_…`` / ``contact_custom_fields.cf_…``.
    ``type_label`` is what people read under the name (“Custom · Text”, “Email · appended”, “Lead · Number”);
    ``close_type`` is Close's own name of the type (``number``, ``choices``, …), ``choices`` what it takes.
    ``missing`` marks a custom field that the mapping fills and Close no longer has. ``consequence`` says what
    Off means, for rules.
    """

    key: str
    group: TargetGroup
    label: str
    type_label: str
    close_type: str = "text"
    choices: tuple[str, ...] = ()
    multiple: bool = False
    missing: bool = False
    consequence: str = ""
