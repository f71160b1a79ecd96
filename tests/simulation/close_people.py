"""What people do in Close's window during a history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from app.close.sandbox.application import Sandbox
from app.close.sandbox.entities import ContactRecord, LeadRecord
from tests.simulation.history import PersonActs
from tests.simulation.organization import COMPANY, PLAN, PLANS, SOURCE, USER

_T = TypeVar("_T")


def act(sandbox: Sandbox, step: PersonActs) -> str:
    """Carry it out on what is there; what was done, in words, empty when there is nothing to do it to."""
    store = sandbox.store
    leads, contacts = list(store.leads.values()), list(store.contacts.values())
    lead, other = _pick(leads, step.pick), _pick(leads, step.other)
    contact = _pick(contacts, step.pick)
    handlers = _ON_CONTACT if step.act in _ON_CONTACT else _ON_LEAD
    if step.act == "add_lead":
        known = step.other % 2 and COMPANY in store.fields
        company = {f"custom.{COMPANY}": f"c{step.value}"} if known else {}
        made = sandbox.person.add_lead({"name": f"Typed {step.value}", **company})
        return f"added lead {made.id[:9]} {company}"
    if step.act == "merge_leads":
        if lead is None or other is None or lead.id == other.id:
            return ""
        sandbox.person.merge_leads(lead.id, other.id)
        return f"merged {lead.id[:9]} into {other.id[:9]}"
    if step.act == "move_contact":
        if contact is None or other is None or contact.lead_id == other.id:
            return ""
        sandbox.person.move_contact(contact.id, other.id)
        return f"moved {contact.id[:9]} to {other.id[:9]}"
    if step.act == "edit_note":
        note = _pick(list(store.notes.values()), step.pick)
        if note is None:
            return ""
        sandbox.person.edit_note(note.id, note.note + " (seen)")
        return f"edited note {note.id[:9]}"
    record: Any = contact if handlers is _ON_CONTACT else lead
    if record is None:
        return ""
    handlers[step.act](sandbox, record, step)
    return f"{step.act} {record.id[:9]} {step.value}"


def _pick(records: Sequence[_T], number: int) -> _T | None:
    return records[number % len(records)] if records else None


def _edit(sandbox: Sandbox, contact: ContactRecord, **members: Any) -> None:
    sandbox.person.edit_contact(contact.id, members)


def _emails(contact: ContactRecord) -> list[dict[str, Any]]:
    return [{"email": entry.email, "type": entry.type} for entry in contact.emails]


def _add_email(sandbox: Sandbox, contact: ContactRecord, step: PersonActs) -> None:
    _edit(sandbox, contact, emails=[*_emails(contact), {"email": f"u{step.value}@x.test", "type": "home"}])


def _remove_email(sandbox: Sandbox, contact: ContactRecord, step: PersonActs) -> None:
    _edit(sandbox, contact, emails=_emails(contact)[1:])


def _add_contact(sandbox: Sandbox, lead: LeadRecord, step: PersonActs) -> None:
    members: dict[str, Any] = {"name": f"Typed {step.value}"}
    if step.other % 3:
        members["emails"] = [{"email": f"u{step.value}@x.test", "type": "office"}]
    if step.other % 2 and USER in sandbox.store.fields:
        members[f"custom.{USER}"] = f"u{step.value}"
    sandbox.person.add_contact(lead.id, members)


def _custom(field_id: str, value: str | None) -> Any:
    def edit(sandbox: Sandbox, record: Any, step: PersonActs) -> None:
        if field_id not in sandbox.store.fields:
            return
        members = {f"custom.{field_id}": value.format(step.value) if value else None}
        if isinstance(record, LeadRecord):
            sandbox.person.edit_lead(record.id, members)
        else:
            sandbox.person.edit_contact(record.id, members)

    return edit


def _unsubscribe(sandbox: Sandbox, contact: ContactRecord, step: PersonActs) -> None:
    if contact.emails:
        sandbox.person.unsubscribe(contact.id, contact.emails[0].email)


_ON_CONTACT: dict[str, Any] = {
    "edit_title": lambda s, c, step: _edit(s, c, title=f"Typed {step.value}"),
    "edit_name": lambda s, c, step: _edit(s, c, name=f"Typed {step.value}"),
    "add_email": _add_email,
    "remove_email": _remove_email,
    "edit_source": _custom(SOURCE, "typed {0}"),
    "set_user_id": _custom(USER, "u{0}"),
    "clear_user_id": _custom(USER, None),
    "delete_contact": lambda s, c, step: s.person.delete_contact(c.id),
    "subscribe": lambda s, c, step: s.person.subscribe(c.id),
    "unsubscribe": _unsubscribe,
}
_ON_LEAD: dict[str, Any] = {
    "edit_lead_name": lambda s, lead, step: s.person.edit_lead(lead.id, {"name": f"Typed {step.value}"}),
    "edit_plan": _custom(PLAN, PLANS[0]),
    "set_company_id": _custom(COMPANY, "c{0}"),
    "clear_company_id": _custom(COMPANY, None),
    "add_contact": _add_contact,
    "delete_lead": lambda s, lead, step: s.person.delete_lead(lead.id),
    "add_note": lambda s, lead, step: s.person.add_note(lead.id, f"Called {step.value}"),
}
