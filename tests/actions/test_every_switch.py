"""The client's work in every position of every switch that the sandbox has for what nobody knows of Close."""

from __future__ import annotations

from typing import Any

import pytest

from app.actions.action_definitions import MERGE, RECORD
from app.actions.trace import Outcome
from app.close.sandbox.switches import RECORDED_LIMITS, Switches
from tests.actions.builders import Stage, identify, mapping, stage
from tests.actions.test_other_actions import alias, new_notes, of, track

POSITIONS: dict[str, tuple[Any, ...]] = {
    "index_lag_s": (0, 1, 11, 60, "never"),
    "stale_get_after_delete_s": (0, 30),
    "error_dialect": ("frm", "pydantic"),
    "rate_headers": ("none", "old", "new"),
    "body_429": ("old_object", "error", "empty", "html"),
    "headers_429": ("new", "old", "retry_after", "none"),
    "limits": (None, RECORDED_LIMITS),
    "rate_window": ("fixed", "sliding"),
    "unknown_custom_field": ("refused", "ignored"),
    "duplicate_field_name": ("accepted", "refused"),
    "field_quota": (250,),
    "role_restricted_write": ("403", "401", "ignored"),
    "exact_value_case": ("sensitive", "insensitive"),
    "merge": ("immediate", "async"),
    "contact_lead_id_put": ("moves", "refused"),
    "naive_dates": (True, False),
    "number_into_text": ("refused", "stored"),
    "computed_keys_in_lists": ("ignored", "refused"),
    "slash_redirect": ("301", "308", "404"),
    "shared_fields_in_list": ("listed", "schema_only"),
    "me_organizations": ("one", "two"),
    "email_case": ("kept", "lower"),
    "nested_contact_error": ("contacts", "top_level"),
}
ACME = ("co_1", "Acme")
DEFAULTS = Switches()
# All defaults together are one position; the rest differs from them in one switch.
EVERY = [("index_lag_s", DEFAULTS.index_lag_s)] + [
    (name, value)
    for name, values in POSITIONS.items()
    for value in values
    if value != getattr(DEFAULTS, name)
]


async def a_day(scene: Stage) -> None:
    """Create, join, update, record, change companies' names, merge: all in one minute."""
    done = (Outcome.DELIVERED, Outcome.UNCHANGED)
    for event in (
        identify(name="Bo Li", email="Bo@Acme.example", phone="(415) 555-0132", company=ACME),
        identify("u_2", name="Cy", email="cy@acme.example", company=ACME),
        identify(name="Bo Li", email="bo@home.example", title="CTO", company=("co_1", "Acme Inc")),
        track(),
        identify(name="Bo Li", email="bo@acme.example", phone="+14155550132", title="CTO", company=ACME),
        alias("u_2", "u_1"),
        identify("u_2", title="CEO", company=ACME),
    ):
        report = await scene.run(event, check=True)
        assert report.error is None, report.reason
        assert report.outcome in done, report.reason


@pytest.mark.parametrize(("name", "value"), EVERY, ids=[f"{name}-{value}" for name, value in EVERY])
async def test_a_day_ends_with_the_same_records_in_every_position(name: str, value: Any) -> None:
    if isinstance(value, dict):
        value = {**value, "*": 30}
    async with stage(mapping(), of(RECORD), of(MERGE, allow_merging=True), **{name: value}) as scene:
        await a_day(scene)
        (lead,), (contact,) = scene.leads(), scene.contacts()
        assert (lead.name, scene.company_id_of(lead)) == ("Acme", "co_1")
        assert (contact.name, contact.title, scene.user_id_of(contact)) == ("Bo Li", "CEO", "u_1")
        emails = [entry.email.casefold() for entry in contact.emails]
        assert emails == ["bo@acme.example", "bo@home.example", "cy@acme.example"]
        assert [entry.phone for entry in contact.phones] == ["+14155550132"]
        assert [note.note for note in new_notes(scene)] == ["Report Exported"]
