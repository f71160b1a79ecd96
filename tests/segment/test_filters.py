"""Integrations objects and destination filters."""

from __future__ import annotations

from typing import Any

import pytest

from app.segment import filters
from app.segment.filters import (
    AllowProperties,
    DestinationFilter,
    Drop,
    DropProperties,
    FilterAction,
    FilterError,
    Sample,
)

EVENT = {
    "type": "track",
    "userId": "u1",
    "properties": {"a": 1, "b": 2, "items": [{"sku": 1, "price": 2}, "text"]},
    "context": {"traits": {"email": "x", "name": "y"}},
}


def outcome(*each: DestinationFilter, chance: float = 0.5) -> filters.FilterOutcome:
    return filters.compile_filters(each, lambda: chance)(EVENT)


def on_all(*actions: FilterAction, title: str = "F") -> DestinationFilter:
    return DestinationFilter(title, "all", actions)


@pytest.mark.parametrize(
    ("integrations", "passes"),
    [
        (None, True),
        ({}, True),
        ({"All": True}, True),
        ({"All": False}, False),
        ({"All": False, "Close": True}, True),
        ({"All": False, "Close": {"option": 1}}, True),
        ({"Close": False}, False),
        ({"All": False, "close": True}, False),
        ({"Webhooks": False}, True),
        ("text", True),
    ],
)
def test_the_integrations_object_decides_by_name_then_all(integrations: Any, passes: bool) -> None:
    event = {"type": "track"} if integrations is None else {"type": "track", "integrations": integrations}
    result = filters.check_integrations(event, "Close")
    assert (result.event is event) is passes
    assert passes or result.code == filters.FILTERED_BY_INTEGRATIONS_OBJECT


def test_an_event_no_filter_speaks_of_passes_unchanged() -> None:
    assert outcome().event is EVENT
    assert outcome(DestinationFilter("F", 'type = "page"', (Drop(),))).event is EVENT
    assert outcome(DestinationFilter("F", "all", (Drop(),), enabled=False)).event is EVENT


def test_a_drop_names_the_filter() -> None:
    result = outcome(DestinationFilter("No tracks", 'type = "track"', (Drop(),)))
    assert result.event is None
    assert result.code == filters.FILTERED_BY_RULES
    assert "No tracks" in result.reason


@pytest.mark.parametrize("condition", ["type =", "userId and true"])
def test_a_filter_that_cannot_be_read_or_evaluated_drops_the_event(condition: str) -> None:
    result = outcome(DestinationFilter("Broken", condition, (DropProperties(()),)))
    assert result.event is None
    assert "Broken" in result.reason


@pytest.mark.parametrize(
    ("percent", "chance", "passes"), [(0.5, 0.4, True), (0.5, 0.5, False), (1, 0.99, True), (0, 0, False)]
)
def test_a_sample_lets_its_share_pass(percent: float, chance: float, passes: bool) -> None:
    assert (outcome(on_all(Sample(percent)), chance=chance).event is not None) is passes


def test_a_sample_by_a_field_is_stable_and_close_to_its_share() -> None:
    run = filters.compile_filters([on_all(Sample(0.3, "userId"))], lambda: 1 / 0)
    passed = [run({"userId": f"u{number}"}).event is not None for number in range(2000)]
    assert passed == [run({"userId": f"u{number}"}).event is not None for number in range(2000)]
    assert 500 < sum(passed) < 700


def test_properties_are_dropped_from_the_event_its_objects_and_lists() -> None:
    fields = (
        ("", ("userId",)),
        ("properties", ("a",)),
        ("properties.items", ("price",)),
        ("gone.path", ("x",)),
    )
    result = outcome(on_all(DropProperties(fields)))
    assert result.event == {
        "type": "track",
        "properties": {"b": 2, "items": [{"sku": 1}, "text"]},
        "context": EVENT["context"],
    }
    assert EVENT["properties"]["a"] == 1


def test_allowed_properties_remove_the_others_only_where_named() -> None:
    result = outcome(on_all(AllowProperties((("context.traits", ("email",)),))))
    assert result.event == {**EVENT, "context": {"traits": {"email": "x"}}}


def test_stages_run_in_segments_order_whatever_the_order_of_filters() -> None:
    order = [on_all(AllowProperties((("properties", ("b",)),)), DropProperties((("properties", ("b",)),)))]
    assert outcome(*order).event == {**EVENT, "properties": {}}
    result = outcome(on_all(Drop(), title="Dropper"), on_all(Sample(0), title="Sampler"))
    assert "Sampler" in result.reason


def test_filters_survive_segments_json() -> None:
    shapes = [
        {"title": "A", "if": 'type = "page"', "actions": [{"type": "DROP"}], "enabled": True},
        {
            "title": "B",
            "if": "all",
            "actions": [{"type": "SAMPLE", "percent": 0.1, "path": "userId"}],
            "enabled": False,
        },
        {
            "title": "C",
            "if": "all",
            "actions": [
                {"type": "DROP_PROPERTIES", "fields": {"": ["userId"]}},
                {"type": "ALLOW_PROPERTIES", "fields": {"context.traits": ["email", "name"]}},
            ],
            "enabled": True,
        },
    ]
    assert [filters.filter_to_json(filters.filter_from_json(shape)) for shape in shapes] == shapes


def test_older_names_of_actions_are_read() -> None:
    shape = {
        "if": "all",
        "actions": [{"type": "blocklist_fields", "fields": {"": ["a"]}}, {"type": "drop_event"}],
    }
    assert filters.filter_from_json(shape).actions == (DropProperties((("", ("a",)),)), Drop())


@pytest.mark.parametrize(
    "shape",
    [
        [],
        {"title": "x" * 65, "if": "all", "actions": [{"type": "DROP"}]},
        {"title": "x", "actions": [{"type": "DROP"}]},
        {"title": "x", "if": "all", "actions": []},
        {"title": "x", "if": "all", "actions": [{"type": "EXPLODE"}]},
        {"title": "x", "if": "all", "actions": [{"type": "SAMPLE", "percent": 2}]},
        {"title": "x", "if": "all", "actions": [{"type": "DROP_PROPERTIES", "fields": {"a": "b"}}]},
    ],
)
def test_shapes_that_are_no_filter_are_refused(shape: Any) -> None:
    with pytest.raises(FilterError):
        filters.filter_from_json(shape)
