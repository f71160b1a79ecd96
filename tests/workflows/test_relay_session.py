"""A profile's relay, from a signed webhook to the change in the sandbox."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from app.assembly import Assistant
from app.close.sandbox.server import SandboxThread
from app.errors import AppError
from app.relay.delivery import State
from app.relay.event_records import EventFilter, EventRow
from app.relay.service import RelayService
from app.segment.signature import sign
from app.storage.profile import Mode, OrganizationRef, Profile
from app.storage.secret_store import SecretKind
from app.workflows.relay_session import confirm_live
from app.workflows.samples import built_in_samples
from app.workflows.setup import SetupFlow
from tests.conditions import until
from tests.workflows.test_setup import with_fields


@pytest.fixture
async def profile(flow: SetupFlow, close: SandboxThread, assistant: Assistant) -> Profile:
    """Set up and live, on a free port."""
    await with_fields(flow, close)
    finished = flow.finish()
    live = replace(finished, relay=replace(finished.relay, port=0, mode=Mode.LIVE))
    assistant.profiles.save(live)
    return live


@pytest.fixture
def relay(assistant: Assistant, profile: Profile) -> Iterator[RelayService]:
    service = assistant.relay(profile)
    service.start()
    yield service
    service.close()


class Segment:
    """Posts as Segment's webhooks do: the signature is made over the first event."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret

    async def post(self, *events: dict[str, Any], batch: bool = False) -> int:
        texts = [json.dumps(event, separators=(",", ":")) for event in events]
        body = f"[{','.join(texts)}]" if batch else texts[0]
        headers = {"X-Signature": sign(self._secret, texts[0].encode()), "Content-Type": "application/json"}
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.post(self._url, content=body.encode(), headers=headers)
        return answer.status_code


@pytest.fixture
def segment(relay: RelayService, assistant: Assistant, profile: Profile) -> Segment:
    secret = assistant.secrets.shared_secret(profile)
    assert secret
    return Segment(relay.status().url, secret)


def person(number: int, message_id: str = "", **traits: Any) -> dict[str, Any]:
    return {
        "type": "identify",
        "messageId": message_id or f"m-{number}",
        "userId": f"u_{number}",
        "timestamp": "2026-03-04T09:15:00.850Z",
        "traits": {"email": f"p{number}@quay.example", "company": {"id": "co_q", "name": "Quay"}, **traits},
    }


async def rows_in(assistant: Assistant, profile: Profile, state: State, count: int) -> list[EventRow]:
    reader = assistant.reader(profile)

    def found() -> list[EventRow]:
        rows = reader.page(EventFilter())
        return rows if [row.state for row in rows].count(state) == count else []

    try:
        return await until(found, what=f"{count} events {state}")
    finally:
        reader.close()


def people_of(close: SandboxThread) -> list[str]:
    store = close.sandbox.store
    with store.lock:
        lead_ids = {lead.id for lead in store.leads.values() if lead.name == "Quay"}
        assert len(lead_ids) <= 1
        mine = [one for one in store.contacts.values() if one.lead_id in lead_ids]
    return sorted(one.emails[0].email for one in mine)


async def test_a_signed_event_changes_close(
    segment: Segment, close: SandboxThread, assistant: Assistant, profile: Profile
) -> None:
    assert await segment.post(person(1)) == 200
    (row,) = await rows_in(assistant, profile, State.DELIVERED, 1)
    assert row.reason.startswith("Created lead Quay")
    assert people_of(close) == ["p1@quay.example"]


async def test_a_signed_batch_changes_close_in_order_and_once(
    segment: Segment, close: SandboxThread, assistant: Assistant, profile: Profile
) -> None:
    events = [person(number, title="First") for number in range(3)]
    events += [person(0, "m-later", title="Second"), {"type": "page", "messageId": "m-p", "userId": "u_0"}]
    assert await segment.post(*events, batch=True) == 200
    await rows_in(assistant, profile, State.SKIPPED, 1)
    await rows_in(assistant, profile, State.DELIVERED, 4)
    assert people_of(close) == [f"p{number}@quay.example" for number in range(3)]
    with close.sandbox.store.lock:
        titles = {one.emails[0].email: one.title for one in close.sandbox.store.contacts.values()}
    assert titles["p0@quay.example"] == "Second"
    assert await segment.post(*events, batch=True) == 200
    assert len(await rows_in(assistant, profile, State.DELIVERED, 4)) == 5


async def test_a_wrong_signature_changes_nothing(
    relay: RelayService, segment: Segment, close: SandboxThread
) -> None:
    assert await Segment(relay.status().url, "not the secret").post(person(1)) == 401
    assert relay.status().received == 0
    assert people_of(close) == []


async def test_a_replaced_key_delivers_what_waited_for_it(
    relay: RelayService, segment: Segment, close: SandboxThread, assistant: Assistant, profile: Profile
) -> None:
    close.sandbox.revoke_key(close.sandbox.api_key)
    assert await segment.post(person(1)) == 200
    await until(lambda: relay.status().waiting_for_key, what="the relay to wait for a key")
    # Resumed without a new key it is refused again, and nothing is lost.
    relay.key_replaced()
    await until(lambda: relay.status().waiting_for_key, what="the relay to wait again")
    assistant.secrets.current(profile).set(SecretKind.CLOSE_API_KEY, close.sandbox.add_key())
    relay.key_replaced()
    await rows_in(assistant, profile, State.DELIVERED, 1)
    assert people_of(close) == ["p1@quay.example"]


def with_title(profile: Profile, path: str) -> Profile:
    spec = profile.mappings[0]
    return replace(
        profile, mappings=(replace(spec, mapping={**spec.mapping, "contact_title": {"@path": path}}),)
    )


async def test_a_mapping_that_is_saved_holds_from_the_next_event_on(
    segment: Segment,
    relay: RelayService,
    close: SandboxThread,
    assistant: Assistant,
    profile: Profile,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert await segment.post(person(1, "m-1", title="Lead", role="Boss")) == 200
    await rows_in(assistant, profile, State.DELIVERED, 1)
    assistant.profiles.save(with_title(profile, "$.traits.role"))
    assert await segment.post(person(1, "m-2", title="Lead", role="Boss")) == 200
    await rows_in(assistant, profile, State.DELIVERED, 2)
    with close.sandbox.store.lock:
        contacts = close.sandbox.store.contacts.values()
        assert [one.title for one in contacts if one.emails[0].email == "p1@quay.example"] == ["Boss"]
    # A mapping that cannot run is not taken, and the relay goes on.
    broken = replace(profile.mappings[0], mapping={"contact_title": {"@nothing": 1}})
    with caplog.at_level(logging.ERROR):
        assistant.profiles.save(replace(profile, mappings=(broken,)))
        assert await segment.post(person(1, "m-3", title="Lead", role="Chief")) == 200
        await rows_in(assistant, profile, State.DELIVERED, 3)
    assert relay.status().received == 3


async def test_mappings_changed_amid_many_events_never_make_a_second_lead(
    segment: Segment, close: SandboxThread, assistant: Assistant, profile: Profile
) -> None:
    for number in range(6):
        assert await segment.post(*(person(10 * number + one) for one in range(4)), batch=True) == 200
        assistant.profiles.save(with_title(profile, f"$.traits.title{number}"))
    await rows_in(assistant, profile, State.DELIVERED, 24)
    assert len(people_of(close)) == 24


async def test_a_dry_run_relay_records_what_would_change(
    assistant: Assistant, profile: Profile, close: SandboxThread
) -> None:
    dry = replace(profile, relay=replace(profile.relay, mode=Mode.DRY_RUN))
    service = assistant.relay(dry)
    address = await asyncio.to_thread(service.start)
    try:
        secret = assistant.secrets.shared_secret(profile)
        assert secret
        assert await Segment(address.url, secret).post(person(1)) == 200
        (row,) = await rows_in(assistant, profile, State.SKIPPED, 1)
        assert row.outcome == "would change"
        assert people_of(close) == []
    finally:
        await asyncio.to_thread(service.close)


async def test_a_test_and_the_relay_know_the_same_records(
    segment: Segment, close: SandboxThread, assistant: Assistant, profile: Profile
) -> None:
    sample = replace(built_in_samples()[0], body=person(1))
    await assistant.tester().run(profile, sample, live=True)
    close.sandbox.calls.clear()
    assert await segment.post(person(1)) == 200
    await rows_in(assistant, profile, State.UNCHANGED, 1)
    assert close.sandbox.calls.matching("POST", "/data/search/") == []


async def test_a_relay_without_a_key_says_so_at_the_start(close: SandboxThread, assistant: Assistant) -> None:
    fresh = assistant.profiles.new("other")
    secret = {"SEGMENT_SHARED_SECRET": "a-long-shared-secret-of-a-server"}
    server = Assistant(assistant.profiles, secret, close.base_url)
    service = server.relay(replace(fresh, relay=replace(fresh.relay, port=0)))
    with pytest.raises(AppError) as refused:
        await asyncio.to_thread(service.start)
    assert refused.value.code == "KEY-MISSING"
    service.close()


def test_live_asks_once_per_organization(assistant: Assistant) -> None:
    fresh = assistant.profiles.new("other")
    live = replace(
        fresh,
        organization=OrganizationRef("orga_1", "Acme", "Ana"),
        relay=replace(fresh.relay, mode=Mode.LIVE),
    )
    confirm_live(fresh, confirmed=False)
    confirm_live(live, confirmed=True)
    confirm_live(replace(live, live_confirmed_for="orga_1"), confirmed=False)
    for unconfirmed in (live, replace(live, live_confirmed_for="orga_2")):
        with pytest.raises(AppError) as refused:
            confirm_live(unconfirmed, confirmed=False)
        assert refused.value.code == "RELAY-LIVE-UNCONFIRMED"
        assert "Acme" in refused.value.title
