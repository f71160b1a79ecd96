"""Segment's Tracking API on the relay, by requests as its libraries were seen to write them."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.relay.delivery import State
from app.relay.event_records import EventFilter
from app.relay.intake import SourceRules
from app.storage.relay_credentials import WriteKey
from tests.relay.test_server import Listener, listening

KEY = "wk-website-0001"
PAGE = "https://app.bramble.example"
RECORDED = json.loads((Path(__file__).parents[1] / "data" / "relay" / "library_requests.json").read_text())


def basic(user: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(user.encode()).decode()}


@pytest.fixture
async def listener(tmp_path: Path) -> AsyncIterator[Listener]:
    async with listening(tmp_path) as running:
        sources = SourceRules((WriteKey("App", "wk-app"), WriteKey("Website", KEY)), frozenset({PAGE}))
        running.server.rules = replace(running.server.rules, sources=sources)
        yield running


class Answer:
    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["code"])


async def call(
    listener: Listener, path: str, body: object, headers: dict[str, str] | None = None, method: str = "POST"
) -> Answer:
    url = f"http://127.0.0.1:{listener.port}{path}"
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with listener.client.request(method, url, data=data, headers=headers) as answer:
        return Answer(answer.status, answer.headers, await answer.read())


def stored(listener: Listener) -> list[dict[str, Any]]:
    rows = listener.reader.page(EventFilter(limit=5000))
    return [json.loads(listener.reader.detail(row.id).raw) for row in reversed(rows)]  # type: ignore[union-attr]


@pytest.mark.parametrize("recorded", RECORDED, ids=[one["library"] for one in RECORDED])
async def test_a_recorded_request_is_answered_as_segment_does(
    listener: Listener, recorded: dict[str, Any]
) -> None:
    body = json.dumps(recorded["body"]).encode()
    headers = dict(recorded["headers"])
    answer = await call(
        listener, recorded["path"], gzip.compress(body) if "Content-Encoding" in headers else body, headers
    )
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert json.loads(answer.body) == {"success": True}
    if "Origin" in headers:
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert [event["type"] for event in stored(listener)] == recorded["types"]
    assert set(listener.states()) == {State.QUEUED}
    assert KEY not in json.dumps(stored(listener))


@pytest.mark.parametrize(
    ("headers", "members", "status", "code"),
    [
        (basic(f"{KEY}:"), {}, 200, ""),
        (basic(KEY), {}, 200, ""),
        ({}, {"writeKey": KEY}, 200, ""),
        ({"Authorization": "Bearer token"}, {"writeKey": KEY}, 200, ""),
        (basic("wrong:"), {"writeKey": KEY}, 200, ""),
        (basic(f"{KEY}:"), {"writeKey": "wrong"}, 401, "unknown_source"),
        (basic("wrong:"), {}, 401, "unknown_source"),
        (basic(""), {}, 400, "write_key_missing"),
        ({"Authorization": "Basic ***"}, {}, 400, "write_key_missing"),
        ({}, {}, 400, "write_key_missing"),
    ],
)
async def test_the_write_key_opens_and_the_bodys_one_counts(
    listener: Listener, headers: dict[str, str], members: dict[str, str], status: int, code: str
) -> None:
    answer = await call(listener, "/v1/track", {"userId": "u", "event": "A", **members}, headers)
    assert answer.status == status
    if code:
        assert answer.code == code
        assert b"wrong" not in answer.body
    assert len(stored(listener)) == (status == 200)


async def test_what_segment_would_reject_is_answered_200_and_shown_with_its_reason(
    listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    batch = [
        {"type": "track", "userId": "u", "messageId": "bad"},
        {"type": "delete", "userId": "u", "messageId": "deletion"},
        {"type": "track", "userId": "u", "messageId": "good", "event": "A"},
        {"type": "track", "userId": "u", "event": "A", "properties": {"x": "y" * 33_000}},
    ]
    assert (await call(listener, "/v1/batch", {"batch": batch}, basic(KEY))).status == 200
    rows = {row.message_id: row for row in listener.reader.page(EventFilter())}
    assert (rows["bad"].state, rows["deletion"].state) == (State.SKIPPED, State.SKIPPED)
    assert "(event_not_defined)" in rows["bad"].reason
    assert "(type_not_known)" in rows["deletion"].reason
    assert rows["good"].state is State.QUEUED
    assert rows[""].state is State.FAILED


async def test_a_retried_request_is_stored_once(listener: Listener) -> None:
    event = {"userId": "u", "event": "A", "messageId": "m", "sentAt": "2026-03-04T08:00:10Z"}
    for _ in range(2):
        assert (await call(listener, "/v1/t", event, basic(KEY) | {"X-Retry-Count": "1"})).status == 200
    assert len(stored(listener)) == 1


async def test_two_equal_calls_without_an_id_are_two_events(listener: Listener) -> None:
    for _ in range(2):
        await call(listener, "/v1/track", {"userId": "u", "event": "A"}, basic(KEY))
    first, second = stored(listener)
    assert first["messageId"] != second["messageId"]


async def test_an_empty_batch_is_fine_and_holds_nothing(listener: Listener) -> None:
    assert (await call(listener, "/v1/batch", {"batch": []}, basic(KEY))).status == 200
    assert stored(listener) == []


@pytest.mark.parametrize("body", [b"not json", b"[]", b'{"batch": 1}'])
async def test_what_cannot_be_read_is_400_with_a_code(listener: Listener, body: bytes) -> None:
    answer = await call(listener, "/v1/batch", body, basic(KEY))
    assert (answer.status, answer.code) == (400, "payload_unreadable")


async def test_a_preflight_is_answered_for_listed_pages_only(listener: Listener) -> None:
    asked = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
        "Sec-Fetch-Site": "cross-site",
    }
    answer = await call(listener, "/v1/t", b"", asked, "OPTIONS")
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert answer.headers["Access-Control-Allow-Methods"] == "POST"
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization, content-type, x-retry-count"
    assert "Access-Control-Allow-Private-Network" not in answer.headers
    private = asked | {"Access-Control-Request-Private-Network": "true"}
    answer = await call(listener, "/v1/t", b"", private, "OPTIONS")
    assert answer.headers["Access-Control-Allow-Private-Network"] == "true"
    assert answer.headers["Vary"] == "Origin"
    for origin in ("https://evil.example", "null", f"{PAGE}.evil.example", f"{PAGE}:8443"):
        refused = await call(listener, "/v1/t", b"", private | {"Origin": origin}, "OPTIONS")
        assert refused.status == 403
        assert not any(name.lower().startswith("access-control") for name in refused.headers)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": PAGE, "Sec-Fetch-Site": "cross-site"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Content-Encoding": "br"}, 415),
    ],
)
async def test_the_head_of_a_request_decides_first(
    listener: Listener, headers: dict[str, str], status: int
) -> None:
    answer = await call(
        listener,
        "/v1/t",
        {"userId": "u", "event": "A"},
        basic(KEY) | {"Content-Type": "text/plain"} | headers,
    )
    assert answer.status == status
    assert ("Access-Control-Allow-Origin" in answer.headers) == (status == 200)


async def test_errors_of_a_listed_page_can_be_read_by_it(listener: Listener) -> None:
    answer = await call(listener, "/v1/t", {"userId": "u"}, basic("wrong") | {"Origin": PAGE})
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (401, PAGE)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_only_post_is_taken(listener: Listener, method: str) -> None:
    answer = await call(listener, "/v1/track", b"", basic(KEY), method)
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


async def test_without_the_switch_the_addresses_do_not_exist(tmp_path: Path) -> None:
    async with listening(tmp_path) as listener:
        answer = await call(listener, "/v1/track", {"userId": "u", "event": "A"}, basic(KEY))
        assert answer.status == 404
        preflight = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
        assert (await call(listener, "/v1/t", b"", preflight, "OPTIONS")).status == 403
