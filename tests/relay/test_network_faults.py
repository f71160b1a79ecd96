"""The whole relay behind a network that fails: no crash, no acknowledged loss, and every state explained."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from app.actions.upsert_payload import ActionSettings
from app.close.sandbox.application import Sandbox
from app.close.sandbox.ids import IdSource
from app.close.sandbox.server import SandboxThread
from app.close.sandbox.store import Store
from app.close.sandbox.switches import Switches
from app.relay.delivery import State
from app.relay.event_records import EventFilter, EventRow
from app.relay.inbox_reader import InboxReader
from app.relay.service import RelayService
from app.relay.status import RelayState
from tests.conditions import until_blocking
from tests.relay.builders import body_of, config, signed
from tests.relay.fault_proxy import FaultProxy, NetworkFault
from tests.relay.mortal_relay import FastTime, Post, live_processor, made_fields

PEOPLE = 4
SPEED = 40.0
DEADLINE_S = 1.0


@dataclass
class Network:
    sandbox: Sandbox
    proxy: FaultProxy
    folder: Path
    clock: FastTime
    settings: ActionSettings

    def relay(self, scheme: str = "http") -> RelayService:
        url = f"{scheme}://127.0.0.1:{self.proxy.port}/api/v1/"
        post = Post(self.folder, url, self.sandbox.api_key, self.settings, self.clock, deadline_s=DEADLINE_S)
        return RelayService(config(self.folder), lambda: live_processor(post), redact=str, clock=self.clock)

    def rows(self) -> list[EventRow]:
        reader = InboxReader(self.folder / "relay.db")
        try:
            return reader.page(EventFilter())
        finally:
            reader.close()

    def doubled(self) -> list[object]:
        with self.sandbox.store.lock:
            ids = [
                one.custom.get(self.settings.company_field_id) for one in self.sandbox.store.leads.values()
            ]
        return [key for key, count in Counter(ids).items() if count > 1]


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    clock = FastTime(time.time(), SPEED)
    store = Store(clock=clock, ids=IdSource(random.Random(7)))
    sandbox = Sandbox(store=store, switches=Switches(index_lag_s=30), clock=clock)
    thread = SandboxThread(sandbox)
    thread.start()
    proxy = FaultProxy(thread.port)
    proxy.start()
    settings = asyncio.run(made_fields(sandbox, thread.base_url))
    yield Network(sandbox, proxy, tmp_path, clock, settings)
    proxy.stop()
    thread.stop()


def identifies(number: int) -> list[dict[str, object]]:
    return [
        {
            "type": "identify",
            "messageId": f"p{person}-{number}",
            "userId": f"user_{person}",
            "traits": {
                "name": f"Person {person}",
                "title": f"Step {number}",
                "company": {"id": f"co_{person}"},
            },
        }
        for person in range(PEOPLE)
    ]


def post_all(url: str) -> None:
    for number in (1, 2):
        body = body_of(*identifies(number))
        assert httpx.post(url, content=body, headers=signed(body), trust_env=False).status_code == 200


PASSING = [
    NetworkFault.DELAY,
    NetworkFault.CUT,
    NetworkFault.TORN,
    NetworkFault.HALF_OPEN,
    NetworkFault.GARBAGE,
]


@pytest.mark.parametrize("fault", PASSING)
def test_events_outlive_a_network_that_fails_for_a_while(network: Network, fault: NetworkFault) -> None:
    service = network.relay()
    network.proxy.fault = fault
    try:
        post_all(service.start().url)
        until_blocking(lambda: network.proxy.met >= PEOPLE)
        if fault is not NetworkFault.DELAY:
            until_blocking(lambda: any(row.state is State.WAITING for row in network.rows()))
        waiting = [row for row in network.rows() if row.state is State.WAITING]
        assert all(row.reason and row.next_attempt_ms for row in waiting)
        assert service.status().state is RelayState.LISTENING
        network.proxy.fault = NetworkFault.NONE
        until_blocking(lambda: service.status().queue_depth == 0, within_s=60)
    finally:
        service.close()
    assert [row.state for row in network.rows()] == [State.DELIVERED] * 2 * PEOPLE
    assert network.doubled() == []
    with network.sandbox.store.lock:
        contacts = network.sandbox.store.contacts.values()
        assert {one.title for one in contacts} == {"Step 2"}
        assert len(contacts) == PEOPLE


def test_a_tls_failure_sends_nothing_and_is_told_in_words(network: Network) -> None:
    service = network.relay("https")
    network.proxy.fault = NetworkFault.NO_TLS
    try:
        post_all(service.start().url)
        until_blocking(lambda: Counter(row.state for row in network.rows())[State.WAITING] == PEOPLE)
        rows = network.rows()
        assert len(rows) == 2 * PEOPLE
        assert all(row.reason for row in rows if row.state is State.WAITING)
        assert service.status().state is RelayState.LISTENING
    finally:
        service.close()
    assert not network.sandbox.store.leads
    assert all(row.state in (State.WAITING, State.QUEUED) for row in network.rows())
