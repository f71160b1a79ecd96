"""Folding one lead into another, at once or in the background."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.close.sandbox.entities import LeadRecord, MergeRecord
from app.close.sandbox.store import Actor, Store


def is_merging(store: Store, *lead_ids: str) -> bool:
    """Whether one of the leads takes part in a merge that has not ended."""
    return any(
        merge.running and (merge.source_lead_id in lead_ids or merge.destination_lead_id in lead_ids)
        for merge in store.merges.values()
    )


def start_merge(
    store: Store, source: LeadRecord, destination: LeadRecord, by: Actor, *, takes_s: float, will_fail: bool
) -> MergeRecord:
    """Note the merge; ``advance_merges`` carries it out when its time has come."""
    now = store.clock.now()
    merge = MergeRecord(
        id=store.ids.new("acti"),
        source_lead_id=source.id,
        destination_lead_id=destination.id,
        merge_status="pending",
        ends_at=now + timedelta(seconds=takes_s),
        will_fail=will_fail,
        **store.stamps(by).members(),
    )
    return store.create(store.merges, merge, by)


def advance_merges(store: Store) -> None:
    """Bring every running merge to where it should be by now."""
    now = store.clock.now()
    for merge in [merge for merge in store.merges.values() if merge.running]:
        by = Actor(merge.created_by)
        if now >= merge.ends_at:
            _end(store, merge, by)
        elif merge.merge_status == "pending" and now - merge.date_created >= (merge.ends_at - now):
            store.update(store.merges, replace(merge, merge_status="in_progress"), by)


def _end(store: Store, merge: MergeRecord, by: Actor) -> None:
    source = store.leads.get(merge.source_lead_id)
    destination = store.leads.get(merge.destination_lead_id)
    if merge.will_fail or source is None or destination is None:
        failed = replace(merge, merge_status="errored", error_message="The leads could not be merged.")
        store.update(store.merges, failed, by)
        return
    fold(store, source, destination, by)
    store.update(store.merges, replace(merge, merge_status="completed"), by)


def fold(store: Store, source: LeadRecord, destination: LeadRecord, by: Actor) -> None:
    """Move what the source has to the destination, then delete it. The destination's own values win;
    its blanks are filled."""
    meta = {"merge_source_lead_id": source.id, "merge_destination_lead_id": destination.id}
    for contact in store.contacts_of(source.id):
        store.update(store.contacts, replace(contact, lead_id=destination.id), by, **meta)
    for note in [note for note in store.notes.values() if note.lead_id == source.id]:
        store.update(store.notes, replace(note, lead_id=destination.id), by, **meta)
    for activity in [one for one in store.custom_activities.values() if one.lead_id == source.id]:
        store.update(store.custom_activities, replace(activity, lead_id=destination.id), by, **meta)
    for merge in [merge for merge in store.merges.values() if merge.destination_lead_id == source.id]:
        store.update(store.merges, replace(merge, destination_lead_id=destination.id), by, **meta)
    filled = replace(
        destination,
        name=destination.name or source.name,
        description=destination.description or source.description,
        url=destination.url or source.url,
        addresses=destination.addresses or source.addresses,
        custom={**source.custom, **destination.custom},
    )
    result = store.update(store.leads, filled, by, **meta)
    store.log_merged(result, source.id, by)
    store.delete_lead(source.id, by, **meta)
