"""What the rows show for one event: values in Close's form, empties, problems in words, and the payload."""

from __future__ import annotations

from typing import Any

import pytest

from app.actions.action_definitions import UPSERT
from app.json_value import JsonValue
from app.segment import mapping as mapping_language
from app.segment import payload as payload_check
from app.workflows.mapping_editor.evaluation import (
    Evaluation,
    Evaluator,
    ProblemKind,
    TargetValue,
    ValueState,
    evaluate,
)
from app.workflows.samples import built_in_samples
from tests.workflows.mapping_editor.builders import (
    BIRTHDAY,
    COMPANY_FIELD,
    PLAN,
    SEATS,
    TAGS,
    field,
    identify,
    path,
    spec,
    vocabulary,
)


def run(mapping: dict[str, JsonValue], event: dict[str, Any], **known: Any) -> Evaluation:
    fields = vocabulary(SEATS, PLAN, BIRTHDAY, TAGS, field("cf_note", "Note"), **known)
    return evaluate(spec(mapping), UPSERT, fields, event)


def custom(field_id: str, value: Any, *, on: str = "lead") -> TargetValue:
    container = f"{on}_custom_fields"
    return run({container: {field_id: path("traits", "x")}}, identify(x=value)).of(f"{container}.{field_id}")


@pytest.mark.parametrize("sample", built_in_samples(), ids=lambda sample: sample.name)
def test_the_payload_is_what_segment_hands_over(sample: Any) -> None:
    mapped = mapping_language.transform(spec().mapping, sample.body)
    assert isinstance(mapped, dict)
    assert run({**spec().mapping}, sample.body).payload == payload_check.validate(UPSERT, mapped).values


def test_texts_are_shown_as_close_gets_them() -> None:
    found = run({"contact_name": path("traits", "name")}, identify(name="  Ada\x07 Lovelace ")).of(
        "contact_name"
    )
    assert (found.state, found.value, found.shown) == (ValueState.OK, "Ada Lovelace", "Ada Lovelace")


def test_numbers_become_text_in_text_fields() -> None:
    assert run({"contact_external_id": path("userId")}, {"userId": 12.0}).of("contact_external_id").value == (
        "12"
    )


@pytest.mark.parametrize("nothing", [None, "", "   "])
def test_nothing_in_the_event_leaves_close_as_it_is(nothing: Any) -> None:
    mapping = {"contact_name": path("traits", "x"), "lead_custom_fields": {"cf_seats": path("traits", "x")}}
    found = run(mapping, identify(x=nothing))
    assert {value.state for value in found.values.values()} == {ValueState.EMPTY}
    assert found.delivered


@pytest.mark.parametrize(
    ("field_id", "on", "sent", "value", "shown"),
    [
        ("cf_seats", "lead", "12", 12, "12"),
        ("cf_seats", "lead", 12.5, 12.5, "12.5"),
        ("cf_plan", "lead", "business", "Business", "Business"),
        ("cf_birthday", "contact", "2026-03-04T09:15:00Z", "2026-03-04", "2026-03-04"),
        ("cf_tags", "contact", ["VIP", "vip", "beta"], ["vip", "beta"], "vip, beta"),
        ("cf_note", "lead", {"a": 1}, '{"a":1}', '{"a":1}'),
        ("cf_note", "lead", "two\nlines", "two\nlines", "two lines"),
    ],
)
def test_custom_values_are_shown_in_the_form_close_keeps(
    field_id: str, on: str, sent: Any, value: Any, shown: str
) -> None:
    found = custom(field_id, sent, on=on)
    assert (found.state, found.value, found.shown) == (ValueState.OK, value, shown)


@pytest.mark.parametrize(
    ("field_id", "on", "sent", "kind", "sentence"),
    [
        ("cf_seats", "lead", "ten", ProblemKind.WRONG_TYPE, "“ten” is not a number."),
        ("cf_birthday", "contact", "soon", ProblemKind.WRONG_TYPE, "“soon” is not a date."),
        (
            "cf_plan",
            "lead",
            "Gold",
            ProblemKind.NOT_IN_LIST,
            "“Gold” is not a choice of this field. Choices: Trial, Business.",
        ),
    ],
)
def test_a_value_that_does_not_fit_says_so(
    field_id: str, on: str, sent: str, kind: ProblemKind, sentence: str
) -> None:
    found = custom(field_id, sent, on=on)
    assert (found.state, found.kind, found.problem) == (ValueState.PROBLEM, kind, sentence)
    assert (found.sent, found.sent_kind) == (sent, "text")


def test_of_a_list_the_item_that_does_not_fit_is_named() -> None:
    assert custom("cf_tags", ["vip", "gold"], on="contact").sent == "gold"


def test_fields_that_close_lost_and_id_fields_are_problems() -> None:
    gone = custom("cf_gone", "x")
    assert (gone.kind, gone.problem) == (
        ProblemKind.FIELD_GONE,
        "No longer exists in Close. Pick another.",
    )
    reserved = custom(COMPANY_FIELD, "x")
    assert reserved.problem == "Company ID is filled by its own row; this value is not used."


def test_before_close_was_read_custom_values_are_shown_as_text() -> None:
    found = run({"lead_custom_fields": {"cf_any": path("traits", "x")}}, identify(x=3), read=False)
    assert found.of("lead_custom_fields.cf_any").shown == "3"


@pytest.mark.parametrize(
    ("key", "sent", "kind"),
    [
        ("contact_email", "ada at example", ProblemKind.NOT_EMAIL),
        ("contact_email", "a@" + "b" * 260 + ".example", ProblemKind.TOO_LONG),
        ("contact_title", "x" * 1001, ProblemKind.TOO_LONG),
        ("lead_status_id", "stat_gone", ProblemKind.NOT_IN_LIST),
        ("contact_name", ["a", "b"], ProblemKind.PAYLOAD),
    ],
)
def test_what_close_or_segment_refuses_is_a_problem(key: str, sent: Any, kind: ProblemKind) -> None:
    assert run({key: path("traits", "x")}, identify(x=sent)).of(key).kind is kind


def test_a_status_is_shown_by_its_name() -> None:
    found = run({"lead_status_id": "stat_won"}, identify()).of("lead_status_id")
    assert (found.value, found.shown) == ("stat_won", "Won")


def test_a_refused_payload_is_not_delivered_and_names_the_field() -> None:
    found = run({"contact_name": path("traits"), "contact_title": "CEO"}, identify(a=1))
    assert not found.delivered
    assert found.validation[0].message == "Contact Name must be text but it is an object."
    assert found.payload == {"contact_title": "CEO"}


def test_one_part_that_cannot_run_leaves_the_others_visible() -> None:
    mapping: dict[str, JsonValue] = {
        "contact_name": path("traits", "name"),
        "contact_title": {"@unknown": 1},
        "lead_custom_fields": {"cf_seats": {"@case": {"operator": "loud", "value": path("traits", "name")}}},
    }
    found = run(mapping, identify(name="Ada"))
    assert not found.delivered
    assert found.of("contact_name").shown == "Ada"
    assert found.of("contact_title").kind is ProblemKind.MAPPING
    assert found.of("lead_custom_fields.cf_seats").problem.startswith("This cannot run: expected")
    assert [problem.place for problem in found.errors] == [
        "/contact_title",
        "/lead_custom_fields/cf_seats/@case/operator",
    ]


def test_a_whole_object_fills_rows_and_its_failure_reaches_them() -> None:
    whole: dict[str, JsonValue] = {
        "lead_custom_fields": {
            "@merge": {"objects": [path("traits", "x"), {"cf_plan": "Trial"}], "direction": "right"}
        }
    }
    found = run(whole, identify(x={"cf_seats": "7"}))
    assert found.of("lead_custom_fields.cf_seats").value == 7
    assert found.of("lead_custom_fields.cf_plan").shown == "Trial"
    broken: dict[str, JsonValue] = {"lead_custom_fields": {"@merge": {"objects": [3], "direction": "right"}}}
    assert run(broken, identify()).of("lead_custom_fields.cf_seats").kind is ProblemKind.MAPPING


def test_a_root_directive_fills_rows_and_its_failure_reaches_them() -> None:
    rooted: dict[str, JsonValue] = {
        "__segment_internal_directive": {"@transform": {"apply": {"name": path("traits", "name")}}},
        "contact_name": path("name"),
    }
    assert run(rooted, identify(name="Ada")).of("contact_name").shown == "Ada"
    broken: dict[str, JsonValue] = {**rooted, "__segment_internal_directive": {"@nope": []}}
    found = run(broken, identify(name="Ada"))
    assert found.of("contact_name").kind is ProblemKind.MAPPING
    assert found.errors


def test_rows_without_a_mapping_are_unmapped() -> None:
    assert run({}, identify()).of("contact_name").state is ValueState.UNMAPPED


def test_switches_are_shown_as_on_and_off() -> None:
    found = run({"allow_creating_new_leads": False, "allow_updating_existing_leads": "true"}, identify())
    assert found.of("allow_creating_new_leads").shown == "Off"
    assert found.of("allow_updating_existing_leads").shown == "On"


def test_an_evaluator_tells_which_events_run_the_mapping() -> None:
    evaluator = Evaluator(spec(), UPSERT, vocabulary())
    assert evaluator.matches(identify())
    assert not evaluator.matches({"type": "track"})
    assert not Evaluator(spec(trigger="type ="), UPSERT, vocabulary()).matches(identify())


def test_long_values_are_cut_for_the_row_and_whole_in_the_value() -> None:
    found = run({"lead_description": path("traits", "x")}, identify(x="word " * 10_000)).of(
        "lead_description"
    )
    assert isinstance(found.value, str)
    assert (len(found.shown), found.shown[-1], len(found.value)) == (200, "…", 49_999)
