from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.segment.bodies import BodyError, BodyProblem
from app.segment.tracking_calls import (
    Endpoint,
    TrackingCall,
    completed_calls,
    endpoint_of,
    read_tracking_request,
)

NOW_MS = 1_772_615_700_000  # 2026-03-04T09:15:00Z


def taken(endpoint: Endpoint, body: object) -> tuple[TrackingCall, ...]:
    request = read_tracking_request(endpoint, json.dumps(body).encode())
    return completed_calls(endpoint, request, NOW_MS, lambda: "given-id")


def event_of(call: TrackingCall) -> Any:
    assert call.event.body == json.loads(call.event.raw)
    return call.event.body


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        *((f"/v1/{name}", Endpoint(name)) for name in ("identify", "track", "page", "screen", "group")),
        ("/v1/alias", Endpoint.ALIAS),
        ("/v1/batch", Endpoint.BATCH),
        ("/v1/import", Endpoint.BATCH),
        *((f"/v1/{each.value[0]}", each) for each in Endpoint),
        ("/v1/t/", Endpoint.TRACK),
        ("/v1/delete", None),
        ("/v1", None),
        ("/v2/track", None),
        ("/segment", None),
    ],
)
def test_addresses_of_the_tracking_api(path: str, endpoint: Endpoint | None) -> None:
    assert endpoint_of(path) is endpoint


def test_a_single_call_gets_what_segment_adds_and_loses_its_write_key() -> None:
    (call,) = taken(Endpoint.TRACK, {"userId": "u", "event": "A", "writeKey": "wk", "extra": 1})
    assert event_of(call) == {
        "type": "track",
        "userId": "u",
        "event": "A",
        "extra": 1,
        "messageId": "given-id",
        "receivedAt": "2026-03-04T09:15:00.000Z",
        "timestamp": "2026-03-04T09:15:00.000Z",
    }


def test_a_batch_shares_its_context_and_each_event_has_the_last_word() -> None:
    body = {
        "batch": [
            {"type": "track", "event": "A", "userId": "u", "messageId": "m", "context": {"ip": "own"}},
            {"type": "page", "userId": "u", "integrations": {"Close": False}},
        ],
        "context": {"ip": "shared", "locale": "en"},
        "integrations": {"All": True},
        "sentAt": "2026-03-04T09:15:00Z",
        "writeKey": "wk",
    }
    first, second = map(event_of, taken(Endpoint.BATCH, body))
    assert first["context"] == {"ip": "own", "locale": "en"}
    assert first["messageId"] == "m"
    assert second["integrations"] == {"All": True, "Close": False}
    assert second["sentAt"] == body["sentAt"]
    assert "writeKey" not in first


@pytest.mark.parametrize(
    ("members", "timestamp"),
    [
        ({"timestamp": "2026-03-04T08:00:00Z", "sentAt": "2026-03-04T08:00:10Z"}, "2026-03-04T09:14:50.000Z"),
        ({"timestamp": "2026-03-04T08:00:00+01:00"}, "2026-03-04T07:00:00.000Z"),
        ({"sentAt": "2026-03-04T08:00:10Z"}, "2026-03-04T09:15:00.000Z"),
        ({"timestamp": "yesterday"}, "2026-03-04T09:15:00.000Z"),
        ({"timestamp": "0001-01-01T00:00:00+14:00"}, "2026-03-04T09:15:00.000Z"),
        ({"timestamp": "9999-12-31T00:00:00Z", "sentAt": "0001-01-01T00:00:00Z"}, "2026-03-04T09:15:00.000Z"),
    ],
)
def test_times_are_corrected_by_the_senders_clock(members: dict[str, str], timestamp: str) -> None:
    (call,) = taken(Endpoint.IDENTIFY, {"userId": "u", **members})
    assert event_of(call)["timestamp"] == timestamp


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"type": "track", "event": "A"}, "no_user_anon_id"),
        ({"type": "track", "event": "A", "userId": "", "anonymousId": None}, "no_user_anon_id"),
        ({"type": "track", "event": "A", "userId": 7}, "id_not_string"),
        ({"type": "track", "userId": "u"}, "event_not_defined"),
        ({"type": "track", "userId": "u", "event": ["A"]}, "event_not_string"),
        ({"type": "track", "userId": "u", "event": "A", "properties": []}, "properties_not_object"),
        ({"type": "identify", "userId": "u", "traits": "x"}, "traits_not_object"),
        ({"type": "page", "userId": "u", "name": ""}, "name_not_string"),
        ({"type": "screen", "userId": "u", "category": 5}, "category_not_string"),
        ({"type": "delete", "userId": "u"}, "type_not_known"),
        ({"type": ["track"], "userId": "u"}, "type_not_known"),
        ({"userId": "u"}, "type_not_known"),
    ],
)
def test_what_segment_rejects_is_rejected_with_its_code(event: object, code: str) -> None:
    good = {"type": "identify", "userId": "u"}
    first, second = taken(Endpoint.BATCH, {"batch": [event, good]})
    assert first.rejection.endswith(f"({code}).")
    assert second.rejection == ""


@pytest.mark.parametrize(
    ("endpoint", "body", "problem"),
    [
        (Endpoint.TRACK, b"[]", BodyProblem.NOT_EVENTS),
        (Endpoint.TRACK, b"hello", BodyProblem.NOT_JSON),
        (Endpoint.BATCH, b"hello", BodyProblem.NOT_JSON),
        (Endpoint.BATCH, b"{}", BodyProblem.NOT_EVENTS),
        (Endpoint.BATCH, b'{"batch":{}}', BodyProblem.NOT_EVENTS),
        (Endpoint.BATCH, b'{"batch":[' + b",".join([b"{}"] * 4001) + b"]}", BodyProblem.TOO_MANY),
    ],
)
def test_unusable_requests_have_a_named_problem(
    endpoint: Endpoint, body: bytes, problem: BodyProblem
) -> None:
    with pytest.raises(BodyError) as raised:
        read_tracking_request(endpoint, body)
    assert raised.value.problem is problem


def test_an_empty_batch_has_no_calls() -> None:
    assert taken(Endpoint.BATCH, {"batch": []}) == ()
    assert read_tracking_request(Endpoint.BATCH, b'{"batch":[ ],"writeKey":" k "}').write_key == "k"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
members = st.sampled_from(
    ["type", "userId", "event", "context", "integrations", "timestamp", "sentAt", "messageId", "batch", "x"]
)


@given(st.sampled_from(Endpoint), st.dictionaries(members, json_values, max_size=6))
def test_any_call_is_completed_or_has_a_named_problem(endpoint: Endpoint, body: dict[str, object]) -> None:
    try:
        calls = taken(endpoint, body)
    except BodyError:
        return
    for call in calls:
        assert call.event.error is not None or json.loads(call.event.raw)
