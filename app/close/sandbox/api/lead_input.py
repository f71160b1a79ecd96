"""Checking what is sent for a lead and applying it to the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.close.sandbox.api.contact_input import MAX_ENTRIES, apply_contact, is_url
from app.close.sandbox.api.field_values import apply_custom
from app.close.sandbox.api.problems import Path, Wrong
from app.close.sandbox.api.rules import Rules
from app.close.sandbox.entities import ContactRecord, LeadRecord
from app.close.sandbox.store import Actor

ADDRESS_MEMBERS = ("label", "address_1", "address_2", "city", "state", "zipcode", "country")


def blank_lead(rules: Rules, by: Actor) -> LeadRecord:
    """A new lead with the organization's first status."""
    store = rules.store
    first_status = next(iter(store.statuses), "")
    return LeadRecord(id=store.ids.new("lead"), status_id=first_status, **store.stamps(by).members())


def blank_contact(rules: Rules, by: Actor, lead_id: str) -> ContactRecord:
    store = rules.store
    return ContactRecord(id=store.ids.new("cont"), lead_id=lead_id, **store.stamps(by).members())


def apply_lead(record: LeadRecord, body: Mapping[str, Any], rules: Rules) -> LeadRecord:
    """``record`` with everything that was sent. Unknown plain members are accepted and dropped."""
    changes: dict[str, Any] = {}
    for key in ("name", "description"):
        if key in body:
            changes[key] = rules.text(body[key], (key,))
    if "url" in body:
        changes["url"] = _url(body["url"], rules)
    if "addresses" in body:
        changes["addresses"] = _addresses(body["addresses"], rules)
    status_id = _status_id(body, rules)
    if status_id is not None:
        changes["status_id"] = status_id
    changes["custom"] = apply_custom(record.custom, "lead", body, rules, ())
    return replace(record, **changes)


def nested_contacts(lead: LeadRecord, sent: Any, rules: Rules, by: Actor) -> list[ContactRecord]:
    """The contacts given with a new lead."""
    contacts = []
    for place, entry in enumerate(rules.entries(sent, ("contacts",), MAX_ENTRIES)):
        path: Path = ("contacts", place)
        if not isinstance(entry, dict):
            rules.problems.add(path, Wrong.NOT_OBJECT)
            continue
        contacts.append(apply_contact(blank_contact(rules, by, lead.id), entry, rules, path))
    return contacts


def _url(value: Any, rules: Rules) -> str | None:
    if value is None or value == "":
        return None
    text = rules.text(value, ("url",))
    if text and not is_url(text):
        rules.problems.add(("url",), Wrong.URL)
    return text


def _addresses(value: Any, rules: Rules) -> tuple[dict[str, str], ...]:
    addresses = []
    for place, entry in enumerate(rules.entries(value, ("addresses",), MAX_ENTRIES)):
        here: Path = ("addresses", place)
        if not isinstance(entry, dict):
            rules.problems.add(here, Wrong.NOT_OBJECT)
            continue
        text = {key: rules.text(entry.get(key), (*here, key)) for key in ADDRESS_MEMBERS}
        text["label"] = text["label"] or "business"
        addresses.append(text)
    return tuple(addresses)


def _status_id(body: Mapping[str, Any], rules: Rules) -> str | None:
    status_id, label = body.get("status_id"), body.get("status")
    if status_id is not None and label is not None:
        rules.problems.add(("status",), Wrong.EITHER_OR)
    elif status_id is not None:
        if isinstance(status_id, str) and status_id in rules.store.statuses:
            return status_id
        rules.problems.add(("status_id",), Wrong.NO_SUCH_OBJECT)
    elif label is not None:
        status = rules.store.status_named(str(label))
        if status is not None:
            return status.id
        rules.problems.add(("status",), Wrong.CHOICE)
    return None
