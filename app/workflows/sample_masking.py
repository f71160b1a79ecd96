"""Personal values made unreadable but recognisable, for showing an event to somebody. Pure.

What is masked is decided by the name of a member and by the shape of its value. Types, lengths of lists and
the names of members stay, so that a mapping can be talked about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.json_value import JsonObject, JsonValue

_DOTS = "•••"
_MOST_DEPTH = 100

_EMAIL = re.compile(r"([^\s@<>\"'(),;:=&?/]+)@([^\s@<>\"'(),;:=&?/]+)")
_INTERNATIONAL = re.compile(r"(?<![\w+])\+\d[\d\s().-]{6,18}\d(?!\w)")
_IP4 = re.compile(r"(?<![\d.])(\d{1,3}\.\d{1,3})\.\d{1,3}\.\d{1,3}(?![\d.])")
_IP6 = re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){2}[0-9a-fA-F:]*:[0-9a-fA-F:]*(?![\w:])")
_TOKEN = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]+\.?[\w-]*|(?:sk|pk|rk|api|key|tok|ghp|gho|xox[bp])[_-][\w.-]{12,}"
    r"|(?<=Bearer )[\w.~+/=-]{8,}"
)
_TOKEN_IN_QUERY = re.compile(
    r"(?i)([?&#](?:[\w-]*(?:token|secret|password|signature|key|code)[\w-]*)=)[^&#\s]+"
)

_GIVEN_NAMES = {
    "firstname",
    "lastname",
    "fullname",
    "givenname",
    "familyname",
    "surname",
    "middlename",
    "displayname",
    "contactname",
    "username",
    "inviteefirstname",
    "inviteelastname",
}
_PHONES = {
    "phone",
    "mobile",
    "telephone",
    "tel",
    "fax",
    "cell",
    "phonenumber",
    "mobilephone",
    "mobilenumber",
    "sms",
}
_ADDRESSES = {
    "address",
    "billingaddress",
    "shippingaddress",
    "street",
    "street1",
    "street2",
    "address1",
    "address2",
    "addressline1",
    "addressline2",
    "postalcode",
    "postcode",
    "zip",
    "zipcode",
    "latitude",
    "longitude",
}
_KEPT_IN_ADDRESS = {"country", "countrycode", "state", "region"}
_BIRTH = {"birthday", "birthdate", "dateofbirth", "dob"}
_IPS = {"ip", "ipaddress", "clientip", "remoteip"}
_SECRET_PARTS = (
    "password",
    "passwd",
    "secret",
    "token",
    "apikey",
    "authorization",
    "cookie",
    "sessionid",
    "creditcard",
)
_PERSON_MARKS = {"email", "phone", "firstname", "lastname", "birthday"}


def mask_event(body: JsonObject) -> JsonObject:
    """A copy of the event with personal values masked; the event itself is not touched."""
    masked = _mask_members(body, 0)
    traits = body.get("traits")
    if body.get("type") != "group" and isinstance(traits, Mapping):
        masked["traits"] = _with_masked_name(traits, masked["traits"])
    context = body.get("context")
    inner = context.get("traits") if isinstance(context, Mapping) else None
    outer = masked.get("context")
    if isinstance(inner, Mapping) and isinstance(outer, dict):
        outer["traits"] = _with_masked_name(inner, outer["traits"])
    return masked


def mask_text(text: str) -> str:
    """Emails, international phone numbers, IP addresses and tokens inside any text."""
    text = _EMAIL.sub(lambda found: _email(found.group()), text)
    text = _TOKEN_IN_QUERY.sub(lambda found: found.group(1) + _DOTS, text)
    text = _TOKEN.sub(lambda found: found.group()[:4] + _DOTS * 2, text)
    text = _INTERNATIONAL.sub(lambda found: _phone(found.group()), text)
    text = _IP4.sub(lambda found: f"{found.group(1)}.{_DOTS}.{_DOTS}", text)
    return _IP6.sub(lambda found: f"{found.group()[:4]}:{_DOTS}", text)


def _mask(key: str, value: JsonValue, depth: int) -> JsonValue:
    if depth > _MOST_DEPTH:
        return _DOTS
    name = "".join(filter(str.isalnum, key.casefold()))
    if (
        any(part in name for part in _SECRET_PARTS)
        and value not in (None, "")
        and not isinstance(value, bool)
    ):
        return _DOTS * 2
    if isinstance(value, Mapping):
        return _mask_address(value, depth) if name in _ADDRESSES else _mask_members(value, depth + 1)
    if isinstance(value, list):
        return [_mask(key, one, depth + 1) for one in value]
    if isinstance(value, str):
        return _mask_string(name, value)
    return _mask_number(name, value)


def _mask_string(name: str, value: str) -> JsonValue:
    if not value.strip():
        return value
    if name in _PHONES:
        return _phone(value)
    if name in _GIVEN_NAMES:
        return mask_text(value) if "@" in value else _words(value)
    if name in _ADDRESSES:
        return _words(value)
    if name in _BIRTH:
        return re.sub(r"\d", "•", value)
    if name in _IPS:
        masked = mask_text(value)
        return masked if masked != value else _words(value)
    return mask_text(value)


def _mask_number(name: str, value: JsonValue) -> JsonValue:
    """A number becomes masked text only where it says who somebody is."""
    if isinstance(value, bool) or value is None:
        return value
    if name in _PHONES:
        return _phone(str(value))
    return _DOTS if name in _ADDRESSES | _BIRTH else value


def _mask_members(members: Mapping[str, JsonValue], depth: int) -> dict[str, JsonValue]:
    masked = {
        mask_text(key) if "@" in key else key: _mask(key, value, depth) for key, value in members.items()
    }
    marks = {"".join(filter(str.isalnum, key.casefold())) for key in members}
    return _with_masked_name(members, masked) if marks & _PERSON_MARKS else masked


def _with_masked_name(members: Mapping[str, JsonValue], masked: JsonValue) -> dict[str, JsonValue]:
    """``name`` is a person's only beside other things about a person; companies and pages have one too."""
    result = dict(masked) if isinstance(masked, Mapping) else {}
    name = members.get("name")
    if isinstance(name, str) and name.strip():
        result["name"] = mask_text(name) if "@" in name else _words(name)
    return result


def _mask_address(members: Mapping[str, JsonValue], depth: int) -> dict[str, JsonValue]:
    masked: dict[str, JsonValue] = {}
    for key, value in members.items():
        name = "".join(filter(str.isalnum, key.casefold()))
        if isinstance(value, str) and value.strip():
            masked[key] = value if name in _KEPT_IN_ADDRESS else _words(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            masked[key] = _DOTS
        else:
            masked[key] = _mask(key, value, depth + 1)
    return masked


def _email(text: str) -> str:
    local, _, domain = text.partition("@")
    name, dot, rest = domain.partition(".")
    return f"{local[:1]}{_DOTS}@{name[:1]}{_DOTS}{dot}{rest}"


def _phone(text: str) -> str:
    """The first two and the last two digits stay, and everything that is no digit."""
    places = [place for place, letter in enumerate(text) if letter.isdigit()]
    if len(places) < 5:
        return _DOTS
    shown = {*places[:2], *places[-2:]}
    return "".join(
        "•" if letter.isdigit() and place not in shown else letter for place, letter in enumerate(text)
    )


def _words(text: str) -> str:
    """“M••• O•••”: first letters only; the length is not told."""
    return " ".join(f"{word[:1]}{_DOTS}" for word in text.split())
