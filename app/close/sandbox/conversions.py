"""Changing the type of a custom field: the values follow in the background."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.close.sandbox.entities import CustomValue, FieldRecord
from app.close.sandbox.store import Actor, Store

_TEXT_TYPES = ("text", "textarea", "hidden")


def advance_conversions(store: Store) -> None:
    """Finish every conversion whose time has come."""
    now = store.clock.now()
    for field in [field for field in store.fields.values() if field.converting_to is not None]:
        if field.converts_at is None or now >= field.converts_at:
            _convert(store, field)


def _convert(store: Store, field: FieldRecord) -> None:
    kind = field.converting_to or field.type
    now = store.clock.now()
    for lead in [lead for lead in store.leads.values() if field.id in lead.custom]:
        store.leads.put(replace(lead, custom=_converted(lead.custom, field.id, kind)), now)
    for contact in [contact for contact in store.contacts.values() if field.id in contact.custom]:
        store.contacts.put(replace(contact, custom=_converted(contact.custom, field.id, kind)), now)
    done = replace(field, type=kind, converting_to=None, converts_at=None)
    store.update(store.fields, done, Actor(field.updated_by))


def _converted(custom: Mapping[str, CustomValue], field_id: str, kind: str) -> dict[str, CustomValue]:
    """A value that the new type cannot hold is gone."""
    value = custom[field_id]
    rest = {key: held for key, held in custom.items() if key != field_id}
    if kind in _TEXT_TYPES:
        text = tuple(str(v) for v in value) if isinstance(value, tuple) else str(value)
        return {**rest, field_id: text}
    if kind == "number" and not isinstance(value, tuple):
        try:
            return {**rest, field_id: float(value)}
        except ValueError:
            return rest
    return {**rest, field_id: value}
