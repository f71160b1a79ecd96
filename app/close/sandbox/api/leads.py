"""``/lead/`` and ``/lead/merge/``."""

from __future__ import annotations

from app.close.sandbox.api.answers import error, forbidden
from app.close.sandbox.api.lead_input import apply_lead, blank_lead, nested_contacts
from app.close.sandbox.api.pages import LEAD_MAX_SKIP, page, trimmed
from app.close.sandbox.api.problems import Problem, Problems, Wrong, refusal
from app.close.sandbox.api.rendering import lead_answer
from app.close.sandbox.api.request import Exchange, listed
from app.close.sandbox.api.rules import Rules
from app.close.sandbox.entities import Json, LeadRecord
from app.close.sandbox.merging import advance_merges, is_merging, start_merge


def list_leads(exchange: Exchange) -> Json:
    leads = exchange.leads()
    if "id__in" in exchange.params:
        wanted = set(listed(exchange.params["id__in"]))
        leads = [lead for lead in leads if lead.id in wanted]
    return page(
        exchange, leads, lambda lead: _answer(lead, exchange), max_skip=LEAD_MAX_SKIP, with_total=True
    )


def create_lead(exchange: Exchange) -> Json:
    """With its contacts, if any; nothing is required."""
    store, by = exchange.store, exchange.actor
    rules = Rules(store, exchange.switches, exchange.member)
    lead = apply_lead(blank_lead(rules, by), exchange.body, rules)
    contacts = nested_contacts(lead, exchange.body.get("contacts"), rules, by)
    if exchange.switches.nested_contact_error == "top_level":
        rules = Rules(store, exchange.switches, exchange.member, lifted(rules.problems))
    rules.finish()
    store.create(store.leads, lead, by)
    for contact in contacts:
        store.create(store.contacts, contact, by)
    return _answer(lead, exchange)


def lifted(problems: Problems) -> Problems:
    """The same problems with those of nested contacts reported as if they were the lead's own."""
    result = Problems()
    for problem in problems:
        nested = problem.path[0] == "contacts" and len(problem.path) > 2
        result.add(problem.path[2:] if nested else problem.path, problem.wrong, problem.limit)
    return result


def read_lead(exchange: Exchange) -> Json:
    return trimmed(_answer(exchange.lead(exchange.ids["id"]), exchange), exchange.params)


def update_lead(exchange: Exchange) -> Json:
    """A patch; contacts cannot be edited here."""
    store = exchange.store
    lead = exchange.lead_to_change(exchange.ids["id"])
    rules = Rules(store, exchange.switches, exchange.member)
    changed = apply_lead(lead, exchange.body, rules)
    rules.finish()
    return _answer(store.update(store.leads, changed, exchange.actor), exchange)


def delete_lead(exchange: Exchange) -> Json:
    lead = exchange.lead_to_change(exchange.ids["id"])
    if not exchange.member.may("delete_leads"):
        raise forbidden("delete_leads")
    exchange.store.delete_lead(lead.id, exchange.actor)
    return {}


def merge_leads(exchange: Exchange) -> Json:
    """Accepts the merge; its LeadMerge activity tells how it goes."""
    if not exchange.member.may("merge_leads"):
        raise forbidden("merge_leads")
    store, switches = exchange.store, exchange.switches
    found: list[LeadRecord] = []
    problems: list[Problem] = []
    for name in ("source", "destination"):
        sent = exchange.body.get(name)
        lead = store.leads.get(sent) if isinstance(sent, str) else None
        if lead is not None and exchange.may_see(lead):
            found.append(lead)
        else:
            problems.append(Problem((name,), Wrong.NO_SUCH_OBJECT if sent else Wrong.REQUIRED))
    if problems:
        raise refusal(problems, switches.error_dialect)
    source, destination = found
    if source.id == destination.id:
        raise error(400, "A lead cannot be merged into itself.")
    if switches.merge == "busy" or is_merging(store, source.id, destination.id):
        raise error(400, "One of the leads is participating in another merge. Try again later.")
    takes_s = 0.0 if switches.merge == "immediate" else switches.merge_takes_s
    start_merge(
        store, source, destination, exchange.actor, takes_s=takes_s, will_fail=switches.merge == "errored"
    )
    advance_merges(store)
    return {}


def _answer(lead: LeadRecord, exchange: Exchange) -> Json:
    store = exchange.store
    contacts = [contact for contact in exchange.contacts() if contact.lead_id == lead.id]
    return lead_answer(lead, contacts, store)
