"""What a rule says in words, and what the collected events say about it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.close.records import CustomField
from app.segment import triggers
from app.segment.event_variables import collect
from app.segment.trigger_tree import OPERATORS, Comparison, Group, Subject
from app.storage.profile import MappingSpec
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.rule_checks import Finding, Severity, event_findings, logic_findings
from app.workflows.mapping_editor.rule_draft import draft_of
from app.workflows.mapping_editor.rule_event_types import event_types
from app.workflows.mapping_editor.rule_matches import MATCHED, Misses, count_matches
from app.workflows.mapping_editor.rule_overlap import overlaps, run_by_none
from app.workflows.mapping_editor.rule_reading import read_rule
from app.workflows.mapping_editor.rule_study import RuleQuestion, study_rule
from app.workflows.mapping_editor.rule_suggestions import (
    field_choices,
    field_of_text,
    usual_subject,
    values_of,
)
from app.workflows.mapping_editor.rule_words import FieldNames, in_words, outline, readback, remarks, sentence
from app.workflows.mapping_editor.rule_writing import write_rule
from app.workflows.mapping_editor.rules import Place, Rule
from tests.workflows.mapping_editor.rule_strategies import BODIES, RULES

UPSERT = "createUpdateContactAndLead"


def track(event: str, **properties: Any) -> dict[str, Any]:
    return {"type": "track", "event": event, "properties": properties}


EVENTS = [
    *(track("Demo Requested", seats=25, plan="team") for _ in range(4)),
    *(track("Signed Up", seats=2, plan="free") for _ in range(3)),
    *({"type": "page", "name": "Home"} for _ in range(2)),
    {"type": "identify", "traits": {"vip": "true"}},
]


def said(text: str) -> str:
    return sentence(readback(triggers.parse(text)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            'type = "track" and event = "Demo Requested" '
            'and (properties.plan = "team" or properties.seats >= 10)',
            "Runs for Track events named “Demo Requested”, when plan is “team” or seats is at least 10.",
        ),
        (
            'type = "track" and userId != null and (properties.plan = "team" or properties.seats >= 10)',
            "Runs for Track events, when user ID exists and (plan is “team” or seats is at least 10).",
        ),
        (
            'type = "identify" or type = "track" or type = "group"',
            "Runs for Identify, Track and Group events.",
        ),
        (
            'event = "A" or event = "B"',
            "Runs for events of any type, when event name is “A” or event name is “B”.",
        ),
        (
            'traits.plan != "free" and properties.seats != 3',
            "Runs for events of any type, when trait plan is not “free” and property seats does not equal 3.",
        ),
        ('!contains(event, "x")', "Runs for events of any type, when event name does not contain “x”."),
        ("event > 5", "Runs when event name is greater than 5."),
        (
            '(event = "a" or name = "b") and (userId = "c" or name = "d")',
            "Runs when (event name is “a” or page name is “b”) and (user ID is “c” or page name is “d”).",
        ),
    ],
)
def test_a_trigger_is_said_in_words(text: str, words: str) -> None:
    assert said(text) == words


@given(
    operator=st.sampled_from([*OPERATORS, "~"]), value=st.none() | st.booleans() | st.integers() | st.text()
)
@settings(max_examples=60, deadline=None)
def test_every_comparison_has_words(operator: str, value: Any) -> None:
    test = Comparison(Subject.PROPERTY, operator, value, "plan")
    assert in_words(test, FieldNames()).startswith("plan ")
    assert sentence(readback(Group("and", (test,)))).endswith(".")


def test_negations_say_what_they_do_with_missing_values() -> None:
    text = 'traits.a != "x" and traits.b != 5 and !contains(traits.c, "x") and traits.d = null'
    notes = remarks(triggers.parse(f'{text} and type != "page"'))
    assert len(notes) == 4
    assert "also lets events through where a is missing" in notes[0]
    assert "b is a number; events without it do not run" in notes[1]
    assert notes[2] == "“does not contain” holds only where c is text; events without it do not run."
    assert "also holds where d is null" in notes[3]


def test_the_outline_shows_how_segment_groups() -> None:
    lines = outline(triggers.parse('type = "track" and (event = "a" or properties.n > 5)'))
    assert [(line.depth, line.text) for line in lines] == [
        (0, "All of these"),
        (1, "type is track"),
        (1, "Any of these"),
        (2, "event name is “a”"),
        (2, "properties.n is greater than 5"),
    ]


def test_matches_are_counted_and_the_rest_is_grouped_by_what_stops_it() -> None:
    found = count_matches(triggers.parse('type = "track" and properties.plan = "team"'), EVENTS)
    assert found is not None
    assert (found.matched, found.total) == (4, 10)
    assert found.misses == (
        Misses("plan is not “team”", 3, (("free", 3),)),
        Misses("type is page", 2),
        Misses("type is identify", 1),
    )
    assert found.reasons == (MATCHED,) * 4 + (0,) * 3 + (1,) * 2 + (2,)


def test_a_missing_value_is_a_reason_of_its_own() -> None:
    found = count_matches(triggers.parse("properties.seats >= 10"), [*EVENTS, track("X", seats="ten")])
    assert found is not None
    assert {(miss.words, miss.count) for miss in found.misses} == {
        ("seats is not at least 10", 4),
        ("seats is missing", 3),
    }


def test_a_rule_written_as_alternatives_is_explained_by_its_meaning() -> None:
    text = '(type = "track" and contains(event, "x")) or (type = "track" and match(event, "S*"))'
    found = count_matches(triggers.parse(text), EVENTS)
    assert found is not None
    assert found.matched == 3
    assert found.misses[0].words == "neither event name contains “x” nor event name starts with “S”"
    assert found.misses[1].words == "type is page"


def test_a_trigger_segment_cannot_read_or_fails_on_matches_nothing() -> None:
    unread = count_matches(None, EVENTS)
    failing = count_matches(triggers.parse('type = "page" or ()'), EVENTS)
    assert unread is not None
    assert failing is not None
    assert (unread.matched, failing.matched) == (0, 2)
    assert failing.misses == (Misses("Segment fails on the trigger", 8),)


def test_counting_can_be_given_up() -> None:
    assert count_matches(triggers.parse('type = "page"'), EVENTS * 20, lambda: True) is None


@given(rule=RULES, events=st.lists(BODIES, max_size=8))
@settings(max_examples=100, deadline=None)
def test_every_event_matches_or_has_one_reason(rule: Rule, events: list[dict[str, Any]]) -> None:
    tree = write_rule(rule).tree
    found = count_matches(tree, events)
    assert found is not None
    assert found.matched + sum(miss.count for miss in found.misses) == found.total == len(events)
    if tree is not None:
        assert found.matched == sum(triggers.matches(tree, event) for event in events)


def findings(text: str) -> tuple[Finding, ...]:
    rule = read_rule(text).rule
    assert rule is not None
    return event_findings(rule, EVENTS)


def test_text_compared_with_numbers_is_named_with_a_better_operator() -> None:
    (found,) = findings('type = "track" and properties.seats = "25"')
    assert found.title == "seats is a number in all 7 events that have it"
    assert "The number 25 never is the text “25”" in found.text
    assert found.place == Place(0)
    assert found.fix is not None
    assert (found.fix.operator, found.fix_words) == ("equals", "Use “equals”")


def test_numbers_compared_with_text_are_named() -> None:
    (found,) = findings('type = "track" and properties.plan >= 5')
    assert found.title == "plan is text in all 7 events that have it"
    assert found.text == "“is at least” only works on numbers."


def test_a_switch_that_is_text_is_named() -> None:
    (found,) = findings("traits.vip = true")
    assert "The text “true” is none" in found.text
    assert found.fix is not None
    assert (found.fix.operator, found.fix.value) == ("is", "true")


def test_a_mixture_of_types_is_a_note() -> None:
    rule = read_rule("properties.seats >= 5").rule
    assert rule is not None
    (found,) = event_findings(rule, [*EVENTS, track("X", seats="ten")])
    assert found.severity is Severity.NOTE
    assert found.title == "seats is text in 1 of 8 events"


def test_a_field_that_never_occurs_is_named_unless_that_is_what_is_asked() -> None:
    (found,) = findings('type = "track" and properties.colour = "red"')
    assert found.title == "colour is in none of 7 events of this type"
    assert findings('type = "track" and properties.colour = null') == ()


def test_an_event_name_that_never_occurs_gets_the_nearest_one() -> None:
    (found,) = findings('type = "track" and event = "demo requestd"')
    assert "None of 7" in found.title
    assert found.fix is not None
    assert found.fix.value == "Demo Requested"
    assert findings('type = "track" and event = "Demo Requested"') == ()
    assert findings('type = "track" and contains(event, "Upgraded")') == ()


def test_a_type_segment_does_not_have_gets_the_nearest_one() -> None:
    (found,) = findings('type = "identfy"')
    assert found.fix is not None
    assert found.fix.value == "identify"


def test_types_without_events_are_a_note() -> None:
    (found,) = findings('type = "alias"')
    assert found.title == "None of 10 collected events is of type Alias"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('type = "track" and type = "page"', "type is track and type is page exclude each other."),
        (
            "properties.n > 5 and properties.n < 3",
            "n is greater than 5 and n is less than 3 exclude each other.",
        ),
        ('!contains(event, "")', "No value passes event name does not contain “”."),
        ('type = "track" and (type = "page" or type = "alias")', "Whichever alternative holds"),
    ],
)
def test_impossible_rules_are_named_with_what_excludes_each_other(text: str, words: str) -> None:
    (found,) = logic_findings(triggers.parse(text))
    assert found.severity is Severity.ERROR
    assert words in found.text


def test_conditions_that_decide_nothing_are_named() -> None:
    text = 'type = "track" and (properties.a = "x" or properties.a != "x")'
    (found,) = logic_findings(triggers.parse(text))
    assert found.title == "The conditions hold for every event"


def test_an_alternative_that_cannot_hold_is_named() -> None:
    (found,) = logic_findings(triggers.parse('type = "track" and (event = "A" or type = "page")'))
    assert found.text == "type is page is excluded by the other conditions."


def spec(trigger: str, name: str = "Main", *, enabled: bool = True, **fields: Any) -> MappingSpec:
    mapping = {"contact_name": {"@path": "$.traits.name"}, "contact_email": {"@path": "$.traits.email"}}
    return MappingSpec(name, UPSERT, trigger, mapping | fields, enabled=enabled)


def test_overlap_names_the_other_mapping_and_what_both_write() -> None:
    field = CustomField("cf_1", "Plan", "text", "lead")
    custom = {"lead_custom_fields": {"cf_1": {"@path": "$.properties.plan"}}}
    mappings = (
        spec('type = "track"', **custom),
        spec('properties.plan = "team"', "Newsletter", **custom),
        spec('type = "track"', "Off", enabled=False),
        spec('type = "page"', "Pages"),
    )
    tree = triggers.parse(mappings[0].trigger)
    (found,) = overlaps(0, mappings, tree, EVENTS, CloseVocabulary(custom_fields=(field,)))
    assert (found.name, found.count, found.fields) == ("Newsletter", 4, ("Contact Name", "Plan"))


def test_events_that_run_nothing_at_all_are_noticed() -> None:
    assert run_by_none((spec('type = "alias"'), spec('type = "page"', enabled=False)), EVENTS)
    assert not run_by_none((spec('type = "alias"'), spec('type = "page"')), EVENTS)


def test_a_study_answers_everything_or_nothing() -> None:
    mappings = (spec('type = "track"'), spec('type = "page"'))
    tree = triggers.parse(mappings[0].trigger)
    question = RuleQuestion(tree, Rule(("track",)), 0, mappings, EVENTS, CloseVocabulary())
    study = study_rule(question)
    assert study is not None
    assert (study.matches.matched, study.overlaps, study.idle) == (7, (), False)
    assert study_rule(question, lambda: True) is None


def test_each_event_type_says_what_it_brings_about() -> None:
    by_key = {one.key: one for one in event_types(UPSERT, EVENTS)}
    assert by_key["identify"].consequence == "A person logged in or changed. Contact and lead are updated."
    assert by_key["page"].caution
    assert (by_key["track"].count, by_key["track"].total) == (7, 10)
    alias = {one.key: one for one in event_types("mergeContactsAndLeads")}["alias"]
    assert "cannot be undone and needs confirmation" in alias.consequence
    delete = {one.key: one for one in event_types("deleteContact")}["delete"]
    assert "cannot be undone" in delete.consequence


def test_fields_are_offered_by_how_often_they_are_there() -> None:
    choices = field_choices(collect([*EVENTS, track("X", **{"a.b": 1, "🙂": 1, "$x y": 1})]))
    labels = [choice.label for choice in choices]
    assert labels[:4] == ["Event name", "User ID", "Page or screen name", "Event type"]
    assert labels[4] in {"properties.plan", "properties.seats"}
    assert "properties.$x y" in labels
    assert not any("a.b" in label or "🙂" in label for label in labels)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("plan", (Subject.PROPERTY, "plan")),
        ("traits.plan", (Subject.TRAIT, "plan")),
        ("$.context.page.url", (Subject.CONTEXT, "page.url")),
        ("event name", (Subject.EVENT, "")),
        ("userId", (Subject.USER_ID, "")),
        ("a.b", (Subject.PROPERTY, "a.b")),
    ],
)
def test_a_typed_field_is_understood(typed: str, field: tuple[Subject, str]) -> None:
    assert field_of_text(typed, Subject.PROPERTY) == field


def test_values_are_offered_by_how_often_they_occur() -> None:
    assert values_of(Subject.EVENT, "", EVENTS) == (("Demo Requested", 4), ("Signed Up", 3))
    assert values_of(Subject.PROPERTY, "seats", EVENTS) == (("25", 4), ("2", 3))
    assert usual_subject(("identify", "group")) is Subject.TRAIT
    assert usual_subject(("identify", "track")) is Subject.PROPERTY


def test_a_draft_keeps_the_last_text_segment_can_read() -> None:
    draft = draft_of('type = "track" and contains(event, "x")')
    assert draft.rule is not None
    condition = draft.rule.conditions[0]
    rule, _ = draft.rule.added(condition, in_group=True)
    rule, _ = rule.added(condition, in_group=True)
    broken = draft.with_rule(rule)
    assert broken.text == draft.text
    assert "only one “contains”" in broken.problem
    assert broken.findings[0].title == "Segment cannot read this combination"
    assert broken.with_rule(draft.rule).problem == ""


@pytest.mark.parametrize(
    ("text", "title"),
    [("", "No rule yet"), ("nonsense", "Segment cannot read this trigger"), ('type = "page"', None)],
)
def test_the_verdict_says_why_nothing_can_run(text: str, title: str | None) -> None:
    verdict = draft_of(text).verdict
    assert (verdict.title if verdict else None) == title
