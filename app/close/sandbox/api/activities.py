"""``/activity/``, ``/activity/note/``, ``/activity/lead_merge/``, and what else belongs to a contact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from app.close.sandbox.api.answers import field_error, no_such_object
from app.close.sandbox.api.custom_activities import (
    check_contact,
    custom_activities,
    custom_activity_answer,
)
from app.close.sandbox.api.pages import page, trimmed
from app.close.sandbox.api.problems import Wrong
from app.close.sandbox.api.rendering import merge_answer, note_answer
from app.close.sandbox.api.request import Exchange, listed
from app.close.sandbox.api.rules import Rules
from app.close.sandbox.api.times import moment_param
from app.close.sandbox.entities import CustomActivityRecord, Json, MergeRecord, NoteRecord, SubscriptionRecord

ActivityRecord: TypeAlias = NoteRecord | MergeRecord | CustomActivityRecord


def list_activities(exchange: Exchange) -> Json:
    """All kinds together, newest first."""
    found: list[ActivityRecord] = [*_notes(exchange), *_merges(exchange), *custom_activities(exchange)]
    return page(exchange, _filtered(exchange, found), _renderer(exchange))


def list_notes(exchange: Exchange) -> Json:
    return page(exchange, _filtered(exchange, _notes(exchange)), _renderer(exchange))


def list_merges(exchange: Exchange) -> Json:
    return page(exchange, _filtered(exchange, _merges(exchange)), _renderer(exchange))


def read_merge(exchange: Exchange) -> Json:
    merge = next((merge for merge in _merges(exchange) if merge.id == exchange.ids["id"]), None)
    if merge is None:
        raise no_such_object()
    return trimmed(merge_answer(merge, exchange.store), exchange.params)


def create_note(exchange: Exchange) -> Json:
    store, by = exchange.store, exchange.actor
    rules = Rules(store, exchange.switches, exchange.member)
    lead_id, contact_id = exchange.body.get("lead_id"), exchange.body.get("contact_id")
    if lead_id is None:
        rules.problems.add(("lead_id",), Wrong.REQUIRED)
    elif lead_id not in store.leads or not exchange.may_see(store.leads[lead_id]):
        rules.problems.add(("lead_id",), Wrong.NO_SUCH_OBJECT)
    text = rules.text(exchange.body.get("note"), ("note",))
    check_contact(rules, lead_id, contact_id)
    rules.finish()
    note = NoteRecord(
        id=store.ids.new("acti"),
        lead_id=str(lead_id),
        contact_id=contact_id,
        note=text,
        **store.stamps(by).members(),
    )
    return note_answer(store.create(store.notes, note, by), store)


def read_note(exchange: Exchange) -> Json:
    return trimmed(note_answer(_note(exchange), exchange.store), exchange.params)


def update_note(exchange: Exchange) -> Json:
    store = exchange.store
    note = _note(exchange)
    rules = Rules(store, exchange.switches, exchange.member)
    changed = note
    if "note" in exchange.body:
        changed = replace(changed, note=rules.text(exchange.body["note"], ("note",)))
    if "contact_id" in exchange.body:
        check_contact(rules, note.lead_id, exchange.body["contact_id"])
        changed = replace(changed, contact_id=exchange.body["contact_id"])
    rules.finish()
    return note_answer(store.update(store.notes, changed, exchange.actor), store)


def delete_note(exchange: Exchange) -> Json:
    exchange.store.delete(exchange.store.notes, _note(exchange).id, exchange.actor)
    return {}


def no_opportunities(exchange: Exchange) -> Json:
    """The sandbox has no sales pipeline: the list is there and always empty."""
    empty: list[NoteRecord] = []
    return page(exchange, empty, _renderer(exchange))


def list_subscriptions(exchange: Exchange) -> Json:
    """Sequences, of one contact when asked for."""
    wanted = exchange.params.get("contact_id")
    found = [one for one in exchange.store.subscriptions.values() if wanted in (None, one.contact_id)]
    return page(exchange, found, SubscriptionRecord.event_data)


def _note(exchange: Exchange) -> NoteRecord:
    note = next((note for note in _notes(exchange) if note.id == exchange.ids["id"]), None)
    if note is None:
        raise no_such_object()
    return note


def _notes(exchange: Exchange) -> list[NoteRecord]:
    seen = {lead.id for lead in exchange.leads()}
    return [note for note in exchange.store.notes.values() if note.lead_id in seen]


def _merges(exchange: Exchange) -> list[MergeRecord]:
    seen = {lead.id for lead in exchange.leads()}
    return [merge for merge in exchange.store.merges.values() if merge.destination_lead_id in seen]


def _filtered(exchange: Exchange, activities: Sequence[ActivityRecord]) -> list[ActivityRecord]:
    """``contact_id``, ``_type`` and ``user_id`` work only together with ``lead_id``."""
    params = exchange.params
    for name in ("contact_id", "_type", "user_id"):
        if name in params and "lead_id" not in params:
            raise field_error(name, "This filter can only be used together with lead_id.")
    wanted = set(listed(params["id__in"])) if "id__in" in params else None
    after = moment_param(params, "date_created__gt")
    found = [
        activity
        for activity in activities
        if _fits(activity, exchange) and (wanted is None or activity.id in wanted) and _later(activity, after)
    ]
    return sorted(found, key=lambda activity: activity.date_created, reverse=True)


def _fits(activity: ActivityRecord, exchange: Exchange) -> bool:
    data = activity.event_data()
    names = ("lead_id", "contact_id", "_type", "user_id")
    return all(data.get(name) == exchange.params[name] for name in names if name in exchange.params)


def _later(activity: ActivityRecord, after: datetime | None) -> bool:
    return after is None or activity.date_created > after


def _renderer(exchange: Exchange) -> Callable[[ActivityRecord], Json]:
    def render(activity: ActivityRecord) -> Json:
        if isinstance(activity, MergeRecord):
            return merge_answer(activity, exchange.store)
        if isinstance(activity, CustomActivityRecord):
            return custom_activity_answer(activity)
        return note_answer(activity, exchange.store)

    return render
