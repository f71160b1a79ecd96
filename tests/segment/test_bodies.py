from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.segment.bodies import MAX_EVENT_BYTES, BodyError, BodyProblem, decode_json, split_body
from app.segment.json_scan import array_elements, deeper_than


def _problem(body: bytes) -> BodyProblem:
    with pytest.raises(BodyError) as raised:
        split_body(body)
    return raised.value.problem


def test_an_object_is_one_event() -> None:
    body = split_body(b' {"a": 1e-7} \n')
    assert not body.is_batch
    assert [(event.raw, event.body) for event in body.events] == [(b'{"a": 1e-7}', {"a": 1e-7})]


def test_an_array_is_a_batch_with_the_original_bytes_of_each_event() -> None:
    body = split_body('[{"a":1e-7}, {"b":"Zoë"} ,{}]'.encode())
    assert body.is_batch
    assert [event.raw for event in body.events] == [b'{"a":1e-7}', '{"b":"Zoë"}'.encode(), b"{}"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", BodyProblem.NOT_JSON),
        (b"hello", BodyProblem.NOT_JSON),
        (b'{"a":1', BodyProblem.NOT_JSON),
        (b'{"a":"\xff"}', BodyProblem.NOT_JSON),
        (b"[1,]", BodyProblem.NOT_JSON),
        (b"[1 2]", BodyProblem.NOT_JSON),
        (b'{"a":NaN}', BodyProblem.NOT_JSON),
        (b"{} {}", BodyProblem.NOT_JSON),
        (b"7", BodyProblem.NOT_EVENTS),
        (b'"text"', BodyProblem.NOT_EVENTS),
        (b"null", BodyProblem.NOT_EVENTS),
        (b"[]", BodyProblem.EMPTY),
        (b"[" + b",".join([b"{}"] * 4001) + b"]", BodyProblem.TOO_MANY),
        (b'{"a":' * 64 + b"[]" + b"}" * 64, BodyProblem.TOO_DEEP),
        (b"[" * 50_000 + b"]" * 50_000, BodyProblem.TOO_DEEP),
        (b'{"a":"' + b"x" * MAX_EVENT_BYTES + b'"}', BodyProblem.TOO_LARGE),
    ],
)
def test_what_is_wrong_with_a_whole_body(body: bytes, problem: BodyProblem) -> None:
    assert _problem(body) is problem


def test_limits_are_inclusive() -> None:
    filler = b"x" * (MAX_EVENT_BYTES - len(b'{"a":""}'))
    assert split_body(b'{"a":"' + filler + b'"}').events[0].error is None
    assert len(split_body(b"[" + b",".join([b"{}"] * 4000) + b"]").events) == 4000
    assert split_body(b'{"a":' * 63 + b"[]" + b"}" * 63).events


def test_one_bad_event_leaves_the_others_of_its_batch_alone() -> None:
    large = b'{"a":"' + b"x" * MAX_EVENT_BYTES + b'"}'
    deep = b'{"a":' * 65 + b"1" + b"}" * 65
    body = split_body(b'[{"ok":1},7,' + large + b"," + deep + b',{"n":1e999},{"ok":2}]')
    problems = [event.error.problem if event.error else None for event in body.events]
    assert problems == [
        None,
        BodyProblem.NOT_EVENTS,
        BodyProblem.TOO_LARGE,
        BodyProblem.TOO_DEEP,
        BodyProblem.NOT_JSON,
        None,
    ]
    assert body.events[2].raw == large


def test_half_an_emoji_is_read_as_a_replacement_and_its_bytes_are_kept() -> None:
    cut = rb'{"a":"\ud83d","b":"\\ud83d \ud83d\ude42 \udc00!"}'
    body = split_body(b"[" + cut + b', {"c":1}]')
    assert body.events[0].raw == cut
    assert body.events[0].body == {"a": "\ufffd", "b": "\\ud83d 🙂 \ufffd!"}
    assert body.events[1].body == {"c": 1}
    assert split_body(cut).events[0].body == body.events[0].body


def test_half_an_emoji_does_not_hide_the_events_that_an_object_carries() -> None:
    event = rb'{"type":"track","event":"\ud83d","userId":"u1"}'
    assert split_body(b'{"batch":[' + event + b"]}").events[0].body == json.loads(
        event.replace(rb"\ud83d", rb"\ufffd")
    )


def test_millions_of_tiny_elements_are_refused_before_they_take_memory() -> None:
    tracemalloc.start()
    assert _problem(b"[" + b"1," * 2_000_000 + b"1]") is BodyProblem.TOO_MANY
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30_000_000


def test_brackets_inside_strings_are_no_depth() -> None:
    assert not deeper_than(json.dumps({"a": "[" * 100 + '"{'}).encode(), 64)
    assert deeper_than(b"[" * 65, 64)


EVENT = b'{"type":"track","event":"A","userId":"u1","n":1e-7}'
OTHER = b'{"type":"identify","anonymousId":"a"}'


@pytest.mark.parametrize(
    ("body", "events"),
    [
        (b'{"batch":[' + EVENT + b" , " + OTHER + b'],"sentAt":"now"}', [EVENT, OTHER]),
        (b'{"batch":[' + EVENT + b"]}", [EVENT]),
        (b'{"secret":{"a":1},"list":[1,2],"data":' + EVENT + b"}", [EVENT]),
        (b'{"data":{"payload":{"event":' + EVENT + b"}}}", [EVENT]),
        (b'{"a":{"b":{"c":{"events":[' + EVENT + b"]}}}}", [EVENT]),
        (EVENT + b"\n" + OTHER, [EVENT, OTHER]),
        (EVENT + b"\r\n\r\n" + OTHER + b"\r\n", [EVENT, OTHER]),
    ],
)
def test_events_are_found_in_every_shape_that_carries_them(body: bytes, events: list[bytes]) -> None:
    assert [event.raw for event in split_body(body).events] == events


@pytest.mark.parametrize(
    "body",
    [
        b'{"userId":"u1","properties":' + EVENT + b"}",
        b'{"messageId":"m","batch":[' + EVENT + b"]}",
        b'{"type":"dance","data":' + EVENT + b"}",
        b'{"properties":{"type":"page"}}',
        b'{"shape":{"type":"circle","userId":"u1"}}',
        b'{"a":{"b":{"c":{"d":{"e":' + EVENT + b"}}}}}",
        b'{"list":[]}',
        b"{}",
        json.dumps(json.loads(EVENT), indent=2).encode(),
    ],
)
def test_an_object_that_is_an_event_itself_or_carries_none_stays_whole(body: bytes) -> None:
    assert [event.raw for event in split_body(body).events] == [body]


def test_a_bad_line_leaves_the_others_alone() -> None:
    events = split_body(EVENT + b"\nhello\n" + OTHER).events
    assert [event.error.problem if event.error else None for event in events] == [
        None,
        BodyProblem.NOT_JSON,
        None,
    ]


def test_a_carrier_may_be_as_large_as_a_batch_and_an_event_in_it_may_not() -> None:
    carrier = b'{"batch":[' + b",".join([EVENT] * 4000) + b"]}"
    assert len(split_body(carrier).events) == 4000
    assert _problem(b'{"batch":[' + b",".join([EVENT] * 4001) + b"]}") is BodyProblem.TOO_MANY
    assert _problem(b"\n".join([EVENT] * 4001)) is BodyProblem.TOO_MANY
    assert _problem(b'{"batch":[]}') is BodyProblem.EMPTY
    large = EVENT[:-1] + b',"x":"' + b"y" * MAX_EVENT_BYTES + b'"}'
    assert _problem(b'{"data":' + large + b"}") is BodyProblem.TOO_LARGE
    assert split_body(b'{"batch":[' + large + b"]}").events[0].error is not None


@given(st.lists(st.dictionaries(st.text(), st.text() | st.floats(allow_nan=False, allow_infinity=False))))
def test_elements_found_by_scanning_are_those_that_decoding_finds(events: list[dict[str, object]]) -> None:
    for spacing in (None, 1):
        for ascii_only in (True, False):
            text = json.dumps(events, indent=spacing, ensure_ascii=ascii_only).encode(
                "utf-8", "surrogatepass"
            )
            assert [json.loads(element) for element in array_elements(text)] == events


@given(st.binary(max_size=100))
def test_any_bytes_give_events_or_a_named_problem(body: bytes) -> None:
    for text in (body, b"[" + body + b"]", b'{"batch":[' + body + b"]}", b"{" + body + b"}\n" + body):
        try:
            events = split_body(text).events
        except BodyError:
            continue
        assert all((event.body is None) != (event.error is None) for event in events)


def test_error_sentences_hold_nothing_of_the_body() -> None:
    with pytest.raises(BodyError) as raised:
        decode_json(b'{"password": secret}')
    assert "secret" not in str(raised.value)
