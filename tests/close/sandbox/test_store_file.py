"""A sandbox kept in a file."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import httpx
import pytest

from app.close.sandbox.application import Sandbox
from app.close.sandbox.clock import VirtualClock
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import RunningSandbox
from app.close.sandbox.store import Store
from app.errors import AppError
from tests.close.sandbox.conftest import Caller


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sandbox.json"


def snapshot(store: Store) -> tuple:
    tables = (store.leads, store.contacts, store.fields, store.statuses, store.notes, store.merges)
    return tuple(dict(table) for table in tables), list(store.events), store.schema_order, store.account


async def test_everything_survives_a_restart(path: Path) -> None:
    clock = VirtualClock()
    sandbox = Sandbox(store=demo_data(clock=clock, path=path))
    async with (
        RunningSandbox(sandbox) as running,
        httpx.AsyncClient(base_url=running.base_url, auth=(sandbox.api_key, ""), verify=False) as http,
    ):
        close = Caller(sandbox, clock, http)
        key = await close.field("lead", "Tags", accepts_multiple_values=True)
        user = await close.field("contact", "User ID")
        lead = await close.lead(
            **{key: ["a", "b"]},
            addresses=[{"city": "Hull"}],
            contacts=[
                {user: "u", "phones": [{"phone": "+14155550132"}], "emails": [{"email": "a@b.example"}]}
            ],
        )
        other = await close.lead()
        await close.post("activity/note/", {"lead_id": lead["id"], "note": "kept"})
        await close.post("lead/merge/", {"source": other["id"], "destination": lead["id"]})
        await close.put("custom_field_schema/lead/", {"fields": [{"id": key.removeprefix("custom.")}]})
    again = Store(path=path, clock=clock)
    assert snapshot(again) == snapshot(sandbox.store)
    assert again.leads[lead["id"]].custom == {key.removeprefix("custom."): ("a", "b")}
    assert again.default_api_key == sandbox.api_key
    assert snapshot(demo_data(path=path, clock=clock)) == snapshot(sandbox.store)


def test_new_ids_and_event_numbers_go_on_after_a_restart(path: Path) -> None:
    sandbox = Sandbox(store=Store(path=path))
    sandbox.person.add_lead({"name": "A"})
    again = Sandbox(store=Store(path=path))
    again.person.add_lead({"name": "B"})
    assert len(again.store.leads) == 2
    assert [event.number for event in again.store.events] == [1, 2]


def test_what_was_loaded_is_known_to_the_index(path: Path) -> None:
    Sandbox(store=Store(path=path)).person.add_lead({"name": "A"})
    again = Store(path=path)
    assert len(again.leads.indexed(again.clock.now(), "never")) == 1


def test_only_the_owner_can_read_the_file_and_it_holds_no_key(path: Path) -> None:
    sandbox = Sandbox(store=Store(path=path))
    sandbox.person.add_lead({"name": "A"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sandbox.api_key not in path.read_text()
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_refused_or_empty_change_writes_nothing(path: Path) -> None:
    sandbox = Sandbox(store=Store(path=path))
    with pytest.raises(ValueError, match="emails"):
        sandbox.person.add_lead({"contacts": [{"emails": 5}]})
    assert not path.exists()
    lead = sandbox.person.add_lead({"name": "A"})
    written = path.stat().st_mtime_ns
    sandbox.person.edit_lead(lead.id, {"name": "A"})
    assert path.stat().st_mtime_ns == written


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1}'])
def test_a_file_that_is_none_of_ours_is_refused(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(AppError) as caught:
        Store(path=path)
    assert caught.value.code == "SANDBOX-FILE-UNUSABLE"
    assert path.read_text() == content


def test_a_file_of_another_version_is_refused(path: Path) -> None:
    Sandbox(store=Store(path=path)).person.add_lead({"name": "A"})
    image = json.loads(path.read_text())
    path.write_text(json.dumps({**image, "version": 99}))
    with pytest.raises(AppError) as caught:
        Store(path=path)
    assert "99" in caught.value.detail


def test_a_folder_in_the_files_place_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(AppError) as caught:
        Store(path=path)
    assert caught.value.code == "SANDBOX-FILE-UNUSABLE"


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    sandbox = Sandbox(store=Store(path=tmp_path / "missing" / "sandbox.json"))
    with pytest.raises(AppError) as caught:
        sandbox.person.add_lead({"name": "A"})
    assert caught.value.code == "SANDBOX-NOT-SAVED"


async def test_a_call_that_cannot_be_saved_answers_500_until_it_can(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    sandbox = Sandbox(store=Store(path=folder / "sandbox.json"))
    folder.rmdir()
    async with (
        RunningSandbox(sandbox) as running,
        httpx.AsyncClient(base_url=running.base_url, auth=(sandbox.api_key, ""), verify=False) as http,
    ):
        answer = await http.post("lead/", json={"name": "A"})
        folder.mkdir()
        after = await http.get("lead/")
    assert answer.status_code == 500
    assert "could not be saved" in answer.json()["error"]
    assert after.status_code == 200
    assert len(Store(path=folder / "sandbox.json").leads) == 1
