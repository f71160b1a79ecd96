"""Events from whatever text people have."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import AppError
from app.workflows.sample_calls import STAND_IN_ID
from app.workflows.sample_reading import ReadEvents, read_text
from app.workflows.sample_tables import EventTable
from app.workflows.samples import Origin

EVENT = {"type": "identify", "userId": "u_1", "traits": {"email": "a@b.example"}}
RAW = json.dumps(EVENT)


def read(text: str, **more: Any) -> ReadEvents:
    found = read_text(text, **more)
    assert isinstance(found, ReadEvents)
    return found


def bodies(text: str) -> list[Any]:
    return [one.body for one in read(text).samples]


@pytest.mark.parametrize(
    "text",
    [
        RAW,
        f"\ufeff  {RAW}\n",
        f"[{RAW}]",
        json.dumps({"batch": [EVENT], "sentAt": None}).replace(', "sentAt": null', ""),
        json.dumps(EVENT, indent=4).replace("\n", "\r\n"),
        "{type: 'identify', userId: 'u_1', traits: {email: 'a@b.example',},}",
        "({type: 'identify'})"[:0]
        + '{ // who\n "type": "identify", /* id */ "userId": "u_1",\n"traits": {"email": "a@b.example"} };',
        "analytics.identify('u_1', {email: 'a@b.example'});",
        "await window.analytics.identify(\n  “u_1”,\n  {\n    email: `a@b.example`,\n  },\n)",
        "analytics.identify({ userId: 'u_1', traits: { email: 'a@b.example' } });",
        "analytics.identify(user_id='u_1', traits={'email': 'a@b.example'})",
        "analytics?.identify('u_1', {email: \"a\\u0040b.example\"}, {}, undefined)"[:0]
        + "analytics?.identify('u_1', {email: \"a\\u0040b\\x2eexample\"})",
    ],
)
def test_one_event_is_read_from_every_form_people_have(text: str) -> None:
    assert bodies(text) == [EVENT]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            "analytics.track('Order Completed', {revenue: 349.0, items: [1, -2, .5, 0x1F], coupon: null, "
            "a: undefined}, {anonymousId: 'a1', integrations: {All: false}, traits: {email: 'x@y.example'}, "
            "context: {ip: '1.2.3.4'}})",
            {
                "type": "track",
                "event": "Order Completed",
                "properties": {"revenue": 349.0, "items": [1, -2, 0.5, 31], "coupon": None},
                "anonymousId": "a1",
                "integrations": {"All": False},
                "context": {"traits": {"email": "x@y.example"}, "ip": "1.2.3.4"},
            },
        ),
        (
            "analytics.track('u1', 'Signed Up', {'plan': 'team', 'ok': True, 'none': None})",
            {
                "type": "track",
                "userId": "u1",
                "event": "Signed Up",
                "properties": {"plan": "team", "ok": True, "none": None},
            },
        ),
        (
            "analytics.page('Docs', 'Pricing', {path: '/pricing'}, {userId: 7})",
            {
                "type": "page",
                "name": "Pricing",
                "category": "Docs",
                "properties": {"name": "Pricing", "category": "Docs", "path": "/pricing"},
                "userId": 7,
            },
        ),
        (
            "analytics.group('co_1', {name: 'Bramble'}, {userId: 'u'})",
            {"type": "group", "groupId": "co_1", "traits": {"name": "Bramble"}, "userId": "u"},
        ),
        (
            "analytics.identify({type: 'customer', plan: 'team'}, {anonymousId: 'a'})",
            {"type": "identify", "traits": {"type": "customer", "plan": "team"}, "anonymousId": "a"},
        ),
        ("analytics.alias('new', 'old')", {"type": "alias", "userId": "new", "previousId": "old"}),
        (
            "Analytics.track({user_id: 'u', event: 'X', timestamp: new Date('2026-03-04T00:00:00Z')})",
            {"type": "track", "userId": "u", "event": "X", "timestamp": "2026-03-04T00:00:00Z"},
        ),
    ],
)
def test_a_library_call_becomes_the_event_it_would_send(call: str, expected: dict[str, Any]) -> None:
    assert bodies(call) == [expected]


def test_a_copied_call_without_an_id_gets_a_stand_in_and_says_so() -> None:
    (sample,) = read("analytics.track('Subscribed', {email: 'r@p.example'});").samples
    assert sample.body["anonymousId"] == STAND_IN_ID
    assert "anonymousId" in sample.why
    assert sample.event.type == "track"


def test_several_calls_and_objects_one_after_another() -> None:
    text = f"""
    // from the debugger
    analytics.identify('u', {{plan: 'team'}});
    analytics.load('key');
    analytics.page();
    {RAW}
    """
    found = read(text)
    assert [one.type for one in found.samples] == ["identify", "page", "identify"]
    assert found.bad == 1
    assert found.problems[0].place == "Line 4"


def test_a_batch_hands_its_context_down() -> None:
    text = json.dumps({"batch": [EVENT, {**EVENT, "context": {"ip": "1"}}], "context": {"app": "x"}})
    assert [one["context"] for one in bodies(text)] == [{"app": "x"}, {"ip": "1"}]


def test_one_bad_line_keeps_the_good_ones_and_is_shown_with_a_caret() -> None:
    text = "\n".join(
        [RAW, '  {"type": identify}', "", RAW, '{"no": "event"}', RAW.replace("u_1", "u_2") + ","]
    )
    found = read(text)
    assert len(found.samples) == 3
    assert found.bad == 2
    first, second = found.problems
    assert (first.line, first.column) == (2, 12)
    assert first.excerpt == '  {"type": identify}\n           ^'
    assert second.place == "Line 5"
    assert "none of the members" in second.message


def test_elements_that_are_no_events_are_counted_by_their_number() -> None:
    found = read(json.dumps([EVENT, 3, {"a": 1}, EVENT]))
    assert [problem.place for problem in found.problems] == ["Event 2", "Event 3"]
    assert len(found.samples) == 2


@pytest.mark.parametrize(
    ("text", "place", "cause", "detail"),
    [
        (
            '{\n  "type": identify\n}',
            "line 2, column 11",
            "A text needs quotes",
            '  "type": identify\n          ^',
        ),
        ('{"type": "identify",\n', "line 2, column 1", "The text ends here", "\n^"),
        ('{"type": "iden', "line 1, column 10", "no closing quote", '{"type": "iden\n         ^'),
        ('{"type": "identify" "userId": 1}', "line 1, column 21", "A comma", None),
        ("analytics.identify('u', {a: })", "line 1, column 29", "A value was expected", None),
        ("hello", "line 1, column 1", "A text needs quotes", "hello\n^"),
    ],
)
def test_text_that_cannot_be_read_is_shown_with_line_column_and_caret(
    text: str, place: str, cause: str, detail: str | None
) -> None:
    with pytest.raises(AppError) as refused:
        read_text(text)
    assert refused.value.code == "SAMPLE-NOT-JSON"
    assert refused.value.title == f"This is not JSON: {place}."
    assert cause in refused.value.cause
    if detail is not None:
        assert refused.value.detail == detail


def test_a_long_text_that_strict_json_refuses_is_told_at_once() -> None:
    with pytest.raises(AppError) as refused:
        read_text('{"a": "' + "x" * 5_000_000 + '", }')
    assert refused.value.title.endswith("column 5000011.")


def test_text_that_goes_wrong_again_and_again_is_given_up() -> None:
    found = read(RAW.replace('"', "'") + "\n{/*" * 100_000)
    assert len(found.samples) == 1
    assert found.bad == 100


def test_many_copied_calls_are_read_in_linear_time() -> None:
    found = read("analytics.track('X', {\n a: 1,\n});\n" * 5_000)
    assert len(found.samples) == 5_000


def test_lines_of_which_none_is_an_event_tell_the_first() -> None:
    with pytest.raises(AppError) as refused:
        read_text('{"a": 1}\n{"b": 2}\n')
    assert refused.value.title == "None of the 2 elements is a Segment event."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "SAMPLE-EMPTY"),
        (" \n\ufeff", "SAMPLE-EMPTY"),
        ("[]", "SAMPLE-NOT-AN-EVENT"),
        ("3", "SAMPLE-NOT-AN-EVENT"),
        ('{"name": "package", "version": "1"}', "SAMPLE-NOT-AN-EVENT"),
        ('{"type": "identify", "x": 1e999}', "SAMPLE-NOT-JSON"),
        ('{"type": "identify", "x": NaN}', "SAMPLE-NOT-JSON"),
        ("[" * 100_000, "SAMPLE-NOT-JSON"),
        ('{"traits":' * 500 + "1" + "}" * 500, "SAMPLE-NOT-AN-EVENT"),
        ("{a:" * 10_000, "SAMPLE-NOT-JSON"),
        ("analytics.load('x')", "SAMPLE-NOT-AN-EVENT"),
        ("analytics.track({}, 3", "SAMPLE-NOT-JSON"),
    ],
)
def test_what_holds_no_event_is_refused_in_words(text: str, code: str) -> None:
    with pytest.raises(AppError) as refused:
        read_text(text)
    assert refused.value.code == code
    assert refused.value.remedy


def test_the_first_ten_thousand_events_are_read_and_more_are_said() -> None:
    found = read("\n".join([RAW] * 12), most=10)
    assert len(found.samples) == 10
    assert found.more
    assert not read("\n".join([RAW] * 10), most=10).more


def test_a_header_with_rows_is_a_table() -> None:
    assert isinstance(read_text("user_id,email\nu1,a@b.example\n"), EventTable)


def test_events_are_named_after_who_or_what_they_are_about() -> None:
    text = json.dumps([EVENT, {"event": "Odd", "traits": {}}, {"type": "nonsense"}, {"traits": {}}])
    assert [one.name for one in read(text).samples] == [
        "a@b.example",
        "Odd",
        "nonsense",
        "Event without a name",
    ]
    assert {one.origin for one in read(text, origin=Origin.FILE).samples} == {Origin.FILE}


@given(st.text(alphabet="{}[]()'\"`:,.\\/*analytics.track identify\n0-9u#“”", max_size=80))
def test_any_text_gives_events_or_one_clear_error(text: str) -> None:
    codes = {"SAMPLE-EMPTY", "SAMPLE-NOT-JSON", "SAMPLE-NOT-AN-EVENT"}
    try:
        found = read_text(text)
    except AppError as error:
        codes -= {error.code}
    else:
        codes -= {"SAMPLE-EMPTY"} if found else set()
    assert len(codes) == 2


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=12),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
        max_leaves=8,
    )
)
def test_lenient_and_strict_reading_agree_about_json(value: Any) -> None:
    strict = json.dumps({"userId": "u", "properties": value, "type": "track"})
    assert bodies(f"analytics.track({strict})"[:-1] + ",)") == [json.loads(strict)]
