"""What a mapping reads, and which variables of the events are mapped, ignored or new."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.segment.event_variables import collect
from app.segment.value_expression import (
    ChangeCase,
    Coalesce,
    Expression,
    FormatDate,
    Joined,
    LetterCase,
    Replace,
    Text,
    Trim,
    Variable,
)
from app.segment.value_writer import write
from app.workflows.mapping_editor.coverage import coverage, wanted_variables
from app.workflows.mapping_editor.variables_read import variables_read
from tests.workflows.mapping_editor.builders import identify, path

KEYS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4).filter(
        lambda key: key not in {"size", "first", "last"}
    ),
    min_size=1,
    max_size=3,
).map(tuple)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (path("traits", "email"), {("traits", "email")}),
        ({"@path": "$.traits['my key'][0]"}, {("traits", "my key", "0")}),
        ({"@path": {"@template": "traits.{{kind}}"}}, {("kind",)}),
        (
            {"@template": "{{traits.first}} {{{traits.last}}} {{ event }}"},
            {("traits", "first"), ("traits", "last"), ("event",)},
        ),
        (
            {"@liquid": '{{ traits["a.b"] | default: properties.x | append: "not.this" }}'},
            {("traits", "a.b"), ("properties", "x")},
        ),
        (
            {"@liquid": "{% if traits.plan == 'not.this' %}{{ userId }}{% endif %}"},
            {("traits", "plan"), ("userId",)},
        ),
        (
            {"@if": {"exists": path("a"), "then": path("b"), "else": {"@case": {"value": path("c")}}}},
            {("a",), ("b",), ("c",)},
        ),
        ({"@arrayPath": ["$.properties.products", {"n": path("name")}]}, {("properties", "products")}),
        ({"@transform": {"apply": {"x": path("traits")}, "mapping": path("x", "y")}}, {("traits",)}),
        ({"@merge": {"objects": [path("traits"), {"a": path("b")}]}}, {("traits",), ("b",)}),
        ({"@literal": "$.traits.email"}, set()),
        ("{{traits.email}}", set()),
        ({"@path": "$."}, {()}),
    ],
)
def test_every_place_a_mapping_reads_is_found(value: Any, read: set[tuple[str, ...]]) -> None:
    assert variables_read(value) == read


def functions(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.builds(lambda one, two: Coalesce(one, two), inner, inner),
        st.builds(lambda one, case: ChangeCase(one, case), inner, st.sampled_from(LetterCase)),
        st.builds(Trim, inner),
        st.builds(lambda one: Replace(one, "a", "b"), inner),
        st.builds(FormatDate, inner),
        st.builds(lambda one, two: Joined((one, Text(" "), two)), inner, inner),
    )


def variables_in(expression: Any) -> set[tuple[str, ...]]:
    if isinstance(expression, Variable):
        return {expression.keys}
    if isinstance(expression, Joined):
        return set().union(*map(variables_in, expression.parts))
    inner = [getattr(expression, name) for name in ("value", "fallback") if hasattr(expression, name)]
    return set().union(*map(variables_in, inner))


@given(st.recursive(KEYS.map(Variable), functions, max_leaves=4))
def test_what_an_expression_reads_is_read_by_what_is_written_for_it(expression: Expression) -> None:
    assert variables_in(expression) <= variables_read(write(expression))


EVENT: dict[str, Any] = {
    "type": "identify",
    "messageId": "m",
    "userId": "u",
    "anonymousId": "a",
    "traits": {
        "email": "a@x.example",
        "company": {"id": "c", "name": "Acme"},
        "roles": ["CTO"],
        "a.b": 1,
        "plan": "team",
    },
    "context": {"ip": "203.0.113.7", "traits": {"plan": "team"}},
}


def labels(mapping: Any, ignored: tuple[str, ...] = ()) -> dict[str, list[str]]:
    found = coverage(collect([EVENT]), mapping, ignored)
    return {
        "mapped": [variable.label for variable in found.mapped],
        "ignored": [variable.label for variable in found.ignored],
        "new": [variable.label for variable in found.new],
    }


def test_only_what_people_may_want_is_counted() -> None:
    assert [variable.label for variable in wanted_variables(collect([EVENT]))] == [
        "userId",
        'traits["a.b"]',
        "traits.company.id",
        "traits.company.name",
        "traits.email",
        "traits.plan",
        "traits.roles",
        "context.traits.plan",
    ]


def test_a_variable_is_mapped_ignored_or_new() -> None:
    mapping = {"contact_email": path("traits", "email"), "contact_title": {"@path": "$.traits.roles.0"}}
    assert labels(mapping, ("traits.plan", 'traits["a.b"]', "traits.email")) == {
        "mapped": ["traits.email", "traits.roles"],
        "ignored": ['traits["a.b"]', "traits.plan"],
        "new": ["userId", "traits.company.id", "traits.company.name", "context.traits.plan"],
    }


def test_a_whole_object_covers_what_it_holds_and_the_whole_event_nothing() -> None:
    assert labels({"lead_custom_fields": path("traits", "company")})["mapped"] == [
        "traits.company.id",
        "traits.company.name",
    ]
    assert labels({}, ("traits.company",))["ignored"] == ["traits.company.id", "traits.company.name"]
    assert (
        labels({"lead_description": {"@json": {"mode": "encode", "value": {"@path": "$."}}}})["mapped"] == []
    )


def test_the_strip_says_it_in_words() -> None:
    found = coverage(collect([EVENT]), {"contact_external_id": path("userId")}, ("traits.plan",))
    assert (found.text, found.new_text) == ("1 of 8 mapped · 1 ignored", "6 new")
    everything = coverage(collect([identify()]), {"contact_external_id": path("userId")})
    assert (everything.text, everything.new_text) == ("1 of 1 mapped", "")


def test_a_label_that_names_nothing_ignores_nothing() -> None:
    assert labels({}, ("traits..plan", ""))["ignored"] == []


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from("abc"), st.integers() | st.dictionaries(st.text(max_size=3), st.integers())
        ),
        max_size=3,
    ),
    st.lists(KEYS, max_size=3),
    st.lists(st.sampled_from(["traits.a", "traits.b.x", "traits.c", "userId"]), max_size=3),
)
def test_no_variable_is_lost_or_counted_twice(
    traits: list[Any], read: list[tuple[str, ...]], ignored: list[str]
) -> None:
    variables = collect([identify(**one) for one in traits])
    mapping = {f"field_{at}": write(Variable(("traits", *keys))) for at, keys in enumerate(read)}
    found = coverage(variables, mapping, ignored)
    parts = [*found.mapped, *found.ignored, *found.new]
    assert sorted(variable.label for variable in parts) == sorted(
        variable.label for variable in wanted_variables(variables)
    )
    assert found.total == len(parts)
