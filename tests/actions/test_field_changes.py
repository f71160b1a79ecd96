"""One record against one payload: names, forms and what is sent."""

from __future__ import annotations

from dataclasses import replace

from app.actions.field_changes import Vocabulary, compare_contact, compare_lead
from app.actions.plan import ChangeKind
from app.actions.upsert_payload import read_payload
from app.close.records import ContactWrite, CustomField, LeadWrite, ListEntry
from tests.actions.builders import COMPANY_FIELD, SETTINGS, USER_FIELD, VOCABULARY, contact, lead, payload

SEATS = CustomField("cf_seats", "Seats", "number", "lead")
KNOWING = Vocabulary(SETTINGS, {SEATS.id: SEATS}, {"stat_1": "Potential", "stat_2": "Customer"})


def test_a_new_contact_gets_everything_the_event_says() -> None:
    event = payload(contact_phone="+14155550132", contact_url="https://acme.example", contact_title="CTO")
    difference = compare_contact(event, None, VOCABULARY, reason="new")
    assert difference.write == ContactWrite(
        name="Bo Li",
        title="CTO",
        emails=(ListEntry("bo@acme.example", "office"),),
        phones=(ListEntry("+14155550132", "office"),),
        urls=(ListEntry("https://acme.example", "url"),),
        custom={USER_FIELD: "u_1"},
    )
    assert {change.kind for change in difference.changes} == {ChangeKind.CREATE}
    assert [change.field for change in difference.changes] == [
        "Name",
        "Title",
        "Email",
        "Phone",
        "URL",
        "User ID",
    ]
    assert {change.record.name for change in difference.changes} == {"Bo Li"}


def test_only_what_differs_is_sent() -> None:
    difference = compare_contact(
        payload(contact_title="CTO"), contact(1, user_id="u_1"), VOCABULARY, reason="found"
    )
    assert difference.write == ContactWrite(title="CTO")
    assert difference.matching == 3


def test_custom_values_are_compared_in_their_own_form_and_named() -> None:
    event = payload(lead_external_id="", lead_name="", lead_custom={"cf_seats": "12", "cf_unknown": 3})
    held = lead(1, custom={"cf_seats": 0, "cf_unknown": "3"})
    difference = compare_lead(event, held, KNOWING, reason="found")
    (change,) = difference.changes
    assert (change.field, change.field_id, change.before, change.after) == ("Seats", "custom.cf_seats", 0, 12)
    assert difference.write == LeadWrite(custom={"cf_seats": 12})
    assert difference.matching == 1


def test_a_status_is_shown_by_its_label_and_sent_by_its_id() -> None:
    event = payload(lead_external_id="", lead_name="", lead_status_id="stat_2")
    difference = compare_lead(event, lead(1), KNOWING, reason="found")
    assert difference.write == LeadWrite(status_id="stat_2")
    (change,) = difference.changes
    assert (change.before, change.after) == ("Potential", "Customer")
    same = compare_lead(replace(event, lead_status_id="stat_1"), lead(1), KNOWING, reason="found")
    assert (same.write, same.matching) == (None, 1)


def test_the_id_fields_cannot_be_reached_through_the_custom_fields() -> None:
    event = payload(lead_custom={COMPANY_FIELD: "other"}, contact_custom={USER_FIELD: "other"})
    made = compare_lead(event, None, VOCABULARY, reason="new")
    assert made.write is not None
    assert made.write.custom == {COMPANY_FIELD: "co_1"}
    person = compare_contact(event, None, VOCABULARY, reason="new")
    assert person.write is not None
    assert person.write.custom == {USER_FIELD: "u_1"}


def test_a_payload_is_trimmed_printable_and_open_where_no_switch_is_given() -> None:
    read = read_payload(
        {
            "contact_name": "  Bo\u0000 \u202eLi ",
            "lead_description": "a\nb",
            "contact_email": None,
            "lead_custom_fields": {"cf_a": None, "cf_b": "", "cf_c": 0},
            "allow_creating_new_leads": False,
        }
    )
    assert (read.contact_name, read.lead_description, read.contact_email) == ("Bo Li", "a\nb", "")
    assert read.lead_custom == {"cf_c": 0}
    assert (read.allow.create_leads, read.allow.update_leads) == (False, True)
