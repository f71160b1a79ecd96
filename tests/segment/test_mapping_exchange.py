"""Mappings travel between here and Segment's Public API without loss."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.segment import close_destination, mapping
from app.segment.mapping_exchange import ExchangedMapping, ExchangeError, export_mappings, import_mappings
from tests.segment.json_strategies import MAPPINGS

DEFAULT = ExchangedMapping(
    "Identify people", 'type = "identify"', close_destination.default_mapping(), enabled=True, action_id="a1"
)


def test_an_exported_mapping_has_segments_shape() -> None:
    assert export_mappings([DEFAULT]) == {
        "subscriptions": [
            {
                "actionId": "a1",
                "name": "Identify people",
                "actionSlug": "createUpdateContactAndLead",
                "trigger": 'type = "identify"',
                "enabled": True,
                "settings": close_destination.default_mapping(),
            }
        ]
    }


def _runs(candidate: Any) -> bool:
    try:
        mapping.compile(candidate)
    except mapping.MappingError:
        return False
    return True


@given(
    exchanged=st.lists(
        st.builds(
            ExchangedMapping,
            name=st.text(min_size=1, max_size=20),
            trigger=st.text(max_size=40),
            mapping=MAPPINGS.filter(_runs),
            enabled=st.booleans(),
            action_id=st.text(max_size=8),
        ),
        max_size=3,
    )
)
@settings(max_examples=75, deadline=None)
def test_what_is_exported_is_imported_unchanged(exchanged: list[ExchangedMapping]) -> None:
    assert import_mappings(json.loads(json.dumps(export_mappings(exchanged)))) == tuple(exchanged)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda one: one,
        lambda one: [one],
        lambda one: {"data": {"subscriptions": [one]}},
        lambda one: {"data": {"subscription": one}},
        lambda one: {"subscriptions": [one]},
        lambda one: {"mappings": [one]},
    ],
)
def test_mappings_are_found_however_they_are_wrapped(wrap: Any) -> None:
    (one,) = export_mappings([DEFAULT])["subscriptions"]
    assert import_mappings(wrap(one)) == (DEFAULT,)


def test_missing_members_get_safe_values() -> None:
    (imported,) = import_mappings({"mapping": {"lead_name": "x"}})
    assert imported == ExchangedMapping("Mapping 1", "", {"lead_name": "x"}, enabled=False)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ("text", "no mappings"),
        ([5], "Mapping 1 is not a JSON object"),
        ({"name": "N"}, r"Mapping 1 \(N\) has no object"),
        ({"name": 5, "settings": {}}, "not text"),
        ({"name": "N", "settings": {}, "actionSlug": "other"}, "other"),
        ({"name": "N", "settings": {"a": {"@nope": 1}}}, "/a: expected a known directive"),
        ([{"settings": {}}] * 51, "at most 50"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(shape: Any, words: str) -> None:
    with pytest.raises(ExchangeError, match=words):
        import_mappings(shape)
