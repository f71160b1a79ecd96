"""The sentences under the rows: counts, examples, severities."""

from __future__ import annotations

from typing import Any

import pytest

from app.actions.action_definitions import DELETE, MERGE, RECORD, UPSERT
from app.json_value import JsonValue
from app.segment.close_destination import ActionDefinition
from app.segment.event_variables import collect
from app.workflows.mapping_editor.advice import Advice, MappingUnderReview, Severity, advise
from app.workflows.mapping_editor.evaluation import Evaluator
from app.workflows.mapping_editor.statistics import statistics_of
from tests.workflows.mapping_editor.builders import (
    COMPANY_FIELD,
    PLAN,
    SEATS,
    TAGS,
    identify,
    path,
    spec,
    vocabulary,
)

IDS: dict[str, JsonValue] = {"contact_external_id": path("userId"), "lead_external_id": path("groupId")}


def advice(
    mapping: dict[str, JsonValue],
    events: list[dict[str, Any]] | None = None,
    *,
    action: ActionDefinition = UPSERT,
    made_up: bool = False,
    **known: Any,
) -> list[Advice]:
    names = vocabulary(SEATS, PLAN, TAGS, **known)
    written = spec(mapping, action=action, trigger='type = "identify"')
    evaluator = Evaluator(written, action, names)
    bodies = events or []
    statistics, variables = statistics_of(evaluator, bodies), collect(bodies)
    review = MappingUnderReview(mapping, action, names, evaluator.targets, statistics, variables, made_up)
    return list(advise(review))


def told(
    key: str, mapping: dict[str, JsonValue], events: list[dict[str, Any]] | None = None, **more: Any
) -> list[tuple[str, str]]:
    return [
        (found.severity.value, found.text)
        for found in advice({**IDS, **mapping}, events, **more)
        if found.key == key
    ]


def some(number: int, of: int, **traits: Any) -> list[dict[str, Any]]:
    """``of`` events, the first ``number`` of them with these traits."""
    return [identify(f"u_{at}", **(traits if at < number else {})) for at in range(of)]


def seats(*sent: Any) -> list[dict[str, Any]]:
    return [identify(f"u_{at}", seats=value) for at, value in enumerate(sent)]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (
            some(88, 200, phone="+44 20 7946 0011"),
            ("warning", "Empty in 112 of 200 events. Then left as it is."),
        ),
        (some(8, 10, phone="+44 20 7946 0011"), ("info", "Empty in 2 of 10 events. Then left as it is.")),
        ([identify(phone="")], ("warning", "Empty in 1 of 1 event. Then left as it is.")),
        (2 * [identify(phone="")], ("warning", "Empty in all 2 events. Then left as it is.")),
    ],
)
def test_empty_values_are_counted(events: Any, expected: tuple[str, str]) -> None:
    assert expected in told("contact_phone", {"contact_phone": path("traits", "phone")}, events)


def test_what_the_built_in_samples_lack_is_no_warning() -> None:
    mapping = {**IDS, "contact_phone": path("traits.phone"), f"lead_custom_fields.{SEATS.id}": path("x")}
    events = [*some(1, 3, phone="+44 20 7946 0011"), *seats("ten")]
    warned = [found for found in advice(mapping, events) if found.severity is Severity.WARNING]
    assert any("Empty in 3 of 4 events" in found.text for found in warned)
    assert not [found for found in advice(mapping, events, made_up=True) if found in warned]


def test_where_ids_only_find_people_emptiness_says_who_is_found() -> None:
    events = [identify("", email=""), identify("u_1", email="a@x.example")]
    email: dict[str, JsonValue] = {"contact_email": path("traits", "email")}
    user: dict[str, JsonValue] = {"contact_external_id": path("userId")}

    def about(mapping: dict[str, JsonValue], **more: Any) -> list[str]:
        return [one.text for one in advice(mapping, events, action=DELETE, **more)]

    assert about({**user, **email}) == [
        "Empty in 1 of 2 events. Then the person is found by email.",
        "Empty in 1 of 2 events. Then the person is found by User ID.",
    ]
    assert about(user) == ["Empty in 1 of 2 events. Then nobody is found."]
    assert about(user, ids=False)[1] == "No User ID field is set, so people are found by email only."


def test_text_in_a_number_field_is_told_with_an_example() -> None:
    mapping: dict[str, JsonValue] = {"lead_custom_fields": {"cf_seats": path("traits", "seats")}}
    key = "lead_custom_fields.cf_seats"
    assert told(key, mapping, seats(*3 * ["ten"], *range(197))) == [
        ("warning", "3 of 200 events send text to this number field (“ten”).")
    ]
    assert told(key, mapping, seats("ten", 2)) == [
        ("warning", "1 of 2 events sends text to this number field (“ten”).")
    ]


def test_events_that_would_write_nothing_are_counted() -> None:
    mapping: dict[str, JsonValue] = {**IDS, "lead_custom_fields": {"cf_seats": path("traits", "seats")}}
    assert advice(mapping, seats("ten", 2, 3))[0] == Advice(
        "",
        Severity.WARNING,
        "1 of 3 events would fail and write nothing, because a value does not fit its field.",
    )


def test_choices_that_are_not_in_the_list_are_named() -> None:
    mapping: dict[str, JsonValue] = {"lead_custom_fields": {"cf_plan": path("traits", "seats")}}
    assert told("lead_custom_fields.cf_plan", mapping, seats("Gold", "Silver", "trial")) == [
        ("warning", "2 of 3 events send a choice that is not in the list (“Gold”, “Silver”).")
    ]


def test_a_list_in_a_text_field_is_told_as_undelivered() -> None:
    found = advice({**IDS, "contact_title": path("traits", "seats")}, seats([1, 2]))
    assert [one.text for one in found if one.key == "contact_title"] == [
        "1 of 1 event sends a list to this text field, which Segment does not deliver."
    ]
    assert found[0] == Advice("", Severity.ERROR, "The event is not delivered; the rows below say why.")


def test_lists_of_contacts_are_told_to_grow() -> None:
    assert told("contact_email", {"contact_email": path("traits", "email")}) == [
        ("info", "Email is appended, not replaced.")
    ]
    assert ("info", "Phone is appended, not replaced.") in told("contact_phone", {"contact_phone": "1"})


def test_people_found_by_email_may_be_several() -> None:
    sharing = ("info", "Several contacts may share this email; up to 10 are updated.")
    mapping: dict[str, JsonValue] = {"contact_email": path("traits", "email")}
    assert sharing in told("contact_email", mapping, ids=False)
    assert sharing not in told("contact_email", mapping)
    events = [identify("u_1", email="a@x.example"), identify("u_2", email="a@x.example")]
    assert told("contact_email", mapping, events) == [
        ("warning", "1 address comes with several user ids (“a@x.example” with 2)."),
        ("info", "Email is appended, not replaced."),
        sharing,
    ]


def test_ids_without_a_field_to_hold_them_are_told() -> None:
    assert told("contact_external_id", {}, ids=False) == [
        ("warning", "No User ID field is set, so this is not written and people are found by email only.")
    ]
    assert told("lead_external_id", {}, ids=False) == [
        (
            "warning",
            "No Company ID field is set, so this is not written and leads are found by their contacts.",
        )
    ]


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (
            UPSERT,
            "Nothing says whom an event is about, so all are skipped. Map User ID, Email or Company ID.",
        ),
        (DELETE, "Nothing says whom an event is about, so all are skipped. Map User ID or Email."),
        (
            RECORD,
            "Nothing says whom an event is about, so all are skipped. Map User ID, Email or Company ID.",
        ),
        (MERGE, "A merge needs both ids. Map Previous user ID and User ID."),
    ],
)
def test_a_mapping_that_identifies_nobody_is_an_error(action: ActionDefinition, text: str) -> None:
    assert advice({}, action=action) == [Advice("", Severity.ERROR, text)]


def test_ids_that_no_field_holds_identify_nobody() -> None:
    text = (
        "No field in Close holds these ids, so nobody is found and all events are skipped. "
        "Map Email, or choose the ID fields."
    )
    error = Advice("", Severity.ERROR, text)
    assert advice({**IDS}, ids=False)[0] == error
    assert error not in advice({**IDS})
    assert error not in advice({**IDS, "contact_email": path("traits", "email")}, ids=False)


def test_a_mapping_of_which_nothing_is_delivered_says_so() -> None:
    found = advice({**IDS, "contact_title": path("traits", "seats")}, seats([1, 2], [3, 4]))
    assert found[0].text == "None of 2 events would be delivered; the rows below say why."


def test_liquid_that_is_too_long_is_told_without_any_event() -> None:
    mapping: dict[str, JsonValue] = {
        "contact_name": {"@case": {"operator": "upper", "value": {"@liquid": "x" * 1204}}}
    }
    assert told("contact_name", mapping) == [
        ("error", "This Liquid template has 1,204 characters; Segment runs 1,000 at most.")
    ]


def test_a_path_that_no_event_has_is_named() -> None:
    events = some(3, 3, phone="1")
    assert told("contact_title", {"contact_title": path("traits", "jobTitle")}, events) == [
        ("warning", "No event has traits.jobTitle. Then left as it is.")
    ]
    fallback: dict[str, JsonValue] = {
        "contact_title": {
            "@if": {
                "exists": path("traits", "jobTitle"),
                "then": path("traits", "jobTitle"),
                "else": path("traits", "phone"),
            }
        }
    }
    assert told("contact_title", fallback, events) == []


def test_items_of_a_list_the_events_have_are_known() -> None:
    mapping: dict[str, JsonValue] = {"contact_title": {"@path": "$.traits.roles.0"}}
    assert told("contact_title", mapping, [identify(roles=["CTO"])]) == []


def test_a_value_that_never_varies_is_told_only_when_it_is_read() -> None:
    events = some(20, 20, title="CEO")
    assert told("contact_title", {"contact_title": path("traits", "title")}, events) == [
        ("info", "The same value in all 20 events (“CEO”).")
    ]
    assert told("contact_title", {"contact_title": "CEO"}, events) == []


def test_objects_in_text_are_told() -> None:
    mapping: dict[str, JsonValue] = {"contact_title": {"@template": "At {{traits.company}}"}}
    events = [identify(company={"name": "A"}), identify(company="B")]
    assert told("contact_title", mapping, events) == [
        ("warning", "1 of 2 events puts an object into text, which reads “[object Object]”.")
    ]


def test_a_part_that_cannot_run_is_an_error() -> None:
    ((severity, text),) = told("contact_title", {"contact_title": {"@nope": 1}}, [identify()])
    assert severity == "error"
    assert text.startswith("This cannot run: expected")


def test_fields_that_close_lost_and_id_fields_are_told() -> None:
    gone: dict[str, JsonValue] = {"lead_custom_fields": {"cf_gone": "x"}}
    assert told("lead_custom_fields.cf_gone", gone, [identify()]) == [
        ("error", "No longer exists in Close. Pick another.")
    ]
    own: dict[str, JsonValue] = {"lead_custom_fields": {COMPANY_FIELD: "x"}}
    assert told(f"lead_custom_fields.{COMPANY_FIELD}", own, [identify()]) == [
        ("warning", "Company ID is filled by its own row; this value is not used.")
    ]


def test_lead_fields_say_which_lead_they_go_to() -> None:
    lead: dict[str, JsonValue] = {"lead_custom_fields": {"cf_seats": 1}}

    def about(mapping: dict[str, JsonValue]) -> list[str]:
        return [one.text for one in advice(mapping) if one.key == "lead_custom_fields.cf_seats"]

    assert about({**lead, **IDS}) == []
    assert about({**lead, "contact_external_id": path("userId")}) == [
        "Without a Company ID this goes to the lead of the contact that is found."
    ]
    everything: dict[str, JsonValue] = {"@merge": {"objects": [path("traits"), lead], "direction": "right"}}
    assert about(everything) == []
    assert about(lead) == ["The lead cannot be found: map Company ID, User ID or Email."]
    assert about({**lead, **IDS, "allow_updating_existing_leads": False}) == [
        "Only new leads get this: updating existing leads is off."
    ]


def test_a_rule_that_is_off_says_what_that_means() -> None:
    assert told("allow_creating_new_leads", {"allow_creating_new_leads": False}) == [
        ("info", "Off: an event that finds no lead and no contact changes nothing.")
    ]


def test_a_healthy_mapping_over_good_events_has_nothing_to_warn_of() -> None:
    events = [
        {
            **identify(f"u_{at}", name=f"Ada {at}", email=f"a{at}@x.example", phone="1", website="x"),
            "groupId": f"co_{at}",
        }
        for at in range(5)
    ]
    mapping: dict[str, JsonValue] = {**IDS, "contact_name": path("traits", "name")}
    assert advice(mapping, events) == []
