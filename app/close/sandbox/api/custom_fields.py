"""``/custom_field/{lead,contact}/`` and ``/custom_field_schema/{lead,contact}/``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.close.sandbox.api.answers import error, forbidden, no_such_object
from app.close.sandbox.api.pages import page, trimmed
from app.close.sandbox.api.problems import Wrong
from app.close.sandbox.api.rendering import field_answer, schema_answer
from app.close.sandbox.api.request import Exchange
from app.close.sandbox.api.rules import Rules
from app.close.sandbox.entities import OBJECT_TYPES, FieldRecord, Json, ObjectType

TYPES = (
    "text",
    "textarea",
    "number",
    "date",
    "datetime",
    "choices",
    "user",
    "contact",
    "hidden",
    "custom_object",
)
CONVERSION_TAKES = timedelta(seconds=2)


def list_fields(exchange: Exchange) -> Json:
    listed = exchange.switches.shared_fields_in_list == "listed"
    fields = [
        field for field in exchange.store.fields_of(_object_type(exchange)) if listed or not field.is_shared
    ]
    return page(exchange, fields, lambda field: _answer(field, exchange))


def create_field(exchange: Exchange) -> Json:
    _need_permission(exchange)
    store, rules = exchange.store, _rules(exchange)
    object_type = _object_type(exchange)
    blank = FieldRecord(
        id=store.ids.new("cf"),
        object_types=(object_type,),
        name="",
        type="",
        **store.stamps(exchange.actor).members(),
    )
    for required in ("name", "type"):
        if not exchange.body.get(required):
            rules.problems.add((required,), Wrong.REQUIRED)
    field = _applied(blank, exchange.body, rules)
    if field.type == "choices" and not field.choices:
        rules.problems.add(("choices",), Wrong.REQUIRED)
    rules.finish()
    if len(store.fields) >= exchange.switches.field_quota:
        raise error(402, "You have reached the number of custom fields of your plan.")
    store.create(store.fields, field, exchange.actor)
    return _answer(field, exchange)


def read_field(exchange: Exchange) -> Json:
    return trimmed(_answer(_field(exchange), exchange), exchange.params)


def update_field(exchange: Exchange) -> Json:
    """A change of type is carried out in the background."""
    _need_permission(exchange)
    store, rules = exchange.store, _rules(exchange)
    field = _field(exchange)
    changed = _applied(field, exchange.body, rules)
    rules.finish()
    if changed.type != field.type:
        changed = replace(
            changed, type=field.type, converting_to=changed.type, converts_at=exchange.now + CONVERSION_TAKES
        )
    return _answer(store.update(store.fields, changed, exchange.actor), exchange)


def delete_field(exchange: Exchange) -> Json:
    _need_permission(exchange)
    exchange.store.delete_field(_field(exchange).id, exchange.actor)
    return {}


def read_schema(exchange: Exchange) -> Json:
    return schema_answer(_object_type(exchange), exchange.store, naive=exchange.switches.naive_dates)


def reorder_schema(exchange: Exchange) -> Json:
    """``{"fields": [{"id": …}, …]}``; fields left out go to the end."""
    _need_permission(exchange)
    rules = _rules(exchange)
    object_type = _object_type(exchange)
    known = {field.id for field in exchange.store.fields_of(object_type)}
    ids = []
    for place, entry in enumerate(rules.entries(exchange.body.get("fields"), ("fields",), len(known) + 1)):
        field_id = entry.get("id") if isinstance(entry, dict) else None
        if field_id in known:
            ids.append(str(field_id))
        else:
            rules.problems.add(("fields", place, "id"), Wrong.NO_SUCH_OBJECT)
    rules.finish()
    exchange.store.reorder(object_type, ids)
    return read_schema(exchange)


def _applied(field: FieldRecord, body: Mapping[str, Any], rules: Rules) -> FieldRecord:
    """``field`` with what was sent."""
    changes: dict[str, Any] = {}
    if body.get("name"):
        changes["name"] = rules.text(body["name"], ("name",))
        _check_name(field, changes["name"], rules)
    if body.get("type"):
        changes["type"] = body["type"]
        if body["type"] not in TYPES:
            rules.problems.add(("type",), Wrong.CHOICE)
    if "description" in body:
        changes["description"] = rules.text(body["description"], ("description",)) or None
    for key in ("choices", "editable_with_roles"):
        if key in body:
            entries = rules.entries(body[key], (key,), 1000)
            changes[key] = tuple(rules.text(entry, (key, place)) for place, entry in enumerate(entries))
    if "accepts_multiple_values" in body:
        changes["accepts_multiple_values"] = body["accepts_multiple_values"]
        if not isinstance(body["accepts_multiple_values"], bool):
            rules.problems.add(("accepts_multiple_values",), Wrong.NOT_BOOLEAN)
    if body.get("referenced_custom_type_id"):
        changes["referenced_custom_type_id"] = rules.text(
            body["referenced_custom_type_id"], ("referenced_custom_type_id",)
        )
    return replace(field, **changes)


def _check_name(field: FieldRecord, name: str, rules: Rules) -> None:
    if rules.switches.duplicate_field_name == "accepted":
        return
    wanted = name.strip().casefold()
    for object_type in field.object_types:
        for other in rules.store.fields_of(object_type):
            if other.id != field.id and other.name.strip().casefold() == wanted:
                rules.problems.add(("name",), Wrong.DUPLICATE)


def _object_type(exchange: Exchange) -> ObjectType:
    wanted = exchange.ids["object_type"]
    return next(object_type for object_type in OBJECT_TYPES if object_type == wanted)


def _field(exchange: Exchange) -> FieldRecord:
    field = exchange.store.fields.get(exchange.ids["id"])
    if field is None or _object_type(exchange) not in field.object_types:
        raise no_such_object()
    return field


def _answer(field: FieldRecord, exchange: Exchange) -> Json:
    return field_answer(field, exchange.store, naive=exchange.switches.naive_dates)


def _rules(exchange: Exchange) -> Rules:
    return Rules(exchange.store, exchange.switches, exchange.member)


def _need_permission(exchange: Exchange) -> None:
    if not exchange.member.may("manage_customizations"):
        raise forbidden("manage_customizations")
