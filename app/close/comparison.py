"""When two values mean the same to Close and to people; only then is nothing written."""

from __future__ import annotations

from urllib.parse import urlsplit

import phonenumbers

from app.json_value import JsonValue

# Fewer digits are extensions or typing errors: those are equal only when spelled the same.
_FEWEST_COMPARABLE_DIGITS = 5


def same_email(a: str, b: str) -> bool:
    """Equal apart from surrounding spaces and letter case."""
    return a.strip().casefold() == b.strip().casefold()


def same_phone(a: str, b: str, region: str | None = None) -> bool:
    """Equal as E.164 numbers, else digit by digit.

    ``region`` is the two-letter country in which numbers without ``+`` are read. Without one such a number
    is read in the country of the other: Close turns what it is given into the international form.
    """
    first, second = _e164(a, region), _e164(b, region)
    if bool(first) is not bool(second):
        first, second = first or _e164(a, _country(b)), second or _e164(b, _country(a))
    if first and second:
        return first == second
    digits, others = _digits(a), _digits(b)
    if min(len(digits), len(others)) < _FEWEST_COMPARABLE_DIGITS:
        return a.strip() == b.strip()
    return digits == others


def same_url(a: str, b: str) -> bool:
    """Equal with scheme and host in lower case and no slash at the end; paths are case-sensitive."""
    return _url_key(a) == _url_key(b)


def same_text(a: JsonValue, b: JsonValue) -> bool:
    """Equal as text, where nothing and an empty text are the same to Close."""
    return _text(a) == _text(b)


def _text(value: JsonValue) -> str:
    return "" if value is None else str(value).strip()


def _e164(text: str, region: str | None) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    formatted: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return formatted + (f";ext={number.extension}" if number.extension else "")


def _country(international: str) -> str | None:
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(international, None))
    except phonenumbers.NumberParseException:
        return None


def _digits(text: str) -> str:
    return "".join(str(int(character)) for character in text if character.isdecimal())


def _url_key(text: str) -> tuple[str, ...]:
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return (text.strip(),)
    userinfo, at, host = parts.netloc.rpartition("@")
    path = parts.path.rstrip("/") if not (parts.query or parts.fragment) else parts.path
    return (parts.scheme.lower(), userinfo + at + host.lower(), path, parts.query, parts.fragment)
