"""Health and metrics of a relay, as a monitor reads them over its port."""

from __future__ import annotations

import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from app.close.exchange import Exchange
from app.close.failures import FailureKind
from app.close.limits import GroupUsage
from app.errors import AppError
from app.relay.admin_server import AdminServer
from app.relay.clock import SystemClock
from app.relay.metrics import RelayMetrics
from app.relay.processor import Processor
from app.relay.service import RelayService
from app.relay.status import RelayState
from app.storage.profile import Mode
from tests.conditions import until_blocking
from tests.relay.builders import body_of, config, signed, track
from tests.relay.fake_processor import Answer, FakeProcessor, report, reported

PERSON = "ada.lovelace@acme.example"


class Watched:
    """A relay with its admin port, on one folder."""

    def __init__(self, folder: Path, script: dict[str, list[Answer]] | None = None) -> None:
        self.metrics = RelayMetrics(SystemClock())
        self.processor: FakeProcessor | None = None
        self._script = script or {}
        self.service = RelayService(
            config(folder),
            self._make,
            redact=str,
            watch=self.metrics,
            open_admin=lambda read_status: AdminServer(0, self.metrics, read_status),
        )

    @asynccontextmanager
    async def _make(self) -> AsyncIterator[Processor]:
        self.processor = FakeProcessor(self._script)
        yield self.processor

    def start(self) -> str:
        return self.service.start().url

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(self.service.admin_url + path, headers=headers, trust_env=False)

    def families(self) -> dict[str, Metric]:
        answer = self.get("/metrics")
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        return {family.name: family for family in text_string_to_metric_families(answer.text)}

    def value(self, name: str, **labels: str) -> float:
        samples = [sample for family in self.families().values() for sample in family.samples]
        found = [one.value for one in samples if one.name == name and one.labels == labels]
        return found[0] if found else 0.0

    def post(self, url: str, body: bytes, **headers: str) -> int:
        answer = httpx.post(url, content=body, headers=signed(body) | headers, trust_env=False)
        return answer.status_code


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    kept = Watched(
        tmp_path,
        {
            "wait": [reported(FailureKind.SERVER_ERROR), report()],
            "fail": [reported(FailureKind.INVALID)],
            "key": [reported(FailureKind.KEY_REFUSED)],
        },
    )
    yield kept
    kept.service.close()


def test_what_happens_to_events_is_counted_and_timed(watched: Watched) -> None:
    url = watched.start()
    watched.post(url, body_of(track("a", PERSON), track("b", PERSON), track("fail", "u-2")))
    watched.post(url, body_of(track("a", PERSON)))
    watched.post(url, body_of(track("c")), **{"X-Signature": "0" * 40})
    until_blocking(lambda: watched.value("segment_close_events_ended_total", state="delivered") == 2)
    until_blocking(lambda: watched.value("segment_close_events_ended_total", state="failed") == 1)
    assert watched.value("segment_close_events_received_total") == 3
    assert watched.value("segment_close_events_duplicate_total") == 1
    assert watched.value("segment_close_requests_refused_total", reason="unauthenticated") == 1
    assert watched.value("segment_close_events_matched_total") == 3
    assert watched.value("segment_close_acknowledgement_seconds_count") == 2
    assert watched.value("segment_close_event_end_to_end_seconds_count") == 3
    assert watched.value("segment_close_queue_events") == 0
    assert watched.value("segment_close_healthy") == 1


def test_a_try_that_has_to_be_repeated_is_counted_and_the_queue_shown(watched: Watched) -> None:
    url = watched.start()
    watched.post(url, body_of(track("wait")))
    until_blocking(lambda: watched.value("segment_close_event_retries_total") == 1)
    until_blocking(lambda: watched.value("segment_close_events_ended_total", state="delivered") == 1)
    assert watched.processor is not None
    watched.processor.hold.add("held")
    watched.post(url, body_of(track("held")))
    until_blocking(lambda: watched.value("segment_close_in_flight_events") == 1)
    assert watched.value("segment_close_queue_events") == 1
    until_blocking(lambda: watched.value("segment_close_queue_oldest_age_seconds") > 0)
    watched.processor.let_go()


def test_calls_to_close_and_what_is_left_of_its_budget_are_shown(watched: Watched) -> None:
    watched.start()
    for status in (200, 429, 503, None):
        call = Exchange("GET", f"/contact/?email={PERSON}", status, 3.0, "GET contact", None, "", "", "")
        watched.metrics.called(call)
    usage = GroupUsage("GET contact", 300, 1200.0, None, None, 4.5)
    with watched.metrics.budget_of(lambda: (usage,)), watched.metrics.budget_of(lambda: (usage,)):
        assert watched.value("segment_close_api_budget_left_ratio", group="GET contact") == 0.5
        assert watched.value("segment_close_api_blocked_seconds", group="GET contact") == 4.5
    for status_class in ("2xx", "429", "5xx", "no answer"):
        labels = {"group": "GET contact", "status": status_class}
        assert watched.value("segment_close_api_calls_total", **labels) == 1


def test_names_and_units_follow_prometheus_and_labels_hold_nothing_of_people(watched: Watched) -> None:
    url = watched.start()
    watched.post(url, body_of(track("a", PERSON, event=PERSON)))
    watched.post(f"{url}/{PERSON}", body_of(track("b")))
    until_blocking(lambda: watched.value("segment_close_events_ended_total", state="delivered") == 1)
    text = watched.get("/metrics").text
    assert PERSON not in text
    assert url.rsplit("/", 1)[1] not in text
    for name, family in watched.families().items():
        assert re.fullmatch(r"(segment_close|process)_[a-z_]+", name)
        assert family.documentation
        if name.startswith("segment_close") and family.type == "histogram":
            assert name.endswith("_seconds")
        if family.type == "counter":
            assert all(one.name.endswith(("_total", "_created")) for one in family.samples)


def test_two_relays_in_one_program_count_for_themselves(watched: Watched, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Watched(tmp_path / "other")
    try:
        other.start()
        watched.post(watched.start(), body_of(track("a")))
        assert watched.value("segment_close_events_received_total") == 1
        assert other.value("segment_close_events_received_total") == 0
    finally:
        other.service.close()


def test_health_is_ok_until_the_key_is_refused(watched: Watched) -> None:
    url = watched.start()
    healthy = watched.get("/healthz")
    assert (healthy.status_code, healthy.json()["status"], healthy.json()["reason"]) == (200, "ok", None)
    watched.post(url, body_of(track("key")))
    until_blocking(lambda: watched.service.status().waiting_for_key)
    ill = watched.get("/healthz")
    assert ill.status_code == 503
    assert ill.json()["reason"] == watched.service.status().trouble != ""
    assert ill.json()["queue_depth"] == 1
    assert watched.value("segment_close_healthy") == 0


def test_health_says_that_changes_are_being_finished(watched: Watched) -> None:
    url = watched.start()
    assert watched.processor is not None
    watched.processor.hold.add("held")
    watched.post(url, body_of(track("held")))
    until_blocking(lambda: watched.service.status().in_flight == 1)
    admin = watched.service.admin_url
    stopping = threading.Thread(target=watched.service.stop, args=(30.0,))
    stopping.start()
    until_blocking(lambda: watched.service.status().state is RelayState.STOPPING)
    asked = httpx.get(f"{admin}/healthz", trust_env=False)
    watched.processor.let_go()
    stopping.join()
    assert asked.status_code == 503
    assert asked.json()["reason"] == "The relay is stopping. In flight: 1."


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_web_pages_read_neither_health_nor_metrics(
    watched: Watched, headers: dict[str, str], status: int
) -> None:
    watched.start()
    for path in ("/healthz", "/metrics"):
        answer = watched.get(path, **headers)
        assert (answer.status_code, answer.content) == (status, b"")


def test_only_reading_of_two_addresses_is_answered(watched: Watched) -> None:
    watched.start()
    assert watched.get("/").status_code == 404
    refused = httpx.post(f"{watched.service.admin_url}/metrics", trust_env=False)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")


def test_a_port_in_use_keeps_the_relay_from_starting(watched: Watched, tmp_path: Path) -> None:
    watched.start()
    port = int(watched.service.admin_url.rpartition(":")[2])
    (tmp_path / "other").mkdir()
    metrics = RelayMetrics(SystemClock())
    other = RelayService(
        config(tmp_path / "other", Mode.OBSERVE),
        watched._make,
        redact=str,
        open_admin=lambda read_status: AdminServer(port, metrics, read_status),
    )
    with pytest.raises(AppError, match="RELAY-PORT-IN-USE"):
        other.start()
    other.close()
