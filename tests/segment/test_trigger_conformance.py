"""Every recorded trigger is read, evaluated and written as Segment's trigger library does it."""

from __future__ import annotations

from typing import Any

import pytest

from app.segment import triggers
from tests.segment.recorded_cases import recorded, same

CASES = recorded("trigger_cases")
NAMES = [case["name"] for case in CASES]
READABLE = [case for case in CASES if "ast" in case]
BUILT = [case for case in CASES if "builder" in case]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_recorded_trigger_gives_segments_answer(case: dict[str, Any]) -> None:
    if case.get("error"):
        with pytest.raises(triggers.TriggerError):
            triggers.matches(case["fql"], case["event"])
    else:
        assert triggers.matches(case["fql"], case["event"]) is case["expected"]


def test_texts_segment_cannot_read_are_refused() -> None:
    for case in CASES:
        if case.get("parse_error"):
            with pytest.raises(triggers.TriggerError):
                triggers.parse(case["fql"])


@pytest.mark.parametrize("case", READABLE, ids=[case["name"] for case in READABLE])
def test_a_recorded_trigger_is_read_into_segments_tree(case: dict[str, Any]) -> None:
    assert same(_without_nan(triggers.tree_to_json(triggers.parse(case["fql"]))), case["ast"])


@pytest.mark.parametrize("case", READABLE, ids=[case["name"] for case in READABLE])
def test_the_tree_of_a_recorded_trigger_is_written_as_segment_writes_it(case: dict[str, Any]) -> None:
    tree = triggers.parse(case["fql"])
    if case["regenerated"] is None:
        with pytest.raises(triggers.TriggerError):
            triggers.generate(tree)
    else:
        assert triggers.generate(tree) == case["regenerated"]


@pytest.mark.parametrize("case", BUILT, ids=[case["name"] for case in BUILT])
def test_a_tree_of_segments_builder_is_written_as_segment_writes_it(case: dict[str, Any]) -> None:
    assert triggers.generate(triggers.tree_from_json(case["builder"])) == case["fql"]


def _without_nan(value: Any) -> Any:
    """JSON has no NaN: the recording holds null in its place."""
    if isinstance(value, dict):
        return {key: _without_nan(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_without_nan(member) for member in value]
    return None if value != value else value
