"""Every recorded mapping gives here what Segment's mapping kit gives."""

from __future__ import annotations

from typing import Any

import pytest

from app.segment import mapping
from tests.segment.recorded_cases import recorded, same

CASES = recorded("mapping_cases")

DECLINED: dict[str, str] = {}
"""Cases (tag ``js`` only) that are not followed, each with the reason."""


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_recorded_mapping_gives_segments_result(case: dict[str, Any]) -> None:
    if case["name"] in DECLINED:
        pytest.skip(DECLINED[case["name"]])
    if case.get("error"):
        with pytest.raises(mapping.MappingError):
            mapping.transform(case["mapping"], case["payload"])
        return
    result = mapping.transform(case["mapping"], case["payload"])
    if case.get("undefined"):
        assert result is mapping.UNDEFINED
    else:
        assert same(result, case["expected"])


def test_only_cases_that_come_from_javascript_itself_are_declined() -> None:
    tags = {case["name"]: case["tags"] for case in CASES}
    assert len(DECLINED) <= 20
    assert all("js" in tags[name] for name in DECLINED)


def test_problems_found_without_an_event_are_those_segment_finds() -> None:
    for case in CASES:
        if case.get("phase") == "validation":
            with pytest.raises(mapping.MappingError):
                mapping.compile(case["mapping"])
