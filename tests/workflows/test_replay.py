"""Replays against the sandbox: put together, tried dry, run by a real relay or without one, undone."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.assembly import Assistant
from app.close.sandbox.server import SandboxThread
from app.errors import AppError
from app.relay.delivery import State
from app.relay.event_records import EventFilter, Trust
from app.relay.replay_records import ItemState, MappingsOf, Replay, ReplayState
from app.relay.replay_sql import NOT_LIVE, WITHDRAWN
from app.relay.service import RelayService
from app.storage.profile import Mode, Profile
from app.workflows.replay import ReplaySession
from app.workflows.replay_scope import FileScope, StoredScope
from app.workflows.replay_totals import CaseKind, ReplayTotals
from app.workflows.setup import SetupFlow
from tests.conditions import until
from tests.workflows.test_relay_session import Segment, people_of, person, rows_in, with_title
from tests.workflows.test_setup import with_fields


@pytest.fixture
async def profile(flow: SetupFlow, close: SandboxThread, assistant: Assistant) -> Profile:
    await with_fields(flow, close)
    finished = flow.finish()
    live = replace(finished, relay=replace(finished.relay, port=0, mode=Mode.LIVE))
    assistant.profiles.save(live)
    return live


@pytest.fixture
def session(assistant: Assistant, profile: Profile) -> ReplaySession:
    return assistant.replays(profile)


@pytest.fixture
def relay(assistant: Assistant, profile: Profile) -> Iterator[RelayService]:
    service = assistant.relay(profile)
    service.start()
    yield service
    service.close()


def segment_of(relay: RelayService, assistant: Assistant, profile: Profile) -> Segment:
    secret = assistant.secrets.shared_secret(profile)
    assert secret
    return Segment(relay.status().url, secret)


def archive(folder: Path, *events: dict[str, Any], name: str = "archive.gz") -> Path:
    path = folder / name
    path.write_bytes(gzip.compress("".join(json.dumps(event) + "\n" for event in events).encode()))
    return path


async def finished(session: ReplaySession, replay_id: int) -> Replay:
    def done() -> Replay | None:
        replay = session.store.replay(replay_id)
        return replay if replay.state is ReplayState.DONE else None

    return await until(done, what="the replay to end")


async def run_without_relay(assistant: Assistant, profile: Profile, replay_id: int) -> Replay:
    store = assistant.replays(profile).store
    host = assistant.replay_host(profile)
    await host.run(lambda: store.replay(replay_id).state is not ReplayState.RUNNING, asyncio.Event())
    return store.replay(replay_id)


def dry(session: ReplaySession, profile: Profile, replay: Replay) -> ReplayTotals:
    return session.dry_run(profile, replay.id)


async def test_a_dry_run_counts_records_once_and_writes_nothing(
    session: ReplaySession, profile: Profile, close: SandboxThread, tmp_path: Path
) -> None:
    path = archive(
        tmp_path,
        person(1),
        person(1, "m-1b", title="Chief"),
        person(2),
        {"type": "page", "messageId": "m-page", "userId": "u_1"},
        {"type": "nothing", "messageId": "m-bad"},
        person(1),
    )
    replay = await asyncio.to_thread(session.prepare, profile, FileScope((path,)))
    assert (replay.total, replay.to_run) == (6, 4)
    assert replay.counts[ItemState.DUPLICATE] == 1
    assert replay.counts[ItemState.REFUSED] == 1
    close.sandbox.calls.clear()
    totals = await asyncio.to_thread(dry, session, profile, replay)
    assert (totals.events, totals.new_leads, totals.new_contacts) == (4, 1, 2)
    assert (totals.would_change, totals.skipped, totals.would_fail) == (3, 1, 0)
    assert [(case.kind, case.record) for case in totals.cases] == [(CaseKind.NEW_LEAD, "Quay")]
    assert totals.words.startswith("Would create 1 lead and 2 contacts.")
    assert "page" in totals.reasons[0].reason
    assert totals.seconds > 0
    assert close.sandbox.calls.matching("POST", "/lead/") == []
    assert people_of(close) == []
    assert session.store.replay(replay.id).totals == totals.encode()
    assert ReplayTotals.decode(totals.encode()) == totals


async def test_a_file_runs_through_a_relay_in_order_and_duplicates_are_skipped(
    session: ReplaySession,
    relay: RelayService,
    assistant: Assistant,
    profile: Profile,
    close: SandboxThread,
    tmp_path: Path,
) -> None:
    segment = segment_of(relay, assistant, profile)
    assert await segment.post(person(1, "m-live", title="Live")) == 200
    await rows_in(assistant, profile, State.DELIVERED, 1)
    events = [person(number, title="First") for number in range(4)]
    path = archive(tmp_path, person(1, "m-live"), *events, person(0, "m-last", title="Last"))
    replay = await asyncio.to_thread(session.prepare, profile, FileScope((path,)))
    assert replay.counts == {ItemState.DUPLICATE: 1, ItemState.WAITING: 5}
    session.start(replay.id)
    done = await finished(session, replay.id)
    assert (done.finished, done.left, done.failed) == (5, 0, 0)
    assert people_of(close) == [f"p{number}@quay.example" for number in range(4)]
    with close.sandbox.store.lock:
        titles = {one.emails[0].email: one.title for one in close.sandbox.store.contacts.values()}
    assert titles["p0@quay.example"] == "Last"
    reader = assistant.reader(profile)
    brought = reader.detail(reader.page(EventFilter())[0].id)
    reader.close()
    assert brought is not None
    assert brought.trust is Trust.FILE
    assert session.store.origin(brought.row.id) == (None, replay.id)
    # The same file once more has nothing to run, unless it is asked for.
    second = await asyncio.to_thread(session.prepare, profile, FileScope((path,)))
    assert second.to_run == 0
    third = await asyncio.to_thread(lambda: session.prepare(profile, FileScope((path,)), again=True))
    session.start(third.id)
    assert (await finished(session, third.id)).finished == 6
    assert len(people_of(close)) == 4


async def test_failed_events_are_chosen_by_filter_and_run_again_without_a_relay(
    session: ReplaySession, assistant: Assistant, profile: Profile, close: SandboxThread
) -> None:
    service = assistant.relay(profile)
    await asyncio.to_thread(service.start)
    segment = segment_of(service, assistant, profile)
    broken = replace(
        profile.mappings[0], mapping={**profile.mappings[0].mapping, "lead_status_id": "stat_unknown"}
    )
    assistant.profiles.save(replace(profile, mappings=(broken,)))
    assert await segment.post(person(1)) == 200
    await rows_in(assistant, profile, State.FAILED, 1)
    assistant.profiles.save(profile)
    assert await segment.post(person(2)) == 200
    await rows_in(assistant, profile, State.DELIVERED, 1)
    await asyncio.to_thread(service.close)
    failed = StoredScope(EventFilter(states=frozenset({State.FAILED})))
    replay = await asyncio.to_thread(session.prepare, profile, failed)
    assert replay.scope == "failed events"
    session.start(replay.id)
    done = await run_without_relay(assistant, profile, replay.id)
    assert (done.state, done.finished, done.failed) == (ReplayState.DONE, 1, 0)
    assert people_of(close) == ["p1@quay.example", "p2@quay.example"]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (EventFilter(types=frozenset({"page"})), ["m-page"]),
        (EventFilter(person="u_2"), ["m-2"]),
        (EventFilter(mapping="Create or Update Contact and Lead"), ["m-1", "m-2"]),
        (EventFilter(text="p2@quay"), ["m-2"]),
        (EventFilter(name="u_1"), ["m-page"]),
        (EventFilter(until_ms=1), []),
    ],
)
async def test_every_filter_chooses(
    wanted: EventFilter,
    ids: list[str],
    session: ReplaySession,
    assistant: Assistant,
    profile: Profile,
    relay: RelayService,
) -> None:
    segment = segment_of(relay, assistant, profile)
    page = {"type": "page", "messageId": "m-page", "userId": "u_1"}
    named = replace(profile.mappings[0], name="Create or Update Contact and Lead")
    assistant.profiles.save(replace(profile, mappings=(named,)))
    assert await segment.post(person(1), page, person(2), batch=True) == 200
    await rows_in(assistant, profile, State.DELIVERED, 2)
    chosen = session.store.select(wanted, after_id=0, limit=10)
    assert [row.message_id for row, _, _ in chosen] == ids
    if not ids:
        with pytest.raises(AppError) as refused:
            await asyncio.to_thread(session.prepare, profile, StoredScope(wanted))
        assert refused.value.code == "REPLAY-EMPTY"


async def test_the_mappings_of_then_are_used_when_asked_for(
    session: ReplaySession, assistant: Assistant, profile: Profile, close: SandboxThread, tmp_path: Path
) -> None:
    before = with_title(profile, "$.traits.title")
    assistant.profiles.save(before)
    assistant.profiles.save(with_title(profile, "$.traits.role"))
    event = person(1, title="Title then", role="Role now")
    for mappings, expected in ((MappingsOf.THEN, "Title then"), (MappingsOf.NOW, "Role now")):
        path = archive(tmp_path, {**event, "messageId": f"m-{mappings}"})
        scope = FileScope((path,))
        now = assistant.load_profile(profile.name)
        replay = await asyncio.to_thread(
            lambda now=now, scope=scope, mappings=mappings: session.prepare(now, scope, mappings=mappings)
        )
        session.start(replay.id)
        await run_without_relay(assistant, now, replay.id)
        with close.sandbox.store.lock:
            contacts = close.sandbox.store.contacts.values()
            titles = [
                one.title for one in contacts if one.emails and one.emails[0].email == "p1@quay.example"
            ]
        assert titles == [expected]


async def test_a_replay_is_undone_and_what_came_otherwise_stays(
    session: ReplaySession, assistant: Assistant, profile: Profile, close: SandboxThread, tmp_path: Path
) -> None:
    kept = await asyncio.to_thread(session.prepare, profile, FileScope((archive(tmp_path, person(1)),)))
    session.start(kept.id)
    await run_without_relay(assistant, profile, kept.id)
    path = archive(tmp_path, person(2), person(3), person(1, "m-1b", title="Chief"))
    replay = await asyncio.to_thread(session.prepare, profile, FileScope((path,)))
    session.start(replay.id)
    with pytest.raises(AppError) as early:
        await session.undo(profile, replay.id, live=True)
    assert early.value.code == "REPLAY-RUNNING"
    await run_without_relay(assistant, profile, replay.id)
    assert len(people_of(close)) == 3
    preview = await session.undo(profile, replay.id, live=False)
    assert preview.summary == "1 field reverted, 2 records removed."
    assert len(people_of(close)) == 3
    await session.undo(profile, replay.id, live=True)
    assert people_of(close) == ["p1@quay.example"]
    assert session.store.replay(replay.id).undone_ms
    with pytest.raises(AppError) as again:
        session.start(replay.id)
    assert again.value.code == "REPLAY-STATE"


async def test_a_replay_waits_while_the_relay_is_not_live_and_can_be_paused_and_canceled(
    session: ReplaySession,
    assistant: Assistant,
    relay: RelayService,
    profile: Profile,
    close: SandboxThread,
    tmp_path: Path,
) -> None:
    relay.set_mode(Mode.DRY_RUN)
    path = archive(tmp_path, *(person(number) for number in range(5)))
    replay = await asyncio.to_thread(session.prepare, profile, FileScope((path,)))
    session.start(replay.id)
    await until(lambda: "Live" in session.store.replay(replay.id).note, what="the replay to wait")
    held = session.store.replay(replay.id)
    assert (held.finished, held.note) == (0, NOT_LIVE), held
    session.pause(replay.id)
    relay.set_mode(Mode.LIVE)
    assert session.store.replay(replay.id).counts == {ItemState.WAITING: 5}
    canceled = session.cancel(replay.id)
    assert (canceled.state, canceled.counts) == (ReplayState.CANCELED, {ItemState.CANCELED: 5})
    assert people_of(close) == []
    session.start(replay.id)
    await finished(session, replay.id)
    assert len(people_of(close)) == 5


async def test_what_is_queued_is_never_used_up_by_a_dry_run_and_comes_back_after_a_pause(
    session: ReplaySession,
    assistant: Assistant,
    relay: RelayService,
    profile: Profile,
    close: SandboxThread,
    tmp_path: Path,
) -> None:
    relay.pause()
    first = await asyncio.to_thread(session.prepare, profile, FileScope((archive(tmp_path, person(1)),)))
    session.start(first.id)
    relay.resume()
    await finished(session, first.id)
    path = archive(tmp_path, *(person(number, title="New") for number in range(2, 40)))
    replay = await asyncio.to_thread(session.prepare, profile, FileScope((path,)))
    session.start(replay.id)
    await until(lambda: session.store.replay(replay.id).under_way > 12, what="events in the queue")
    relay.set_mode(Mode.DRY_RUN)
    await until(lambda: session.store.replay(replay.id).note == NOT_LIVE, what="the replay to wait")
    await until(lambda: relay.status().in_flight == 0, what="what was on its way to end")
    session.pause(replay.id)
    await until(lambda: session.store.replay(replay.id).under_way == 0, what="the queue to be left")
    held = session.store.replay(replay.id)
    assert ItemState.SKIPPED not in held.counts
    assert held.counts[ItemState.WAITING] > 0
    assert relay.status().queue_depth == 0
    reader = assistant.reader(profile)
    withdrawn = reader.page(EventFilter(states=frozenset({State.SKIPPED})))
    reader.close()
    assert {row.reason for row in withdrawn} == {WITHDRAWN}
    relay.set_mode(Mode.LIVE)
    session.start(replay.id)
    assert (await finished(session, replay.id)).finished == 38
    assert len(people_of(close)) == 39


async def test_a_poisonous_event_fails_and_the_others_run(
    session: ReplaySession, assistant: Assistant, profile: Profile, close: SandboxThread, tmp_path: Path
) -> None:
    """Close refuses one event again and again; everything behind it is carried out."""
    profile = replace(
        profile,
        mappings=(
            replace(
                profile.mappings[0],
                mapping={**profile.mappings[0].mapping, "lead_status_id": {"@path": "$.traits.status"}},
            ),
        ),
    )
    assistant.profiles.save(profile)
    poison = person(0, status="stat_unknown", company={"id": "co_p", "name": "Poison"})
    path = archive(tmp_path, poison, *(person(number) for number in range(1, 30)))
    replay = await asyncio.to_thread(session.prepare, profile, FileScope((path,)))
    session.start(replay.id)
    done = await run_without_relay(assistant, profile, replay.id)
    assert done.counts == {ItemState.FAILED: 1, ItemState.DELIVERED: 29}
    (trouble,) = session.store.troubles(replay.id, bodies=True)
    assert trouble.place == "archive.gz, line 1"
    assert json.loads(trouble.body or b"")["messageId"] == "m-0"
    assert trouble.reason
