"""Turning mapped values into what a custom field of a given type takes, or a refusal in words.

Close answers with its own normal form (a ``date`` field keeps only the day), so values are
converted before they are compared: otherwise an unchanged value would be written again and again.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from app.close.records import CustomField
from app.errors import AppError
from app.json_value import JsonValue

# Up to the digits a double can have meant; longer ones are no quantities.
_WHOLE = re.compile(r"[+-]?[0-9]{1,300}")
_USER_ID = re.compile(r"user_[A-Za-z0-9]+")
_CONTACT_ID = re.compile(r"cont_[A-Za-z0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,300}\.?[0-9]{0,300}|\.[0-9]{1,300})(?:[eE][+-]?[0-9]{1,3})?")


class ValueRefusedError(AppError):
    """A value does not fit the custom field it is mapped to; nothing of the event is written."""

    def __init__(self, field: CustomField, value: JsonValue, wanted: str) -> None:
        super().__init__(
            "ACTION-VALUE-REFUSED",
            f"The value for {field.name} does not fit.",
            cause=f"{_shown(value)} is not {wanted}.",
            remedy="Change the mapping of this field, or the field in Close, then retry the event.",
        )


def is_empty(value: JsonValue) -> bool:
    """Whether there is nothing in it: such a value never changes anything in Close."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        return not value
    return value is None or (isinstance(value, Sequence) and all(map(is_empty, value)))


def convert(field: CustomField, value: JsonValue, users: Mapping[str, str] | None = None) -> JsonValue:
    """The value as Close will answer it; ``value`` is not empty. Raises ``ValueRefusedError``.

    ``users`` are the members' ids by their address in lower case.
    """
    members = users or {}
    if field.accepts_multiple_values:
        items = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        converted = [_convert_one(field, item, members) for item in items if not is_empty(item)]
        return [item for place, item in enumerate(converted) if item not in converted[:place]]
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 1:
        value = value[0]
    return _convert_one(field, value, members)


def _convert_one(field: CustomField, value: JsonValue, users: Mapping[str, str]) -> JsonValue:
    match field.type:
        case "number":
            return _number(field, value)
        case "date":
            return _moment(field, value, "a date").date().isoformat()
        case "datetime":
            return _in_utc(field, value)
        case "choices":
            return _choice(field, value)
        case "user":
            return _user(field, value, users)
        case "contact":
            return _contact(field, value)
        case _:
            return as_text(value)


def as_text(value: JsonValue) -> str:
    """A value as a text field takes it: whole numbers without a fraction, containers as JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value).strip()
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _user(field: CustomField, value: JsonValue, users: Mapping[str, str]) -> str:
    text = as_text(value)
    known = users.get(text.casefold())
    # A member may have left since: Close decides about an id, addresses are looked up here.
    if known is None and text not in users.values() and not _USER_ID.fullmatch(text):
        raise ValueRefusedError(field, value, "the email or the id of a member of the organization")
    return known or text


def _contact(field: CustomField, value: JsonValue) -> str:
    text = as_text(value)
    if not _CONTACT_ID.fullmatch(text):
        raise ValueRefusedError(field, value, "the id of a contact in Close (cont_…)")
    return text


def _choice(field: CustomField, value: JsonValue) -> str:
    text = as_text(value)
    if text in field.choices:
        return text
    for choice in field.choices:
        if choice.strip().casefold() == text.casefold():
            return choice
    choices = ", ".join(field.choices[:8]) + (", …" if len(field.choices) > 8 else "")
    raise ValueRefusedError(field, value, f"a choice of this field. Choices: {choices}")


def _number(field: CustomField, value: JsonValue) -> int | float:
    number = _read_number(value.strip()) if isinstance(value, str) else value
    if isinstance(number, int) and not isinstance(number, bool):
        return number
    if isinstance(number, float) and math.isfinite(number):
        return int(number) if number.is_integer() else number
    raise ValueRefusedError(field, value, "a number")


def _read_number(text: str) -> int | float | None:
    # Whole numbers are read as such: beyond 2**53 a float would be another number.
    for pattern, read in ((_WHOLE, int), (_DECIMAL, float)):
        if pattern.fullmatch(text):
            return read(text)
    return None


def _in_utc(field: CustomField, value: JsonValue) -> str:
    wanted = "a date and time"
    try:
        return _moment(field, value, wanted).astimezone(UTC).isoformat(timespec="seconds")
    except OverflowError:
        # Years 1 and 9999 have hours that fall out of the calendar in UTC.
        raise ValueRefusedError(field, value, wanted) from None


def _moment(field: CustomField, value: JsonValue, wanted: str) -> datetime:
    if isinstance(value, str):
        text = value.strip()
        try:
            parsed = datetime.fromisoformat(text)
        except ValueError:
            parsed = None
        if parsed is not None:
            return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 253_402_300_800_000:
        # Segment's users send Unix times in seconds or milliseconds; seconds reach 1e11 in the year 5138.
        seconds = value / 1000 if value > 100_000_000_000 else value
        return datetime.fromtimestamp(seconds, UTC)
    raise ValueRefusedError(field, value, wanted)


def same_value(ours: JsonValue, held: JsonValue) -> bool:
    """Whether Close already holds what we would write."""
    if isinstance(ours, Sequence) and not isinstance(ours, str):
        return isinstance(held, Sequence) and not isinstance(held, str) and list(ours) == list(held)
    if isinstance(ours, str) and isinstance(held, str):
        return ours == held or _same_day_or_time(ours, held)
    if isinstance(ours, Mapping) or isinstance(held, Mapping) or held is None:
        return False
    return ours == held


def _same_day_or_time(ours: str, held: str) -> bool:
    if len(ours) == 10 == len(held):
        try:
            return date.fromisoformat(ours) == date.fromisoformat(held)
        except ValueError:
            return False
    if "T" not in ours or "T" not in held:
        return False
    try:
        first, second = datetime.fromisoformat(ours), datetime.fromisoformat(held)
    except ValueError:
        return False
    return (first.tzinfo is None) == (second.tzinfo is None) and first == second


def _shown(value: JsonValue) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"“{text[:60]}{'…' if len(text) > 60 else ''}”"
