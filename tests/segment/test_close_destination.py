"""The Close destination has Segment's fields, in Segment's order, with Segment's defaults."""

from __future__ import annotations

from app.segment import close_destination, triggers
from app.segment.close_destination import ACTION, SETTINGS, FieldType


def test_the_action_is_segments() -> None:
    assert (ACTION.slug, ACTION.name) == ("createUpdateContactAndLead", "Create or Update Contact and Lead")
    assert ACTION.default_trigger == 'type = "identify"'
    assert triggers.matches(ACTION.default_trigger, {"type": "identify"})


def test_the_fields_stand_in_segments_order_with_their_types() -> None:
    assert [field.key for field in ACTION.fields] == [
        "lead_name",
        "lead_external_id",
        "lead_description",
        "lead_status_id",
        "lead_custom_fields",
        "contact_name",
        "contact_email",
        "contact_phone",
        "contact_url",
        "contact_title",
        "contact_external_id",
        "contact_custom_fields",
        "allow_creating_new_leads",
        "allow_updating_existing_leads",
        "allow_creating_new_contacts",
        "allow_updating_existing_contacts",
        "allow_creating_duplicate_contacts",
    ]
    objects = [field.key for field in ACTION.fields if field.type is FieldType.OBJECT]
    assert objects == ["lead_custom_fields", "contact_custom_fields"]
    assert all(field.label and field.description for field in ACTION.fields)
    assert all(field.default is True for field in ACTION.fields if field.type is FieldType.BOOLEAN)


def test_the_default_mapping_is_segments_and_everyone_gets_their_own() -> None:
    mapping = close_destination.default_mapping()
    assert mapping["lead_external_id"] == {"@path": "$.traits.company.id"}
    assert mapping["contact_url"] == {"@path": "$.traits.website"}
    assert mapping["contact_external_id"] == {"@path": "$.userId"}
    assert "lead_description" not in mapping
    mapping["contact_url"]["@path"] = "$.changed"
    assert close_destination.default_mapping()["contact_url"] == {"@path": "$.traits.website"}


def test_the_settings_are_the_key_and_the_two_field_ids() -> None:
    assert [(setting.key, setting.secret) for setting in SETTINGS] == [
        ("api_key", True),
        ("lead_custom_field_id_for_company_id", False),
        ("contact_custom_field_id_for_user_id", False),
    ]


def test_a_field_is_found_by_its_key() -> None:
    assert ACTION.field("lead_name") is ACTION.fields[0]
    assert ACTION.field("nope") is None
