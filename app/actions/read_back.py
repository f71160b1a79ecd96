"""Reading written records again and comparing them with the plan, so that a test proves what it shows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from app.actions.apply import Applied
from app.actions.custom_values import same_value
from app.actions.look_up import CloseRecords
from app.actions.plan import Change, ChangeKind, DeleteActivity, Plan
from app.actions.trace import HeldValue, StepStatus, TraceStep
from app.close.activities import Activity
from app.close.comparison import same_email, same_phone, same_url
from app.close.failures import CloseError, FailureKind
from app.close.records import Contact, Lead
from app.json_value import JsonValue

_FINAL = (ChangeKind.MERGE, ChangeKind.DELETE)
_LISTS = ("emails", "phones", "urls")
_Record = TypeVar("_Record", Lead, Contact, Activity)


class CloseReads(CloseRecords, Protocol):
    """The reads that comparing makes."""

    async def activity(self, resource: str, activity_id: str) -> Activity: ...


@dataclass(slots=True)
class _Held:
    """What was read. A record that is not in Close any more is None."""

    leads: dict[str, Lead | None] = field(default_factory=dict)
    contacts: dict[str, Contact | None] = field(default_factory=dict)
    entries: dict[str, Activity | None] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[str, Lead | Contact | Activity | None]:
        if kind == "lead":
            return self.leads
        return self.contacts if kind == "contact" else self.entries


async def read_back(
    close: CloseReads, plan: Plan, applied: Applied
) -> tuple[TraceStep, tuple[HeldValue, ...]]:
    """Compare every planned change with what Close holds now. Raises ``CloseError``.

    Lists whose new value Close has refused are left out; what was merged or deleted has to be gone.
    """
    changes = [change for change in plan.changes if change.field_id not in applied.left_out]
    held = await _read(close, plan, applied)
    values = tuple(_compared(change, held) for change in changes)
    different = [one for one in values if not one.stands]
    if different:
        words = "; ".join(_difference(one) for one in different)
        return TraceStep("Read back differs", StepStatus.FAILED, f"{words}."), values
    count = len(values)
    stand = "1 value stands" if count == 1 else f"{count} values stand"
    return TraceStep("Read back", StepStatus.OK, f"{stand} in Close as planned."), values


async def _read(close: CloseReads, plan: Plan, applied: Applied) -> _Held:
    held = _Held()
    for record in applied.records:
        if isinstance(record, Lead):
            lead = await close.lead(record.id)
            held.leads[lead.id] = lead
            if record.contacts:
                held.contacts.update((contact.id, contact) for contact in lead.contacts)
        else:
            held.contacts[record.id] = await close.contact(record.id)
    for entry in applied.activities:
        if entry.resource:
            held.entries[entry.id] = await close.activity(entry.resource, entry.id)
    for change in plan.changes:
        record_id = change.record.id
        if change.kind not in _FINAL or record_id is None:
            continue
        if change.record.object_type == "lead":
            held.leads[record_id] = await _or_none(close.lead(record_id))
        elif change.record.object_type == "contact":
            held.contacts[record_id] = await _or_none(close.contact(record_id))
    for write in plan.writes:
        if isinstance(write, DeleteActivity) and (resource := write.activity.resource):
            held.entries[write.activity.id] = await _or_none(close.activity(resource, write.activity.id))
    return held


async def _or_none(read: Awaitable[_Record]) -> _Record | None:
    try:
        return await read
    except CloseError as error:
        if error.kind is not FailureKind.NOT_FOUND:
            raise
        return None


def _compared(change: Change, held: _Held) -> HeldValue:
    if change.kind in _FINAL:
        there = held.of(change.record.object_type).get(change.record.id or "") is not None
        return HeldValue(change, change.before if there else None, stands=not there)
    found = _candidates(change, held)
    values = [_value(change, record) for record in found]
    stands = any(_same(change, record) for record in found)
    value = next((one for one, record in zip(values, found, strict=True) if _same(change, record)), None)
    return HeldValue(change, value if stands else next(iter(values), None), stands=stands)


def _candidates(change: Change, held: _Held) -> Sequence[Lead | Contact | Activity]:
    known = held.of(change.record.object_type)
    if change.record.id is None:
        return tuple(record for record in known.values() if record is not None)
    record = known.get(change.record.id)
    return () if record is None else (record,)


def _same(change: Change, record: Lead | Contact | Activity) -> bool:
    wanted = change.after
    if isinstance(record, Activity) and not (change.field_id == "note" and record.note):
        # A custom activity without a text is shown by its type: that it is there is all there is to say.
        return True
    if isinstance(record, Contact) and isinstance(wanted, str) and change.field_id in _LISTS:
        return _in_list(change.field_id, wanted, record)
    value = _value(change, record)
    if wanted in (None, ""):
        return value in (None, "")
    if change.kind is ChangeKind.APPEND and isinstance(wanted, list | tuple):
        held = value if isinstance(value, list | tuple) else ()
        return all(any(same_value(one, each) for each in held) for one in wanted)
    return same_value(wanted, value)


def _in_list(key: str, wanted: str, contact: Contact) -> bool:
    match key:
        case "emails":
            return _all_in(wanted, lambda one: any(same_email(entry.value, one) for entry in contact.emails))
        case "phones":
            return _all_in(wanted, lambda one: any(same_phone(entry.value, one) for entry in contact.phones))
        case _:
            return _all_in(wanted, lambda one: any(same_url(entry.value, one) for entry in contact.urls))


def _all_in(wanted: str, holds: Callable[[str], bool]) -> bool:
    """A merge takes several entries over at once; they are told with commas between them."""
    return holds(wanted) or all(holds(one) for one in wanted.split(", "))


def _value(change: Change, record: Lead | Contact | Activity) -> JsonValue:
    key = change.field_id
    if isinstance(record, Activity):
        return record.note or change.after
    if key.startswith("custom."):
        return record.custom.get(key.removeprefix("custom."))
    if isinstance(record, Contact):
        if key in _LISTS:
            return ", ".join(entry.value for entry in getattr(record, key))
        return record.title if key == "title" else record.name
    values = {"name": record.name, "description": record.description, "status_id": record.status_label}
    return values.get(key)


def _difference(value: HeldValue) -> str:
    change = value.change
    if change.kind in _FINAL:
        return f"{change.record.name} is still there"
    return (
        f"{change.field} is {value.value!r}" if value.value not in (None, "") else f"{change.field} is empty"
    )
