"""What is collected about the variables of events."""

from __future__ import annotations

from typing import Any

import pytest

from app.segment.event_variables import MAX_DEPTH, MAX_VARIABLES, EventVariable, collect
from app.workflows.samples import built_in_samples


def only(variables: tuple[EventVariable, ...], label: str) -> EventVariable:
    (found,) = [variable for variable in variables if variable.label == label]
    return found


def test_presence_counts_events_and_takes_null_for_absent() -> None:
    variables = collect(
        [
            {"traits": {"plan": None, "name": "Ann"}},
            {"traits": {"plan": "", "name": "Bo"}},
            {"traits": {"plan": "team"}},
            {"traits": {"plan": 5}},
        ]
    )
    plan = only(variables, "traits.plan")
    assert (plan.present, plan.total) == (3, 4)
    assert plan.types == {"string", "number"}
    assert plan.example == "team"
    name = only(variables, "traits.name")
    assert (name.present, name.total, name.example) == (2, 4, "Ann")


def test_a_variable_that_is_always_null_is_left_out() -> None:
    assert [variable.label for variable in collect([{"a": None, "b": 0}])] == ["b"]


@pytest.mark.parametrize(
    ("values", "example"),
    [(["", []], ""), (["", 0], 0), (["", False], False), ([{}, {"a": 1}], {"a": 1}), ([[], [1]], [1])],
)
def test_the_example_is_the_newest_value_that_is_not_empty(values: list[Any], example: Any) -> None:
    found = only(collect([{"v": value} for value in values]), "v").example
    assert found == example
    assert type(found) is type(example)


def test_objects_stand_beside_what_they_hold_and_lists_stay_whole() -> None:
    variables = collect([{"traits": {"company": {"id": 1}, "tags": [{"x": 1}]}}])
    assert [(one.label, one.is_object, set(one.types)) for one in variables] == [
        ("traits", True, {"object"}),
        ("traits.company", True, {"object"}),
        ("traits.company.id", False, {"number"}),
        ("traits.tags", False, {"array"}),
    ]


def test_a_variable_with_objects_and_texts_is_no_object() -> None:
    company = only(collect([{"company": {"id": 1}}, {"company": "Acme"}]), "company")
    assert not company.is_object
    assert company.types == {"object", "string"}


def test_ids_come_first_then_the_content_then_context_then_the_rest() -> None:
    event = {
        "type": "identify",
        "context": {"ip": "::1"},
        "event": "Signed Up",
        "traits": {"b": 1, "A": 2},
        "properties": {"x": 1},
        "groupId": "g",
        "userId": "u",
        "anonymousId": "a",
    }
    assert [variable.label for variable in collect([event])] == [
        *["userId", "anonymousId", "groupId", "traits", "traits.A", "traits.b", "properties", "properties.x"],
        *["context", "context.ip", "event", "type"],
    ]


def test_no_more_variables_are_kept_than_a_list_can_show() -> None:
    events = [{"properties": {f"p{event}_{at}": 1 for at in range(5_000)}} for event in range(6)]
    variables = collect(events)
    assert len(variables) == MAX_VARIABLES
    assert only(variables, "properties").present == 6


def test_nesting_without_end_ends_with_an_object() -> None:
    event: dict[str, Any] = {"leaf": 1}
    for _ in range(5_000):
        event = {"a": event}
    variables = collect([event])
    assert len(variables) == MAX_DEPTH
    assert all(variable.is_object for variable in variables)


def test_every_place_of_the_built_in_samples_is_found_and_labelled_once() -> None:
    variables = collect([sample.body for sample in built_in_samples()])
    labels = [variable.label for variable in variables]
    assert len(labels) == len(set(labels))
    assert {"userId", "traits.email", "traits.company.name", "context.ip"} <= set(labels)
