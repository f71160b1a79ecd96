"""Values in the form Close answers them, and refusals in words."""

from __future__ import annotations

from typing import Any

import pytest

from app.actions.custom_values import ValueRefusedError, convert, is_empty, same_value
from app.close.records import CustomField
from app.json_value import JsonValue


def field(kind: str, *, many: bool = False, choices: tuple[str, ...] = ()) -> CustomField:
    return CustomField("cf_1", "Plan", kind, "lead", accepts_multiple_values=many, choices=choices)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("text", " a ", "a"),
        ("text", 5, "5"),
        ("text", 5.0, "5"),
        ("text", 2.5, "2.5"),
        ("text", True, "true"),
        ("text", ["a"], "a"),
        ("text", ["a", 1], '["a",1]'),
        ("text", {"a": "ü"}, '{"a":"ü"}'),
        ("textarea", "a\nb", "a\nb"),
        ("hidden", 7, "7"),
        ("user", "user_1", "user_1"),
        ("number", 3, 3),
        ("number", 3.0, 3),
        ("number", 3.5, 3.5),
        ("number", " 3.50 ", 3.5),
        ("number", "-1e3", -1000),
        ("number", ".5", 0.5),
        ("number", "9007199254740993", 9007199254740993),
        ("number", ["4"], 4),
        ("date", "2009-02-13T23:31:30.000Z", "2009-02-13"),
        ("date", "2009-02-13", "2009-02-13"),
        ("date", 1234567890, "2009-02-13"),
        ("date", 1234567890000, "2009-02-13"),
        ("datetime", "2009-02-13T23:31:30.000Z", "2009-02-13T23:31:30+00:00"),
        ("datetime", "2009-02-14T00:31:30+01:00", "2009-02-13T23:31:30+00:00"),
        ("datetime", "2009-02-13T23:31:30", "2009-02-13T23:31:30+00:00"),
        ("datetime", "2009-02-13", "2009-02-13T00:00:00+00:00"),
    ],
)
def test_a_value_takes_the_form_close_answers_with(kind: str, value: JsonValue, expected: JsonValue) -> None:
    converted = convert(field(kind), value)
    assert converted == expected
    assert type(converted) is type(expected)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("number", "many", "“many” is not a number."),
        ("number", True, "“true” is not a number."),
        ("number", "1_000", "“1_000” is not a number."),
        ("number", "nan", "“nan” is not a number."),
        ("number", "1e999", "“1e999” is not a number."),
        ("number", float("inf"), "“Infinity” is not a number."),
        ("number", {"a": 1}, '“{"a": 1}” is not a number.'),
        ("number", ["1", "2"], '“["1", "2"]” is not a number.'),
        ("date", "soon", "“soon” is not a date."),
        ("date", -5, "“-5” is not a date."),
        ("date", True, "“true” is not a date."),
        ("datetime", "soon", "“soon” is not a date and time."),
        ("datetime", "0001-01-01T00:00:00+05:00", "“0001-01-01T00:00:00+05:00” is not a date and time."),
        ("number", "x" * 80, f"“{'x' * 60}…” is not a number."),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_words(kind: str, value: JsonValue, words: str) -> None:
    with pytest.raises(ValueRefusedError) as refused:
        convert(field(kind), value)
    assert (refused.value.code, refused.value.title) == (
        "ACTION-VALUE-REFUSED",
        "The value for Plan does not fit.",
    )
    assert refused.value.cause == words


def test_a_choice_is_found_whatever_its_case_and_the_exact_one_first() -> None:
    plans = field("choices", choices=("team", "Team", "Trial "))
    assert [convert(plans, value) for value in ("team", "Team", " TEAM ", "trial")] == [
        "team",
        "Team",
        "team",
        "Trial ",
    ]


def test_an_unknown_choice_names_the_known_ones() -> None:
    with pytest.raises(ValueRefusedError) as refused:
        convert(field("choices", choices=tuple("abcdefghij")), "z")
    assert refused.value.cause == "“z” is not a choice of this field. Choices: a, b, c, d, e, f, g, h, …."


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", ["a"]), (["a", "b"], ["a", "b"]), (["a", None, "", "a", 1], ["a", "1"]), (7, ["7"])],
)
def test_a_field_of_several_values_gets_a_list_without_blanks_and_repeats(
    value: JsonValue, expected: list[str]
) -> None:
    assert convert(field("text", many=True), value) == expected


@pytest.mark.parametrize(
    ("value", "empty"),
    [
        *((empty, True) for empty in (None, "", " \n", [], {}, [None, ""])),
        *((full, False) for full in (0, False, "a", ["a"], {"a": None})),
    ],
)
def test_empty_is_what_holds_nothing(value: JsonValue, empty: bool) -> None:
    assert is_empty(value) is empty


@pytest.mark.parametrize(
    ("ours", "held", "same"),
    [
        ("a", "a", True),
        ("a", "A", False),
        ("a", None, False),
        (5, 5.0, True),
        (5, "5", False),
        (["a", "b"], ["a", "b"], True),
        (["a"], "a", False),
        ("2009-02-13", "2009-02-13", True),
        ("2009-02-13", "2009-02-14", False),
        ("2009-02-13T23:31:30+00:00", "2009-02-13T23:31:30Z", True),
        ("2009-02-13T23:31:30+00:00", "2009-02-13T23:31:31Z", False),
        ("2009-02-13T23:31:30+00:00", "T", False),
        ("aaaaaaaaaa", "bbbbbbbbbb", False),
    ],
)
def test_what_close_holds_already_is_the_same(ours: Any, held: Any, same: bool) -> None:
    assert same_value(ours, held) is same
