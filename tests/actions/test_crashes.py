"""A kill at every moment of every action: the next try finishes the work, and nothing happens twice.

Real processes, real SIGKILL, a real SQLite file and a sandbox on a real socket. A few moments of each action
are tried; with ``EVERY_MOMENT=1`` in the environment all of them (two minutes).
"""

from __future__ import annotations

import multiprocessing
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from app.actions.action_definitions import DELETE, MERGE, RECORD
from app.actions.upsert_payload import ActionSettings
from app.close.sandbox.application import Sandbox
from app.close.sandbox.ids import IdSource
from app.close.sandbox.server import SandboxThread
from app.close.sandbox.store import Store
from app.close.sandbox.switches import Switches
from tests.actions.builders import mapping
from tests.actions.crashing_runner import Assignment, perform
from tests.actions.test_other_actions import of

MAPPINGS = (
    mapping(),
    of(RECORD),
    of(MERGE, allow_merging=True),
    of(DELETE, allow_deleting=True),
)
MOMENTS_TRIED = 1_000 if os.environ.get("EVERY_MOMENT") else 3
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.actions.crashing_runner"])


def identified(number: int, user_id: str = "u_1", **traits: Any) -> dict[str, Any]:
    company = {"id": "co_1", "name": "Acme"}
    return {
        "type": "identify",
        "messageId": f"m{number}",
        "userId": user_id,
        "traits": {"email": f"{user_id}@acme.example", "company": company, **traits},
    }


BO = identified(1, name="Bo Li")
# What happened before, and the event during which the process dies.
SCENES: dict[str, tuple[tuple[dict[str, Any], ...], dict[str, Any]]] = {
    "create": ((), BO),
    "join": ((BO,), identified(2, "u_2", name="Cy")),
    "update": (
        (BO,),
        identified(2, title="CTO", phone="+14155550132", company={"id": "co_1", "name": "Acme B"}),
    ),
    "record": ((BO,), {"type": "track", "messageId": "m2", "userId": "u_1", "event": "Report Exported"}),
    "merge": (
        (BO, identified(2, "u_2", title="CTO")),
        {"type": "alias", "messageId": "m3", "userId": "u_1", "previousId": "u_2"},
    ),
    "delete": ((BO,), {"type": "delete", "messageId": "m2", "userId": "u_1"}),
}


def chosen(moments: int) -> range:
    """The moments to die at, evenly spread."""
    return range(1, moments + 1, max(1, moments // MOMENTS_TRIED))


@dataclass
class Ground:
    sandbox: Sandbox
    work: Assignment

    def run(self, *events: dict[str, Any], die_at: int = 0, undo: bool = False) -> None:
        """In a process of its own. A process that was not meant to die has to end well."""
        work = replace(self.work, events=events, die_at=die_at, undo=undo)
        process = _FORKS.Process(target=perform, args=(work,))
        process.start()
        process.join()
        assert process.exitcode == 0 or (die_at and process.exitcode == -9), process.exitcode

    def picture(self) -> list[str]:
        """What Close holds, without ids and times."""
        store = self.sandbox.store
        with store.lock:
            lines = [f"lead {one.name} {one.custom}" for one in store.leads.values()]
            lines += [
                f"contact {one.name} {one.title} {[each.email for each in one.emails]} "
                f"{[each.phone for each in one.phones]} {one.custom} on {store.leads[one.lead_id].name}"
                for one in store.contacts.values()
            ]
            lines += [f"note {one.note} on {store.leads[one.lead_id].name}" for one in store.notes.values()]
        return sorted(lines)


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    folder.mkdir()
    sandbox = Sandbox(store=Store(ids=IdSource(random.Random(7))), switches=Switches(index_lag_s=0))
    company = sandbox.person.add_field("lead", "Company ID")
    user = sandbox.person.add_field("contact", "User ID")
    thread = SandboxThread(sandbox)
    thread.start()
    try:
        settings = ActionSettings(company.id, user.id)
        work = Assignment(folder / "relay.db", thread.base_url, sandbox.api_key, settings, MAPPINGS, ())
        yield Ground(sandbox, work)
    finally:
        thread.stop()


@pytest.mark.parametrize("scene", SCENES)
def test_a_kill_at_any_moment_is_made_good_by_the_next_try(scene: str, tmp_path: Path) -> None:
    before, event = SCENES[scene]
    with ground(tmp_path / "whole") as whole:
        if before:
            whole.run(*before)
        start = whole.picture()
        moments = perform(replace(whole.work, events=(event,)))
        wanted = whole.picture()
    assert wanted != start
    assert moments > 4
    for die_at in chosen(moments):
        with ground(tmp_path / str(die_at)) as place:
            if before:
                place.run(*before)
            place.run(event, die_at=die_at)
            place.run(event)
            assert place.picture() == wanted, f"killed at moment {die_at}"
            if scene not in ("merge", "delete"):
                # What was done before the kill is taken back as well.
                place.run(event, undo=True)
                assert place.picture() == start, f"killed at moment {die_at}, then undone"


def test_an_undo_that_is_killed_at_any_moment_is_finished_by_the_next(tmp_path: Path) -> None:
    before, event = SCENES["update"]
    with ground(tmp_path / "whole") as whole:
        whole.run(*before)
        start = whole.picture()
        whole.run(event)
        moments = perform(replace(whole.work, events=(event,), undo=True))
        assert whole.picture() == start
    for die_at in chosen(moments):
        with ground(tmp_path / str(die_at)) as place:
            place.run(*before, event)
            place.run(event, die_at=die_at, undo=True)
            place.run(event, undo=True)
            assert place.picture() == start, f"killed at moment {die_at}"
