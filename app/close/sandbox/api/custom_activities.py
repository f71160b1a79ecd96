"""``/activity/custom/``: activities of kinds that people define. Their kinds are not checked here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.close.sandbox.api.answers import no_such_object
from app.close.sandbox.api.pages import page, trimmed
from app.close.sandbox.api.problems import Wrong
from app.close.sandbox.api.request import Exchange
from app.close.sandbox.api.rules import Rules
from app.close.sandbox.entities import CustomActivityRecord, CustomValue, Json

_PREFIX = "custom."


def list_activity_types(exchange: Exchange) -> Json:
    return page(exchange, exchange.store.activity_types, dict)


def list_custom_activities(exchange: Exchange) -> Json:
    found = custom_activities(exchange)
    if "lead_id" in exchange.params:
        found = [one for one in found if one.lead_id == exchange.params["lead_id"]]
    return page(exchange, found, custom_activity_answer)


def create_custom_activity(exchange: Exchange) -> Json:
    store, body = exchange.store, exchange.body
    rules = Rules(store, exchange.switches, exchange.member)
    lead_id, contact_id = body.get("lead_id"), body.get("contact_id")
    type_id = body.get("custom_activity_type_id")
    lead = store.leads.get(lead_id) if isinstance(lead_id, str) else None
    if lead is None or not exchange.may_see(lead):
        rules.problems.add(("lead_id",), Wrong.NO_SUCH_OBJECT if lead_id else Wrong.REQUIRED)
    if not isinstance(type_id, str) or not type_id:
        rules.problems.add(("custom_activity_type_id",), Wrong.REQUIRED)
    check_contact(rules, lead_id, contact_id)
    rules.finish()
    activity = CustomActivityRecord(
        id=store.ids.new("acti"),
        lead_id=str(lead_id),
        contact_id=contact_id,
        custom_activity_type_id=str(type_id),
        custom=_values({}, body),
        **store.stamps(exchange.actor).members(),
    )
    return custom_activity_answer(store.create(store.custom_activities, activity, exchange.actor))


def read_custom_activity(exchange: Exchange) -> Json:
    return trimmed(custom_activity_answer(_activity(exchange)), exchange.params)


def update_custom_activity(exchange: Exchange) -> Json:
    store, activity = exchange.store, _activity(exchange)
    rules = Rules(store, exchange.switches, exchange.member)
    changed = replace(activity, custom=_values(activity.custom, exchange.body))
    if "contact_id" in exchange.body:
        check_contact(rules, activity.lead_id, exchange.body["contact_id"])
        changed = replace(changed, contact_id=exchange.body["contact_id"])
    rules.finish()
    return custom_activity_answer(store.update(store.custom_activities, changed, exchange.actor))


def delete_custom_activity(exchange: Exchange) -> Json:
    exchange.store.delete(exchange.store.custom_activities, _activity(exchange).id, exchange.actor)
    return {}


def custom_activities(exchange: Exchange) -> list[CustomActivityRecord]:
    """Those on leads that the caller may see."""
    seen = {lead.id for lead in exchange.leads()}
    return [one for one in exchange.store.custom_activities.values() if one.lead_id in seen]


def custom_activity_answer(activity: CustomActivityRecord) -> Json:
    return {**activity.event_data(), "organization_id": None}


def check_contact(rules: Rules, lead_id: object, contact_id: object) -> None:
    if contact_id is None:
        return
    contact = rules.store.contacts.get(contact_id) if isinstance(contact_id, str) else None
    if contact is None or contact.lead_id != lead_id:
        rules.problems.add(("contact_id",), Wrong.NO_SUCH_OBJECT)


def _activity(exchange: Exchange) -> CustomActivityRecord:
    found = next((one for one in custom_activities(exchange) if one.id == exchange.ids["id"]), None)
    if found is None:
        raise no_such_object()
    return found


def _values(held: Mapping[str, CustomValue], body: Mapping[str, Any]) -> dict[str, CustomValue]:
    values = dict(held)
    for key, value in body.items():
        if not key.startswith(_PREFIX):
            continue
        if value is None:
            values.pop(key[len(_PREFIX) :], None)
        else:
            values[key[len(_PREFIX) :]] = tuple(value) if isinstance(value, list) else value
    return values
