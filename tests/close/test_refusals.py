from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.close.refusals import read_words, refusal

OLD_DIALECT = {
    "errors": [],
    "field-errors": {
        "emails": {"errors": {"0": {"errors": [], "field-errors": {"email": "Invalid email address."}}}}
    },
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("aé \n\0.", max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["errors", "field-errors", "error", "message", "emails", "0"]), inner
        )
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("body", "field_errors"),
    [
        (OLD_DIALECT, {"emails.0.email": "Invalid email address."}),
        (
            {"errors": [], "field-errors": {"_limit": "Input should be less than or equal to 200"}},
            {"_limit": "Input should be less than or equal to 200"},
        ),
        ({"field-errors": {"emails": {"1": {"email": "Bad."}}}}, {"emails.1.email": "Bad."}),
        ({"field-errors": {"emails": [{"email": "Bad."}]}}, {"emails.0.email": "Bad."}),
        ({"field-errors": {"emails": ["Bad.", "Long."]}}, {"emails": "Bad.; Long."}),
        (
            {"field-errors": {"contacts": {"errors": {"0": OLD_DIALECT}}}},
            {"contacts.0.emails.0.email": "Invalid email address."},
        ),
        ({"field-errors": {"custom.cf_1": {"errors": ["Gone."]}}}, {"custom.cf_1": "Gone."}),
        ({"field-errors": {"name": None}}, {}),
        ({"field-errors": "Odd."}, {"request": "Odd."}),
        ({"error": "Odd."}, {}),
    ],
)
def test_refused_fields_are_named_by_their_flattened_path(body: object, field_errors: dict[str, str]) -> None:
    assert dict(read_words(json.dumps(body)).field_errors) == field_errors


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('{"field-errors": {"a": "A."}, "errors": ["B."], "error": "C."}', "a: A.; B."),
        ('{"field-errors": {}, "errors": ["B.", "C."]}', "B.; C."),
        ('{"errors": [], "error": "C."}', "C."),
        ('{"error": {"message": "Too\\n many."}}', "Too many."),
        ('{"odd": 1}', '{"odd": 1}'),
        ("[1]", "[1]"),
        ("plain   text", "plain text"),
        ("  <!doctype html><b>x</b>", "a web page instead of an answer"),
        ("", ""),
        ("x" * 500, "x" * 200),
        ("[" * 100_000, "[" * 200),
    ],
)
def test_closes_words_are_found_in_order_of_precision(body: str, text: str) -> None:
    assert read_words(body).text == text


@given(json_values)
def test_no_json_breaks_the_reading(body: object) -> None:
    words = read_words(json.dumps(body))
    assert len(words.text) <= 200
    assert "\n" not in words.text


@given(st.integers(100, 999), st.binary(max_size=200))
def test_any_status_and_body_become_a_failure_people_can_read(status: int, body: bytes) -> None:
    if 200 <= status < 300 or status == 429:
        return
    failure = refusal(status, body, "GET /lead/", str)
    assert failure.title.endswith(".")
    assert failure.remedy.endswith(".")
    assert failure.status == status


@pytest.mark.parametrize("depth", [30, 300, 900, 3000])
def test_errors_however_deep_are_cut_off(depth: int) -> None:
    words = read_words('{"field-errors": ' + '{"a": ' * depth + '"bottom"' + "}" * (depth + 1))
    assert len(words.text) <= 200
    assert all(path.count(".") <= 20 for path in words.field_errors)
