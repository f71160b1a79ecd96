from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.errors import AppError
from app.segment.close_destination import ACTION
from app.storage.profile import FieldRef, MappingSpec, Profile
from app.workflows.entry_check import EntryLine, Verdict, check_entries
from app.workflows.straight_limits import straight_limits
from app.workflows.webhook_sheet import webhook_sheet, webhook_trigger

COMPANY, USER = "lead_custom_field_id_for_company_id", "contact_custom_field_id_for_user_id"
SPEC = MappingSpec("People", ACTION.slug, 'type = "identify"', ACTION.default_mapping())
PROFILE = Profile(
    "0" * 32,
    "default",
    company_field=FieldRef("cf_lead1", "Company ID"),
    user_field=FieldRef("cf_contact1", "User ID"),
    mappings=(SPEC,),
)
RIGHT = {
    "settings": {"api_key": "•••", COMPANY: "cf_lead1", USER: "cf_contact1"},
    "mappings": [{"name": "People", "trigger": SPEC.trigger, "mapping": dict(SPEC.mapping)}],
}


def one(settings: dict[str, str], key: str = COMPANY) -> EntryLine:
    labels = {COMPANY: "Lead Custom Field ID for Company ID", USER: "Contact Custom Field ID for User ID"}
    lines = check_entries(PROFILE, json.dumps({"settings": {USER: "cf_contact1", **settings}}))
    return next(line for line in lines if line.label == labels[key])


def test_what_was_entered_rightly_is_equal_in_every_value() -> None:
    lines = check_entries(PROFILE, json.dumps(RIGHT))
    assert {line.verdict for line in lines} == {Verdict.EQUAL}
    assert len(lines) == 2 + 1 + len(SPEC.mapping)


def test_the_wrapping_of_the_public_api_is_seen_through() -> None:
    wrapped = {"data": {"destination": RIGHT}}
    assert check_entries(PROFILE, json.dumps(wrapped)) == check_entries(PROFILE, json.dumps(RIGHT))


@pytest.mark.parametrize(
    ("entered", "cause"),
    [
        (" cf_lead1 ", "spaces"),
        ("cf_contact1", "swapped"),
        ("company id", "name"),
        ("cf_other", "another organization"),
        ("Company", "start with cf_"),
    ],
)
def test_a_wrong_field_id_comes_with_its_likely_cause(entered: str, cause: str) -> None:
    line = one({COMPANY: entered})
    assert (line.verdict, line.wanted, line.entered) == (Verdict.DIFFERS, "cf_lead1", entered)
    assert cause in line.cause


def test_an_empty_field_id_is_missing() -> None:
    assert one({COMPANY: ""}).verdict is Verdict.MISSING


def test_a_key_in_the_wrong_field_is_named_and_not_shown() -> None:
    line = one({COMPANY: "api_very.secret"})
    assert "API key" in line.cause
    assert "secret" not in repr(line)


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ("traits.email", "fixed text"),
        ("$.traits.Email", "small letters"),
        ("$.traits.email ", "spaces"),
    ],
)
def test_single_values_by_label_are_compared_alone(value: str, cause: str) -> None:
    [line] = check_entries(PROFILE, json.dumps({"Contact Email": value}))
    assert line.verdict is Verdict.DIFFERS
    assert cause in line.cause


def test_switches_and_paths_count_as_equal_as_they_are_typed() -> None:
    entered = {"Allow creating new Leads": "On", "Contact Email": "$.traits.email"}
    lines = check_entries(PROFILE, json.dumps(entered))
    assert [line.verdict for line in lines] == [Verdict.EQUAL, Verdict.EQUAL]


def test_a_mapping_that_is_not_there_is_missing() -> None:
    two = replace(PROFILE, mappings=(SPEC, replace(SPEC, name="Demos")))
    lines = check_entries(two, json.dumps(RIGHT))
    assert [line.place for line in lines if line.verdict is Verdict.MISSING] == ["Demos"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("{", "ENTRY-JSON"), ("3", "ENTRY-JSON"), ('{"a": 1}', "ENTRY-NOTHING"), ("[" * 99999, "ENTRY-JSON")],
)
def test_what_is_no_destination_is_refused_in_words(text: str, code: str) -> None:
    with pytest.raises(AppError) as error:
        check_entries(PROFILE, text)
    assert error.value.code == code


def test_limits_of_the_straight_path_are_named() -> None:
    other = MappingSpec("Merge", "mergeLeads", "", {})
    odd = replace(SPEC, name="Odd", mapping={"lead_external_id": "x", "lead_owner": "y"})
    words = straight_limits(replace(PROFILE, company_field=None, mappings=(other, odd)))
    assert "“Merge” does something" in words[0]
    assert "lead_owner" in words[1]
    assert "no ID field" in words[2]
    assert "one request per event" in words[-1]


def test_the_webhook_sheet_holds_no_secret_and_follows_segments_order() -> None:
    settings, mapping = webhook_sheet(PROFILE, "https://relay.example/hook")
    assert [(line.value, line.secret) for line in settings.lines] == [("", True)]
    assert [line.label for line in mapping.lines[1:]] == [
        "Trigger",
        "URL",
        "Method",
        "Headers",
        "Data",
        "Enable Batching",
        "Batch Size",
    ]
    assert mapping.lines[2].value == "https://relay.example/hook"


def test_a_lone_trigger_is_handed_on_and_several_let_every_type_through() -> None:
    assert webhook_trigger((SPEC,)) == SPEC.trigger
    both = webhook_trigger((SPEC, replace(SPEC, trigger='type = "track"')))
    assert 'type = "track"' in both
    assert 'type = "identify"' in both
