from __future__ import annotations

import socket

from app.segment.close_destination import ACTION
from app.storage.profile import FieldRef, MappingSpec, Profile
from app.workflows.paste_sheet import paste_sheet
from app.workflows.port_check import check_port

SPEC = MappingSpec("People", ACTION.slug, 'type = "identify"', ACTION.default_mapping())


def profile(*mappings: MappingSpec) -> Profile:
    return Profile("0" * 32, "default", company_field=FieldRef("cf_1", "Company ID"), mappings=mappings)


def test_the_settings_come_first_and_hold_no_key() -> None:
    settings = paste_sheet(profile(SPEC))[0]
    assert [line.value for line in settings.lines] == ["", "cf_1", ""]
    assert settings.lines[0].secret
    assert "API Keys" in settings.lines[0].note
    assert "without it" in settings.lines[2].note


def test_a_mapping_is_listed_in_the_order_of_the_form() -> None:
    lines = paste_sheet(profile(SPEC))[1].lines
    assert [line.value for line in lines[:3]] == ["People", 'type = "identify"', "$.traits.company.name"]
    labels = [field.label for field in ACTION.fields if field.key in SPEC.mapping]
    assert [line.label for line in lines[2:]] == labels


def test_rules_functions_and_fixed_texts_are_written_as_they_are_entered() -> None:
    mapping = {
        "lead_name": "Fixed",
        "contact_name": {"@template": "{{traits.first}}"},
        "allow_creating_new_leads": False,
    }
    values = [
        line.value for line in paste_sheet(profile(MappingSpec("M", ACTION.slug, "", mapping)))[1].lines[2:]
    ]
    assert values == ["Fixed", '{"@template": "{{traits.first}}"}', "Off"]


def test_mappings_that_are_off_are_left_out() -> None:
    off = MappingSpec("Off", ACTION.slug, "", {}, enabled=False)
    assert [section.title for section in paste_sheet(profile(off, SPEC))] == ["Settings", "Mapping “People”"]


async def test_a_port_is_free_unless_somebody_listens_there() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        listener.listen(1)
        assert not await check_port("127.0.0.1", port)
    assert await check_port("127.0.0.1", port)
