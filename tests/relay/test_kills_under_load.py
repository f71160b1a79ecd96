"""kill -9 at random moments under load: nothing acknowledged is lost, nothing is created twice, order holds.

The whole relay runs in a process of its own against a sandbox that finds nothing by search for 30 s and cuts
every write off after doing it. 20 kills over 10 000 events; with ``KILLS=200 KILL_EVENTS=100000`` in the
environment ten times as much (``KILL_SEED`` takes another history).
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.close.sandbox.application import Sandbox
from app.close.sandbox.ids import IdSource
from app.close.sandbox.server import SandboxThread
from app.close.sandbox.store import Store
from app.close.sandbox.switches import Switches
from app.relay.delivery import State
from app.relay.event_records import EventFilter
from app.relay.inbox_reader import InboxReader
from tests.conditions import until_blocking
from tests.relay.builders import body_of, signed
from tests.relay.mortal_relay import FastTime, Post, Spoiling, made_fields, serve

KILLS = int(os.environ.get("KILLS", "20"))
EVENTS = int(os.environ.get("KILL_EVENTS", "10000"))
SEED = int(os.environ.get("KILL_SEED", "7"))
SPEED = 20.0
SENDERS = 4
BATCH = 25
EVENTS_PER_PERSON = 100
CHANGE_EVERY = 50
PATIENCE_S = 60.0 + EVENTS / 50

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.relay.mortal_relay"])


def person_event(person: int, number: int) -> dict[str, Any]:
    """The person's event with this number; the title tells how far the person has come."""
    return {
        "type": "identify",
        "messageId": f"p{person}-{number}",
        "userId": f"user_{person}",
        "timestamp": f"2026-03-04T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z",
        "traits": {
            "email": f"p{person}@load.example",
            "name": f"Person {person}",
            "title": f"Step {number // CHANGE_EVERY:04}",
            "company": {"id": f"co_{person}", "name": f"Company {person}"},
        },
    }


@dataclass
class Relay:
    """The process that runs now, and how to reach it; ``url`` is empty while there is none."""

    post: Post
    url: str = ""
    kills: int = 0

    def start(self) -> None:
        here, there = _FORKS.Pipe()
        self._process = _FORKS.Process(target=serve, args=(self.post, there), daemon=True)
        self._process.start()
        there.close()
        self.url = here.recv()
        here.close()

    def kill(self) -> None:
        self.url = ""
        self._process.kill()
        self._process.join()
        self.kills += 1


class Sender(threading.Thread):
    """Posts its people's events in order, each batch again until it is acknowledged, as Segment does."""

    def __init__(self, relay: Relay, people: Sequence[int], per_person: int) -> None:
        super().__init__(daemon=True)
        self._relay = relay
        self._batches = [
            [person_event(person, number) for person in group]
            for group in (people[at : at + BATCH] for at in range(0, len(people), BATCH))
            for number in range(per_person)
        ]
        self.acknowledged: list[str] = []
        self.stop = threading.Event()

    def run(self) -> None:
        with httpx.Client(trust_env=False, timeout=10) as client:
            for batch in self._batches:
                body = body_of(*batch, batch=True)
                while not self.stop.is_set() and not self._post(client, body):
                    self.stop.wait(0.01)
                if self.stop.is_set():
                    return
                self.acknowledged += [event["messageId"] for event in batch]

    def _post(self, client: httpx.Client, body: bytes) -> bool:
        url = self._relay.url
        try:
            return bool(url) and client.post(url, content=body, headers=signed(body)).status_code == 200
        except httpx.HTTPError:
            return False


@dataclass
class Ground:
    sandbox: Sandbox
    post: Post

    def doubled(self) -> dict[object, int]:
        """Ids that more than one record carries."""
        with self.sandbox.store.lock:
            leads = [
                one.custom.get(self.post.settings.company_field_id)
                for one in self.sandbox.store.leads.values()
            ]
            contacts = [
                one.custom.get(self.post.settings.user_field_id)
                for one in self.sandbox.store.contacts.values()
            ]
        return {key: count for key, count in Counter(leads + contacts).items() if count > 1}

    def titles(self) -> Mapping[str, list[str]]:
        """What each contact's title was, one after the other."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        with self.sandbox.store.lock:
            events = sorted(self.sandbox.store.events, key=lambda event: event.number)
        for event in events:
            if event.object_type == "contact" and event.action in ("created", "updated"):
                found[event.object_id].append(str(event.data["title"]))
        return found


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    clock = FastTime(time.time(), SPEED)
    switches = Switches(index_lag_s=30, drop_after_commit=False)
    sandbox = Sandbox(
        store=Store(clock=clock, ids=IdSource(random.Random(SEED))), switches=switches, clock=clock
    )
    thread = SandboxThread(sandbox)
    thread.start()
    settings = asyncio.run(made_fields(sandbox, thread.base_url))
    switches.drop_after_commit = True
    yield Ground(sandbox, Post(tmp_path, thread.base_url, sandbox.api_key, settings, clock))
    thread.stop()


def ids_out_of_order(titles: Mapping[str, list[str]]) -> list[str]:
    return [contact for contact, seen in titles.items() if seen != sorted(seen)]


@dataclass
class Campaign:
    """Load on one relay that is killed whenever a random amount of work has been done."""

    ground: Ground
    events: int
    kills: int

    def run(self) -> tuple[set[str], dict[str, State]]:
        """The message ids that were acknowledged, and where each stored one is in the end."""
        relay = Relay(self.ground.post)
        relay.start()
        people = range(max(SENDERS, self.events // EVENTS_PER_PERSON))
        per_person = self.events // len(people)
        senders = [Sender(relay, people[at::SENDERS], per_person) for at in range(SENDERS)]
        for sender in senders:
            sender.start()
        reader = InboxReader(self.ground.post.folder / "relay.db")
        try:
            self._kill_at_random(relay, senders, reader, per_person * len(people))
            for sender in senders:
                sender.join()
            until_blocking(lambda: reader.queue_depth() == 0, within_s=PATIENCE_S)
            rows = reader.page(EventFilter(limit=self.events * 2))
        finally:
            for sender in senders:
                sender.stop.set()
            relay.kill()
            reader.close()
        stored = Counter(row.message_id for row in rows)
        assert max(stored.values()) == 1
        acknowledged = {name for sender in senders for name in sender.acknowledged}
        return acknowledged, {row.message_id: row.state for row in rows}

    def _kill_at_random(
        self, relay: Relay, senders: Sequence[Sender], reader: InboxReader, events: int
    ) -> None:
        chance = random.Random(SEED)

        def work_done() -> int:
            # Both count: taking an event in, and coming to its end. The queue alone is read: counting the
            # events themselves, a hundred times a second, would take the time that the relay needs.
            taken_in = sum(len(one.acknowledged) for one in senders)
            return taken_in + max(0, taken_in - reader.queue_depth())

        for moment in sorted(chance.randrange(2 * events - BATCH) for _ in range(self.kills)):
            until_blocking(lambda moment=moment: work_done() > moment, within_s=PATIENCE_S)
            relay.kill()
            relay.start()


@pytest.mark.timeout(2 * PATIENCE_S)
def test_kills_lose_nothing_acknowledged_create_nothing_twice_and_keep_the_order(ground: Ground) -> None:
    acknowledged, states = Campaign(ground, EVENTS, KILLS).run()
    assert len(acknowledged) == EVENTS
    assert acknowledged == states.keys()
    assert set(states.values()) <= {State.DELIVERED, State.UNCHANGED}
    assert ground.doubled() == {}
    people = EVENTS // EVENTS_PER_PERSON
    titles = ground.titles()
    assert len(titles) == people
    assert ids_out_of_order(titles) == []
    last = person_event(0, EVENTS_PER_PERSON - 1)["traits"]["title"]
    assert {seen[-1] for seen in titles.values()} == {last}


def test_control_a_relay_that_answers_before_the_commit_loses_events(ground: Ground) -> None:
    ground.post = replace(ground.post, spoiling=Spoiling.ANSWERS_FIRST)
    ground.sandbox.switches.drop_after_commit = False
    acknowledged, states = Campaign(ground, 400, 6).run()
    assert acknowledged - states.keys()


def test_control_a_relay_that_does_not_wait_out_the_index_creates_twice(ground: Ground) -> None:
    ground.post = replace(ground.post, spoiling=Spoiling.NEVER_WAITS)
    Campaign(ground, 8, 0).run()
    assert ground.doubled()


def test_control_the_order_of_titles_is_judged() -> None:
    assert ids_out_of_order({"a": ["Step 1", "Step 2"], "b": ["Step 2", "Step 1"]}) == ["b"]
