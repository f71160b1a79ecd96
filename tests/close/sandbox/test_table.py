"""Who ever held a custom value."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.close.sandbox.application import Sandbox
from app.close.sandbox.clock import VirtualClock
from app.close.sandbox.store import Store


def test_a_record_is_known_by_its_present_and_its_former_values_in_any_letter_case() -> None:
    sandbox = Sandbox(store=Store(clock=VirtualClock()))
    field = sandbox.person.add_field("lead", "Company ID")
    first, second = (
        sandbox.person.add_lead({"name": name, f"custom.{field.id}": "Co_1"}) for name in ("A", "B")
    )
    leads = sandbox.store.leads
    assert leads.ever_held(field.id, "cO_1") == [first.id, second.id]
    sandbox.person.edit_lead(first.id, {f"custom.{field.id}": "co_2"})
    assert leads.ever_held(field.id, "co_1") == [first.id, second.id]
    assert leads.ever_held(field.id, "co_2") == [first.id]
    assert leads.ever_held(field.id, "co_3") == []


def test_every_value_of_a_field_with_several_counts() -> None:
    clock = VirtualClock()
    sandbox = Sandbox(store=Store(clock=clock))
    lead = sandbox.person.add_lead({"name": "A"})
    leads = sandbox.store.leads
    leads.put(replace(lead, custom={"cf_tags": ("red", "blue")}), clock.now() + timedelta(seconds=1))
    assert leads.ever_held("cf_tags", "blue") == leads.ever_held("cf_tags", "red") == [lead.id]
