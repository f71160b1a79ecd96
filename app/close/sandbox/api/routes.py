"""Which handler answers which path, and to which rate limit group a call belongs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from app.close.sandbox.api import (
    account,
    activities,
    contacts,
    custom_activities,
    custom_fields,
    events,
    leads,
)
from app.close.sandbox.api.request import Exchange
from app.close.sandbox.api.search import search
from app.close.sandbox.entities import Json

Handler: TypeAlias = Callable[[Exchange], Json]


@dataclass(frozen=True, slots=True)
class Route:
    pattern: re.Pattern[str]
    resource: str
    handlers: Mapping[str, Handler]


@dataclass(frozen=True, slots=True)
class Match:
    """``handler`` is ``None`` when the path exists but not with this method."""

    handler: Handler | None
    group: str
    ids: Mapping[str, str]


def _route(path: str, resource: str, **handlers: Handler) -> Route:
    pattern = path.replace("{id}", "(?P<id>[A-Za-z0-9_]+)").replace("{type}", "(?P<object_type>lead|contact)")
    return Route(re.compile(pattern), resource, handlers)


_ROUTES = (
    _route("/me/", "me", GET=account.me),
    _route("/user/", "user", GET=account.list_users),
    _route(
        "/custom_field/{type}/",
        "custom_field",
        GET=custom_fields.list_fields,
        POST=custom_fields.create_field,
    ),
    _route(
        "/custom_field/{type}/{id}/",
        "custom_field",
        GET=custom_fields.read_field,
        PUT=custom_fields.update_field,
        DELETE=custom_fields.delete_field,
    ),
    _route(
        "/custom_field_schema/{type}/",
        "custom_field_schema",
        GET=custom_fields.read_schema,
        PUT=custom_fields.reorder_schema,
    ),
    _route("/status/lead/", "status", GET=account.list_statuses, POST=account.create_status),
    _route("/status/lead/{id}/", "status", PUT=account.update_status, DELETE=account.delete_status),
    _route("/lead/merge/", "lead", POST=leads.merge_leads),
    _route("/lead/", "lead", GET=leads.list_leads, POST=leads.create_lead),
    _route("/lead/{id}/", "lead", GET=leads.read_lead, PUT=leads.update_lead, DELETE=leads.delete_lead),
    _route("/contact/", "contact", GET=contacts.list_contacts, POST=contacts.create_contact),
    _route(
        "/contact/{id}/",
        "contact",
        GET=contacts.read_contact,
        PUT=contacts.update_contact,
        DELETE=contacts.delete_contact,
    ),
    _route("/activity/", "activity", GET=activities.list_activities),
    _route("/activity/lead_merge/", "activity", GET=activities.list_merges),
    _route("/activity/lead_merge/{id}/", "activity", GET=activities.read_merge),
    _route("/activity/note/", "activity", GET=activities.list_notes, POST=activities.create_note),
    _route(
        "/activity/note/{id}/",
        "activity",
        GET=activities.read_note,
        PUT=activities.update_note,
        DELETE=activities.delete_note,
    ),
    _route("/custom_activity/", "custom_activity", GET=custom_activities.list_activity_types),
    _route(
        "/activity/custom/",
        "activity",
        GET=custom_activities.list_custom_activities,
        POST=custom_activities.create_custom_activity,
    ),
    _route(
        "/activity/custom/{id}/",
        "activity",
        GET=custom_activities.read_custom_activity,
        PUT=custom_activities.update_custom_activity,
        DELETE=custom_activities.delete_custom_activity,
    ),
    _route("/sequence_subscription/", "sequence_subscription", GET=activities.list_subscriptions),
    _route("/opportunity/", "opportunity", GET=activities.no_opportunities),
    _route("/data/search/", "search", POST=search),
    _route("/event/", "event", GET=events.list_events),
)


def find(method: str, path: str) -> Match | None:
    """The first route whose pattern is the whole path; ``None`` for an unknown path."""
    for route in _ROUTES:
        found = route.pattern.fullmatch(path)
        if found is not None:
            ids = found.groupdict()
            return Match(route.handlers.get(method), f"{method} {route.resource}", ids)
    return None
