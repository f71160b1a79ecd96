"""Fields proposed for new variables, made in a Close of our own, and mapped in one step."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from app.actions.action_definitions import MERGE, RECORD, UPSERT
from app.close.client import CloseClient
from app.close.sandbox.server import SandboxThread
from app.errors import AppError
from app.segment.event_variables import EventVariable, collect
from app.storage.profile import FieldRef, Profile
from app.workflows.fields import NewField
from app.workflows.mapping_editor.close_vocabulary import FieldReader, unread_vocabulary
from app.workflows.mapping_editor.field_types import (
    FieldProposal,
    create_field_and_map,
    map_variable,
    moved,
    offers_fields,
    propose_field,
    request_for_admin,
)
from app.workflows.mapping_editor.targets import value_at
from tests.workflows.mapping_editor.builders import READ_AT, field, identify, path, spec, vocabulary


def events(name: str, values: list[Any]) -> list[dict[str, Any]]:
    return [identify(f"u_{at}", **{name: value}) for at, value in enumerate(values)]


def variable(bodies: list[dict[str, Any]], label: str) -> EventVariable:
    return next(one for one in collect(bodies) if one.label == label)


def proposed(name: str, values: list[Any], *known: Any, **more: Any) -> FieldProposal:
    bodies = events(name, values)
    return propose_field(variable(bodies, f"traits.{name}"), bodies, vocabulary(*known), **more)


AS_TEXT = "a web address in the only value; Close keeps those as text in custom fields"


@pytest.mark.parametrize(
    ("name", "values", "type_label", "reason"),
    [
        ("logins", [1, "2", 3.5], "Number", "a number in all 3 values"),
        ("logins", [1], "Number", "a number in the only value"),
        ("postcode", ["01234", "99999"], "Text", "digits that are a code and no quantity"),
        ("legacyId", [1, 2], "Text", "digits that are a code and no quantity"),
        ("birthday", ["1990-01-02"], "Date", "a date in the only value"),
        (
            "seenAt",
            ["2026-03-04T10:00:00Z", "2026-03-04"],
            "Date and time",
            "a date and time in all 2 values",
        ),
        (
            "beta",
            [True, False],
            "Choice",
            "true or false in all 2 values; Close has no switch, so a choice of the two",
        ),
        ("plan", 5 * ["team", "free"], "Choice", "only 2 different texts in 10 values"),
        ("plan", ["team", "free"], "Text", "2 different texts in 2 values"),
        ("site", ["https://x.example"], "Text", AS_TEXT),
        ("bio", ["one\ntwo"], "Long text", "texts of several lines or more than 255 characters"),
        ("size", ["ten", 3], "Text", "text in some of 2 values, a number in others"),
        ("tags", 6 * [["vip", "new"]], "Choice · several", "lists with only 2 different texts in 12 values"),
        ("tags", [["vip"], "new"], "Text · several", "lists in 1 of 2 values"),
        ("items", [[{"a": 1}]], "Long text", "lists of objects, which are written as JSON"),
        ("blank", [""], "Text", "no values were collected, so text, which takes any"),
    ],
)
def test_the_type_comes_from_all_values(name: str, values: list[Any], type_label: str, reason: str) -> None:
    found = proposed(name, values)
    assert (found.type_label, found.reason) == (type_label, reason)


def test_choices_come_most_frequent_first_with_what_they_mean() -> None:
    found = proposed("plan", [*6 * ["team"], *3 * ["free"], *3 * ["basic"]])
    assert found.field.choices == ("team", "basic", "free")
    assert (
        found.note == "An event with a text that is not in the list will fail: take Text if others may come."
    )


@pytest.mark.parametrize(
    ("name", "about_company", "field_name", "place"),
    [
        ("employeeCount", False, "Employee count", "Leads"),
        ("favourite_colour", False, "Favourite colour", "Contacts"),
        ("favourite_colour", True, "Favourite colour", "Leads"),
    ],
)
def test_the_name_is_in_words_and_the_record_is_whom_it_is_about(
    name: str, about_company: bool, field_name: str, place: str
) -> None:
    found = proposed(name, [1], about_company=about_company).field
    assert (found.name, found.place) == (field_name, place)


def test_a_taken_name_gets_another_and_tells_of_the_one_there_is() -> None:
    taken = [field("cf_1", "logins", "text", on="contact"), field("cf_2", "Logins (Segment)", on="contact")]
    found = proposed("logins", [1, 2], *taken)
    assert (found.field.name, found.existing) == ("Logins (Segment 2)", taken[0])
    assert found.note == "“logins” exists on Contacts with type Text."
    on_leads = moved(found, "lead", vocabulary(*taken))
    assert (on_leads.field.name, on_leads.field.place, on_leads.note) == ("Logins", "Leads", "")


def test_actions_offer_the_records_they_can_fill() -> None:
    assert [offers_fields(action) for action in (UPSERT, RECORD, MERGE)] == [
        ("lead", "contact"),
        ("lead", "contact"),
        (),
    ]


def test_a_mapped_variable_is_not_ignored_any_longer() -> None:
    bodies = events("seats", [3])
    before = replace(spec({}), ignored=("traits.seats", "traits.plan"))
    after = map_variable(before, field("cf_s", "Seats"), variable(bodies, "traits.seats"))
    assert after.mapping == {"lead_custom_fields": {"cf_s": path("traits", "seats")}}
    assert after.ignored == ("traits.plan",)


def test_an_administrator_is_told_everything() -> None:
    wanted = NewField("Plan", "lead", "choices", choices=("team", "free"), accepts_multiple_values=True)
    text = request_for_admin(wanted, "Acme Inc.")
    assert "Close (Acme Inc.)" in text
    assert "- Plan: on Leads, type Choice, several values; choices: team, free" in text


@pytest.fixture
async def client(close: SandboxThread) -> AsyncIterator[CloseClient]:
    async with CloseClient(close.sandbox.api_key, base_url=close.base_url) as client:
        yield client


async def test_a_field_is_created_and_mapped_in_one_step(client: CloseClient) -> None:
    bodies = events("membership", 5 * ["team", "free"])
    found = variable(bodies, "traits.membership")
    wanted = propose_field(found, bodies, vocabulary()).field
    created = await create_field_and_map(client, await client.me(), spec({}), wanted, found)
    held = {one.id: one for one in await client.custom_fields("contact")}[created.field.id]
    assert (held.name, held.type, held.choices) == ("Membership", "choices", ("free", "team"))
    key = f"contact_custom_fields.{held.id}"
    assert value_at(created.spec.mapping, key) == path("traits", "membership")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (NewField("  ", "lead"), "FIELD-NAME-MISSING"),
        (NewField("Plan level", "lead", "choices"), "FIELD-CHOICES-MISSING"),
        (NewField("Taken", "lead"), "FIELD-EXISTS"),
    ],
)
async def test_what_cannot_be_created_is_said(
    client: CloseClient, close: SandboxThread, wanted: NewField, code: str
) -> None:
    close.sandbox.person.add_field("lead", " taken")
    bodies = events("x", [1])
    with pytest.raises(AppError) as refused:
        await create_field_and_map(client, await client.me(), spec({}), wanted, variable(bodies, "traits.x"))
    assert refused.value.code == code


async def test_without_the_permission_nothing_is_created(client: CloseClient, close: SandboxThread) -> None:
    owner = close.sandbox.store.account.owner
    close.sandbox.set_member(owner.without("manage_customizations"))
    bodies = events("x", [1])
    wanted = NewField("Anything", "lead")
    with pytest.raises(AppError) as refused:
        await create_field_and_map(client, await client.me(), spec({}), wanted, variable(bodies, "traits.x"))
    assert refused.value.code == "FIELD-NOT-PERMITTED"
    assert "Anything" not in {one.name for one in await client.custom_fields("lead")}


async def test_close_is_read_with_the_time_of_reading(client: CloseClient, close: SandboxThread) -> None:
    company = close.sandbox.person.add_field("lead", "Firm key")
    profile = Profile("0" * 32, "default", company_field=FieldRef(company.id, "Firm key"))
    assert unread_vocabulary(profile).as_of == ""
    read = await FieldReader(client, lambda: READ_AT).read(profile)
    assert isinstance(read.read_at, datetime)
    assert (read.as_of, read.company_field_name, read.user_field_id) == ("as of 10:32", "Firm key", "")
    assert read.is_id_field(company.id)
    assert not read.is_id_field("")
    known = read.field(company.id)
    assert known
    assert known.name == "Firm key"
    assert read.lead_statuses
    assert {one.object_type for one in read.custom_fields} == {"lead", "contact"}
