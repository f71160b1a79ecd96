"""Phone numbers as Close stores them: E.164, read with the organization's country."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat

from app.close.sandbox.entities import PhoneEntry


def phone_entry(text: str, country: str, kind: str) -> PhoneEntry | None:
    """``None`` when it is no phone number."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return PhoneEntry(
        phone=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        phone_formatted=phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
        country=phonenumbers.region_code_for_number(number),
        type=kind,
    )


@lru_cache(maxsize=4096)
def timezone_of(phone: str) -> str | None:
    """The time zone of an E.164 number when it has exactly one."""
    from phonenumbers.timezone import time_zones_for_number

    zones = time_zones_for_number(phonenumbers.parse(phone))
    return zones[0] if len(zones) == 1 and zones[0] != "Etc/Unknown" else None
