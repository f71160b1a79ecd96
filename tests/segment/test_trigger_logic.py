"""What is said about a trigger without events has to hold for every event."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.segment import triggers
from app.segment.trigger_logic import contradiction, is_always_true, is_impossible, never_holding
from app.segment.trigger_tree import OPERATORS, Comparison, EmptyGroup, Group, Subject, TriggerError
from app.segment.trigger_value_sets import have_no_common_value, values_where
from tests.segment.json_strategies import VALUES

FEW_TEXTS = st.sampled_from(["", "a", "b", "ab", "ba", "abc", "track", "page"])
FEW_NUMBERS = st.sampled_from([-1, 0, 0.5, 1, 2, 2.5, 10])
OPERANDS = FEW_TEXTS | FEW_NUMBERS | st.none() | st.booleans()
TESTS = st.builds(
    Comparison,
    st.sampled_from([Subject.TYPE, Subject.PROPERTY, Subject.TRAIT]),
    st.sampled_from([*OPERATORS, "unknown"]),
    OPERANDS,
    st.sampled_from(["n", "n.m"]),
)
TREES = st.recursive(
    TESTS | st.just(EmptyGroup()),
    lambda inner: st.builds(
        Group, st.sampled_from(["and", "or"]), st.lists(inner, min_size=1, max_size=4).map(tuple)
    ),
    max_leaves=8,
).map(lambda condition: condition if isinstance(condition, Group) else Group("and", (condition,)))
FIELD_VALUES = FEW_TEXTS | FEW_NUMBERS | st.none() | st.booleans() | VALUES
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "type": FIELD_VALUES,
        "properties": st.fixed_dictionaries(
            {}, optional={"n": FIELD_VALUES | st.fixed_dictionaries({"m": FIELD_VALUES})}
        ),
        "traits": st.fixed_dictionaries({}, optional={"n": FIELD_VALUES}),
    },
)


def answer(tree: Group, event: dict[str, Any]) -> bool | None:
    try:
        return triggers.matches(tree, event)
    except TriggerError:
        return None


@given(tree=TREES, events=st.lists(EVENTS, min_size=1, max_size=12))
@settings(max_examples=400, deadline=None)
def test_no_event_runs_a_rule_called_impossible_and_every_event_one_called_always_true(
    tree: Group, events: list[dict[str, Any]]
) -> None:
    impossible, always = is_impossible(tree), is_always_true(tree)
    for event in events:
        found = answer(tree, event)
        assert not (impossible and found)
        assert not (always and found is False)


ALTERNATIVES = st.builds(
    lambda needed, others: Group("and", (needed, Group("or", tuple(others)))),
    TESTS,
    st.lists(TESTS, min_size=2, max_size=4),
)


@given(tree=ALTERNATIVES, events=st.lists(EVENTS, min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_an_alternative_called_unable_to_hold_can_be_left_out(
    tree: Group, events: list[dict[str, Any]]
) -> None:
    for one in never_holding(tree):
        for event in events:
            assert not answer(Group("and", (tree, one)), event)


SAMPLE_VALUES: list[Any] = [
    None, True, False, "", "a", "b", "ab", "ba", "abc", "bab", -1, 0, 0.25, 0.5, 1, 1.5, 2, 3, [], {}, ["a"],
]  # fmt: skip


PAIRS = st.lists(st.tuples(st.sampled_from(OPERATORS), FEW_TEXTS | FEW_NUMBERS), min_size=1, max_size=4)


@given(tests=PAIRS)
@settings(max_examples=300, deadline=None)
def test_a_value_that_passes_is_never_ruled_out(tests: list[tuple[str, Any]]) -> None:
    made = [Comparison(Subject.PROPERTY, operator, operand, "n") for operator, operand in tests]
    tree = Group("and", tuple(made))
    passing = [v for v in SAMPLE_VALUES if triggers.matches(tree, {"properties": {"n": v}})]
    if passing:
        assert not have_no_common_value([values_where(one, holds=True) for one in made])
    assert is_impossible(tree) is have_no_common_value([values_where(one, holds=True) for one in made])


@pytest.mark.parametrize(
    "text",
    [
        'type = "track" and type = "identify"',
        'properties.plan = "a" and properties.plan = "b"',
        'properties.plan = "a" and properties.plan != "a"',
        "properties.n > 5 and properties.n < 3",
        "properties.n > 5 and properties.n <= 5",
        "properties.n >= 5 and properties.n <= 5 and properties.n != 5",
        "properties.n = 4 and properties.n = 5",
        'properties.n > 5 and properties.n = "six"',
        "properties.n > 5 and properties.n = true",
        "properties.n = null and properties.n != null",
        "properties.n = null and properties.n > 0",
        "properties.n = true and properties.n = false",
        'match(event, "A*") and match(event, "B*")',
        'match(event, "*A") and match(event, "*B")',
        'match(event, "Demo*") and !match(event, "De*")',
        'contains(event, "mo") and !contains(event, "m")',
        'event = "Demo" and !contains(event, "em")',
        'type = "track" and (type = "page" or type = "identify")',
        '(type = "track" and properties.a = "x" and properties.a = "y") or (event = "a" and event = "b")',
        '(event = "a" or event = "b") and (event = "c" or event = "d")',
    ],
)
def test_contradictions_are_found(text: str) -> None:
    assert is_impossible(triggers.parse(text))


@pytest.mark.parametrize(
    "text",
    [
        'type = "track"',
        'properties.plan = "a" and traits.plan = "b"',
        'properties.plan != "a" and properties.plan != "b"',
        "properties.n > 3 and properties.n < 5",
        "properties.n >= 5 and properties.n <= 5",
        'match(event, "De*") and match(event, "Demo*") and contains(event, "x")',
        'match(event, "A*") and match(event, "*B")',
        "properties.a != null and properties.a.b = null",
        'type = "track" and (event = "a" or event = "b")',
    ],
)
def test_what_can_happen_is_not_called_impossible(text: str) -> None:
    tree = triggers.parse(text)
    assert not is_impossible(tree)
    assert not is_always_true(tree)
    assert contradiction(tree) == ()


def test_rules_that_say_nothing_are_known() -> None:
    assert is_always_true(triggers.parse('properties.a = "x" or properties.a != "x"'))
    assert is_always_true(triggers.parse("properties.a = null or properties.a != null"))
    assert not is_always_true(triggers.parse("properties.a > 5 or properties.a <= 5"))


def test_the_fewest_conditions_that_exclude_each_other_are_named() -> None:
    tree = triggers.parse('type = "track" and properties.n > 5 and event = "A" and properties.n < 3')
    assert [triggers.in_words(one) for one in contradiction(tree)] == [
        "properties.n is greater than 5",
        "properties.n is less than 3",
    ]


def test_three_conditions_that_exclude_each_other_only_together_are_named() -> None:
    tree = triggers.parse("properties.n >= 5 and properties.n <= 5 and properties.n != 5")
    assert len(contradiction(tree)) == 3


def test_the_alternative_that_cannot_hold_is_named() -> None:
    tree = triggers.parse('type = "track" and (event = "A" or type = "page")')
    assert [triggers.in_words(one) for one in never_holding(tree)] == ["type is page"]
    assert never_holding(triggers.parse('type = "track" and type = "page"')) == ()


def test_rules_with_very_many_ways_are_left_open_in_bounded_time() -> None:
    pairs = tuple(
        Group("or", tuple(Comparison(Subject.PROPERTY, "=", str(value), f"p{number}") for value in range(9)))
        for number in range(40)
    )
    assert not is_impossible(Group("and", pairs))


def test_a_tree_nested_very_deep_is_left_open() -> None:
    tree = Group("and", (Comparison(Subject.TYPE, "=", "track"),))
    for _ in range(5000):
        tree = Group("and", (tree, EmptyGroup()))
    assert not is_impossible(tree)


NAMES = st.sampled_from(
    ["1st", "-x", "and", "or.null", "a.and", "a b", "nullable", "a.1.b", "größe", "$x", "é.-"]
)


@given(
    name=NAMES,
    value=st.text(alphabet="abZ 09*é.,()", max_size=6),
    operator=st.sampled_from(["=", "contains"]),
)
def test_names_that_the_writer_leaves_unreadable_can_be_written_for_the_reader(
    name: str, value: str, operator: str
) -> None:
    tree = Group("and", (Comparison(Subject.PROPERTY, operator, value, name),))
    assert triggers.parse(triggers.generate(tree, for_reader=True)) == tree


def test_the_operator_and_value_of_an_unknown_field_are_not_warned_about_again() -> None:
    warnings = triggers.warnings('type = "track" and anonymousId = "z" and ) event = "A"')
    assert [one for one in warnings if "skipped" in one] == [
        "anonymousId is not a field Segment tests and is skipped.",
        ") stands where no condition is and is skipped.",
    ]
