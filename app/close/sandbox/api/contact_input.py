"""Checking what is sent for a contact and applying it to the record."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlsplit

from app.close.sandbox.api.field_values import PREFIX, apply_custom
from app.close.sandbox.api.phones import phone_entry
from app.close.sandbox.api.problems import Path, Wrong
from app.close.sandbox.api.rules import Rules
from app.close.sandbox.entities import ContactRecord, EmailEntry, PhoneEntry, UrlEntry

T = TypeVar("T")

MAX_ENTRIES = 100
MAX_TEXT = 1000
MAX_EMAIL = 254
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;.]+(\.[^@\s<>,;.]+)+")
_MEMBERS = {"lead_id", "name", "title", "emails", "phones", "urls"}
_COMPUTED = {"is_unsubscribed", "phone_formatted", "country"}


def apply_contact(
    record: ContactRecord, body: Mapping[str, Any], rules: Rules, path: Path = ()
) -> ContactRecord:
    """``record`` with everything that was sent; what was not sent is left alone, and a list that was
    sent replaces the whole list. ``lead_id`` is the caller's business."""
    allowed = _MEMBERS - {"lead_id"} if path else _MEMBERS
    for key in body:
        if key not in allowed and not key.startswith(PREFIX):
            rules.problems.add((*path, key), Wrong.UNKNOWN_KEY)
    changes: dict[str, Any] = {}
    for key in ("name", "title"):
        if key in body:
            changes[key] = rules.text(body[key], (*path, key), MAX_TEXT)
    if "emails" in body:
        changes["emails"] = _list(body, "emails", "email", "office", rules, path, _email(record))
    if "phones" in body:
        changes["phones"] = _list(body, "phones", "phone", "office", rules, path, _phone)
    if "urls" in body:
        changes["urls"] = _list(body, "urls", "url", "url", rules, path, _url)
    changes["custom"] = apply_custom(record.custom, "contact", body, rules, path)
    return replace(record, **changes)


def _list(
    body: Mapping[str, Any],
    name: str,
    member: str,
    default_type: str,
    rules: Rules,
    path: Path,
    make: Callable[[str, str, Rules, Path], T | None],
) -> tuple[T, ...]:
    made = []
    for place, entry in enumerate(rules.entries(body[name], (*path, name), MAX_ENTRIES)):
        here = (*path, name, place)
        if not isinstance(entry, dict):
            rules.problems.add(here, Wrong.NOT_OBJECT)
            continue
        _check_members(entry, member, rules, here)
        if member not in entry or entry[member] is None:
            rules.problems.add((*here, member), Wrong.REQUIRED)
            continue
        text = rules.text(entry[member], (*here, member))
        kind = rules.text(entry.get("type"), (*here, "type")) or default_type
        value = make(text, kind, rules, (*here, member)) if isinstance(entry[member], str) else None
        if value is not None:
            made.append(value)
    return tuple(made)


def _check_members(entry: Mapping[str, Any], member: str, rules: Rules, path: Path) -> None:
    for key in entry.keys() - {member, "type"}:
        if key not in _COMPUTED or rules.switches.computed_keys_in_lists == "refused":
            rules.problems.add((*path, key), Wrong.UNKNOWN_KEY)


def _email(record: ContactRecord) -> Callable[[str, str, Rules, Path], EmailEntry | None]:
    """An address that was unsubscribed stays so when its list is written again."""
    unsubscribed = {entry.email for entry in record.emails if entry.is_unsubscribed}

    def make(text: str, kind: str, rules: Rules, path: Path) -> EmailEntry | None:
        address = text.strip()
        if rules.switches.email_case == "lower":
            address = address.lower()
        if len(address) > MAX_EMAIL:
            rules.problems.add(path, Wrong.TOO_LONG, MAX_EMAIL)
            return None
        if not _EMAIL.fullmatch(address):
            rules.problems.add(path, Wrong.EMAIL)
            return None
        return EmailEntry(address, kind, address in unsubscribed)

    return make


def _phone(text: str, kind: str, rules: Rules, path: Path) -> PhoneEntry | None:
    entry = phone_entry(text, rules.store.account.organization.country, kind)
    if entry is None:
        rules.problems.add(path, Wrong.PHONE)
    return entry


def _url(text: str, kind: str, rules: Rules, path: Path) -> UrlEntry | None:
    if not is_url(text):
        rules.problems.add(path, Wrong.URL)
        return None
    return UrlEntry(text, kind)


def is_url(text: str) -> bool:
    """With a scheme and a host."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
