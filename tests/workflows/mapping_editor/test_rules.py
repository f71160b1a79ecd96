"""The builder's rule, its text, and the way back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.segment import triggers
from app.segment.trigger_tree import Subject
from app.workflows.mapping_editor.rule_conditions import RuleCondition
from app.workflows.mapping_editor.rule_reading import read_rule
from app.workflows.mapping_editor.rule_writing import meaning_of, write_rule
from app.workflows.mapping_editor.rules import Joiner, Place, Rule, finished
from tests.workflows.mapping_editor.rule_strategies import BODIES, CONDITIONS, RULES

PLAN = RuleCondition(Subject.PROPERTY, "is", "team", "plan")
SEATS = RuleCondition(Subject.PROPERTY, "at-least", "10", "seats")
HAS_X = RuleCondition(Subject.PROPERTY, "contains", "x", "note")
DEMO = RuleCondition(Subject.EVENT, "starts-with", "Demo")
TRACK = ("track",)


@given(rule=RULES, events=st.lists(BODIES, max_size=6))
@settings(max_examples=150, deadline=None)
def test_segment_reads_what_the_builder_writes_as_it_was_meant(
    rule: Rule, events: list[dict[str, Any]]
) -> None:
    written = write_rule(rule)
    meaning = meaning_of(rule)
    if not written.text:
        assert written.problem or meaning is None
        return
    assert meaning is not None
    for event in events:
        assert triggers.matches(written.text, event) is triggers.matches(meaning, event)


@given(rule=RULES)
@settings(max_examples=150, deadline=None)
def test_the_builder_shows_again_what_it_wrote(rule: Rule) -> None:
    written = write_rule(rule)
    if not written.text:
        return
    again = read_rule(written.text)
    assert again.rule is not None
    assert again.warnings == ()
    assert write_rule(again.rule).text == written.text


@pytest.mark.parametrize(
    "rule",
    [
        Rule(),
        Rule(("identify",)),
        Rule(("identify", "track", "group")),
        Rule(TRACK, Joiner.ALL, (PLAN, DEMO, HAS_X)),
        Rule(TRACK, Joiner.ANY, (PLAN, SEATS)),
        Rule(TRACK, Joiner.ANY, (HAS_X, DEMO, PLAN)),
        Rule(("identify", "track"), Joiner.ANY, (HAS_X, DEMO)),
        Rule(TRACK, Joiner.ALL, (PLAN,), (SEATS, HAS_X)),
        Rule(TRACK, Joiner.ALL, (PLAN,), (SEATS, HAS_X, DEMO)),
        Rule(TRACK, Joiner.ANY, (HAS_X,), (SEATS, DEMO)),
        Rule((), Joiner.ANY, (PLAN, DEMO, HAS_X), (SEATS, HAS_X)),
    ],
)
def test_rules_of_every_shape_come_back_as_they_were(rule: Rule) -> None:
    again = read_rule(write_rule(rule).text).rule
    assert again is not None
    assert again.types == rule.types
    assert again.joiner is rule.joiner or len(rule.places) < 2
    assert set(again.conditions) == set(rule.conditions)
    assert set(again.group or ()) == set(rule.group or ())


def test_functions_in_a_group_are_written_as_alternatives() -> None:
    text = write_rule(Rule(TRACK, Joiner.ANY, (HAS_X, DEMO))).text
    assert text == (
        '(type = "track" and contains(properties.note, "x")) or (type = "track" and match(event, "Demo*"))'
    )


def test_a_group_that_segment_cannot_read_is_refused_in_words() -> None:
    written = write_rule(Rule(TRACK, Joiner.ALL, (HAS_X,), (DEMO, HAS_X)))
    assert written.text == ""
    assert "only one “contains”" in written.problem


def test_rows_that_are_not_finished_are_left_out() -> None:
    rule = Rule(TRACK, Joiner.ALL, (PLAN, RuleCondition(Subject.EVENT)), (RuleCondition(Subject.TRAIT),))
    assert finished(rule) == Rule(TRACK, Joiner.ALL, (PLAN,))
    assert write_rule(rule).text == 'type = "track" and properties.plan = "team"'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('type = "track" and anonymousId = "z"', "differently from how it is written"),
        ("event = 'Demo'", "differently"),
        ('type = "a" or event = "b" and name = "c"', "differently"),
        ('type!="track"', "cannot read"),
        ('type = "track" and (event = "a" or name = "b") and (userId = "c" or name = "d")', "more groups"),
        ("event > 5", "comparison that the builder does not offer"),
        ('contains(event, "")', "comparison"),
        ("userId = true", "comparison"),
        ('properties.n > "ten"', "differently"),
        ('type = "track" and ()', "differently"),
    ],
)
def test_what_the_builder_cannot_show_is_kept_as_text_with_the_reason(text: str, reason: str) -> None:
    reading = read_rule(text)
    assert reading.rule is None
    assert reading.text == text
    assert reason in reading.reason


def test_the_rule_of_what_segment_reads_is_offered_beside_a_text_that_says_more() -> None:
    reading = read_rule('type = "track" and event = "Demo" and anonymousId = "z"')
    assert reading.read_rule == Rule(TRACK, Joiner.ALL, (RuleCondition(Subject.EVENT, "is", "Demo"),))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", Rule()),
        ('type = "identify"', Rule(("identify",))),
        ('type = "identify" or type = "track"', Rule(("identify", "track"))),
        (
            'event = "Demo" and type = "track"',
            Rule(TRACK, Joiner.ALL, (RuleCondition(Subject.EVENT, "is", "Demo"),)),
        ),
        ('type = "identfy"', Rule((), Joiner.ALL, (RuleCondition(Subject.TYPE, "is", "identfy"),))),
        (
            'type = "track" or event = "Demo"',
            Rule(
                (),
                Joiner.ANY,
                (RuleCondition(Subject.TYPE, "is", "track"), RuleCondition(Subject.EVENT, "is", "Demo")),
            ),
        ),
        ('traits.plan != ""', Rule((), Joiner.ALL, (RuleCondition(Subject.TRAIT, "not-empty", "", "plan"),))),
        (
            "properties.vip != true",
            Rule((), Joiner.ALL, (RuleCondition(Subject.PROPERTY, "is-not", "true", "vip"),)),
        ),
    ],
)
def test_triggers_from_elsewhere_are_shown_as_rules(text: str, rule: Rule) -> None:
    reading = read_rule(text)
    assert reading.rule == rule or (reading.read_rule == rule and reading.warnings)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (RuleCondition(Subject.PROPERTY, "is", 'say "hi"', "plan"), "double quote"),
        (RuleCondition(Subject.PROPERTY, "at-least", "ten", "seats"), "“ten” is not a number"),
        (RuleCondition(Subject.PROPERTY, "at-least", "1e5", "seats"), "not a number"),
        (RuleCondition(Subject.PROPERTY, "at-least", "9" * 25, "seats"), "this large"),
        (RuleCondition(Subject.PROPERTY, "at-least", "9" * 400, "seats"), "this large"),
        (RuleCondition(Subject.PROPERTY, "ends-with", "x*", "plan"), "* at the end"),
        (RuleCondition(Subject.PROPERTY, "is", "x", "🙂"), "emoji"),
        (RuleCondition(Subject.PROPERTY, "is", "x", "a..b"), "every dot"),
        (RuleCondition(Subject.PROPERTY, "is", "x" * 20_000, "plan"), "10,000 characters"),
    ],
)
def test_what_segment_cannot_hold_is_refused_in_words(condition: RuleCondition, words: str) -> None:
    assert words in condition.problem
    assert condition.comparison is None


def test_what_is_missing_is_asked_for() -> None:
    assert "field" in RuleCondition(Subject.TRAIT).missing
    assert "value" in RuleCondition(Subject.EVENT).missing
    assert RuleCondition(Subject.TRAIT, "exists", name="plan").missing == ""


@given(condition=CONDITIONS)
@settings(max_examples=150, deadline=None)
def test_every_condition_is_missing_something_refused_or_readable(condition: RuleCondition) -> None:
    if condition.comparison is None:
        assert condition.missing or condition.problem
    else:
        text = write_rule(Rule((), Joiner.ALL, (condition,))).text
        assert triggers.parse(text).children == (condition.comparison,)


def test_another_field_keeps_the_operator_only_where_it_has_it() -> None:
    assert SEATS.with_subject(Subject.TRAIT, "size").operator == "at-least"
    assert SEATS.with_subject(Subject.EVENT) == RuleCondition(Subject.EVENT, "is", "10")


def test_rows_move_across_the_border_of_the_group() -> None:
    rule = Rule(TRACK, Joiner.ALL, (PLAN, SEATS), (DEMO,))
    moved, place = rule.moved(Place(1), 1)
    assert (moved.conditions, moved.group, place) == ((PLAN,), (SEATS, DEMO), Place(0, in_group=True))
    back, place = moved.moved(place, -1)
    assert (back, place) == (rule, Place(1))
    assert rule.moved(Place(0), -1) == (rule, Place(0))
    assert rule.moved(Place(0), 1)[0].conditions == (SEATS, PLAN)


def test_types_stay_in_the_order_in_which_they_are_offered() -> None:
    rule = Rule().with_type("track", chosen=True).with_type("identify", chosen=True)
    assert rule.types == ("identify", "track")
    assert rule.with_type("identify", chosen=False).types == TRACK
