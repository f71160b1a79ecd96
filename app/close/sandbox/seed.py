"""A believable organization for demonstrations and first steps.

It has no Company ID and no User ID field: making those is the first thing people try.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.close.sandbox.account import new_account
from app.close.sandbox.clock import Clock, SystemClock
from app.close.sandbox.demo_leads import DEMO_LEADS, DemoContact, DemoLead
from app.close.sandbox.entities import Json, NoteRecord
from app.close.sandbox.ids import IdSource
from app.close.sandbox.person import Person
from app.close.sandbox.store import Actor, Store
from app.close.sandbox.switches import Switches

PLANS = ("Trial", "Team", "Business", "Enterprise")
_FIELDS_MADE_DAYS_AGO = 200.0


class _PastClock:
    """Another clock, some days behind, so that the data can have a history."""

    def __init__(self, clock: Clock, days_ago: float) -> None:
        self._clock = clock
        self._behind = timedelta(days=days_ago)

    def now(self) -> datetime:
        return self._clock.now() - self._behind

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)


@dataclass(frozen=True, slots=True)
class _FieldIds:
    plan: str
    seats: str
    industry: str
    signed_up: str
    source: str


def demo_data(*, clock: Clock | None = None, ids: IdSource | None = None, path: Path | None = None) -> Store:
    """The organization; from ``path`` when it was kept there before."""
    clock = clock or SystemClock()
    ids = ids or IdSource()
    kept_before = path is not None and path.exists()
    store = Store(clock=clock, ids=ids, account=new_account(ids), path=path)
    if not kept_before:
        with store.changing():
            _fill(store, clock)
    return store


def _fill(store: Store, clock: Clock) -> None:
    switches = Switches()
    owner = Person(store, switches, store.account.owner)
    colleague = Person(store, switches)
    store.clock = _PastClock(clock, _FIELDS_MADE_DAYS_AGO)
    fields = _FieldIds(
        plan=owner.add_field("lead", "Plan", "choices", choices=PLANS).id,
        seats=owner.add_field("lead", "Seats", "number").id,
        industry=owner.add_field("lead", "Industry").id,
        signed_up=owner.add_field("contact", "Signed up", "date").id,
        source=owner.add_field("contact", "Signup source").id,
    )
    for demo in sorted(DEMO_LEADS, key=lambda demo: -demo.days_ago):
        store.clock = _PastClock(clock, demo.days_ago)
        lead = (owner if demo.mine else colleague).add_lead(_lead_members(demo, fields))
        if demo.note:
            _add_note(store, lead.id, demo.note)
    store.clock = clock
    store.settle()


def _lead_members(demo: DemoLead, fields: _FieldIds) -> Json:
    members: dict[str, Any] = {
        "name": demo.name,
        "url": f"https://{demo.domain}",
        "description": demo.description,
        "status": demo.status,
        f"custom.{fields.industry}": demo.industry,
        "contacts": [_contact_members(contact, fields) for contact in demo.contacts],
    }
    if demo.plan:
        members[f"custom.{fields.plan}"] = demo.plan
        members[f"custom.{fields.seats}"] = demo.seats
    if demo.city:
        members["addresses"] = [{"label": "business", "city": demo.city, "country": demo.country}]
    return members


def _contact_members(demo: DemoContact, fields: _FieldIds) -> Json:
    members: dict[str, Any] = {
        "name": demo.name,
        "title": demo.title,
        "emails": [{"email": demo.email, "type": "office"}],
    }
    if demo.phone:
        members["phones"] = [{"phone": demo.phone, "type": "office"}]
    if demo.signed_up is not None:
        members[f"custom.{fields.signed_up}"] = demo.signed_up.isoformat()
        members[f"custom.{fields.source}"] = demo.source
    return members


def _add_note(store: Store, lead_id: str, text: str) -> None:
    by = Actor(store.account.owner.user_id)
    members = store.stamps(by).members()
    note = NoteRecord(id=store.ids.new("acti"), lead_id=lead_id, contact_id=None, note=text, **members)
    store.create(store.notes, note, by)
