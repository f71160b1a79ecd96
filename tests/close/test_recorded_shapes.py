"""The shapes Close documents and others have recorded, as files, read by the code that reads answers.

Ids and names in ``tests/data/close`` are made up; members and nesting are Close's.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.close.activities import MergeStatus, read_activity, read_merge
from app.close.answers import (
    read_account,
    read_contact,
    read_custom_field,
    read_lead,
    read_lead_statuses,
    read_page,
    read_schema,
    read_search_page,
)
from app.close.client import CloseClient
from app.close.records import ListEntry
from app.close.refusals import read_words
from tests.close.close_answers import KEY
from tests.close.scripted_server import answering, serving

FOLDER = Path(__file__).resolve().parents[1] / "data" / "close"


def recorded(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def test_the_account_of_a_key() -> None:
    account = read_account(recorded("me"))
    assert (account.user_name, account.organization.name, account.role_id) == (
        "Ana Diaz",
        "Example GmbH",
        "admin",
    )
    assert account.may("merge_leads")
    assert [status.label for status in account.lead_statuses] == ["Potential"]


def test_a_lead_with_its_contact() -> None:
    lead = read_lead(recorded("lead"))
    assert (lead.name, lead.status_label) == ("Acme", "Potential")
    assert list(lead.custom.values()) == ["co_1001"]
    assert lead.extras.keys() == {"url", "addresses"}
    assert lead.html_url.endswith(f"/lead/{lead.id}/")
    assert [contact.lead_id for contact in lead.contacts] == [lead.id]


def test_a_contact_with_members_that_close_computes() -> None:
    contact = read_contact(recorded("contact"))
    assert contact.emails == (ListEntry("bo@acme.example", "office"),)
    assert contact.phones == (ListEntry("+14155550132", "mobile"),)
    assert list(contact.custom.values()) == ["u_42"]
    assert contact.date_created == datetime(2026, 9, 23, 10, 2, 0, 339000, tzinfo=UTC)


def test_a_new_field_without_an_offset_in_its_times_and_a_shared_one_without_choices() -> None:
    field = read_custom_field(recorded("custom_field"), "lead")
    assert (field.name, field.type, field.choices) == ("Company ID", "text", ())
    (shared,) = read_schema(recorded("custom_field_schema"), "contact")
    assert (shared.is_shared, shared.editable_with_roles) == (True, ("admin",))


def test_a_page_of_a_search_and_of_merges() -> None:
    rows, cursor = read_search_page(recorded("search_page"))
    assert ([row["id"] for row in rows], cursor) == ([recorded("contact")["id"]], None)
    merges, more = read_page(recorded("lead_merges"))
    assert (read_merge(merges[0]).status, more) == (MergeStatus.COMPLETED, False)


def test_statuses_without_a_word_of_further_pages() -> None:
    assert [status.label for status in read_lead_statuses(recorded("lead_statuses"))] == [
        "Potential",
        "Trial",
    ]


def test_activities_of_a_lead_with_the_one_close_writes_itself() -> None:
    rows, more = read_page(recorded("activities"))
    note, created = map(read_activity, rows)
    assert (note.type, note.note, note.resource, more) == ("Note", "Signed Up", "activity/note", False)
    assert (created.type, created.contact_id, created.resource) == ("Created", None, None)


async def test_the_log_of_events_names_the_lead_another_one_was_merged_into() -> None:
    (event,) = recorded("events")["data"]
    async with (
        serving(answering(recorded("events"))) as server,
        CloseClient(KEY, base_url=server.base_url) as client,
    ):
        merged_into = await client.lead_merged_into(event["meta"]["merge_source_lead_id"])
    assert merged_into == event["lead_id"]


@pytest.mark.parametrize("refusal", recorded("refusals"), ids=lambda one: str(one["text"])[:30])
def test_the_words_of_a_refusal(refusal: dict[str, Any]) -> None:
    words = read_words(json.dumps(refusal["body"]))
    assert (words.text, dict(words.field_errors)) == (refusal["text"], refusal["fields"])
