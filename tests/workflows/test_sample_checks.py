from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.workflows.sample_checks import CheckKind, check_event, varying_types
from app.workflows.samples import built_in_samples

NOW = datetime(2026, 3, 9, tzinfo=UTC)


def kinds(**body: Any) -> list[CheckKind]:
    return [check.kind for check in check_event(body, NOW)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"type": "identify", "userId": "u"}, []),
        ({"userId": 7}, [CheckKind.NO_TYPE]),
        ({"type": "purchase", "userId": "u"}, [CheckKind.UNKNOWN_TYPE]),
        ({"type": ["identify"], "userId": "u"}, [CheckKind.UNKNOWN_TYPE]),
        ({"type": "identify"}, [CheckKind.NOBODY]),
        ({"type": "identify", "userId": None, "anonymousId": " "}, [CheckKind.NOBODY]),
        ({"type": "identify", "anonymousId": "a"}, [CheckKind.NO_USER_ID]),
        ({"type": "track", "userId": "u"}, [CheckKind.NO_EVENT_NAME]),
        ({"type": "group", "userId": "u"}, [CheckKind.NO_GROUP_ID]),
        ({"type": "identify", "userId": "u", "timestamp": "2026-03-09T00:04:00Z"}, []),
        ({"type": "identify", "userId": "u", "timestamp": "2026-03-09T00:06:00Z"}, [CheckKind.FUTURE]),
        ({"type": "identify", "userId": "u", "timestamp": "soon"}, []),
    ],
)
def test_each_oddity_is_named(body: dict[str, Any], expected: list[CheckKind]) -> None:
    assert kinds(**body) == expected


def test_nothing_serious_is_said_about_built_in_events() -> None:
    for sample in built_in_samples():
        assert not [check for check in check_event(sample.body, NOW) if check.serious], sample.name


def test_a_trait_whose_type_varies_is_told_with_counts() -> None:
    bodies = [{"traits": {"seats": 3, "plan": "a", "company": {"id": 1}}} for _ in range(180)]
    bodies += [{"traits": {"seats": "ten", "plan": None, "company": {"id": "x"}}} for _ in range(20)]
    bodies += [{"properties": {"seats": True}}]
    found = varying_types(bodies)
    assert [one.label for one in found] == ["seats", "company.id"]
    assert found[0].sentence == "“seats” is a number in 180 events, text in 20 and true or false in 1"
    assert found[1].sentence == "“company.id” is a number in 180 events and text in 20"


def test_whole_and_decimal_numbers_are_one_type() -> None:
    assert (
        varying_types([{"traits": {"n": 1}}, {"traits": {"n": 1.5}}, {"traits": None}, {"traits": []}]) == ()
    )
