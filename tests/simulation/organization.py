"""The organization in which every history plays: empty but for its custom fields."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from app.close.sandbox.application import Sandbox
from app.close.sandbox.entities import FieldRecord
from app.close.sandbox.ids import IdSource
from app.close.sandbox.store import Store
from app.close.sandbox.switches import Switches
from tests.simulation.virtual_loop import LoopClock

COMPANY, USER = "cf_company", "cf_user"
PLAN, SEATS, SIGNED_UP, SOURCE, LAST_SEEN = "cf_plan", "cf_seats", "cf_signed", "cf_source", "cf_seen"
PLANS = ("Free", "Pro")

_FIELDS = (
    (COMPANY, "lead", "Company ID", "text"),
    (USER, "contact", "User ID", "text"),
    (PLAN, "lead", "Plan", "choices"),
    (SEATS, "lead", "Seats", "number"),
    (SIGNED_UP, "contact", "Signed up", "date"),
    (SOURCE, "contact", "Source", "text"),
    (LAST_SEEN, "contact", "Last seen", "datetime"),
)


def organization(clock: LoopClock, seed: int, switches: dict[str, Any]) -> Sandbox:
    """A sandbox whose ids depend on the seed alone."""
    store = Store(clock=clock, ids=IdSource(random.Random(f"ids {seed}")))
    sandbox = Sandbox(store=store, switches=Switches(**switches), clock=clock)
    made = [sandbox.person.add_field(kind, name, shape) for _, kind, name, shape in _FIELDS]  # type: ignore[arg-type]
    for field, (field_id, *_) in zip(made, _FIELDS, strict=True):
        _rename(store, field, field_id)
    store.settle()
    sandbox.calls.clear()
    return sandbox


def _rename(store: Store, field: FieldRecord, field_id: str) -> None:
    """An id that can be written into a mapping before there is a sandbox."""
    choices = PLANS if field_id == PLAN else ()
    store.fields.remove(field.id, store.clock.now())
    store.fields.put(replace(field, id=field_id, choices=choices), store.clock.now())
