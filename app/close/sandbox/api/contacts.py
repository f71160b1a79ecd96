"""``/contact/``."""

from __future__ import annotations

from dataclasses import replace

from app.close.sandbox.api.answers import Refusal
from app.close.sandbox.api.contact_input import apply_contact
from app.close.sandbox.api.lead_input import blank_contact, blank_lead
from app.close.sandbox.api.pages import page, trimmed
from app.close.sandbox.api.problems import Problem, Wrong, refusal
from app.close.sandbox.api.rendering import contact_answer
from app.close.sandbox.api.request import Exchange
from app.close.sandbox.api.rules import Rules
from app.close.sandbox.entities import Json


def list_contacts(exchange: Exchange) -> Json:
    """``lead_id`` is the only filter; any other is not looked at."""
    contacts = exchange.contacts()
    if "lead_id" in exchange.params:
        contacts = [contact for contact in contacts if contact.lead_id == exchange.params["lead_id"]]
    return page(exchange, contacts, lambda contact: contact_answer(contact, exchange.store))


def create_contact(exchange: Exchange) -> Json:
    """Without ``lead_id`` a new lead is made and named after the contact."""
    store, by = exchange.store, exchange.actor
    rules = Rules(store, exchange.switches, exchange.member)
    lead_id = exchange.body.get("lead_id")
    contact = apply_contact(blank_contact(rules, by, ""), exchange.body, rules)
    if lead_id is not None:
        _check_lead(exchange, rules, lead_id)
    rules.finish()
    if lead_id is None:
        lead = store.create(store.leads, replace(blank_lead(rules, by), name=contact.name), by)
        lead_id = lead.id
    contact = store.create(store.contacts, replace(contact, lead_id=lead_id), by)
    return contact_answer(contact, store)


def read_contact(exchange: Exchange) -> Json:
    contact = exchange.contact(exchange.ids["id"])
    return trimmed(contact_answer(contact, exchange.store), exchange.params)


def update_contact(exchange: Exchange) -> Json:
    """A patch; whether ``lead_id`` moves the contact depends on a switch."""
    store = exchange.store
    contact = exchange.contact_to_change(exchange.ids["id"])
    rules = Rules(store, exchange.switches, exchange.member)
    changed = apply_contact(contact, exchange.body, rules)
    lead_id = exchange.body.get("lead_id", contact.lead_id)
    if lead_id != contact.lead_id:
        if exchange.switches.contact_lead_id_put == "refused":
            raise _fixed_lead(exchange)
        _check_lead(exchange, rules, lead_id)
        changed = replace(changed, lead_id=lead_id)
    rules.finish()
    return contact_answer(store.update(store.contacts, changed, exchange.actor), store)


def delete_contact(exchange: Exchange) -> Json:
    contact = exchange.contact_to_change(exchange.ids["id"])
    exchange.store.delete(exchange.store.contacts, contact.id, exchange.actor)
    return {}


def _check_lead(exchange: Exchange, rules: Rules, lead_id: object) -> None:
    lead = exchange.store.leads.get(lead_id) if isinstance(lead_id, str) else None
    if lead is None or not exchange.may_see(lead):
        rules.problems.add(("lead_id",), Wrong.NO_SUCH_OBJECT)


def _fixed_lead(exchange: Exchange) -> Refusal:
    return refusal([Problem(("lead_id",), Wrong.FIXED)], exchange.switches.error_dialect)
