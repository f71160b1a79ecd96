"""Sample events: the built-in ones, and what people paste."""

from __future__ import annotations

import pytest

from app.errors import AppError
from app.workflows.samples import built_in_samples, parse_json, read_sample

EVENT = '{"type": "identify", "userId": "u_1"}'


def test_every_built_in_sample_is_an_event_with_a_name_and_a_reason() -> None:
    samples = built_in_samples()
    assert samples[0].type == "identify"
    assert len({sample.name for sample in samples}) == len(samples) == 13
    for sample in samples:
        assert sample.event.type == sample.type
        assert sample.name
        assert sample.why.endswith(".")
    assert {sample.type for sample in samples} == {
        "identify",
        "track",
        "group",
        "page",
        "screen",
        "alias",
        "delete",
    }


@pytest.mark.parametrize(
    ("text", "place", "detail"),
    [
        ('{\n  "type": identify\n}', "line 2, column 11", '  "type": identify\n          ^'),
        ('{"a": 1,\n', "line 2, column 1", "\n^"),
        ("", "line 1, column 1", "\n^"),
        ("   ", "line 1, column 4", "   \n   ^"),
        ('{"a": "\u2028", "b": }', "line 1, column 17", '{"a": "\u2028", "b": }\n                ^'),
        ('{"a": 1\n}}', "line 2, column 2", "}}\n ^"),
        ('{\t"a": }', "line 1, column 8", '{ "a": }\n       ^'),
    ],
)
def test_text_that_is_no_json_is_shown_with_the_place(text: str, place: str, detail: str) -> None:
    with pytest.raises(AppError) as refused:
        parse_json(text)
    assert refused.value.code == "SAMPLE-NOT-JSON"
    assert refused.value.title == f"This is not JSON: {place}."
    assert refused.value.detail == detail


def test_the_caret_stays_below_the_place_on_a_long_line() -> None:
    with pytest.raises(AppError) as refused:
        parse_json('{"a": "' + "x" * 500 + '", "b": oops' + ", " * 200 + "}")
    line, caret = refused.value.detail.split("\n")
    assert line[len(caret) - 1 :].startswith("oops")
    assert len(line) <= 61


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a": NaN}', '{"a": -Infinity}', '{"a": ' + "9" * 5000 + "}"]
)
def test_json_that_no_event_can_be_is_refused_in_words(text: str) -> None:
    with pytest.raises(AppError) as refused:
        parse_json(text)
    assert refused.value.code == "SAMPLE-NOT-JSON"
    assert len(refused.value.cause) < 200


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read_sample(f"\ufeff{EVENT}").event.user_id == "u_1"


@pytest.mark.parametrize(
    "text", ["[]", "3", '"x"', "null", "{}", '{"type": "identify"}', '{"type": "x", "userId": "1"}']
)
def test_json_that_is_no_event_says_what_an_event_is(text: str) -> None:
    with pytest.raises(AppError) as refused:
        read_sample(text)
    assert refused.value.code == "SAMPLE-NOT-AN-EVENT"
    assert refused.value.cause
