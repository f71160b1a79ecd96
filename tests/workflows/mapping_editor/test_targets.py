"""Which rows the editor has, and how a row's value is read from and put into the mapping."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.actions.action_definitions import ACTIONS, DELETE, MERGE, RECORD, UPSERT
from app.segment import mapping as mapping_language
from app.segment.close_destination import ActionDefinition
from app.workflows.mapping_editor.targets import (
    WHOLE_MAPPING,
    MappingTarget,
    TargetGroup,
    mapped_count,
    targets_of,
    value_at,
    with_value,
)
from tests.workflows.mapping_editor.builders import (
    COMPANY_FIELD,
    PLAN,
    SEATS,
    TAGS,
    path,
    spec,
    vocabulary,
)

KEYS = [field.key for field in UPSERT.fields if not field.key.endswith("custom_fields")] + [
    "lead_custom_fields.cf_seats",
    "lead_custom_fields.cf_plan",
    "contact_custom_fields.cf_tags",
]
VALUES = st.one_of(
    st.text(max_size=5),
    st.integers(-5, 5),
    st.booleans(),
    st.builds(lambda name: {"@path": f"$.{name}"}, st.sampled_from("abc")),
)
BASES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [path("traits", "custom"), {"@flatten": {"value": path("traits"), "separator": "."}}]
)
EDITS = st.lists(
    st.tuples(st.sampled_from(KEYS), st.none() | VALUES)
    | st.tuples(
        st.sampled_from(["lead_custom_fields", "contact_custom_fields", WHOLE_MAPPING]), st.none() | BASES
    ),
    max_size=8,
)


def rows(mapping: Any = None, *, action: ActionDefinition = UPSERT, **known: Any) -> dict[str, MappingTarget]:
    names = vocabulary(SEATS, PLAN, TAGS, **known)
    return {target.key: target for target in targets_of(action, names, mapping or {})}


def test_rows_are_grouped_and_people_come_first_by_id_name_and_email() -> None:
    targets = targets_of(UPSERT, vocabulary(SEATS, TAGS), spec().mapping)
    assert [(target.group.value, target.label, target.type_label) for target in targets] == [
        ("lead", "Name", "Text"),
        ("lead", "Company ID", "Custom · Text"),
        ("lead", "Description", "Long text"),
        ("lead", "Status", "Lead status"),
        ("contact", "User ID", "Custom · Text"),
        ("contact", "Name", "Text"),
        ("contact", "Email", "Email · appended"),
        ("contact", "Phone", "Phone · appended"),
        ("contact", "URL", "URL · appended"),
        ("contact", "Title", "Text"),
        ("custom", "Seats", "Lead · Number"),
        ("custom", "Tags", "Contact · Choice · several"),
        ("rules", "Create new leads", "Rule"),
        ("rules", "Update existing leads", "Rule"),
        ("rules", "Create new contacts", "Rule"),
        ("rules", "Update existing contacts", "Rule"),
        ("rules", "Same person under another lead", "Rule"),
    ]


def test_choices_and_statuses_come_with_what_they_take() -> None:
    found = rows()
    assert found["lead_custom_fields.cf_plan"].choices == ("Trial", "Business")
    status = found["lead_status_id"]
    assert (status.choices, status.choice_labels) == (("stat_new", "stat_won"), ("New", "Won"))


def test_every_rule_says_what_off_means() -> None:
    for action in ACTIONS:
        rules = [row for row in rows(action=action).values() if row.group is TargetGroup.RULES]
        assert all(row.consequence.startswith("Off: ") for row in rules)


def test_a_mapped_field_that_close_lost_keeps_its_row() -> None:
    mapping = {"lead_custom_fields": {"cf_gone": path("traits", "x")}}
    assert rows(mapping)["lead_custom_fields.cf_gone"].missing
    assert not rows(mapping, read=False)["lead_custom_fields.cf_gone"].missing


def test_the_id_fields_are_custom_rows_only_when_a_mapping_fills_them() -> None:
    key = f"lead_custom_fields.{COMPANY_FIELD}"
    assert key not in rows()
    assert rows({"lead_custom_fields": {COMPANY_FIELD: "x"}})[key].label == "Company ID"


def test_an_object_mapped_whole_is_a_row_of_its_own() -> None:
    mapping = {"lead_custom_fields": path("traits", "custom")}
    row = rows(mapping)["lead_custom_fields"]
    assert (row.label, row.group) == ("All lead custom fields", TargetGroup.CUSTOM)
    assert value_at(mapping, "lead_custom_fields") == path("traits", "custom")
    assert value_at(mapping, "lead_custom_fields.cf_seats") is None
    assert "lead_custom_fields" not in rows()


def test_a_field_mapped_beside_a_whole_object_wins_and_the_object_stays() -> None:
    whole = {"lead_custom_fields": path("traits", "custom")}
    both = with_value(whole, "lead_custom_fields.cf_seats", path("traits", "seats"))
    event = {"traits": {"seats": 12, "custom": {"cf_seats": 1, "cf_plan": "Trial"}}}
    assert mapping_language.transform(both, event) == {
        "lead_custom_fields": {"cf_seats": 12, "cf_plan": "Trial"}
    }
    assert value_at(both, "lead_custom_fields") == path("traits", "custom")
    assert with_value(both, "lead_custom_fields.cf_seats", None) == whole


def test_a_merge_that_a_person_wrote_otherwise_stays_as_it_is() -> None:
    for objects in ([{"cf_a": 1}, {"cf_b": 2}], [path("traits"), {"cf_a": 1}, {"cf_b": 2}]):
        merge = {"@merge": {"objects": objects, "direction": "right"}}
        changed = with_value({"lead_custom_fields": merge}, "lead_custom_fields.cf_seats", 3)
        assert value_at(changed, "lead_custom_fields") == merge
        assert with_value(changed, "lead_custom_fields.cf_seats", None) == {"lead_custom_fields": merge}


def test_a_mapping_that_is_one_directive_is_a_row_and_stays_whole() -> None:
    whole = path("traits")
    assert rows(whole)[WHOLE_MAPPING].label == "All fields"
    changed = with_value(whole, "contact_name", "Ada")
    assert mapping_language.transform(changed, {"traits": {"lead_name": "Acme"}}) == {
        "lead_name": "Acme",
        "contact_name": "Ada",
    }
    assert with_value(changed, "contact_name", None) == whole


def test_a_plain_object_given_for_all_custom_fields_becomes_rows() -> None:
    mapping = with_value({}, "lead_custom_fields", {"cf_seats": 1})
    assert value_at(mapping, "lead_custom_fields.cf_seats") == 1
    assert value_at(mapping, "lead_custom_fields") is None


@given(EDITS, st.sampled_from(KEYS), VALUES)
def test_what_is_put_at_a_target_is_found_there_and_nowhere_else(
    edits: list[tuple[str, Any]], key: str, value: Any
) -> None:
    mapping: Any = {}
    for edited, given_value in edits:
        mapping = with_value(mapping, edited, given_value)
    changed = with_value(mapping, key, value)
    assert value_at(changed, key) == value
    everything = [*KEYS, "lead_custom_fields", "contact_custom_fields", WHOLE_MAPPING]
    others = [other for other in everything if other != key]
    assert [value_at(changed, other) for other in others] == [value_at(mapping, other) for other in others]
    assert value_at(with_value(changed, key, None), key) is None
    mapping_language.compile(changed)


@given(EDITS)
def test_clearing_every_target_leaves_nothing(edits: list[tuple[str, Any]]) -> None:
    mapping: Any = {}
    for key, value in edits:
        mapping = with_value(mapping, key, value)
    for key in [*KEYS, "lead_custom_fields", "contact_custom_fields", WHOLE_MAPPING]:
        mapping = with_value(mapping, key, None)
    assert mapping == {}


def test_headers_count_what_is_mapped_and_what_is_allowed() -> None:
    mapping = {**spec().mapping, "allow_creating_new_leads": False}
    targets = targets_of(UPSERT, vocabulary(SEATS), mapping)
    counts = mapped_count(targets, mapping, UPSERT)
    assert {group.value: count.text for group, count in counts.items()} == {
        "lead": "2 of 4 mapped",
        "contact": "6 of 6 mapped",
        "custom": "0 of 1 mapped",
        "rules": "4 of 5 allowed",
    }


@pytest.mark.parametrize(("action", "allowed"), [(UPSERT, "5 of 5"), (MERGE, "0 of 1"), (DELETE, "0 of 1")])
def test_an_unmapped_rule_stands_as_the_action_runs_without_it(
    action: ActionDefinition, allowed: str
) -> None:
    counts = mapped_count(targets_of(action, vocabulary(), {}), {}, action)
    assert counts[TargetGroup.RULES].text == f"{allowed} allowed"


def test_other_actions_have_their_rows_where_people_look_for_them() -> None:
    assert {row.label: row.group.value for row in rows(action=MERGE).values()} == {
        "Previous user ID": "contact",
        "User ID": "contact",
        "Merge": "rules",
    }
    found = rows(action=RECORD)
    assert found["note_text"].group is TargetGroup.LEAD
    assert found["lead_custom_fields.cf_seats"].group is TargetGroup.CUSTOM
