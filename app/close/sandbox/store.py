"""The organization's data: tables, the event log, and the three ways a record changes."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from app.close.sandbox.account import Account, new_account
from app.close.sandbox.clock import Clock, SystemClock
from app.close.sandbox.entities import (
    ContactRecord,
    CustomActivityRecord,
    Entity,
    EntityT,
    FieldRecord,
    Json,
    LeadRecord,
    MergeRecord,
    NoteRecord,
    ObjectType,
    StatusRecord,
    SubscriptionRecord,
)
from app.close.sandbox.event_log import EventLog, EventRecord
from app.close.sandbox.ids import IdSource
from app.close.sandbox.store_file import StoreImage, read_image, write_image
from app.close.sandbox.table import Table

T = TypeVar("T")

_BOOKKEEPING = ("date_updated", "updated_by")
_FIRST_STATUSES = ("Potential", "Bad Fit", "Qualified", "Customer", "Interested", "Canceled")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a change and, when it came through the API, in which request."""

    user_id: str
    request_id: str | None = None


class Store:
    """All data of one organization. With a ``path`` it is reloaded from there and saved after
    each change.

    Every change happens inside ``changing()``; a reader in another thread takes ``lock``.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        ids: IdSource | None = None,
        account: Account | None = None,
        path: Path | None = None,
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.ids = ids or IdSource()
        self.lock = threading.RLock()
        self.leads: Table[LeadRecord] = Table(lambda lead: lead.custom)
        self.contacts: Table[ContactRecord] = Table(lambda contact: contact.custom)
        self.fields: Table[FieldRecord] = Table()
        self.statuses: Table[StatusRecord] = Table()
        self.notes: Table[NoteRecord] = Table()
        self.merges: Table[MergeRecord] = Table()
        self.custom_activities: Table[CustomActivityRecord] = Table()
        # What people define in Close's settings: id, name, fields. Only listed here, and not kept in a file.
        self.activity_types: list[Json] = []
        self.subscriptions: Table[SubscriptionRecord] = Table()
        self.events = EventLog()
        self.schema_order: dict[ObjectType, tuple[str, ...]] = {"lead": (), "contact": ()}
        self._path = path
        self._changed = False
        self._depth = 0
        image = read_image(path) if path is not None else None
        if image is not None:
            self.account = image.account
            self._load(image)
        else:
            self.account = account or new_account(self.ids)
            for label in _FIRST_STATUSES:
                self.statuses.load(self.stamped_status(label))

    @property
    def organization_id(self) -> str:
        return self.account.organization.id

    @property
    def default_api_key(self) -> str:
        """Follows from the organization, so that a sandbox kept in a file keeps its key without
        the key being written anywhere."""
        return IdSource(random.Random(self.organization_id)).api_key()  # noqa: S311 - opens a fake

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock and, when something changed, save once at the end of the outermost use."""
        with self.lock:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._changed and self._depth == 0:
                    if self._path is not None:
                        write_image(self._path, self._image())
                    self._changed = False  # only now: what could not be saved is tried again

    # The three ways a record changes; each writes the event log.

    def create(self, table: Table[EntityT], record: EntityT, by: Actor, **meta: str) -> EntityT:
        table.put(record, self.clock.now())
        self._log("created", record, by, data=record.event_data(), meta=meta)
        return record

    def update(self, table: Table[EntityT], record: EntityT, by: Actor, **meta: str) -> EntityT:
        """Keep the new version; nothing happens (no event, no new date) when it equals the old one."""
        before = table[record.id]
        if record == before:
            return before
        now = self.clock.now()
        record = replace(record, date_updated=now, updated_by=by.user_id)
        table.put(record, now)
        old, new = before.event_data(), record.event_data()
        changed = tuple(
            key for key in {**old, **new} if key not in _BOOKKEEPING and old.get(key) != new.get(key)
        )
        previous = {key: old.get(key) for key in changed}
        self._log("updated", record, by, data=new, previous=previous, changed=changed, meta=meta)
        return record

    def delete(self, table: Table[EntityT], record_id: str, by: Actor, **meta: str) -> None:
        record = table.remove(record_id, self.clock.now())
        self._log("deleted", record, by, data={}, previous=record.event_data(), meta=meta)

    def log_merged(self, destination: LeadRecord, source_id: str, by: Actor) -> None:
        """The one event without a change of its own: another lead was folded into this one."""
        meta = {"merge_source_lead_id": source_id, "merge_destination_lead_id": destination.id}
        self._log("merged", destination, by, data=destination.event_data(), meta=meta)

    def delete_lead(self, lead_id: str, by: Actor, **meta: str) -> None:
        """Takes the lead's contacts and activities with it."""
        for contact in self.contacts_of(lead_id):
            self.delete(self.contacts, contact.id, by, **meta)
        for note in [note for note in self.notes.values() if note.lead_id == lead_id]:
            self.delete(self.notes, note.id, by, **meta)
        for activity in [one for one in self.custom_activities.values() if one.lead_id == lead_id]:
            self.delete(self.custom_activities, activity.id, by, **meta)
        for merge in [merge for merge in self.merges.values() if merge.destination_lead_id == lead_id]:
            self.delete(self.merges, merge.id, by, **meta)
        self.delete(self.leads, lead_id, by, **meta)

    def delete_field(self, field_id: str, by: Actor) -> None:
        """Every value in the field disappears at once, without events of its own."""
        self.delete(self.fields, field_id, by)
        now = self.clock.now()
        for lead in [lead for lead in self.leads.values() if field_id in lead.custom]:
            self.leads.put(replace(lead, custom=_without(lead.custom, field_id)), now)
        for contact in [contact for contact in self.contacts.values() if field_id in contact.custom]:
            self.contacts.put(replace(contact, custom=_without(contact.custom, field_id)), now)

    def reorder(self, object_type: ObjectType, field_ids: Iterable[str]) -> None:
        self.schema_order[object_type] = tuple(field_ids)
        self._changed = True

    # Reading

    def contacts_of(self, lead_id: str) -> list[ContactRecord]:
        return [contact for contact in self.contacts.values() if contact.lead_id == lead_id]

    def fields_of(self, object_type: ObjectType) -> list[FieldRecord]:
        """In the order people gave them; fields not mentioned there come last."""
        mine = [field for field in self.fields.values() if object_type in field.object_types]
        order = {field_id: place for place, field_id in enumerate(self.schema_order[object_type])}
        return sorted(mine, key=lambda field: order.get(field.id, len(order)))

    def field_named(self, object_type: ObjectType, name: str) -> FieldRecord | None:
        return next((field for field in self.fields_of(object_type) if field.name == name), None)

    def status_named(self, label: str) -> StatusRecord | None:
        return next((status for status in self.statuses.values() if status.label == label), None)

    def stamps(self, by: Actor | None = None) -> Stamps:
        """The members every new record starts with."""
        now = self.clock.now()
        user_id = by.user_id if by is not None else self.account.owner.user_id
        return Stamps(user_id, now)

    def stamped_status(self, label: str, by: Actor | None = None) -> StatusRecord:
        return StatusRecord(id=self.ids.new("stat"), label=label, **self.stamps(by).members())

    def settle(self) -> None:
        """Make everything there is count as old: known to the index, and not in the event log."""
        for table in self._tables():
            table.settle()
        self.events.clear()
        self._changed = True

    def _log(
        self,
        action: str,
        record: Entity,
        by: Actor,
        *,
        data: Json,
        previous: Json | None = None,
        changed: tuple[str, ...] = (),
        meta: Mapping[str, str],
    ) -> None:
        now = self.clock.now()
        self._changed = True
        self.events.append(
            EventRecord(
                id=self.ids.new_short("ev"),
                number=self.events.next_number,
                object_type=record.event_type,
                object_id=record.id,
                action=action,
                lead_id=record.event_lead_id,
                user_id=by.user_id,
                organization_id=self.organization_id,
                request_id=by.request_id,
                data=data,
                previous_data=previous or {},
                changed_fields=changed,
                meta=meta,
                date_created=now,
                date_updated=now,
            )
        )

    def _tables(self) -> tuple[Table[Any], ...]:
        return (
            self.leads,
            self.contacts,
            self.fields,
            self.statuses,
            self.notes,
            self.merges,
            self.custom_activities,
            self.subscriptions,
        )

    def _load(self, image: StoreImage) -> None:
        for table, records in zip(self._tables(), image.records(), strict=True):
            for record in records:
                table.load(record)
        for event in image.events:
            self.events.append(event)
        self.schema_order = {"lead": image.lead_field_order, "contact": image.contact_field_order}

    def _image(self) -> StoreImage:
        return StoreImage(
            account=self.account,
            leads=tuple(self.leads.values()),
            contacts=tuple(self.contacts.values()),
            fields=tuple(self.fields.values()),
            statuses=tuple(self.statuses.values()),
            notes=tuple(self.notes.values()),
            merges=tuple(self.merges.values()),
            custom_activities=tuple(self.custom_activities.values()),
            subscriptions=tuple(self.subscriptions.values()),
            events=tuple(self.events),
            lead_field_order=self.schema_order["lead"],
            contact_field_order=self.schema_order["contact"],
        )


@dataclass(frozen=True, slots=True)
class Stamps:
    """Who made a record and when."""

    user_id: str
    at: datetime

    def members(self) -> dict[str, Any]:
        """As keyword arguments of an entity."""
        return {
            "created_by": self.user_id,
            "updated_by": self.user_id,
            "date_created": self.at,
            "date_updated": self.at,
        }


def _without(values: Mapping[str, T], key: str) -> dict[str, T]:
    return {name: value for name, value in values.items() if name != key}
