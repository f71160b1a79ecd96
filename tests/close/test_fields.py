from __future__ import annotations

import pytest

from app.close.fields import (
    Found,
    Missing,
    MultiValue,
    Several,
    WrongType,
    is_field_id,
    match_field,
    role_warning,
)
from app.close.records import Account, CustomField, ObjectType, Organization


def custom_field(
    name: str = "Company ID",
    *,
    field_id: str = "cf_1",
    kind: str = "text",
    of: ObjectType = "lead",
    several_values: bool = False,
    roles: tuple[str, ...] = (),
) -> CustomField:
    return CustomField(
        id=field_id,
        name=name,
        type=kind,
        object_type=of,
        accepts_multiple_values=several_values,
        editable_with_roles=roles,
    )


def account(role_id: str) -> Account:
    return Account(
        "user_1", "Ana", "ana@example.com", Organization("orga_1", "Acme"), role_id, frozenset(), ()
    )


@pytest.mark.parametrize("name", ["Company ID", " company id ", "COMPANY ID"])
def test_a_field_is_found_by_name_whatever_its_case_and_spaces(name: str) -> None:
    field = custom_field(name)
    assert match_field([custom_field("Other"), field], "Company ID ", "lead") == Found(field)


def test_a_field_of_another_object_or_with_a_longer_name_is_not_the_one() -> None:
    schema = [custom_field(of="contact"), custom_field("Company ID 2")]
    assert match_field(schema, "Company ID", "lead") == Missing()


def test_a_field_that_does_not_hold_text_is_the_wrong_type() -> None:
    field = custom_field(kind="number")
    assert match_field([field], "Company ID", "lead") == WrongType(field)


def test_a_text_field_of_several_values_cannot_be_used() -> None:
    field = custom_field(several_values=True)
    assert match_field([custom_field(kind="number"), field], "Company ID", "lead") == MultiValue(field)


def test_of_several_fields_of_that_name_only_the_usable_ones_count() -> None:
    unusable = [custom_field(kind="number"), custom_field(several_values=True)]
    one, two = custom_field(field_id="cf_1"), custom_field(field_id="cf_2")
    assert match_field([*unusable, one], "Company ID", "lead") == Found(one)
    assert match_field([*unusable, one, two], "Company ID", "lead") == Several((one, two))


def test_a_field_for_other_roles_is_warned_about() -> None:
    field = custom_field(roles=("admin", "role_1"))
    assert "Company ID" in role_warning(field, account("user"))
    assert "Ana" in role_warning(field, account("user"))
    assert role_warning(field, account("role_1")) == ""
    assert role_warning(custom_field(), account("user")) == ""


@pytest.mark.parametrize(
    ("text", "is_id"),
    [
        ("cf_MiNqzA8b", True),
        ("lcf_1", True),
        ("ccf_1", True),
        ("cf_", False),
        ("lead_1", False),
        ("custom.cf_1", False),
        ("cf_1\n", False),
        (" cf_1", False),
        ("cf_1/../x", False),
        ("", False),
    ],
)
def test_the_three_forms_of_field_ids_are_known(text: str, is_id: bool) -> None:
    assert is_field_id(text) is is_id
