"""Reading written records again and comparing them with the plan, so that a test proves what it shows."""

from __future__ import annotations

from collections.abc import Sequence

from app.actions.custom_values import same_value
from app.actions.look_up import CloseRecords
from app.actions.plan import Change, Plan
from app.actions.trace import StepStatus, TraceStep
from app.close.comparison import same_email, same_phone, same_url
from app.close.records import Contact, Lead
from app.json_value import JsonValue


async def read_back(
    close: CloseRecords,
    plan: Plan,
    written: Sequence[Lead | Contact],
    left_out: frozenset[str] = frozenset(),
) -> TraceStep:
    """Compare every planned change with the record as Close holds it now. Raises ``CloseError``.

    ``left_out`` are lists (``emails``, …) whose new value Close has refused.
    """
    changes = [change for change in plan.changes if change.field_id not in left_out]
    leads: dict[str, Lead] = {}
    contacts: dict[str, Contact] = {}
    for record in written:
        if isinstance(record, Lead):
            lead = await close.lead(record.id)
            leads[lead.id] = lead
            if record.contacts:
                contacts.update((contact.id, contact) for contact in lead.contacts)
        else:
            contacts[record.id] = await close.contact(record.id)
    different = [
        f"{change.field} is {_held(change, leads, contacts)!r}"
        for change in changes
        if not _stands(change, leads, contacts)
    ]
    if different:
        return TraceStep("Read back differs", StepStatus.FAILED, "; ".join(different))
    count = len(changes)
    values = "1 value stands" if count == 1 else f"{count} values stand"
    return TraceStep("Read back", StepStatus.OK, f"{values} in Close as planned.")


def _candidates(
    change: Change, leads: dict[str, Lead], contacts: dict[str, Contact]
) -> Sequence[Lead | Contact]:
    held: dict[str, Lead] | dict[str, Contact] = leads if change.record.object_type == "lead" else contacts
    if change.record.id is None:
        return tuple(held.values())
    return (held[change.record.id],) if change.record.id in held else ()


def _stands(change: Change, leads: dict[str, Lead], contacts: dict[str, Contact]) -> bool:
    return any(_same(change, record) for record in _candidates(change, leads, contacts))


def _held(change: Change, leads: dict[str, Lead], contacts: dict[str, Contact]) -> JsonValue:
    return next((_value(change, record) for record in _candidates(change, leads, contacts)), None)


def _same(change: Change, record: Lead | Contact) -> bool:
    wanted = change.after
    if isinstance(record, Contact) and isinstance(wanted, str):
        match change.field_id:
            case "emails":
                return any(same_email(entry.value, wanted) for entry in record.emails)
            case "phones":
                return any(same_phone(entry.value, wanted) for entry in record.phones)
            case "urls":
                return any(same_url(entry.value, wanted) for entry in record.urls)
    return same_value(wanted, _value(change, record))


def _value(change: Change, record: Lead | Contact) -> JsonValue:
    key = change.field_id
    if key.startswith("custom."):
        return record.custom.get(key.removeprefix("custom."))
    if isinstance(record, Contact):
        if key in ("emails", "phones", "urls"):
            return ", ".join(entry.value for entry in getattr(record, key))
        return record.title if key == "title" else record.name
    values = {"name": record.name, "description": record.description, "status_id": record.status_label}
    return values.get(key)
