"""Every key of every event can be named, and every name leads back to its keys."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.json_value import JsonValue
from app.segment import mapping as mapping_language
from app.segment.references import (
    keys_of_liquid_name,
    keys_of_path,
    keys_of_template_name,
    keys_of_value,
    liquid_name_of,
    path_of,
    template_name_of,
    value_of,
)
from app.segment.variable_labels import keys_of_label, label_of
from tests.segment.expression_strategies import KEYS, PLACES
from tests.segment.json_strategies import VALUES


def event_with(keys: tuple[str, ...], value: Any) -> dict[str, Any]:
    for key in reversed(keys):
        value = {key: value}
    assert isinstance(value, dict)
    return value


def field(value: JsonValue, event: dict[str, Any]) -> Any:
    result = mapping_language.transform({"field": value}, event)
    assert isinstance(result, dict)
    return result.get("field")


@pytest.mark.parametrize(
    ("keys", "path", "in_template", "in_liquid"),
    [
        (("traits", "email"), "$.traits.email", "traits.email", "traits.email"),
        (("items", "0", "id"), "$.items.0.id", "items.0.id", "items[0].id"),
        (("total billed",), "$.total billed", "total billed", '["total billed"]'),
        (("traits", "a.b"), None, None, 'traits["a.b"]'),
        (("traits", "it's"), None, None, 'traits["it\'s"]'),
        (("traits", "both ' and \""), None, None, 'traits["both \' and \\""]'),
        (("a}}b",), "$.a}}b", None, '["a}}b"]'),
        (("",), "$.''", "''", '[""]'),
        (("$",), "$.$", "$", '["$"]'),
        ((" a",), "$. a", "' a'", '[" a"]'),
        (("nil",), "$.nil", "nil", '["nil"]'),
        (("traits", "size"), "$.traits.size", "traits.size", None),
        ((), "$.", ".", None),
        (("x" * 1100,), "$." + "x" * 1100, "x" * 1100, None),
    ],
)
def test_the_name_of_a_place_in_each_language(
    keys: tuple[str, ...], path: str | None, in_template: str | None, in_liquid: str | None
) -> None:
    assert path_of(keys) == path
    assert template_name_of(keys) == in_template
    assert liquid_name_of(keys) == in_liquid
    assert path is None or keys_of_path(path) == keys
    assert in_template is None or keys_of_template_name(in_template) == keys
    assert in_liquid is None or keys_of_liquid_name(in_liquid) == keys


@pytest.mark.parametrize(
    "name", ["", "nil", ".a", "a | b", "a[b]", "a['x", "a.", "a..b", "a[-1]", "a.first", "a b"]
)
def test_what_is_no_plain_variable_of_liquid_names_no_keys(name: str) -> None:
    assert keys_of_liquid_name(name) is None


@given(PLACES, VALUES)
@example(("x" * 1200 + ".", "size"), 5)
@example(("a.b",) * 4, [1, {"c": None}])
@example(("1]", "first", "'\""), "text")
def test_any_place_is_read_with_the_type_it_has(keys: tuple[str, ...], value: Any) -> None:
    assume("inf" not in str(value))  # JSON has no infinity
    event = event_with(keys, value)
    expected = field({"@path": "$.v"}, {"v": value})
    assert field(value_of(keys), event) == expected
    assert field(value_of(keys), {"other": 1}) is None
    assert keys_of_value(value_of(keys)) == keys


@given(PLACES, st.text(max_size=5))
def test_names_in_templates_and_liquid_find_the_text(keys: tuple[str, ...], text: str) -> None:
    event = event_with(keys, text)
    in_template, in_liquid = template_name_of(keys), liquid_name_of(keys)
    if in_template is not None:
        assert field({"@template": f"<{{{{{in_template}}}}}>"}, event) == f"<{text}>"
    if in_liquid is not None:
        assert field({"@liquid": f"<{{{{ {in_liquid} }}}}>"}, event) == f"<{text}>"


@pytest.mark.parametrize(
    "value",
    [
        "$.a",
        {"@path": "$.a", "_metadata": {}},
        {"@json": {"mode": "decode", "value": {"@liquid": "{{ a.b | json }}"}}},
        {"@transform": {"apply": {"from": {"@path": "$."}, "key": "a"}, "mapping": {"@path": "$.from"}}},
    ],
)
def test_a_value_that_does_more_than_read_a_place_has_no_keys(value: JsonValue) -> None:
    assert keys_of_value(value) is None


@pytest.mark.parametrize(
    ("keys", "label"),
    [
        (("traits", "company", "name"), "traits.company.name"),
        (("traits", "total billed"), "traits.total billed"),
        (("traits", "a.b"), 'traits["a.b"]'),
        (("items", "0", "id"), "items[0].id"),
        (("traits", "größe", "🙂"), "traits.größe.🙂"),
        (('say "hi"',), '["say \\"hi\\""]'),
        (("", " a"), '[""][" a"]'),
        ((), "$"),
        (("$",), '["$"]'),
    ],
)
def test_the_label_people_see(keys: tuple[str, ...], label: str) -> None:
    assert label_of(keys) == label


@given(st.lists(KEYS, max_size=4).map(tuple))
def test_a_label_belongs_to_one_place_only(keys: tuple[str, ...]) -> None:
    assert keys_of_label(label_of(keys)) == keys


@given(st.text(alphabet='ab.[]"0$\\', max_size=8))
def test_any_other_text_is_refused_as_a_label(text: str) -> None:
    try:
        keys = keys_of_label(text)
    except ValueError:
        return
    assert label_of(keys) == text
