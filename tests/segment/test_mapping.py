"""Mappings beyond the recorded cases: problems and their places, sharing, limits."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings

from app.segment import mapping
from app.segment.mapping import UNDEFINED, MappingError
from tests.segment.json_strategies import MAPPINGS, PAYLOADS

IDENTIFY = {
    "type": "identify",
    "userId": "usr_1",
    "traits": {"name": "Maren", "email": "m@bramble.example", "company": {"id": 9917}, "tags": ["a", "b"]},
}


def nested(levels: int, wrap: Any, innermost: Any) -> Any:
    for _ in range(levels):
        innermost = wrap(innermost)
    return innermost


def test_all_problems_of_a_mapping_are_reported_with_their_places() -> None:
    with pytest.raises(MappingError) as failure:
        mapping.compile(
            {
                "contact_email": {"@case": {"operator": "lower", "value": 5}},
                "contact_name": {"@nope": 1},
                "lead_name": {"@replace": {"pattern": "12345678901", "global": "yes"}},
                "contact_url": {"@path": "$.a", "b": 1},
            }
        )
    places = {(problem.place, problem.expected, problem.found) for problem in failure.value.problems}
    assert places == {
        ("/contact_email/@case/value", "text or a directive", "a number"),
        ("/contact_name", "a known directive", "@nope"),
        ("/lead_name/@replace/pattern", "text of 1 to 10 characters", "11 characters"),
        ("/lead_name/@replace", 'the field "value"', "none"),
        ("/lead_name/@replace/global", "a boolean", "a string"),
        ("/contact_url", "only one @-prefixed key", "2 keys"),
    }
    assert "/contact_email/@case/value: expected text or a directive, found a number" in str(failure.value)


def test_a_failing_directive_names_its_place() -> None:
    run = mapping.compile(
        {"contact_name": {"@case": {"operator": "title", "value": {"@path": "$.traits.name"}}}}
    )
    with pytest.raises(MappingError) as failure:
        run(IDENTIFY)
    assert failure.value.problems[0].place == "/contact_name/@case/operator"


@pytest.mark.parametrize("payload", [None, [], "text", 5, True])
def test_a_payload_must_be_an_object(payload: Any) -> None:
    with pytest.raises(MappingError, match="an event that is an object"):
        mapping.transform({"a": 1}, payload)


def test_a_top_level_directive_without_a_value_is_undefined() -> None:
    assert mapping.transform({"@path": "$.none"}, IDENTIFY) is UNDEFINED
    assert not UNDEFINED
    assert repr(UNDEFINED) == "UNDEFINED"


def test_a_compiled_mapping_serves_many_events() -> None:
    run = mapping.compile({"id": {"@path": "$.traits.company.id"}, "kind": "lead"})
    assert run(IDENTIFY) == {"id": 9917, "kind": "lead"}
    assert run({"traits": {}}) == {"kind": "lead"}
    assert run({"traits": {"company": {"id": "x"}}}) == {"id": "x", "kind": "lead"}


def test_coalesce_returns_what_it_asked_for_or_the_other() -> None:
    run = mapping.compile({"n": {"@if": {"exists": {"@path": "$.a"}, "then": {"@path": "$.a"}, "else": "b"}}})
    assert run({"a": 0}) == {"n": 0}
    assert run({"a": None}) == {"n": "b"}
    assert run({}) == {"n": "b"}


def test_a_true_then_is_not_mistaken_for_the_number_one() -> None:
    assert mapping.transform({"n": {"@if": {"exists": 1, "then": True}}}, {}) == {"n": True}
    assert mapping.transform({"n": {"@if": {"exists": 1, "then": True}}}, {})["n"] is True


def test_integers_past_the_safe_range_are_the_doubles_segment_would_hold() -> None:
    wide = {"id": 9007199254740993, "in": {"list": [9007199254740993, True]}}
    result = mapping.transform({"id": {"@path": "$.id"}, "in": {"@path": "$.in"}}, wide)
    assert result == {"id": 9007199254740992, "in": {"list": [9007199254740992, True]}}
    assert wide["id"] == 9007199254740993


def test_property_names_of_any_kind_are_reached() -> None:
    payload = {"with space": {"$money": {"🙂": "x", "it's": "y"}}}
    assert mapping.transform({"a": {"@path": "$.with space.$money.🙂"}}, payload) == {"a": "x"}


@given(mapping_=MAPPINGS, payload=PAYLOADS)
@settings(max_examples=150, deadline=None)
def test_compiling_and_transforming_give_the_same_and_change_nothing(mapping_: Any, payload: Any) -> None:
    before = copy.deepcopy((mapping_, payload))
    first = _outcome(lambda: mapping.transform(mapping_, payload))
    run = _outcome(lambda: mapping.compile(mapping_))
    if callable(run):
        assert _outcome(lambda: run(payload)) == first
        assert _outcome(lambda: run(payload)) == first
    else:
        assert run == first
    assert (mapping_, payload) == before
    if not isinstance(first, tuple) and first is not UNDEFINED:
        json.dumps(first)


def _outcome(call: Any) -> Any:
    try:
        return call()
    except MappingError as error:
        return error.problems


WHOLE = {"@path": "$."}
RUNAWAYS = {
    "deep objects": (nested(5000, lambda x: {"a": x}, 1), {}),
    "deep directives": (nested(2000, lambda x: {"@if": {"exists": 1, "then": x}}, 1), {}),
    "deep lists": ({"a": nested(5000, lambda x: [x], 1)}, {}),
    "doubling text": (
        nested(
            45,
            lambda x: {"@transform": {"apply": {"a": {"@template": "{{a}}{{a}}"}}, "mapping": x}},
            {"@path": "$.a"},
        ),
        {"a": "xxxxxxxxxx"},
    ),
    "doubling lists": (
        nested(
            45,
            lambda x: {"@transform": {"apply": {"a": [{"@path": "$.a"}, {"@path": "$.a"}]}, "mapping": x}},
            {"@path": "$.a"},
        ),
        {"a": "x"},
    ),
    "doubling items": (
        {
            "o": nested(
                40, lambda x: {"@arrayPath": [x, {"a": [{"@path": "$."}, {"@path": "$."}]}]}, {"@path": "$."}
            )
        },
        {"a": "x"},
    ),
    "growing text": (
        {"o": nested(60, lambda x: {"@replace": {"pattern": "a", "replacement": "a" * 10, "value": x}}, "a")},
        {},
    ),
    "quoted quotes": (
        {"o": nested(60, lambda x: {"@json": {"mode": "encode", "value": x}}, {"@path": "$.a"})},
        {"a": '"'},
    ),
    "everything around each match": (
        {"o": {"@replace": {"pattern": "a", "replacement": "$`$'", "value": {"@path": "$.a"}}}},
        {"a": "a" * 32_000},
    ),
    "deep payload as json": (
        {"o": {"@json": {"mode": "encode", "value": {"@path": "$.l"}}}},
        {"l": nested(5000, lambda x: [x], 1)},
    ),
    "deep json text": (
        {"o": {"@json": {"mode": "decode", "value": {"@path": "$.l"}}}},
        {"l": "[" * 100_000},
    ),
}


@pytest.mark.parametrize("name", RUNAWAYS)
def test_a_runaway_mapping_ends_in_a_clear_error(name: str) -> None:
    mapping_, payload = RUNAWAYS[name]
    with pytest.raises(MappingError):
        mapping.transform(mapping_, payload)


def test_a_deep_list_still_has_its_text() -> None:
    assert mapping.transform({"o": {"@template": "{{l}}"}}, {"l": nested(5000, lambda x: [x], 1)}) == {
        "o": "1"
    }


def test_an_event_of_five_thousand_properties_is_mapped_whole() -> None:
    payload = {"properties": {f"p {number}": number for number in range(5000)}}
    result = mapping.transform(
        {
            "all": {"@path": "$.properties"},
            "flat": {"@flatten": {"separator": "/", "value": {"@path": "$."}}},
        },
        payload,
    )
    assert result["all"] == payload["properties"]
    assert result["flat"]["properties/p 4999"] == 4999
