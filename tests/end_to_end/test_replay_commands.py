"""Replays from the command line: dry run, run, killed in the middle, resumed, exported and undone."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.close.sandbox.application import Sandbox
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import SandboxThread
from app.close.sandbox.switches import Switches
from app.relay.inbox import Inbox
from app.relay.replay_records import ReplayState
from app.relay.replay_store import ReplayStore
from tests.conditions import until_blocking
from tests.end_to_end.programs import SECRET, Program
from tests.relay.builders import new_events


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return Sandbox(store=demo_data(), switches=Switches(index_lag_s=0))


@pytest.fixture(scope="module")
def close(sandbox: Sandbox) -> Iterator[SandboxThread]:
    thread = SandboxThread(sandbox)
    thread.start()
    yield thread
    thread.stop()


@pytest.fixture
def program(tmp_path: Path, sandbox: Sandbox, close: SandboxThread) -> Program:
    environment = {"CLOSE_API_KEY": sandbox.api_key, "SEGMENT_SHARED_SECRET": SECRET}
    program = Program(tmp_path / "profiles", close.base_url, environment)
    assert program.run("setup", "--create-fields").code == 0
    return program


def person(number: int, company: str, **traits: Any) -> dict[str, Any]:
    return {
        "type": "identify",
        "messageId": f"{company}-{number}",
        "userId": f"{company}_{number}",
        "traits": {
            "email": f"p{number}@{company}.example",
            "company": {"id": company, "name": company.title()},
            **traits,
        },
    }


def archive(folder: Path, company: str, count: int) -> Path:
    """A folder of archives as Segment writes them."""
    target = folder / company
    target.mkdir()
    for part in range(2):
        lines = "".join(json.dumps(person(one, company)) + "\n" for one in range(part, count, 2))
        (target / f"{part}.gz").write_bytes(gzip.compress(lines.encode()))
    return target


def people(sandbox: Sandbox, company: str) -> list[str]:
    with sandbox.store.lock:
        contacts = sandbox.store.contacts.values()
        return sorted(
            one.emails[0].email
            for one in contacts
            if one.emails and one.emails[0].email.endswith(f"@{company}.example")
        )


def test_a_folder_is_tried_run_and_undone(program: Program, sandbox: Sandbox, tmp_path: Path) -> None:
    folder = archive(tmp_path, "alder", 3)
    tried = program.run("replay", "--file", str(folder), "--dry-run", "--json")
    assert tried.code == 0, tried.err
    assert tried.data["dry_run"]["new_leads"] == 1
    assert tried.data["dry_run"]["new_contacts"] == 3
    assert people(sandbox, "alder") == []
    number = str(tried.data["id"])
    unconfirmed = program.run("replay", "resume", number)
    assert unconfirmed.code == 1
    assert "RELAY-LIVE-UNCONFIRMED" in unconfirmed.err
    done = program.run("replay", "resume", number, "--yes", "--json")
    assert done.code == 0, done.err
    assert (done.data["state"], done.data["finished"], done.data["left"]) == ("done", 3, 0)
    assert len(people(sandbox, "alder")) == 3
    assert "done" in program.run("replay", "list").out
    undone = program.run("replay", "undo", number)
    assert (undone.code, undone.out) == (0, "4 records removed.\n"), undone.err
    assert people(sandbox, "alder") == []
    missing = program.run("replay", "show", "99")
    assert missing.code == 1
    assert "REPLAY-UNKNOWN" in missing.err
    assert program.run("replay", "--since", "yesterday").code == 2


async def test_what_is_queued_besides_is_said_before_it_is_delivered_too(
    program: Program, sandbox: Sandbox, tmp_path: Path
) -> None:
    tried = program.run("replay", "--file", str(archive(tmp_path, "elm", 2)), "--dry-run", "--json")
    assert tried.code == 0, tried.err
    inbox = await Inbox.open(program.folder / "default" / "relay.db", str)
    await inbox.append(new_events(person(9, "oak")))
    await inbox.close()
    unconfirmed = program.run("replay", "resume", str(tried.data["id"]))
    assert unconfirmed.code == 1
    assert "One event is queued already and delivered to Close as well" in unconfirmed.err
    done = program.run("replay", "resume", str(tried.data["id"]), "--yes", "--json")
    assert done.code == 0, done.err
    assert (len(people(sandbox, "elm")), len(people(sandbox, "oak"))) == (2, 1)


def titles(sandbox: Sandbox, company: str) -> dict[str, str | None]:
    with sandbox.store.lock:
        contacts = [one for one in sandbox.store.contacts.values() if one.emails]
        found = {one.emails[0].email: one.title for one in contacts}
    return {email: title for email, title in found.items() if email.endswith(f"@{company}.example")}


def test_a_killed_replay_goes_on_where_it_was(program: Program, sandbox: Sandbox, tmp_path: Path) -> None:
    """The people exist before: a create whose answer a crash has lost would be waited out for a minute."""
    made = program.run("replay", "--file", str(archive(tmp_path, "birch", 4)), "--yes", "--json")
    assert made.code == 0, made.err
    events = tmp_path / "titles.ndjson"
    changes = (
        person(number % 4, "birch", title=f"Title {number}") | {"messageId": f"title-{number}"}
        for number in range(32)
    )
    events.write_text("".join(json.dumps(event) + "\n" for event in changes))
    tried = program.run("replay", "--file", str(events), "--dry-run", "--json")
    number = tried.data["id"]
    process = subprocess.Popen(
        program.line("replay", "resume", str(number), "--yes"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=program._environment(),
    )
    store = ReplayStore(program.folder / "default" / "relay.db")
    until_blocking(lambda: store.replay(number).finished >= 5, within_s=60, what="some events to end")
    process.kill()
    process.wait()
    left = store.replay(number)
    assert left.state is ReplayState.RUNNING
    assert 0 < left.finished < 32
    # The file is not needed any more: what is left is in the database.
    events.unlink()
    done = program.run("replay", "resume", str(number), "--yes", "--json")
    assert done.code == 0, done.err
    assert (done.data["state"], done.data["finished"]) == ("done", 32)
    assert "failed" not in done.data["counts"]
    assert titles(sandbox, "birch") == {f"p{one}@birch.example": f"Title {28 + one}" for one in range(4)}


def test_failures_are_written_edited_and_sent_again(
    program: Program, sandbox: Sandbox, tmp_path: Path
) -> None:
    assert program.run("mappings", "set", "lead_status_id", "$.traits.status").code == 0
    events = tmp_path / "events.ndjson"
    bad = person(1, "cedar", status="stat_unknown")
    events.write_text(f"{json.dumps(bad)}\nno event\n")
    report = tmp_path / "failed.csv"
    ran = program.run("replay", "--file", str(events), "--yes", "--failures", str(report))
    assert ran.code == 1, ran.out + ran.err
    with report.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["state"], row["place"]) for row in rows] == [
        ("failed", "events.ndjson, line 1"),
        ("refused", "events.ndjson, line 2"),
    ]
    event_id = rows[0]["event_id"]
    exported = tmp_path / "failed.ndjson"
    assert program.run("events", "export", "--state", "failed", "--output", str(exported)).code == 0
    record = json.loads(exported.read_text())
    assert (record["event"], record["state"]) == (bad, "failed")
    # An export can be replayed as it is; it says that the event is known.
    again = program.run("replay", "--file", str(exported), "--dry-run", "--json")
    assert again.data["counts"] == {"duplicate": 1}
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(person(1, "cedar")))
    sent = program.run("events", "edit-resend", event_id, str(edited), "--json")
    assert sent.code == 0, sent.err
    assert (sent.data["original_id"], sent.data["state"]) == (int(event_id), "queued")
    assert sent.data["message_id"].startswith("edited-")
    edited.write_text('{"type": "identify"}')
    refused = program.run("events", "edit-resend", event_id, str(edited))
    assert (refused.code, "EDIT-NOT-AN-EVENT" in refused.err) == (1, True)
