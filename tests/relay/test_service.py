"""The whole relay over real sockets and a real database."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from app.actions.trace import Outcome
from app.close.failures import FailureKind
from app.errors import AppError
from app.relay.delivery import OBSERVED, State
from app.relay.event_records import EventFilter, EventRow
from app.relay.feed import FeedBatch
from app.relay.inbox_reader import InboxReader
from app.relay.processor import Processor
from app.relay.service import RelayConfig, RelayService
from app.relay.status import RelayState
from app.storage.profile import Mode, RelaySettings
from tests.conditions import until_blocking
from tests.relay.builders import SECRET, body_of, config, signed, track
from tests.relay.fake_processor import FakeProcessor, close_error, report


class Relays:
    """Starts relays on one folder and stops what is left at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reader = InboxReader(folder / "relay.db")
        self.processor: FakeProcessor | None = None
        self._services: list[RelayService] = []

    def make(
        self, mode: Mode = Mode.LIVE, script: dict[str, list[object]] | None = None, **settings: object
    ) -> RelayService:
        return self.host(config(self.folder, mode, **settings), script)

    def host(self, relay_config: RelayConfig, script: dict[str, list[object]] | None = None) -> RelayService:
        @asynccontextmanager
        async def make() -> AsyncIterator[Processor]:
            self.processor = FakeProcessor(script)  # type: ignore[arg-type]
            yield self.processor

        service = RelayService(relay_config, make, redact=lambda text: text)
        self._services.append(service)
        return service

    def close(self) -> None:
        for service in self._services:
            service.close()
        self.reader.close()

    def rows(self, **wanted: object) -> list[EventRow]:
        return self.reader.page(EventFilter(limit=1000, **wanted))  # type: ignore[arg-type]

    def states(self) -> list[State]:
        return [row.state for row in reversed(self.rows())]


@pytest.fixture
def relays(tmp_path: Path) -> Iterator[Relays]:
    kept = Relays(tmp_path)
    yield kept
    kept.close()


def post(url: str, body: bytes, **headers: str) -> httpx.Response:
    # One client per request: the relay is to see new connections.
    with httpx.Client(verify=False, trust_env=False) as client:
        return client.post(url, content=body, headers=signed(body) | headers)


def test_a_signed_event_is_stored_answered_and_delivered(relays: Relays) -> None:
    service = relays.make()
    address = service.start()

    answer = post(address.url, body_of(track("m-1")))

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    until_blocking(lambda: relays.states() == [State.DELIVERED])
    row = relays.rows()[0]
    assert (row.message_id, row.type, row.title, row.mode) == ("m-1", "track", "Signed Up", Mode.LIVE)
    assert (row.reason, row.outcome, row.attempts) == ("1 field set", Outcome.DELIVERED, 1)
    until_blocking(lambda: service.status().queue_depth == 0)
    status = service.status()
    assert (status.state, status.received, status.in_flight) == (RelayState.LISTENING, 1, 0)
    assert status.url == address.url


def test_a_batch_is_accepted_with_the_signature_of_its_first_event(relays: Relays) -> None:
    url = relays.make().start().url
    body = body_of(*(track(f"m-{n}", f"u-{n}") for n in range(50)))
    assert post(url, body).status_code == 200
    until_blocking(lambda: relays.states() == [State.DELIVERED] * 50)


def test_duplicates_across_requests_and_inside_a_batch_are_stored_once(relays: Relays) -> None:
    service = relays.make()
    url = service.start().url
    post(url, body_of(track("m-1"), track("m-1"), track("m-2")))
    post(url, body_of(track("m-2"), track("m-3"), batch=True))
    without_id = body_of({"type": "delete", "userId": "u-1"})
    post(url, without_id)
    post(url, without_id)
    until_blocking(lambda: relays.states() == [State.DELIVERED] * 4)
    assert service.status().duplicates == 3
    assert relays.processor is not None
    assert [name for name, _ in relays.processor.started] == ["m-1", "m-2", "m-3", ""]


def test_duplicates_are_recognised_after_a_restart(relays: Relays) -> None:
    service = relays.make()
    post(service.start().url, body_of(track("m-1")))
    service.stop()
    post(service.start().url, body_of(track("m-1")))
    assert len(relays.rows()) == 1


def test_observe_mode_records_only(relays: Relays) -> None:
    service = relays.make(Mode.OBSERVE)
    post(service.start().url, body_of(track("m-1")))
    row = relays.rows()[0]
    assert (row.state, row.reason, row.mode) == (State.RECEIVED, OBSERVED, Mode.OBSERVE)
    service.stop()
    assert relays.processor is not None
    assert relays.processor.started == []


def test_dry_run_says_what_would_change_and_writes_nothing(relays: Relays) -> None:
    url = relays.make(Mode.DRY_RUN).start().url
    post(url, body_of(track("m-1")))
    until_blocking(lambda: relays.states() == [State.SKIPPED])
    row = relays.rows()[0]
    assert (row.outcome, row.mode) == (Outcome.WOULD_CHANGE, Mode.DRY_RUN)
    assert row.reason == "Dry run: would change. 1 field set"
    assert relays.processor is not None
    assert relays.processor.started == [("m-1", False)]


def test_the_mode_changes_while_it_runs(relays: Relays) -> None:
    service = relays.make(Mode.OBSERVE)
    url = service.start().url
    post(url, body_of(track("m-1")))
    service.set_mode(Mode.LIVE)
    until_blocking(lambda: service.status().mode is Mode.LIVE)
    post(url, body_of(track("m-2", "u-2")))
    until_blocking(lambda: relays.states() == [State.RECEIVED, State.DELIVERED])


def test_a_recorded_event_can_be_run_later(relays: Relays) -> None:
    service = relays.make(Mode.OBSERVE)
    post(service.start().url, body_of(track("m-1")))
    service.set_mode(Mode.LIVE)
    assert service.retry(relays.rows()[0].id).state is State.QUEUED
    until_blocking(lambda: relays.states() == [State.DELIVERED])


def test_a_failed_event_is_delivered_by_a_retry_and_keeps_its_history(relays: Relays) -> None:
    service = relays.make(script={"m-1": [close_error(FailureKind.INVALID), report()]})
    post(service.start().url, body_of(track("m-1")))
    until_blocking(lambda: relays.states() == [State.FAILED])
    failed = relays.rows()[0]
    assert failed.reason == "Close: invalid."
    service.retry(failed.id)
    until_blocking(lambda: relays.states() == [State.DELIVERED])
    detail = relays.reader.detail(failed.id)
    assert detail is not None
    assert [(a.number, a.state) for a in detail.attempts] == [(1, State.FAILED), (2, State.DELIVERED)]
    assert detail.report is not None
    assert detail.report.results[0].steps[0].title == "Looked up"
    assert detail.body == track("m-1")
    until_blocking(lambda: service.status().queue_depth == 0)


@pytest.mark.parametrize(("event_id", "code"), [(99, "RELAY-EVENT-UNKNOWN"), (1, "RELAY-EVENT-UNREADABLE")])
def test_what_cannot_be_retried_is_said(relays: Relays, event_id: int, code: str) -> None:
    service = relays.make()
    post(service.start().url, body_of({"type": "dance", "userId": "u"}))
    with pytest.raises(AppError) as raised:
        service.retry(event_id)
    assert raised.value.code == code


def test_retry_without_a_running_relay_is_said(relays: Relays) -> None:
    with pytest.raises(AppError, match="not running"):
        relays.make().retry(1)


def test_a_refused_key_stops_deliveries_but_not_the_intake(relays: Relays) -> None:
    service = relays.make(script={"m-1": [close_error(FailureKind.KEY_REFUSED), report()]})
    url = service.start().url
    post(url, body_of(track("m-1")))
    until_blocking(lambda: service.status().waiting_for_key)
    assert post(url, body_of(track("m-2", "u-2"))).status_code == 200
    until_blocking(lambda: relays.states() == [State.QUEUED, State.QUEUED])
    assert service.status().state is RelayState.DEGRADED
    assert relays.rows()[1].attempts == 0
    service.key_replaced()
    until_blocking(lambda: relays.states() == [State.DELIVERED, State.DELIVERED])
    assert service.status().state is RelayState.LISTENING


def test_stop_waits_for_what_is_in_flight(relays: Relays) -> None:
    service = relays.make()
    url = service.start().url
    assert relays.processor is not None
    relays.processor.hold.add("m-1")
    post(url, body_of(track("m-1")))
    until_blocking(lambda: service.status().in_flight == 1)
    stopping = threading.Thread(target=service.stop)
    stopping.start()
    until_blocking(lambda: service.status().state is RelayState.STOPPING)
    assert relays.states() == [State.IN_FLIGHT]
    relays.processor.let_go()
    stopping.join()
    assert relays.states() == [State.DELIVERED]
    assert service.status().state is RelayState.STOPPED


def test_what_does_not_end_in_time_is_queued_and_delivered_after_the_next_start(relays: Relays) -> None:
    service = relays.make()
    url = service.start().url
    assert relays.processor is not None
    relays.processor.hold.add("m-1")
    post(url, body_of(track("m-1")))
    until_blocking(lambda: service.status().in_flight == 1)
    service.stop(drain_s=0)
    assert relays.states() == [State.QUEUED]
    service.start()
    until_blocking(lambda: relays.states() == [State.DELIVERED])


def test_the_feed_tells_every_change_in_bounded_batches(relays: Relays) -> None:
    service = relays.make()
    batches: list[FeedBatch] = []
    threads: set[str] = set()

    def hear(batch: FeedBatch) -> None:
        threads.add(threading.current_thread().name)
        batches.append(batch)

    def fail(_batch: FeedBatch) -> None:
        raise RuntimeError("a watcher's mistake")

    service.subscribe(fail)
    unsubscribe = service.subscribe(hear)
    url = service.start().url
    post(url, body_of(*(track(f"m-{n}", f"u-{n}") for n in range(300))))
    until_blocking(lambda: relays.states() == [State.DELIVERED] * 300)
    until_blocking(lambda: batches and batches[-1].rows[-1].state is State.DELIVERED)
    assert max(len(batch.rows) for batch in batches) == 200
    assert any(batch.left_out for batch in batches)
    assert threads == {"relay"}
    unsubscribe()
    service.stop()
    heard = len(batches)
    post(service.start().url, body_of(track("later")))
    until_blocking(lambda: relays.rows()[0].state is State.DELIVERED)
    service.stop()
    assert len(batches) == heard


def test_pause_holds_deliveries_and_resume_goes_on(relays: Relays) -> None:
    service = relays.make()
    url = service.start().url
    service.pause()
    until_blocking(lambda: service.status().paused)
    post(url, body_of(track("m-1")))
    service.wake()
    assert relays.states() == [State.QUEUED]
    assert service.status().oldest_queued_s is not None
    service.resume()
    until_blocking(lambda: relays.states() == [State.DELIVERED])
    assert service.status().oldest_queued_s is None


def test_a_port_in_use_names_a_free_one(relays: Relays, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        service = relays.host(RelayConfig(tmp_path / "relay.db", RelaySettings(port=port), (SECRET,)))
        with pytest.raises(AppError) as raised:
            service.start()
        assert raised.value.code == "RELAY-PORT-IN-USE"
        assert "which is free" in raised.value.remedy
        assert service.status().state is RelayState.ERROR
    service.start()
    assert service.status().state is RelayState.LISTENING


def test_a_second_relay_on_the_same_profile_says_so(relays: Relays) -> None:
    first, second = relays.make(), relays.make()
    first.start()
    with pytest.raises(AppError) as raised:
        second.start()
    assert raised.value.code == "RELAY-ALREADY-RUNNING"
    first.stop()
    second.start()


def test_an_address_this_machine_does_not_have_is_said(relays: Relays) -> None:
    with pytest.raises(AppError) as raised:
        relays.make(host="192.0.2.1").start()
    assert raised.value.code == "RELAY-HOST"


def test_a_database_that_is_none_is_said_and_left_alone(relays: Relays, tmp_path: Path) -> None:
    (tmp_path / "relay.db").write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(AppError) as raised:
        relays.make().start()
    assert raised.value.code == "DATABASE-DAMAGED"
    assert (tmp_path / "relay.db").read_bytes().startswith(b"this is a letter")


def test_what_the_processor_raises_at_its_start_reaches_the_caller(tmp_path: Path) -> None:
    @asynccontextmanager
    async def broken() -> AsyncIterator[Processor]:
        raise AppError("CLOSE-KEY-MISSING", "There is no key.", remedy="Give one.")
        yield

    service = RelayService(config(tmp_path), broken, redact=str)
    with pytest.raises(AppError, match="no key"):
        service.start()
    service.close()


def test_secrets_rotate_while_it_runs(relays: Relays) -> None:
    service = relays.make()
    old_url = service.start().url
    service.set_secrets(("the new secret", SECRET))
    new_url = until_blocking(lambda: service.status().url if service.status().url != old_url else None)
    body = body_of(track("m-1"))
    assert httpx_post(new_url, body, signed(body, "the new secret")) == 200
    assert httpx_post(old_url, body, signed(body, SECRET)) == 200
    service.set_secrets(("the new secret",))
    until_blocking(lambda: httpx_post(old_url, body, signed(body, SECRET)) == 404)
    assert httpx_post(new_url, body, signed(body, SECRET)) == 401


def httpx_post(url: str, body: bytes, headers: dict[str, str]) -> int:
    with httpx.Client(verify=False, trust_env=False) as client:
        return client.post(url, content=body, headers=headers).status_code


def test_files_are_private_and_the_secret_is_in_none_of_them(relays: Relays, tmp_path: Path) -> None:
    service = relays.make()
    post(service.start().url, body_of(track("m-1")))
    until_blocking(lambda: relays.states() == [State.DELIVERED])
    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
        assert SECRET.encode() not in path.read_bytes(), path
    assert SECRET not in repr(config(tmp_path))


def test_status_of_a_stopped_relay_still_knows_the_queue(relays: Relays) -> None:
    service = relays.make()
    assert service.status().state is RelayState.STOPPED
    assert service.status().queue_depth == 0
    url = service.start().url
    service.pause()
    until_blocking(lambda: service.status().paused)
    post(url, body_of(track("m-1")))
    service.stop()
    assert (service.status().state, service.status().queue_depth) == (RelayState.STOPPED, 1)
    assert service.status().oldest_queued_s is not None
