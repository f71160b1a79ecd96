"""A mapping cannot make without end what each of its values may make within bounds."""

from __future__ import annotations

from typing import Any

import pytest

from app.segment import mapping as mapping_language
from app.segment.evaluation_meter import MOST_CHARACTERS
from app.segment.mapping import MappingError

TEXT = "x" * 30_000
EVENT: dict[str, Any] = {"text": TEXT, "items": [{"a": 1}] * 1_000}


def templates(count: int, repeats: int) -> dict[str, Any]:
    return {f"field{place}": {"@template": "{{text}}" * repeats} for place in range(count)}


@pytest.mark.parametrize(
    "value",
    [
        {"@liquid": "{{ text }}{{ text }}"},
        {"@case": {"operator": "upper", "value": {"@path": "$.text"}}},
        {"@json": {"mode": "encode", "value": {"@path": "$.text"}}},
        {"@replace": {"pattern": "x", "replacement": "yy", "value": {"@path": "$.text"}}},
        {"@template": "{{text}}"},
    ],
)
def test_many_texts_count_together_whatever_makes_them(value: dict[str, Any]) -> None:
    few = {f"field{place}": value for place in range(20)}
    assert len(mapping_language.transform(few, EVENT)) == 20  # type: ignore[arg-type]
    many = [value] * (MOST_CHARACTERS // len(TEXT) + 1)
    with pytest.raises(MappingError, match="characters altogether"):
        mapping_language.transform({"field": many}, EVENT)


def test_a_large_shape_for_each_of_many_items_is_refused() -> None:
    shape = {f"key{place}": {"@path": "$.a"} for place in range(500)}
    with pytest.raises(MappingError, match="altogether"):
        mapping_language.transform({"field": {"@arrayPath": ["$.items", shape]}}, EVENT)
    small = {"field": {"@arrayPath": ["$.items", {"key": {"@path": "$.a"}}]}}
    assert mapping_language.transform(small, EVENT) == {"field": [{"key": 1}] * 1_000}


def test_a_large_object_is_not_read_again_and_again_without_end() -> None:
    event: dict[str, Any] = {"traits": {f"key{place}": [place] for place in range(10_000)}}
    few: Any = {"field": {"@merge": {"objects": [{"@path": "$.traits"}] * 60, "direction": "right"}}}
    assert mapping_language.transform(few, event) == {"field": event["traits"]}
    many: Any = {"field": {"@merge": {"objects": [{"@path": "$.traits"}] * 2_000, "direction": "right"}}}
    with pytest.raises(MappingError, match="altogether"):
        mapping_language.transform(many, event)


def test_each_evaluation_starts_anew_also_after_a_failure() -> None:
    run = mapping_language.compile(templates(11, 40))
    for _ in range(3):
        run(EVENT)
    with pytest.raises(MappingError):
        mapping_language.transform(templates(20, 60), EVENT)
    run(EVENT)
