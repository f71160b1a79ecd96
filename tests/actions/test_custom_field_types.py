"""Custom fields of every type Close has, from a mapped value to the record, and refusals in words."""

from __future__ import annotations

from typing import Any

import pytest

from app.actions.trace import Outcome, StepStatus
from tests.actions.builders import Stage, identify, mapping, stage

ACME = ("co_1", "Acme")
OWNER = "dana.whitfield@acme.example"

# type, what the event says, what Close holds then; the words of a refusal for a value that does not fit.
TYPES: list[tuple[str, Any, Any]] = [
    ("text", 12.0, "12"),
    ("textarea", "two\nlines", "two\nlines"),
    ("hidden", True, "true"),
    ("custom_object", "co_77", "co_77"),
    ("number", " 12.5 ", 12.5),
    ("date", "2026-03-04T23:30:00Z", "2026-03-04"),
    ("datetime", 1_772_582_400, "2026-03-04T00:00:00+00:00"),
    ("choices", "team", "Team"),
]
REFUSED = [
    ("number", "many", "“many” is not a number."),
    ("date", "soon", "“soon” is not a date."),
    ("datetime", True, "“true” is not a date and time."),
    ("choices", "Gold", "“Gold” is not a choice of this field. Choices: Trial, Team."),
    ("user", "nobody@acme.example", "is not the email or the id of a member of the organization."),
    ("contact", "u_1", "“u_1” is not the id of a contact in Close (cont_…)."),
]


def add_field(scene: Stage, kind: str, *, several: bool = False) -> str:
    field = scene.sandbox.person.add_field(
        "lead",
        "Special",
        kind,
        choices=("Trial", "Team") if kind == "choices" else (),
        accepts_multiple_values=several,
    )
    return field.id


async def field_id_for(kind: str) -> str:
    """Ids follow from a seed: the same field made in the same place gets the same id."""
    async with stage() as first:
        return add_field(first, kind)


async def value_after(scene: Stage, field_id: str, value: Any) -> Any:
    report = await scene.run(identify(email="bo@acme.example", company=ACME, special=value), check=True)
    assert report.error is None, report.reason
    assert report.results[0].steps[-1].status is StepStatus.OK
    return scene.leads()[0].custom.get(field_id)


def special(field_id: str) -> Any:
    return mapping(lead_custom_fields={field_id: {"@path": "$.traits.special"}})


@pytest.mark.parametrize(("kind", "value", "held"), TYPES)
async def test_a_value_takes_its_fields_form_and_is_unchanged_the_next_time(
    kind: str, value: Any, held: Any
) -> None:
    field_id = await field_id_for(kind)
    async with stage(special(field_id)) as scene:
        assert add_field(scene, kind) == field_id
        assert await value_after(scene, field_id, value) == held
        again = await scene.run(identify(email="bo@acme.example", company=ACME, special=value))
        assert again.outcome is Outcome.UNCHANGED


async def test_a_user_is_named_by_email_and_a_contact_by_id() -> None:
    field_id = await field_id_for("user")
    async with stage(special(field_id)) as scene:
        add_field(scene, "user")
        owner = scene.sandbox.store.account.owner
        assert await value_after(scene, field_id, OWNER.upper()) == owner.user_id
        colleague = scene.sandbox.store.account.colleague
        assert await value_after(scene, field_id, colleague.user_id) == colleague.user_id
    async with stage(special(field_id)) as scene:
        add_field(scene, "contact")
        someone = next(iter(scene.sandbox.store.contacts))
        assert await value_after(scene, field_id, someone) == someone


@pytest.mark.parametrize(("kind", "value", "words"), REFUSED)
async def test_a_value_that_does_not_fit_is_refused_in_words_before_anything_is_written(
    kind: str, value: Any, words: str
) -> None:
    field_id = await field_id_for(kind)
    async with stage(special(field_id)) as scene:
        add_field(scene, kind)
        report = await scene.run(identify(email="bo@acme.example", company=ACME, special=value))
        assert report.error is not None
        assert (report.error.code, scene.writes()) == ("ACTION-VALUE-REFUSED", 0)
        assert words in report.reason
        assert "Special" in report.error.title


@pytest.mark.parametrize("kind", ["text", "choices", "number"])
async def test_a_field_of_several_values_is_appended_to_and_never_shrunk(kind: str) -> None:
    values = {"text": ("a", "b", "c"), "choices": ("Trial", "Team", "Team"), "number": (1, 2, 3)}[kind]
    field_id = await field_id_for(kind)
    async with stage(special(field_id)) as scene:
        add_field(scene, kind, several=True)
        assert await value_after(scene, field_id, [values[0]]) == (values[0],)
        (lead,) = scene.leads()
        scene.sandbox.person.edit_lead(lead.id, {f"custom.{field_id}": [values[0], values[2]]})
        held = await value_after(scene, field_id, values[1])
        assert set(held) == set(values)
        again = await scene.run(identify(email="bo@acme.example", company=ACME, special=[values[0]]))
        assert again.outcome is Outcome.UNCHANGED
