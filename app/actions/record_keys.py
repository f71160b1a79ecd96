"""What the company and the person of a payload are remembered by between two look-ups in Close.

A key exists only for what Close can be searched by: an id without a field to hold it finds nothing.
"""

from __future__ import annotations

from app.actions.plan import Remembered
from app.actions.upsert_payload import ActionSettings, UpsertPayload
from app.close.records import ObjectType

ONE_OF_SEVERAL = "one of several"
"""How a contact is known that may have siblings under other leads: Close is asked for those as well."""

RecordKey = tuple[ObjectType, str]


def company_key(company_id: str) -> str:
    """The identity key of a company."""
    return f"company:{company_id}"


def user_key(user_id: str) -> str:
    """The identity key of a person known by User ID."""
    return f"user:{user_id}"


def email_key(email: str) -> str:
    """The identity key of a person known by address."""
    return f"email:{email.strip().casefold()}"


def usable_company_id(payload: UpsertPayload, settings: ActionSettings) -> str:
    """The Company ID where the profile has a field for it, else empty."""
    return payload.lead_external_id if settings.company_field_id else ""


def usable_user_id(payload: UpsertPayload, settings: ActionSettings) -> str:
    """The User ID where the profile has a field for it, else empty."""
    return payload.contact_external_id if settings.user_field_id else ""


def company_keys(payload: UpsertPayload, settings: ActionSettings) -> tuple[RecordKey, ...]:
    """The company's key; none when it cannot be found in Close."""
    company_id = usable_company_id(payload, settings)
    return (("lead", company_key(company_id)),) if company_id else ()


def person_keys(payload: UpsertPayload, settings: ActionSettings) -> tuple[RecordKey, ...]:
    """The person's keys, User ID first; none for somebody who could not be found in Close again."""
    keys: list[RecordKey] = []
    user_id = usable_user_id(payload, settings)
    if user_id:
        keys.append(("contact", user_key(user_id)))
    if payload.contact_email:
        keys.append(("contact", email_key(payload.contact_email)))
    return tuple(keys)


def remember_company(payload: UpsertPayload, settings: ActionSettings, how: str) -> tuple[Remembered, ...]:
    """What the lead that is written stands for from then on."""
    return tuple(Remembered(kind, key, how) for kind, key in company_keys(payload, settings))


def remember_person(
    payload: UpsertPayload, settings: ActionSettings, *, sole: bool
) -> tuple[Remembered, ...]:
    """What a created contact stands for; ``sole`` when no other contact of the person is known."""
    keys = person_keys(payload, settings)
    # Behind a User ID the address is not looked up among other people's contacts.
    return tuple(
        Remembered(kind, key, "created" if sole and number == 0 else ONE_OF_SEVERAL)
        for number, (kind, key) in enumerate(keys)
    )


def remember_user_id(
    payload: UpsertPayload, settings: ActionSettings, *, sole: bool
) -> tuple[Remembered, ...]:
    """What a contact stands for that was given the User ID."""
    kind, key = person_keys(payload, settings)[0]
    return (Remembered(kind, key, "given the ID" if sole else ONE_OF_SEVERAL),)


def remember_address(payload: UpsertPayload) -> Remembered:
    """What a contact stands for that was given the address: others may have it as well."""
    return Remembered("contact", email_key(payload.contact_email), ONE_OF_SEVERAL)
