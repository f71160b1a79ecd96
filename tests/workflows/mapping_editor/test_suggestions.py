"""What is proposed for unmapped targets: by name and by value, with a reason, ticked only when sure."""

from __future__ import annotations

import random
from typing import Any

import pytest

from app.actions.action_definitions import MERGE, UPSERT
from app.close.records import CustomField
from app.segment.close_destination import ActionDefinition
from app.segment.event_variables import collect
from app.segment.value_expression import ChangeCase, Coalesce, Joined, LetterCase, Text, Variable
from app.segment.value_writer import write
from app.workflows.mapping_editor.evaluation import ValueState, evaluate
from app.workflows.mapping_editor.suggestions import Suggestion, SuggestionSources, suggest
from app.workflows.mapping_editor.targets import targets_of, with_value
from app.workflows.mapping_editor.value_shapes import Shape, shape_of
from app.workflows.mapping_editor.variable_names import in_words, name_of
from app.workflows.samples import built_in_samples
from tests.workflows.mapping_editor.builders import PLAN, SEATS, field, identify, path, spec, vocabulary


def proposals(
    events: list[dict[str, Any]],
    *fields: CustomField,
    mapping: Any = None,
    action: ActionDefinition = UPSERT,
    **more: Any,
) -> list[Suggestion]:
    names = vocabulary(*fields)
    targets = targets_of(action, names, mapping or {})
    return list(suggest(targets, mapping or {}, names, SuggestionSources(collect(events), events, **more)))


def best(key: str, events: list[dict[str, Any]], *fields: CustomField, **more: Any) -> Suggestion | None:
    return next((one for one in proposals(events, *fields, **more) if one.key == key), None)


def told(key: str, events: list[dict[str, Any]], *fields: CustomField, **more: Any) -> tuple[str, str, bool]:
    found = best(key, events, *fields, **more)
    assert found
    return found.source, found.confidence.value, found.ticked


def people(number: int, **traits: list[Any]) -> list[dict[str, Any]]:
    return [
        identify(f"u_{at}", **{name: values[at % len(values)] for name, values in traits.items()})
        for at in range(number)
    ]


EMAILS = people(4, email=["ada@x.example", "bob@x.example"])


def test_the_same_name_with_fitting_values_is_sure_and_says_why() -> None:
    found = best("contact_email", EMAILS)
    assert found
    assert (found.expression, found.confidence.value, found.ticked) == (
        Variable(("traits", "email")),
        "sure",
        True,
    )
    assert found.reason == "same name, an email in 4 of 4 events"


@pytest.mark.parametrize(
    ("key", "trait", "value", "confidence"),
    [
        ("contact_phone", "mobile", "+44 20 7946 0011", "sure"),
        ("contact_phone", "phoneNumber", "+44 20 7946 0011", "sure"),
        ("contact_title", "jobTitle", "CTO", "sure"),
        ("contact_title", "job_title", "CTO", "sure"),
        ("contact_title", "Job Title", "CTO", "sure"),
        ("contact_title", "role", "CTO", "likely"),
        ("contact_name", "fullName", "Ada Lovelace", "sure"),
        ("contact_email", "email_address", "ada@x.example", "sure"),
        ("lead_name", "companyName", "Acme", "sure"),
        ("lead_name", "company", "Acme", "sure"),
        ("lead_name", "organization_name", "Acme", "sure"),
        ("lead_name", "Account Name", "Acme", "sure"),
        ("lead_external_id", "company_id", 7, "sure"),
    ],
)
def test_other_spellings_and_words_are_found(key: str, trait: str, value: Any, confidence: str) -> None:
    assert told(key, [identify(**{trait: value})]) == (
        f"traits.{trait}",
        confidence,
        confidence == "sure",
    )


def test_a_name_whose_values_do_not_fit_is_not_sure() -> None:
    half = people(4, email=["ada@x.example", "none"])
    assert told("contact_email", half) == ("traits.email", "likely", False)
    assert best("contact_email", people(4, email=["none"])) is None


def test_a_rare_variable_is_not_ticked() -> None:
    events = [identify(phone="+44 20 7946 0011"), *people(30, plan=["team"])]
    assert told("contact_phone", events) == ("traits.phone", "likely", False)


def test_addresses_in_mixed_case_are_lowered() -> None:
    found = best("contact_email", people(2, email=["Ada@X.example"]))
    assert found
    assert found.expression == ChangeCase(Variable(("traits", "email")), LetterCase.LOWER)
    assert "in lower case" in found.reason


def test_first_and_last_name_make_a_name() -> None:
    found = best("contact_name", people(2, firstName=["Ada"], lastName=["Lovelace"]))
    assert found
    assert found.expression == Joined(
        (Variable(("traits", "firstName")), Text(" "), Variable(("traits", "lastName")))
    )
    assert (found.source, found.ticked) == ("traits.firstName traits.lastName", True)


def test_a_name_that_some_events_lack_falls_back_to_first_and_last() -> None:
    events = [identify(name="Ada Lovelace"), identify(first_name="Bob", last_name="Ray")]
    found = best("contact_name", events)
    assert found
    assert isinstance(found.expression, Coalesce)
    assert found.reason == "the name, else first and last name, a value in 2 of 2 events"
    always = people(2, name=["Ada L"], first_name=["Ada"], last_name=["L"])
    assert told("contact_name", always)[0] == "traits.name"


def test_two_places_for_one_thing_are_both_read() -> None:
    events = [
        {"type": "track", "properties": {"email": "a@x.example"}},
        {"type": "track", "context": {"traits": {"email": "b@x.example"}}},
    ]
    found = best("contact_email", events)
    assert found
    assert isinstance(found.expression, Coalesce)
    assert found.reason == "same name, at one of two places, an email in 2 of 2 events"


def test_a_second_place_that_adds_nothing_is_an_unticked_alternative() -> None:
    events = people(2, email=["a@x.example"], mail=["b@x.example"])
    found = [one for one in proposals(events) if one.key == "contact_email"]
    assert [(one.source, one.confidence.value, one.ticked) for one in found] == [
        ("traits.email", "sure", True),
        ("traits.mail", "sure", False),
    ]


def test_a_bare_host_gets_its_scheme() -> None:
    found = best("contact_url", people(2, website=["x.example"]))
    assert found
    assert found.expression == Joined((Text("https://"), Variable(("traits", "website"))))


def test_in_properties_a_name_or_title_may_be_about_something_else() -> None:
    event = {"type": "page", "properties": {"title": "Pricing", "name": "Pricing"}}
    assert told("contact_title", [event]) == ("properties.title", "likely", False)


def test_custom_fields_are_matched_by_name_synonym_and_type() -> None:
    employees = field("cf_e", "Number of employees", "number")
    assert told("lead_custom_fields.cf_e", people(2, employeeCount=[41]), employees)[1:] == ("sure", True)
    assert told("lead_custom_fields.cf_seats", people(2, seats=["12", 4]), SEATS)[1:] == ("sure", True)
    assert best("lead_custom_fields.cf_seats", people(2, seats=["many"]), SEATS) is None
    assert told("lead_custom_fields.cf_plan", people(2, plan=["business"]), PLAN)[1:] == ("sure", True)
    day = field("cf_d", "Trial end", "date")
    assert best("lead_custom_fields.cf_d", people(2, trialEnd=[1772619000]), day) is None
    assert told("lead_custom_fields.cf_d", people(2, trialEnd=["2026-03-04"]), day)[1] == "sure"


def test_a_name_both_records_have_goes_to_the_one_it_is_about() -> None:
    lead, contact = field("cf_l", "City"), field("cf_c", "City", on="contact")
    events = [identify(city="Hull")]
    assert told("contact_custom_fields.cf_c", events, lead, contact) == ("traits.city", "sure", True)
    assert told("lead_custom_fields.cf_l", events, lead, contact) == ("traits.city", "likely", False)


def test_values_alone_are_a_guess() -> None:
    assert told("contact_email", people(3, handle=["ada@x.example"])) == ("traits.handle", "guess", False)
    events = people(4, level=["Trial", "Business"], other=["x"])
    taken = field("cf_x", "Stage", "choices", on="contact", choices=("Trial", "Business"))
    assert told("contact_custom_fields.cf_x", events, taken) == ("traits.level", "guess", False)


def test_a_field_that_shares_a_word_is_a_guess() -> None:
    size = field("cf_s", "Fleet size (vans)", "number")
    assert told("lead_custom_fields.cf_s", people(2, fleet=[4]), size) == ("traits.fleet", "guess", False)


def test_what_is_mapped_is_never_proposed() -> None:
    assert best("contact_email", EMAILS, mapping={"contact_email": "x"}) is None
    whole = {"lead_custom_fields": path("traits", "custom")}
    assert best("lead_custom_fields.cf_seats", people(1, seats=[1]), SEATS, mapping=whole) is None
    assert proposals(EMAILS, mapping=path("traits")) == []


def test_what_is_ignored_is_not_proposed() -> None:
    assert best("contact_email", EMAILS, ignored=("traits.email",)) is None


def test_traits_of_a_group_are_a_companys() -> None:
    events = [{"type": "group", "groupId": "co_1", "traits": {"name": "Acme", "phone": "+44 20 7946 0011"}}]
    assert told("lead_name", events, about_company=True) == ("traits.name", "sure", True)
    assert told("lead_external_id", events, about_company=True) == ("groupId", "sure", True)
    assert best("contact_name", events, about_company=True) is None
    assert best("contact_phone", events, about_company=True) is None


def test_aliases_are_proposed_segments_own_places() -> None:
    events = [{"type": "alias", "previousId": "a", "userId": "b"}]
    found = proposals(events, action=MERGE)
    assert [(one.key, one.source, one.ticked) for one in found] == [
        ("previous_user_id", "previousId", True),
        ("user_id", "userId", True),
    ]


def test_one_variable_is_ticked_for_one_target_only() -> None:
    first, second = field("cf_1", "Seats", "number"), field("cf_2", "Licenses", "number")
    found = proposals(people(2, seats=[3]), first, second)
    assert [one.ticked for one in found if one.source == "traits.seats"] == [True, False]


def test_the_order_of_the_variables_changes_nothing() -> None:
    events = [sample.body for sample in built_in_samples()]
    names = vocabulary(SEATS, PLAN)
    variables = list(collect(events))
    expected = suggest(targets_of(UPSERT, names, {}), {}, names, SuggestionSources(variables, events))
    random.Random(3).shuffle(variables)
    shuffled = suggest(targets_of(UPSERT, names, {}), {}, names, SuggestionSources(variables, events))
    assert shuffled == expected


def test_what_is_ticked_gives_values_without_problems() -> None:
    for sample in built_in_samples():
        names = vocabulary(SEATS, PLAN)
        mapping: Any = {}
        for one in proposals([sample.body], SEATS, PLAN):
            if one.ticked:
                mapping = with_value(mapping, one.key, write(one.expression))
        found = evaluate(spec(mapping), UPSERT, names, sample.body)
        assert all(value.state is ValueState.OK for value in found.values.values()), sample.name


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("ada@x.example", Shape.EMAIL),
        ("+44 20 7946 0011", Shape.PHONE),
        ("02079460011", Shape.PHONE),
        ("https://x.example/a", Shape.URL),
        ("x.example", Shape.HOST),
        ("12.5", Shape.NUMBER),
        (3, Shape.NUMBER),
        ("2026-03-04", Shape.DAY),
        ("2026-02-31", Shape.TEXT),
        ("2026-03-04T10:00:00.000Z", Shape.MOMENT),
        (True, Shape.SWITCH),
        ("v1.2.3", Shape.TEXT),
        ("HU1 1AA", Shape.TEXT),
        ([1], Shape.LIST),
        ({}, Shape.OBJECT),
    ],
)
def test_values_have_the_shape_they_look_like(value: Any, shape: Shape) -> None:
    assert shape_of(value) is shape


@pytest.mark.parametrize(
    ("keys", "words", "about"),
    [
        (("traits", "employeeCount"), "Employee count", "lead"),
        (("traits", "company", "id"), "Company ID", "lead"),
        (("traits", "companyname"), "Company name", "lead"),
        (("context", "traits", "first_name"), "First name", "contact"),
        (("properties", "HTTPStatus"), "Http status", "contact"),
        (("traits", "Straßen-Größe"), "Strassen grösse", "contact"),
    ],
)
def test_names_are_read_in_any_spelling(keys: tuple[str, ...], words: str, about: str) -> None:
    assert (in_words(keys), name_of(keys).about) == (words, about)
