"""Payload validation: empties, coercion, and problems that name field and value."""

from __future__ import annotations

from typing import Any

import pytest

from app.segment import close_destination, mapping, payload
from app.segment.payload import PayloadProblem

ACTION = close_destination.ACTION
TEXT, OBJECT, FLAG = "lead_name", "lead_custom_fields", "allow_creating_new_leads"


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        (TEXT, "x", "x"),
        (TEXT, " ", " "),
        (TEXT, 5, "5"),
        (TEXT, 10.0, "10"),
        (TEXT, 1e21, "1e+21"),
        (TEXT, True, "true"),
        (TEXT, ["a"], "a"),
        (TEXT, [5], "5"),
        (TEXT, [None], ""),
        (FLAG, "true", True),
        (FLAG, "false", False),
        (FLAG, 1, True),
        (FLAG, 0, False),
        (FLAG, [1], True),
        (FLAG, [None], False),
        (OBJECT, {}, {}),
        (OBJECT, {"cf_a": None, "cf_b": ""}, {"cf_a": None, "cf_b": ""}),
    ],
)
def test_values_are_turned_into_the_wanted_type(field: str, given: Any, kept: Any) -> None:
    result = payload.validate(ACTION, {field: given})
    assert result.is_valid
    assert result.values == {field: kept}
    assert type(result.values[field]) is type(kept)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        (TEXT, []),
        (TEXT, ["a", "b"]),
        (TEXT, [["a"]]),
        (TEXT, {}),
        (FLAG, "True"),
        (FLAG, "1"),
        (FLAG, 2),
        (FLAG, []),
        (FLAG, {}),
        (OBJECT, "x"),
        (OBJECT, [{}]),
        (OBJECT, 5),
    ],
)
def test_values_of_a_wrong_type_are_problems_that_name_the_value(field: str, given: Any) -> None:
    result = payload.validate(ACTION, {field: given, "contact_name": "kept"})
    (problem,) = result.problems
    assert (problem.field, problem.value) == (field, given)
    assert result.values == {"contact_name": "kept"}
    assert not result.is_valid


@pytest.mark.parametrize("field", [TEXT, OBJECT, FLAG])
@pytest.mark.parametrize("empty", ["", None])
def test_empty_values_count_as_not_given(field: str, empty: Any) -> None:
    assert payload.validate(ACTION, {field: empty}) == payload.ValidatedPayload({})


def test_unknown_fields_are_dropped_and_defaults_are_not_filled_in() -> None:
    assert payload.validate(ACTION, {"nope": 1, TEXT: "x"}).values == {TEXT: "x"}


def test_several_problems_are_reported_together_with_their_labels() -> None:
    problems = payload.validate(ACTION, {TEXT: {"a": 1}, FLAG: "maybe"}).problems
    assert problems == (
        PayloadProblem(TEXT, "Lead Name", "Lead Name must be text but it is an object.", {"a": 1}),
        PayloadProblem(
            FLAG,
            "Allow creating new Leads",
            "Allow creating new Leads must be true or false but it is text.",
            "maybe",
        ),
    )


def test_the_default_mapping_makes_a_valid_payload() -> None:
    event = {"type": "identify", "userId": 77, "traits": {"name": "M", "company": {"id": 5501, "name": "F"}}}
    mapped = mapping.transform(close_destination.default_mapping(), event)
    values = payload.validate(ACTION, mapped).values
    assert values["lead_external_id"] == "5501"
    assert values["contact_external_id"] == "77"
    assert values["allow_creating_duplicate_contacts"] is True
    assert "contact_email" not in values
