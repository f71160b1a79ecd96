"""Every row of the decision table, and what must hold whatever the five switches say."""

from __future__ import annotations

import itertools
from dataclasses import fields, replace
from typing import Any

import pytest

from app.actions.field_changes import Vocabulary
from app.actions.plan import (
    ChangeKind,
    CreateContact,
    CreateLead,
    Plan,
    UpdateContact,
    UpdateLead,
    Verdict,
    Write,
)
from app.actions.upsert import BY_EMAIL, BY_USER_ID, Found, Lateness, decide
from app.actions.upsert_payload import ActionSettings, AllowSwitches, UpsertPayload
from app.close.records import Contact, Lead, ListEntry
from tests.actions.builders import COMPANY_FIELD, SETTINGS, USER_FIELD, VOCABULARY, contact, lead, payload

SWITCHES = tuple(one.name for one in fields(AllowSwitches))
EVERY_SETTING = [
    AllowSwitches(**dict(zip(SWITCHES, on, strict=True)))
    for on in itertools.product((True, False), repeat=len(SWITCHES))
]


def found(
    *leads: Lead, people: tuple[Contact, ...] = (), homes: tuple[Lead, ...] = (), by: str = BY_USER_ID
) -> Found:
    return Found(leads, people, {home.id: home for home in (*leads, *homes)}, by if people else "")


def plan_of(event: UpsertPayload, what: Found, late: Lateness | None = None) -> Plan:
    return decide(event, what, VOCABULARY, late)


def shape(plan: Plan) -> list[str]:
    """The writes in short: ``update contact cont_1``, ``create lead``, …"""
    return [_shape(write) for write in plan.writes]


def _shape(write: Write) -> str:
    match write:
        case UpdateContact(contact_id, _):
            return f"update contact {contact_id}"
        case UpdateLead(lead_id, _):
            return f"update lead {lead_id}"
        case CreateContact(lead_id, _):
            return f"create contact on {lead_id}"
        case CreateLead(written):
            return "create lead with contact" if written.contacts else "create lead"


OURS = lead(1, company_id="co_1", name="Old name")
NO_ID = lead(2, name="Old name")
THEIRS = lead(3, company_id="co_2", name="Old name")
INSIDE = contact(1, user_id="u_1", name="Old name")
UNDER_NO_ID = contact(2, "lead_2", user_id="u_1", name="Old name")
UNDER_THEIRS = contact(3, "lead_3", user_id="u_1", name="Old name")

# row of the table: what Close holds, what the event says, the writes with every switch on.
ROWS: dict[str, tuple[Found, UpsertPayload, list[str]]] = {
    "person on the lead": (
        found(OURS, people=(INSIDE,)),
        payload(),
        ["update contact cont_1", "update lead lead_1"],
    ),
    "person elsewhere only": (
        found(OURS, people=(UNDER_THEIRS,), homes=(THEIRS,)),
        payload(),
        ["create contact on lead_1", "update lead lead_1"],
    ),
    "person nowhere, lead known": (
        found(OURS),
        payload(),
        ["create contact on lead_1", "update lead lead_1"],
    ),
    "no person described, lead known": (
        found(OURS),
        payload(contact_name="", contact_email="", contact_external_id=""),
        ["update lead lead_1"],
    ),
    "person without id and email, lead known": (
        found(OURS),
        payload(contact_email="", contact_external_id=""),
        ["update lead lead_1"],
    ),
    "nobody known": (found(), payload(), ["create lead with contact"]),
    "nobody known, no person described": (
        found(),
        payload(contact_name="", contact_email="", contact_external_id=""),
        ["create lead"],
    ),
    "person under another company only": (
        found(people=(UNDER_THEIRS,), homes=(THEIRS,)),
        payload(),
        ["create lead with contact"],
    ),
    "person under a lead without the ID": (
        found(people=(UNDER_NO_ID,), homes=(NO_ID,)),
        payload(),
        ["update contact cont_2", "update lead lead_2"],
    ),
    "some under another company": (
        found(people=(UNDER_NO_ID, UNDER_THEIRS), homes=(NO_ID, THEIRS)),
        payload(),
        ["update contact cont_2", "update lead lead_2"],
    ),
    "no Company ID, person found": (
        found(people=(UNDER_NO_ID, UNDER_THEIRS), homes=(NO_ID, THEIRS)),
        payload(lead_external_id=""),
        ["update contact cont_2", "update contact cont_3", "update lead lead_2", "update lead lead_3"],
    ),
    "no Company ID, person nowhere": (
        found(),
        payload(lead_external_id="", lead_name=""),
        ["create lead with contact"],
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_of_the_table_makes_its_writes(row: str) -> None:
    what, event, expected = ROWS[row]
    plan = plan_of(event, what)
    assert shape(plan) == expected
    assert plan.verdict is Verdict.CHANGES
    assert plan.reason


def allowed(write: str, row: str, allow: AllowSwitches) -> bool:
    """The oracle: which switches a write needs, told independently of the code."""
    if write.startswith("update contact"):
        return allow.update_contacts
    if write.startswith("update lead"):
        return allow.update_leads
    if write.startswith("create contact"):
        return allow.create_contacts
    return allow.create_leads and (allow.create_contacts or write == "create lead")


NEEDS_DUPLICATES = {"person elsewhere only", "person under another company only"}


@pytest.mark.parametrize("row", ROWS)
def test_in_all_settings_of_the_switches_exactly_the_allowed_writes_are_made(row: str) -> None:
    what, event, writes = ROWS[row]
    for allow in EVERY_SETTING:
        plan = plan_of(replace(event, allow=allow), what)
        expected = [write for write in writes if allowed(write, row, allow)]
        if row in NEEDS_DUPLICATES and not allow.duplicate_contacts:
            expected = []
        assert shape(plan) == expected, allow
        assert (plan.verdict is Verdict.CHANGES) == bool(expected)
        if not expected:
            assert plan.verdict is Verdict.SKIPPED
            assert "switched off" in plan.reason


SITUATIONS = [
    found(*leads, people=people, homes=(OURS, NO_ID, THEIRS), by=by)
    for leads in ((), (OURS,))
    for people in (
        (),
        (INSIDE,),
        (UNDER_NO_ID,),
        (UNDER_THEIRS,),
        (UNDER_NO_ID, UNDER_THEIRS),
        (INSIDE, UNDER_NO_ID, UNDER_THEIRS),
    )
    for by in (BY_USER_ID, BY_EMAIL)
]
EVENTS = [
    payload(lead_external_id=company, contact_email=email, contact_external_id=user, contact_title="CTO")
    for company, email, user in itertools.product(("co_1", ""), ("bo@acme.example", ""), ("u_1", ""))
]


@pytest.mark.parametrize(
    "allow", EVERY_SETTING, ids=lambda allow: "".join("-+"[getattr(allow, s)] for s in SWITCHES)
)
def test_no_switch_is_ever_disobeyed(allow: AllowSwitches) -> None:
    for what, event in itertools.product(SITUATIONS, EVENTS):
        plan = plan_of(replace(event, allow=allow), what)
        writes = plan.writes
        made_leads = [write for write in writes if isinstance(write, CreateLead)]
        made_contacts = [write for write in writes if isinstance(write, CreateContact)]
        made_contacts_in_leads = [write for write in made_leads if write.lead.contacts]
        assert allow.create_leads or not made_leads
        assert allow.create_contacts or not (made_contacts or made_contacts_in_leads)
        assert allow.update_leads or not any(isinstance(write, UpdateLead) for write in writes)
        assert allow.update_contacts or not any(isinstance(write, UpdateContact) for write in writes)
        if not allow.duplicate_contacts and what.contacts:
            assert not made_contacts
            assert not made_contacts_in_leads
        assert len(made_leads) + len(made_contacts) <= 1
        assert bool(plan.changes) == bool(writes)
        assert plan.verdict is not Verdict.CHANGES or writes


@pytest.mark.parametrize(
    ("members", "settings"),
    [
        ({"lead_external_id": "", "contact_email": "", "contact_external_id": ""}, SETTINGS),
        ({"lead_external_id": "", "contact_email": ""}, ActionSettings(COMPANY_FIELD, None)),
        ({"contact_email": "", "contact_external_id": ""}, ActionSettings(None, USER_FIELD)),
        ({"contact_email": ""}, ActionSettings(None, None)),
    ],
)
def test_an_event_that_could_not_be_found_again_is_skipped(
    members: dict[str, Any], settings: ActionSettings
) -> None:
    plan = decide(payload(**members), Found(), Vocabulary(settings))
    assert (plan.verdict, plan.writes) == (Verdict.SKIPPED, ())
    assert plan.reason.startswith("Nothing to match on")


def test_a_record_deleted_in_close_is_not_created_again() -> None:
    plan = plan_of(payload(), Found(deleted="the lead of company co_1"))
    assert (plan.verdict, plan.writes) == (Verdict.SKIPPED, ())
    assert plan.reason == "Deleted in Close: the lead of company co_1. It is not created again."


@pytest.mark.parametrize(
    ("members", "name"),
    [
        ({}, "Acme"),
        ({"lead_name": ""}, "Bo Li"),
        ({"lead_name": "", "contact_name": ""}, "bo@acme.example"),
        ({"lead_name": "", "contact_name": "", "contact_email": ""}, "u_1"),
    ],
)
def test_a_new_lead_is_named_after_the_company_else_the_person(members: dict[str, str], name: str) -> None:
    (write,) = plan_of(payload(**members), found()).writes
    assert isinstance(write, CreateLead)
    assert write.lead.name == name
    assert write.lead.custom == {COMPANY_FIELD: "co_1"}
    assert write.lead.contacts[0].custom == {USER_FIELD: "u_1"}


def test_an_existing_lead_is_never_named_after_the_person() -> None:
    plan = plan_of(payload(lead_name=""), found(OURS, people=(replace(INSIDE, name="Bo Li"),)))
    assert plan.verdict is Verdict.UNCHANGED


def test_of_several_leads_with_the_id_the_oldest_is_used_and_the_others_are_named() -> None:
    plan = plan_of(payload(), found(OURS, lead(5, company_id="co_1", name="Twin")))
    assert shape(plan) == ["create contact on lead_1", "update lead lead_1"]
    assert "Twin (lead_5)" in plan.notes[0]


def test_only_the_oldest_of_several_leads_without_the_id_gets_it() -> None:
    homes = (lead(8, name="Acme"), lead(7, name="Acme"))
    people = (contact(1, "lead_8", user_id="u_1"), contact(2, "lead_7", user_id="u_1"))
    plan = plan_of(payload(), found(people=people, homes=homes))
    assert shape(plan) == ["update lead lead_7"]


def test_no_lead_gets_the_id_when_one_of_them_carries_it() -> None:
    homes = (lead(7, name="Acme"), lead(8, name="Acme", company_id="co_1"))
    people = (contact(1, "lead_7", user_id="u_1"), contact(2, "lead_8", user_id="u_1"))
    assert plan_of(payload(), found(people=people, homes=homes)).verdict is Verdict.UNCHANGED


def test_ten_contacts_at_most_are_updated_with_their_leads_and_the_rest_is_said() -> None:
    people = tuple(contact(number, f"lead_{number}", name="Old", user_id="u_1") for number in range(1, 12))
    homes = tuple(lead(number, name="Old") for number in range(1, 12))
    plan = plan_of(payload(lead_external_id=""), found(people=people, homes=homes))
    assert len([write for write in plan.writes if isinstance(write, UpdateContact)]) == 10
    assert len([write for write in plan.writes if isinstance(write, UpdateLead)]) == 10
    assert "lead_11" not in " ".join(shape(plan))
    assert plan.notes[0].startswith("More than 10 contacts share this User ID")


def test_several_contacts_are_named() -> None:
    people = (contact(1, name="Bo"), contact(2, name="Bob"))
    plan = plan_of(payload(), found(OURS, people=people, by=BY_EMAIL))
    assert plan.notes[0] == "2 contacts share this email: Bo, Bob."


def test_contacts_left_alone_are_counted() -> None:
    what = found(people=(UNDER_NO_ID, UNDER_THEIRS), homes=(NO_ID, THEIRS))
    assert "1 contact was left alone" in plan_of(payload(), what).notes[0]


def test_a_contact_found_by_email_gets_the_user_id() -> None:
    plan = plan_of(payload(), found(OURS, people=(contact(1),), by=BY_EMAIL))
    (write,) = (write for write in plan.writes if isinstance(write, UpdateContact))
    assert write.contact.custom == {USER_FIELD: "u_1"}


def test_an_id_of_ours_never_replaces_another_one() -> None:
    plan = plan_of(payload(), found(lead(1, company_id="co_other"), people=(contact(1, user_id="u_other"),)))
    assert plan.verdict is Verdict.UNCHANGED


@pytest.mark.parametrize(
    ("member", "held", "given", "expected"),
    [
        ("email", "bo@acme.example", " BO@Acme.example ", 1),
        ("email", "bo@acme.example", "bo@home.example", 2),
        ("phone", "+14155550132", "+1 (415) 555-0132", 1),
        ("phone", "+14155550132", "+14155550133", 2),
        ("url", "https://Acme.example/", "https://acme.example", 1),
        ("url", "https://acme.example/a", "https://acme.example/A", 2),
    ],
)
def test_lists_are_appended_to_and_never_shrink(member: str, held: str, given: str, expected: int) -> None:
    before = (ListEntry(held, "mobile"),)
    person = replace(contact(1, user_id="u_1", email=""), **{f"{member}s": before})
    event = replace(payload(contact_email=""), **{f"contact_{member}": given})
    plan = plan_of(event, found(lead(1, company_id="co_1"), people=(person,)))
    if expected == 1:
        assert plan.verdict is Verdict.UNCHANGED
        return
    (write,) = plan.writes
    assert isinstance(write, UpdateContact)
    after = getattr(write.contact, f"{member}s")
    assert after[:1] == before
    assert after[1].value == given
    (change,) = plan.changes
    assert (change.kind, change.before, change.after) == (ChangeKind.APPEND, held, given)


def test_nothing_empty_ever_clears_a_value() -> None:
    person = replace(
        INSIDE,
        title="CTO",
        phones=(ListEntry("+14155550132", "office"),),
        custom={USER_FIELD: "u_1", "cf_a": "x"},
    )
    company = replace(OURS, description="About", custom={COMPANY_FIELD: "co_1", "cf_b": ["x"]})
    for empty in (None, "", "  ", [], {}, [None, ""]):
        event = payload(
            lead_name="",
            contact_name="",
            contact_email="",
            lead_custom={"cf_b": empty, COMPANY_FIELD: ""},
            contact_custom={"cf_a": empty, USER_FIELD: None},
        )
        plan = plan_of(event, found(company, people=(person,)))
        assert (plan.verdict, plan.writes) == (Verdict.UNCHANGED, ()), empty


def test_a_late_event_fills_blanks_appends_and_overwrites_nothing() -> None:
    person = contact(1, user_id="", name="Bo Li", custom={"cf_a": "new", "cf_zero": 0})
    company = lead(1, company_id="", name="Acme", description="About")
    event = payload(
        lead_name="Old Acme",
        lead_description="Old",
        contact_name="Old Bo",
        contact_title="CTO",
        contact_email="bo@old.example",
        contact_custom={"cf_a": "old", "cf_b": "blank", "cf_zero": "1"},
    )
    late = Lateness(frozenset({"cont_1", "lead_1"}))
    plan = plan_of(event, found(people=(person,), homes=(company,), by=BY_EMAIL), late)
    written = {change.field_id: change.after for change in plan.changes}
    assert written == {
        "title": "CTO",
        "emails": "bo@old.example",
        f"custom.{USER_FIELD}": "u_1",
        "custom.cf_b": "blank",
        f"custom.{COMPANY_FIELD}": "co_1",
    }
    assert plan.notes == (
        "3 values were not written to Bo Li: a later event has set them already.",
        "2 values were not written to Acme: a later event has set them already.",
    )


def test_only_records_that_hold_everything_count_as_settled() -> None:
    what = found(OURS, people=(INSIDE,))
    everything = plan_of(payload(), what)
    assert [one.id for one in everything.settled] == ["cont_1", "lead_1"]
    held_back = plan_of(payload(update_contacts=False), what)
    assert [one.id for one in held_back.settled] == ["lead_1"]
