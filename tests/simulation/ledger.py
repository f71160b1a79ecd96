"""What really happened in Close, from the sandbox's own record: who changed what, when, by which call.

This is the independent witness: nothing in it comes from plans, reports or the memory of the program.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from app.close.sandbox.event_log import EventRecord
from tests.simulation.history import Body, Send
from tests.simulation.organization import COMPANY, USER
from tests.simulation.virtual_loop import STARTED
from tests.simulation.wire import Try, WireCall
from tests.simulation.world import Played

Who: TypeAlias = Literal["us", "person", "close"]

_BOOKKEEPING = frozenset(
    {"id", "created_by", "updated_by", "date_created", "date_updated", "organization_id", "user_id", "_type"}
)
COMPANY_KEY, USER_KEY = f"custom.{COMPANY}", f"custom.{USER}"
LISTS = {"emails": "email", "phones": "phone", "urls": "url"}


@dataclass(frozen=True, slots=True)
class Deed:
    """One record created, changed or deleted. ``close`` did what a merge carries out in the background.

    ``fields`` maps each field that changed to (before, after); lists are tuples of values.
    """

    number: int
    at_s: float
    who: Who
    call: WireCall | None
    kind: str
    record_type: str
    record_id: str
    fields: Mapping[str, tuple[Any, Any]]

    @property
    def attempt(self) -> Try | None:
        return self.call.of if self.call else None

    def __str__(self) -> str:
        by = f"call {self.call.number}" if self.call else self.who
        changed = {key: pair[1] for key, pair in self.fields.items()}
        return f"{self.at_s:.3f} {by}: {self.kind} {self.record_type} {self.record_id[:12]} {changed}"


@dataclass(slots=True)
class Picture:
    """The records as they are at one moment, each a mapping of its fields that have a value."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)

    def of_type(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        return ((one, self.records[one]) for one, known in self.types.items() if known == kind)

    def apply(self, deed: Deed) -> None:
        if deed.record_type.startswith("custom_fields"):
            if deed.kind == "deleted":
                for values in self.records.values():
                    values.pop(f"custom.{deed.record_id}", None)
            return
        if deed.kind == "deleted":
            self.records.pop(deed.record_id, None)
            self.types.pop(deed.record_id, None)
            return
        values = self.records.setdefault(deed.record_id, {})
        self.types[deed.record_id] = deed.record_type
        for key, (_, after) in deed.fields.items():
            if after in (None, "", ()):
                values.pop(key, None)
            else:
                values[key] = after


@dataclass(slots=True)
class Ledger:
    """``deeds`` in order; ``bodies`` are the events by message id, ``arrival`` their order."""

    played: Played
    deeds: list[Deed]
    bodies: dict[str, Body]
    arrival: dict[str, int]
    states: dict[str, tuple[str, str]]

    @classmethod
    def of(cls, played: Played) -> Ledger:
        calls = {event.number: call for call in played.wire.calls for event in call.changes}
        owner = played.sandbox.store.account.owner.user_id
        deeds = [_deed(event, calls.get(event.number), owner) for event in played.sandbox.store.events]
        bodies = {
            body["messageId"]: body
            for step in played.history.steps
            if isinstance(step, Send)
            for body in step.events
        }
        rows = played.disk.rows("SELECT message_id, id, state, reason FROM event ORDER BY id")
        return cls(
            played,
            deeds,
            bodies,
            {row[0]: row[1] for row in rows},
            {row[0]: (row[2], row[3]) for row in rows},
        )

    def person_touched(self, record_id: str, since_s: float, until_s: float) -> bool:
        """Whether somebody else than the program changed the record in that time."""
        return any(
            deed.record_id == record_id and deed.who != "us" and since_s <= deed.at_s <= until_s
            for deed in self.deeds
        )

    def field_deleted_before(self, field_id: str, at_s: float) -> bool:
        return any(
            deed.record_id == field_id and deed.kind == "deleted" and deed.at_s <= at_s for deed in self.deeds
        )


def until(deeds: list[Deed], number: int) -> Picture:
    """The records just before the deed of that number."""
    picture = Picture()
    for deed in deeds:
        if deed.number >= number:
            break
        picture.apply(deed)
    return picture


def _deed(event: EventRecord, call: WireCall | None, owner: str) -> Deed:
    # What Close does in the background belongs to no request.
    by_close = event.user_id == owner and event.request_id is None
    who: Who = "close" if by_close else "us" if event.user_id == owner else "person"
    return Deed(
        event.number,
        (event.date_created - STARTED).total_seconds(),
        who,
        call if who == "us" else None,
        event.action,
        event.object_type,
        event.object_id,
        _fields(event),
    )


def _fields(event: EventRecord) -> dict[str, tuple[Any, Any]]:
    data, previous = event.data, event.previous_data
    if event.action == "created":
        return {key: (None, value) for key, value in plain(data).items() if value not in (None, "", ())}
    if event.action == "deleted":
        return {key: (value, None) for key, value in plain(previous).items()}
    before, after = plain(previous), plain(data)
    return {
        key: (before.get(key), after.get(key))
        for key in event.changed_fields
        if key not in _BOOKKEEPING and before.get(key) != after.get(key)
    }


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """A record's fields, lists as tuples of what people see in them."""
    return {key: _shown(key, value) for key, value in data.items() if key not in _BOOKKEEPING}


def _shown(key: str, value: Any) -> Any:
    if key in LISTS:
        return tuple(entry[LISTS[key]] for entry in value or ())
    return tuple(map(str, value)) if isinstance(value, list) else value


def without_undo(ledger: Ledger) -> Ledger:
    """Only what happened before the undo."""
    first = ledger.played.undone_from
    kept = [deed for deed in ledger.deeds if deed.call is None or deed.call.number < first]
    return replace(ledger, deeds=kept)
