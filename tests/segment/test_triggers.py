"""Triggers beyond the recorded cases: traces, warnings, round trips, runaways."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.segment import triggers
from app.segment.triggers import Clause, Comparison, EmptyGroup, Group, Subject, TriggerError

GROUP_EVENT = {
    "type": "group",
    "userId": "5",
    "traits": {"name": "Bramble", "employees": 41, "plan": None, "note": " x"},
    "context": {"tags": ["a", "b"]},
}


def test_the_trace_says_in_words_what_was_asked_and_what_the_event_has() -> None:
    text = (
        'type = "identify" and traits.employees >= 50 and traits.plan != null and userId = "5" '
        'and traits.gone = true and context.tags != null and traits.note = "y"'
    )
    assert triggers.trace(text, GROUP_EVENT) == (
        Clause("type is identify", "group", passed=False),
        Clause("traits.employees is at least 50", "41", passed=False),
        Clause("traits.plan exists", "null", passed=False),
        Clause('userId is "5"', '"5"', passed=True),
        Clause("traits.gone is true", "missing", passed=False),
        Clause("context.tags exists", '["a","b"]', passed=True),
        Clause("traits.note is y", '" x"', passed=False),
    )


def test_the_trace_of_a_group_lists_every_clause() -> None:
    clauses = triggers.trace(
        'type = "page" and (traits.name = "A" or contains(traits.name, "ramb"))', GROUP_EVENT
    )
    assert [clause.passed for clause in clauses] == [False, False, True]
    assert clauses[2].text == "traits.name contains ramb"


def test_the_trace_of_an_unreadable_trigger_says_so() -> None:
    (clause,) = triggers.trace("nonsense", GROUP_EVENT)
    assert not clause.passed
    assert "cannot be read" in clause.text


def test_long_values_are_shortened_in_the_trace() -> None:
    (clause,) = triggers.trace('event = "x"', {"event": "y" * 500})
    assert len(clause.actual) == 120


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('Type = "track"', "never matches"),
        ('type!="track"', "never matches"),
        ('type = "a" or event = "b" and name = "c"', '"and", joins them all'),
        ("event = 'X'", "Single quotes belong to the text"),
        ('type = "track" and anonymousId = "z"', "anonymousId is not a field"),
        ('match(event, "Sign Up")', "ends with ign Up"),
        ('match(event, "a*b*")', "Only the * at the end"),
        ("event = null", 'the text "null"'),
        ("properties.b != true", "true for every boolean"),
        ("properties.n >=5", "needs a space"),
        ('type = "a" and (contains(name, "x") or event = "b")', "first closing parenthesis"),
        ('!(type = "a")', "only works before contains and match"),
        ('contains(type, "x") and name = "y"', "does not work on type"),
        ('type = "a" and ()', "evaluation fails"),
        ("type =", "value behind type is missing"),
        ('properties.n > "5"', "compares numbers"),
        ('properties.and = "x"', "never true"),
    ],
)
def test_warnings_say_what_segment_really_does(text: str, words: str) -> None:
    assert words in " ".join(triggers.warnings(text))


def test_warnings_show_the_text_segment_reads() -> None:
    warnings = triggers.warnings('type = "a" or event = "b" and name = "c"')
    assert warnings[-1] == 'Segment reads: type = "a" and event = "b" and name = "c"'


@pytest.mark.parametrize(
    "text",
    [
        'type = "identify"',
        'type = "track" and event = "Demo Requested" and properties.seats >= 20',
        'contains(traits.email, "@") or !match(event, "Test*") or match(event, "*ed")',
        "(traits.plan != null or traits.vip = true) and userId != null",
    ],
)
def test_triggers_that_mean_what_they_say_have_no_warnings(text: str) -> None:
    assert triggers.warnings(text) == ()


def test_an_unreadable_trigger_never_matches_and_is_refused_when_parsed() -> None:
    assert triggers.matches("nonsense", GROUP_EVENT) is False
    assert triggers.compile("")(GROUP_EVENT) is False
    with pytest.raises(TriggerError):
        triggers.parse("nonsense")


def test_an_empty_group_fails_only_when_evaluation_gets_there() -> None:
    text = 'type = "track" and ()'
    assert triggers.matches(text, GROUP_EVENT) is False
    with pytest.raises(TriggerError):
        triggers.matches(text, {"type": "track"})
    assert triggers.parse(text).children[1] == EmptyGroup()


def test_a_tree_survives_its_json_shape() -> None:
    tree = triggers.parse('(type = "page" or traits.n = 5) and context.x != null')
    assert triggers.tree_from_json(triggers.tree_to_json(tree)) == tree


@pytest.mark.parametrize(
    "shape", [[], {"type": "nope"}, {"type": "group", "operator": "xor", "children": []}]
)
def test_a_shape_that_is_no_tree_is_refused(shape: object) -> None:
    with pytest.raises(TriggerError):
        triggers.tree_from_json(shape)


NAMES = st.text(alphabet="abc_XYZ09-$ é🙂", min_size=1, max_size=6).filter(
    lambda name: name.strip("09-") == name
)
WORDS = st.text(alphabet="abcZ 09*é🙂.,()", max_size=8)
NUMBERS = st.integers(-(10**6), 10**6) | st.sampled_from([0.5, -2.25, 1999.5])


def _nested(operators: list[str], values: st.SearchStrategy[object]) -> st.SearchStrategy[Comparison]:
    subjects = st.sampled_from([Subject.PROPERTY, Subject.TRAIT, Subject.CONTEXT])
    return st.builds(Comparison, subjects, st.sampled_from(operators), values, NAMES)


TESTS = st.one_of(
    st.builds(
        Comparison, st.sampled_from([Subject.TYPE, Subject.EVENT]), st.sampled_from(["=", "!="]), WORDS
    ),
    st.builds(
        Comparison,
        st.sampled_from([Subject.EVENT, Subject.NAME, Subject.USER_ID]),
        st.sampled_from(["contains", "not_contains", "starts_with", "not_starts_with"]),
        WORDS,
    ),
    _nested(["=", "!=", "contains", "not_contains", "starts_with", "not_starts_with"], WORDS),
    _nested(["ends_with", "not_ends_with"], WORDS.filter(lambda text: text and not text.endswith("*"))),
    _nested(["<", "<=", ">", ">=", "number_equals", "number_not_equals"], NUMBERS),
    _nested(["exists", "not_exists", "is_true", "is_false"], st.none()),
)
TREES = st.builds(Group, st.sampled_from(["and", "or"]), st.lists(TESTS, min_size=2, max_size=4).map(tuple))


@given(tree=TREES)
@settings(max_examples=200, deadline=None)
def test_what_the_builder_writes_is_read_back_unchanged(tree: Group) -> None:
    text = triggers.generate(tree)
    assert triggers.parse(text) == tree
    assert triggers.generate(triggers.parse(text)) == text


@given(tree=TREES, value=st.none() | st.booleans() | NUMBERS | WORDS, name=NAMES)
@settings(max_examples=150, deadline=None)
def test_a_trigger_answers_the_same_as_text_as_tree_and_compiled(
    tree: Group, value: object, name: str
) -> None:
    event = {"type": "track", "event": value, "properties": {name: value}, "traits": {"a": value}}
    answer = triggers.matches(tree, event)
    assert triggers.matches(triggers.generate(tree), event) is answer
    assert triggers.compile(tree)(event) is answer
    passed = [clause.passed for clause in triggers.trace(tree, event)]
    assert (all(passed) if tree.operator == "and" else any(passed)) is answer


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "a" * 150_000, 'event = "' + "x" * 150_000 + '"', "!" * 50_000, "\\" * 50_001]
)
def test_absurd_triggers_never_match_and_never_crash(text: str) -> None:
    assert triggers.matches(text, GROUP_EVENT) is False
    assert triggers.warnings(text)


def test_a_long_trigger_is_read() -> None:
    text = " or ".join(f'event = "E{number}"' for number in range(5000))
    assert triggers.matches(text, {"event": "E4999"})
