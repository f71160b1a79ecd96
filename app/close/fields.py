"""Finding the custom field a person means by its name, and what may stand in the way of using it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from app.close.records import Account, CustomField, ObjectType

ID_FIELD_TYPE = "text"

# Organizations from before 2021 still have lcf_ and ccf_ ids; the prefix says nothing about the object.
_FIELD_ID = re.compile(r"(cf|lcf|ccf)_[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Found:
    field: CustomField


@dataclass(frozen=True, slots=True)
class Missing:
    """No field of that object has the name."""


@dataclass(frozen=True, slots=True)
class WrongType:
    """The name is taken by a field that does not hold text."""

    field: CustomField


@dataclass(frozen=True, slots=True)
class MultiValue:
    """The name is taken by a text field that holds several values."""

    field: CustomField


@dataclass(frozen=True, slots=True)
class Several:
    """More than one usable field has the name: a person has to choose."""

    fields: tuple[CustomField, ...]


FieldMatch: TypeAlias = Found | Missing | WrongType | MultiValue | Several


def match_field(schema: Sequence[CustomField], name: str, object_type: ObjectType) -> FieldMatch:
    """The single-value text field with this name, whatever its case and surrounding spaces.

    Close does not promise that names are unique, so several usable fields are a result of their own.
    """
    wanted = _name_key(name)
    named = [one for one in schema if one.object_type == object_type and _name_key(one.name) == wanted]
    texts = [one for one in named if one.type == ID_FIELD_TYPE]
    usable = [one for one in texts if not one.accepts_multiple_values]
    if len(usable) > 1:
        return Several(tuple(usable))
    if usable:
        return Found(usable[0])
    if texts:
        return MultiValue(texts[0])
    return WrongType(named[0]) if named else Missing()


def role_warning(field: CustomField, account: Account) -> str:
    """Why writing this field may be refused to the key's role; empty when nothing stands in the way."""
    if not field.editable_with_roles or account.role_id in field.editable_with_roles:
        return ""
    return (
        f"Only some roles may edit “{field.name}” in Close, and the role of "
        f"{account.user_name or 'this key'} is not one of them. Close may refuse or ignore changes to it."
    )


def is_field_id(text: str) -> bool:
    """Whether the text has the form of a custom field's id."""
    return _FIELD_ID.fullmatch(text) is not None


def _name_key(name: str) -> str:
    return name.strip().casefold()
