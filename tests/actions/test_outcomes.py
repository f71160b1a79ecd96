"""A plan in one sentence reads like one, whatever the records are called."""

from __future__ import annotations

from app.actions.outcomes import describe
from app.actions.plan import Change, ChangeKind, Plan, RecordRef, UpdateLead, Verdict
from app.close.records import LeadWrite


def test_a_company_with_a_full_stop_in_its_name_does_not_get_two() -> None:
    lead = RecordRef("lead", "lead_1", "Acme Inc.")
    change = Change(lead, "Description", "description", None, "new", ChangeKind.SET, "found by Company ID")
    plan = Plan(Verdict.CHANGES, "", (change,), (UpdateLead("lead_1", LeadWrite(description="new")),))
    assert describe(plan, live=True) == "Updated lead Acme Inc. 1 field changed. No new records."
