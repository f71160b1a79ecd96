"""``/me/`` and ``/status/lead/``."""

from __future__ import annotations

from dataclasses import replace

from app.close.sandbox.account import Member
from app.close.sandbox.api.answers import field_error, forbidden, no_such_object
from app.close.sandbox.api.pages import page, trimmed
from app.close.sandbox.api.problems import Wrong
from app.close.sandbox.api.rendering import field_answer, status_answer
from app.close.sandbox.api.request import Exchange
from app.close.sandbox.api.rules import Rules
from app.close.sandbox.entities import Json, StatusRecord, moment


def me(exchange: Exchange) -> Json:
    """The key's user, their permissions and the organization."""
    member = exchange.member
    organization = exchange.store.account.organization
    organizations = [_organization(exchange)]
    memberships = [_membership(member, organization.id)]
    if exchange.switches.me_organizations == "two":
        other = f"orga_{organization.id[:4:-1]}"
        organizations.append({**organizations[0], "id": other, "name": "Second Organization"})
        memberships.append(
            {**memberships[0], "id": f"memb_{member.membership_id[:4:-1]}", "organization_id": other}
        )
    answer: Json = {
        "id": member.user_id,
        "email": member.email,
        "first_name": member.first_name,
        "last_name": member.last_name,
        "image": None,
        "date_created": moment(member.date_joined),
        "date_updated": moment(member.date_joined),
        "email_verified_at": moment(member.date_joined),
        "last_used_timezone": "America/New_York",
        "email_accounts": [],
        "connected_accounts": [],
        "phone_numbers": [],
        "memberships": memberships,
        "organizations": organizations,
    }
    return trimmed(answer, exchange.params)


def list_users(exchange: Exchange) -> Json:
    """The members of the organization."""

    def answer(member: Member) -> Json:
        return {
            "id": member.user_id,
            "email": member.email,
            "first_name": member.first_name,
            "last_name": member.last_name,
            "image": None,
            "date_created": moment(member.date_joined),
            "date_updated": moment(member.date_joined),
        }

    return page(exchange, list(exchange.store.account.members), answer)


def _membership(member: Member, organization_id: str) -> Json:
    return {
        "id": member.membership_id,
        "organization_id": organization_id,
        "user_id": member.user_id,
        "role": member.role,
        "role_id": member.role_id,
        "permissions_granted": list(member.permissions),
    }


def _organization(exchange: Exchange) -> Json:
    store = exchange.store
    organization = store.account.organization
    naive = exchange.switches.naive_dates
    return {
        "id": organization.id,
        "name": organization.name,
        "currency": organization.currency,
        "status": organization.status,
        "plan_id": organization.plan_id,
        "plan_type": organization.plan_id,
        "lead_statuses": [{"id": status.id, "label": status.label} for status in store.statuses.values()],
        "opportunity_statuses": [],
        "pipelines": [],
        "lead_custom_fields": [field_answer(f, store, naive=naive) for f in store.fields_of("lead")],
    }


def list_statuses(exchange: Exchange) -> Json:
    """All of them: there are no pages here."""
    return {
        "data": [status_answer(status, exchange.store) for status in exchange.store.statuses.values()],
        "has_more": False,
    }


def create_status(exchange: Exchange) -> Json:
    label = _label(exchange)
    store = exchange.store
    status = store.create(store.statuses, store.stamped_status(label, exchange.actor), exchange.actor)
    return status_answer(status, store)


def update_status(exchange: Exchange) -> Json:
    status = _status(exchange)
    changed = replace(status, label=_label(exchange))
    return status_answer(
        exchange.store.update(exchange.store.statuses, changed, exchange.actor), exchange.store
    )


def delete_status(exchange: Exchange) -> Json:
    """A status that leads still have cannot go."""
    status = _status(exchange)
    if any(lead.status_id == status.id for lead in exchange.store.leads.values()):
        raise field_error("id", "The status is still used by leads.")
    exchange.store.delete(exchange.store.statuses, status.id, exchange.actor)
    return {}


def _status(exchange: Exchange) -> StatusRecord:
    status = exchange.store.statuses.get(exchange.ids["id"])
    if status is None:
        raise no_such_object()
    return status


def _label(exchange: Exchange) -> str:
    if not exchange.member.may("manage_customizations"):
        raise forbidden("manage_customizations")
    rules = Rules(exchange.store, exchange.switches, exchange.member)
    label = rules.text(exchange.body.get("label"), ("label",))
    if not label and not rules.problems:
        rules.problems.add(("label",), Wrong.REQUIRED)
    rules.finish()
    return label
