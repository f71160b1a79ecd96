"""Expressions and mapping values are two views of one thing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, example, given, reject
from hypothesis import strategies as st

from app.json_value import JsonValue
from app.segment import mapping as mapping_language
from app.segment.value_expression import (
    Advanced,
    ChangeCase,
    Coalesce,
    ConvertJson,
    Expression,
    Flatten,
    FormatDate,
    Joined,
    JoinList,
    JsonMode,
    LetterCase,
    Liquid,
    Replace,
    Static,
    Text,
    Trim,
    Variable,
)
from app.segment.value_reader import read
from app.segment.value_writer import write
from tests.segment.expression_strategies import EVENTS, EXPRESSIONS, MEANT, meaning, normal
from tests.segment.json_strategies import MEMBERS, PAYLOADS

EMAIL = Variable(("traits", "email"))
NAME = Variable(("traits", "name"))
ODD = Variable(("traits", "a.b"))


def evaluated(value: JsonValue, event: dict[str, Any]) -> Any:
    """The value as a field of a mapping; ``"<nothing>"`` for none, ``"<refused>"`` when it fails."""
    try:
        result = mapping_language.transform({"field": value}, event)
    except mapping_language.MappingError:
        return "<refused>"
    assert isinstance(result, dict)
    return result.get("field", "<nothing>")


WRITTEN: list[tuple[Expression, JsonValue]] = [
    (Text("Hello {{x}}"), "Hello {{x}}"),
    (Text(""), {"@literal": ""}),
    (EMAIL, {"@path": "$.traits.email"}),
    (Variable(()), {"@path": "$."}),
    (Static(value=True), True),
    (Static(0), 0),
    (Static(None), {"@literal": None}),
    (Static({"a": [1]}), {"a": [1]}),
    (Joined((Text("Dr. "), NAME)), {"@template": "Dr. {{traits.name}}"}),
    (Joined((NAME,)), {"@template": "{{traits.name}}"}),
    (
        Coalesce(NAME, EMAIL),
        {
            "@if": {
                "exists": {"@path": "$.traits.name"},
                "then": {"@path": "$.traits.name"},
                "else": {"@path": "$.traits.email"},
            }
        },
    ),
    (
        Coalesce(NAME, Static(value=False), blank=True),
        {
            "@if": {
                "blank": {"@path": "$.traits.name"},
                "then": {"@path": "$.traits.name"},
                "else": {"@literal": False},
            }
        },
    ),
    (
        ChangeCase(EMAIL, LetterCase.LOWER),
        {"@case": {"operator": "lower", "value": {"@path": "$.traits.email"}}},
    ),
    (ChangeCase(NAME, LetterCase.CAPITALIZE), {"@liquid": "{{ traits.name | capitalize }}"}),
    (Trim(ChangeCase(NAME, LetterCase.CAPITALIZE)), {"@liquid": "{{ traits.name | capitalize | strip }}"}),
    (Trim(ODD), {"@liquid": '{{ traits["a.b"] | strip }}'}),
    (
        Trim(ChangeCase(NAME, LetterCase.UPPER)),
        {
            "@transform": {
                "apply": {"value": {"@case": {"operator": "upper", "value": {"@path": "$.traits.name"}}}},
                "mapping": {"@liquid": "{{ value | strip }}"},
            }
        },
    ),
    (JoinList(Variable(("tags",)), " / "), {"@liquid": '{{ tags | join: " / " }}'}),
    (
        FormatDate(Variable(("timestamp",)), "%d.%m.%Y", "Europe/Berlin"),
        {"@liquid": '{{ timestamp | date: "%d.%m.%Y", "Europe/Berlin" }}'},
    ),
    (
        Replace(NAME, "-", "$&", ignore_case=True, everywhere=False),
        {
            "@replace": {
                "pattern": "-",
                "replacement": "$$&",
                "ignorecase": True,
                "global": False,
                "value": {"@path": "$.traits.name"},
            }
        },
    ),
    (
        Flatten(Variable(("traits",)), "_", keep_lists=True),
        {"@flatten": {"value": {"@path": "$.traits"}, "separator": "_", "omitArrays": True}},
    ),
    (
        ConvertJson(Variable(("traits",)), JsonMode.ENCODE),
        {"@json": {"mode": "encode", "value": {"@path": "$.traits"}}},
    ),
    (Liquid("{% if a %}b{% endif %}"), {"@liquid": "{% if a %}b{% endif %}"}),
    (
        Joined((NAME, Text(" {{x}} "), Trim(EMAIL), Text("."))),
        {
            "@transform": {
                "apply": {
                    "part1": {"@path": "$.traits.name"},
                    "part2": " {{x}} ",
                    "part3": {"@liquid": "{{ traits.email | strip }}"},
                },
                "mapping": {"@template": "{{part1}}{{part2}}{{part3}}."},
            }
        },
    ),
]


@pytest.mark.parametrize(("expression", "value"), WRITTEN)
def test_each_expression_is_written_in_segments_form_and_read_back(
    expression: Expression, value: JsonValue
) -> None:
    assert write(expression) == value
    assert read(value) == expression


READ: list[tuple[JsonValue, Expression]] = [
    ({"@path": "$.items[0].id"}, Variable(("items", "0", "id"))),
    ({"@template": "{{{traits.name}}} <{{ traits.email }}>"}, Joined((NAME, Text(" <"), EMAIL, Text(">")))),
    ({"@template": "no variable"}, Text("no variable")),
    ({"@literal": "text"}, Text("text")),
    ({"@literal": 5}, Static(5)),
    (
        {
            "@replace": {
                "pattern": "a",
                "replacement": "b",
                "pattern2": "",
                "value": {"@path": "$.traits.name"},
            }
        },
        Replace(NAME, "a", "b"),
    ),
    (
        {
            "@replace": {
                "pattern": "a",
                "pattern2": "c",
                "replacement2": "$$",
                "value": {"@path": "$.traits.name"},
            }
        },
        Replace(Replace(NAME, "a"), "c", "$"),
    ),
    ({"@liquid": "{{traits['name']|strip}}"}, Trim(NAME)),
    ({"@liquid": "{{ traits.name | append: 'x' }}"}, Liquid("{{ traits.name | append: 'x' }}")),
    ({"@liquid": "{{ items.first | strip }}"}, Liquid("{{ items.first | strip }}")),
]


@pytest.mark.parametrize(("value", "expression"), READ)
def test_other_spellings_of_segments_editor_and_of_people_are_read(
    value: JsonValue, expression: Expression
) -> None:
    assert read(value) == expression


KEPT_WHOLE: list[JsonValue] = [
    {"@path": "$.a", "_metadata": {"label": "A"}},
    {"@path": {"@path": "$.a"}},
    {"@if": {"exists": {"@path": "$.a"}, "then": {"@path": "$.b"}, "else": "x"}},
    {"@if": {"exists": {"@path": "$.a"}, "then": {"@path": "$.a"}, "else": ""}},
    {"@if": {"exists": {"@path": "$.a"}, "then": {"@path": "$.a"}}},
    {"@if": {"exists": {"@literal": 1}, "then": {"@literal": True}, "else": "x"}},
    {"@case": {"operator": "LOWER", "value": {"@path": "$.a"}}},
    {"@case": {"operator": "lower", "value": ""}},
    {"@replace": {"pattern": "a", "replacement": "$&!", "value": {"@path": "$.a"}}},
    {"@replace": {"pattern": "a", "pattern2": "much too long", "value": {"@path": "$.a"}}},
    {"@template": "{{ {{{a}}} }}"},
    {"@json": {"mode": "ENCODE", "value": {"@path": "$.a"}}},
    {"@arrayPath": ["$.items", {"id": {"@path": "$.id"}}]},
    {"@merge": {"direction": "right", "objects": [{"@path": "$.a"}]}},
    {"@transform": {"apply": {"a": {"@path": "$.a"}, "b": 1}, "mapping": {"@template": "{{a}}"}}},
    {"@transform": {"apply": {"a": {"@path": "$.a"}}, "mapping": {"@template": "{{{a}}}"}}},
    {"@unknown": 1},
    {"a": {"@path": "$.a"}},
]


@pytest.mark.parametrize("value", KEPT_WHOLE)
def test_what_has_no_form_of_its_own_is_kept_whole(value: JsonValue) -> None:
    assert read(value) == Advanced(value)
    assert write(read(value)) is value


def test_a_value_nested_without_end_is_kept_whole() -> None:
    value: JsonValue = "x"
    for _ in range(5_000):
        value = {"@case": {"operator": "lower", "value": value}}
    assert read(value) == Advanced(value)


@given(EXPRESSIONS)
@example(Coalesce(Text(""), Static(None)))
@example(Trim(Joined((Text("a"), Text("b")))))
@example(Joined((Text("{{"), EMAIL, Text("}}"))))
@example(Trim(Text("x" * 1100)))
def test_a_written_expression_compiles_and_is_read_back(expression: Expression) -> None:
    value = write(expression)
    mapping_language.compile({"field": value})
    assert read(value) == normal(expression)
    assert write(read(value)) == value


@given(EXPRESSIONS, EVENTS)
def test_the_simplest_form_of_an_expression_gives_the_same(
    expression: Expression, event: dict[str, Any]
) -> None:
    assert evaluated(write(normal(expression)), event) == evaluated(write(expression), event)


@given(MEANT, EVENTS)
@example(Joined((ODD, Text("{{traits.name}}"))), {"traits": {"a.b": [1, None], "name": "{{traits.a}}"}})
@example(Coalesce(ODD, Text("none")), {"traits": {}})
def test_a_written_expression_gives_what_the_expression_means(
    expression: Expression, event: dict[str, Any]
) -> None:
    wanted = mapping_language.transform({"field": {"@path": "$.v"}}, {"v": meaning(expression, event)})
    assert isinstance(wanted, dict)
    assert evaluated(write(expression), event) == wanted.get("field", "<nothing>")


@given(MEMBERS, PAYLOADS)
def test_reading_and_writing_a_value_changes_nothing_for_any_event(
    value: JsonValue, event: dict[str, Any]
) -> None:
    try:
        mapping_language.compile({"field": value})
    except mapping_language.MappingError:
        reject()
    assume("{{" not in str(event))  # what a triple puts in is deliberately not read as a template again
    assert evaluated(write(read(value)), event) == evaluated(value, event)


NEAR_OWN_FORMS = st.sampled_from(
    [
        "{{ a.b | strip }}",
        "{{ a['b'] | capitalize|strip }}",
        '{{ "x" | date: "%Y" }}',
        "{{ a.size | strip }}",
        "{{ value | strip }}",
        "{{ a | join }}",
        "{{ a | join: b }}",
        "{{ c[0].a | join: ',' , 'z' }}",
        "{{ nil | strip }}",
        "{{ a | date: '%Y', '' }}",
        '{{ a["b"] | json | default: "null" }}',
        "{{ a",
    ]
).map(lambda source: {"@liquid": source})


@given(
    st.one_of(
        NEAR_OWN_FORMS,
        st.builds(lambda value: {"@json": {"mode": "decode", "value": value}}, NEAR_OWN_FORMS),
        st.builds(
            lambda held, over: {"@transform": {"apply": {"value": held}, "mapping": over}},
            MEMBERS,
            NEAR_OWN_FORMS,
        ),
        st.builds(
            lambda one, two, template: {
                "@transform": {"apply": {"part1": one, "part2": two}, "mapping": {"@template": template}}
            },
            MEMBERS,
            MEMBERS,
            st.sampled_from(
                ["{{part1}}{{part2}}", "{{part2}}-{{part1}}-{{part2}}", "{{part1}}", "{{part1.a}}"]
            ),
        ),
        st.builds(
            lambda key, value, other: {"@if": {key: value, "then": value, "else": other}},
            st.sampled_from(["exists", "blank"]),
            MEMBERS,
            MEMBERS,
        ),
        st.builds(
            lambda operator, value: {"@case": {"operator": operator, "value": value}},
            st.sampled_from(["lower", "upper", "none"]),
            MEMBERS,
        ),
        st.builds(
            lambda value, pairs, flags: {"@replace": {"pattern": "a", "value": value, **pairs, **flags}},
            MEMBERS,
            st.fixed_dictionaries(
                {},
                optional={
                    "replacement": st.sampled_from(["", "$$", "$&", "b$"]),
                    "pattern2": st.sampled_from(["", "b", None, 5]),
                    "replacement2": st.sampled_from(["", "$$&", None, 5]),
                },
            ),
            st.fixed_dictionaries({}, optional={"ignorecase": st.booleans(), "global": st.booleans()}),
        ),
    ),
    PAYLOADS,
)
def test_values_close_to_the_own_forms_keep_their_result(value: JsonValue, event: dict[str, Any]) -> None:
    try:
        mapping_language.compile({"field": value})
    except mapping_language.MappingError:
        reject()
    assume("{{" not in str(event))
    assert evaluated(write(read(value)), event) == evaluated(value, event)
