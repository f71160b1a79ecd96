"""The two ID fields: find them in Close, create them, or explain what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from app.close import fields as matching
from app.close.failures import CloseError, FailureKind
from app.close.records import Account, CustomField, ObjectType
from app.errors import AppError

MANAGE_CUSTOMIZATIONS = "manage_customizations"


@dataclass(frozen=True, slots=True)
class IdField:
    """One of the two fields the product needs, as people know it."""

    name: str
    object_type: ObjectType
    why: str

    @property
    def place(self) -> str:
        """Where the field lives, in Close's word for many: “Leads”."""
        return "Leads" if self.object_type == "lead" else "Contacts"


COMPANY_ID = IdField("Company ID", "lead", "Finds the right lead instead of creating a duplicate.")
USER_ID = IdField("User ID", "contact", "Finds the right contact even when the email changes.")


class FieldStatus(StrEnum):
    FOUND = "found"
    MISSING = "missing"
    WRONG_TYPE = "wrong type"
    MULTI_VALUE = "multi value"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class FieldView:
    """What was found for one ID field; ``candidates`` are all fields a person may choose instead.

    ``message`` explains every status but FOUND, ``warning`` says what may go wrong with a found one.
    ``schema`` holds all fields of the object, also those that cannot hold an id.
    """

    wanted: IdField
    status: FieldStatus
    field: CustomField | None
    candidates: tuple[CustomField, ...]
    message: str = ""
    warning: str = ""
    schema: tuple[CustomField, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldsView:
    company: FieldView
    user: FieldView
    may_create: bool
    organization_name: str

    @property
    def missing(self) -> tuple[IdField, ...]:
        """Fields that can be created right away."""
        views = (self.company, self.user)
        return tuple(view.wanted for view in views if view.status is FieldStatus.MISSING)

    def request_for_admin(self) -> str:
        """A message to paste to somebody who may create fields."""
        lines = [f"Could you add these custom fields in Close ({self.organization_name})?", ""]
        lines += [f"- {one.name}: on {one.place}, type Text, single value" for one in self.missing]
        lines += ["", "Settings > Customization > Custom Fields. They connect Segment's ids to our records."]
        return "\n".join(lines)


class CloseFields(Protocol):
    """What this workflow needs of Close."""

    async def me(self) -> Account: ...
    async def custom_fields(self, object_type: ObjectType) -> tuple[CustomField, ...]: ...
    async def create_custom_field(
        self,
        object_type: ObjectType,
        name: str,
        *,
        type: str = "text",  # noqa: A002 - Close's own word for it
        description: str | None = None,
        choices: Sequence[str] = (),
        accepts_multiple_values: bool = False,
    ) -> CustomField: ...


@dataclass(frozen=True, slots=True)
class NewField:
    """A custom field to be created, as people describe it."""

    name: str
    object_type: ObjectType
    type: str = "text"
    description: str | None = None
    choices: tuple[str, ...] = ()
    accepts_multiple_values: bool = False

    @property
    def place(self) -> str:
        """Where the field will live, in Close's word for many: “Leads”."""
        return "Leads" if self.object_type == "lead" else "Contacts"


async def look_at_fields(close: CloseFields, account: Account) -> FieldsView:
    """Read both schemas (shared fields too) and match the ID fields. Raises ``CloseError``."""
    leads = await close.custom_fields("lead")
    contacts = await close.custom_fields("contact")
    return FieldsView(
        company=view_of(COMPANY_ID, leads, account),
        user=view_of(USER_ID, contacts, account),
        may_create=account.may(MANAGE_CUSTOMIZATIONS),
        organization_name=account.organization.name,
    )


def view_of(wanted: IdField, schema: tuple[CustomField, ...], account: Account) -> FieldView:
    """Match one field by name, object and type text."""
    return replace(_matched(wanted, schema, account), schema=schema)


def _matched(wanted: IdField, schema: tuple[CustomField, ...], account: Account) -> FieldView:
    usable = tuple(one for one in schema if one.type == "text" and not one.accepts_multiple_values)
    match matching.match_field(schema, wanted.name, wanted.object_type):
        case matching.Found(field):
            return FieldView(
                wanted, FieldStatus.FOUND, field, usable, warning=matching.role_warning(field, account)
            )
        case matching.Missing():
            message = f"No matching field yet. We can create “{wanted.name}” on {wanted.place}."
            return FieldView(wanted, FieldStatus.MISSING, None, usable, message)
        case matching.WrongType(field):
            message = (
                f"“{field.name}” exists on {wanted.place}, but its type is {field.type}. "
                "Ids need a text field: pick another one, or create one with another name."
            )
            return FieldView(wanted, FieldStatus.WRONG_TYPE, field, usable, message)
        case matching.MultiValue(field):
            message = (
                f"“{field.name}” on {wanted.place} takes several values. "
                "An id needs a single value: pick another field, or create one with another name."
            )
            return FieldView(wanted, FieldStatus.MULTI_VALUE, field, usable, message)
        case matching.Several(fields):
            message = f"{len(fields)} fields on {wanted.place} are called “{wanted.name}”. Choose one."
            return FieldView(wanted, FieldStatus.SEVERAL, None, usable or fields, message)


async def create_field(
    close: CloseFields, account: Account, wanted: IdField, *, name: str | None = None
) -> CustomField:
    """Create one ID field after looking once more that it is not there. Raises as ``create_new_field``."""
    new = NewField((name or wanted.name).strip(), wanted.object_type, description=wanted.why)
    return await create_new_field(close, account, new)


async def create_new_field(close: CloseFields, account: Account, wanted: NewField) -> CustomField:
    """Create a field after looking once more that no other has its name.

    Raises ``AppError``: ``FIELD-EXISTS``, ``FIELD-NOT-PERMITTED``, ``FIELD-QUOTA`` or a ``CloseError``.
    """
    schema = await close.custom_fields(wanted.object_type)
    taken = matching.match_field(schema, wanted.name, wanted.object_type)
    if not isinstance(taken, matching.Missing):
        raise AppError(
            "FIELD-EXISTS",
            f"A field called “{wanted.name}” exists on {wanted.place} already.",
            remedy="Refresh and choose it, or create one with another name.",
        )
    if not account.may(MANAGE_CUSTOMIZATIONS):
        raise _not_permitted(account)
    try:
        return await close.create_custom_field(
            wanted.object_type,
            wanted.name,
            type=wanted.type,
            description=wanted.description,
            choices=wanted.choices,
            accepts_multiple_values=wanted.accepts_multiple_values,
        )
    except CloseError as error:
        if error.kind is FailureKind.FORBIDDEN:
            raise _not_permitted(account) from error
        if error.kind is FailureKind.PLAN_LIMIT:
            raise AppError(
                "FIELD-QUOTA",
                "Close has no room for another custom field.",
                cause="An organization can hold 250 custom fields.",
                remedy="Delete a field nobody uses in Close, or choose an existing one here.",
                detail=error.detail,
            ) from error
        raise


def with_created(view: FieldView, created: CustomField | None) -> FieldView:
    """The view with a field made a moment ago, which Close's list may not show yet."""
    if created is None:
        return view
    candidates, schema = (
        (*(other for other in fields if other.id != created.id), created)
        for fields in (view.candidates, view.schema)
    )
    return FieldView(view.wanted, FieldStatus.FOUND, created, candidates, schema=schema)


def choose_field(
    wanted: IdField, schema: tuple[CustomField, ...], field_id: str, *, other_id: str | None
) -> CustomField:
    """Check a field that a person picked or typed. Raises ``AppError`` naming what is wrong with it."""
    if not matching.is_field_id(field_id):
        raise AppError(
            "FIELD-ID-SHAPE",
            "This is not a custom field's id.",
            cause="Ids of custom fields start with cf_, lcf_ or ccf_.",
            remedy="Copy the id from Close: Settings > Customization > Custom Fields.",
        )
    if field_id == other_id:
        raise AppError(
            "FIELD-TWICE",
            "One field cannot hold both ids.",
            remedy=f"Choose another field for {wanted.name}.",
        )
    chosen = next((one for one in schema if one.id == field_id), None)
    if chosen is None:
        raise AppError(
            "FIELD-UNKNOWN",
            f"Close has no field with this id on {wanted.place}.",
            cause="It may have been deleted, or it belongs to another object.",
            remedy="Refresh the list and choose a field from it.",
        )
    if chosen.type != "text" or chosen.accepts_multiple_values:
        kind = "several values" if chosen.accepts_multiple_values else f"type {chosen.type}"
        raise AppError(
            "FIELD-WRONG-TYPE",
            f"“{chosen.name}” cannot hold an id.",
            cause=f"It has {kind}; an id needs a text field with a single value.",
            remedy="Choose a text field, or create one.",
        )
    return chosen


def _not_permitted(account: Account) -> AppError:
    return AppError(
        "FIELD-NOT-PERMITTED",
        "This key may not create custom fields.",
        cause=f"{account.user_name} has no permission to manage customizations in Close.",
        remedy="Send the request below to an administrator, or use a key of somebody who may.",
    )
