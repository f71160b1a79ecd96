"""The mapping as a table."""

from __future__ import annotations

from dataclasses import replace

from app.actions.action_definitions import MERGE
from app.segment.close_destination import ACTION
from app.workflows.mapping_view import describe_source, mapping_rows
from app.workflows.samples import built_in_samples
from app.workflows.setup import default_mapping


def test_every_field_of_the_action_has_a_row_in_segments_order() -> None:
    rows = mapping_rows(default_mapping(), built_in_samples()[0].body)
    assert [row.key for row in rows] == [field.key for field in ACTION.fields]
    table = {row.key: (row.group, row.source, row.value, row.problem) for row in rows}
    assert table["lead_name"] == ("Lead", "$.traits.company.name", "Bramble & Co", "")
    assert table["contact_external_id"] == ("Contact", "$.userId", "usr_1041", "")
    assert table["lead_description"] == ("Lead", "not mapped", "", "")
    assert table["allow_creating_new_leads"] == ("Rules", "On", "On", "")
    off = replace(default_mapping(), mapping={"allow_creating_new_leads": False})
    assert ("Rules", "Off") in {(row.group, row.source) for row in mapping_rows(off, None)}


def test_a_mapping_of_another_action_shows_the_fields_of_that_action() -> None:
    merge = replace(default_mapping(), action=MERGE.slug, mapping=MERGE.default_mapping())
    rows = mapping_rows(merge, {"type": "alias", "userId": "new", "previousId": "old"})
    assert [(row.key, row.value) for row in rows] == [
        ("previous_user_id", "old"),
        ("user_id", "new"),
        ("allow_merging", "Off"),
    ]


def test_without_an_event_there_are_sources_and_no_values() -> None:
    rows = mapping_rows(default_mapping(), None)
    assert rows[0].source == "$.traits.company.name"
    assert {row.value for row in rows} == {""}


def test_a_value_that_does_not_fit_is_named_in_its_row() -> None:
    spec = replace(default_mapping(), mapping={"lead_name": {"@path": "$.traits.company"}})
    row = mapping_rows(spec, built_in_samples()[0].body)[0]
    assert row.problem == "Lead Name must be text but it is an object."
    assert row.value.startswith('{"id": "co_9917"')


def test_a_mapping_that_cannot_run_says_so_in_every_row() -> None:
    spec = replace(default_mapping(), mapping={"lead_name": {"@nonsense": 1}})
    assert all(row.problem for row in mapping_rows(spec, built_in_samples()[0].body))


def test_sources_are_told_in_short() -> None:
    assert describe_source({"@if": {"exists": 1}}) == "@if"
    assert describe_source({"cf_a": 1, "cf_b": 2}) == "2 custom fields"
    assert describe_source("stat_1") == "stat_1"
    assert describe_source("a\n  b") == "a b"
