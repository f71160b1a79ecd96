"""Who may post: rotated and changed while the relay runs."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from app.assembly import Assistant
from app.close.sandbox.server import SandboxThread
from app.errors import AppError
from app.relay.event_records import EventFilter, Trust
from app.relay.intake import webhook_path
from app.relay.service import RelayService
from app.segment.signature import sign
from app.storage.profile import Mode, Profile
from app.workflows.relay_access import RelayAccess, RotationState, origin_of
from app.workflows.setup import SetupFlow
from tests.conditions import until_blocking
from tests.workflows.test_setup import with_fields

NOW_MS = 1_772_615_700_000
HOUR_MS = 3600 * 1000


@pytest.fixture
async def profile(flow: SetupFlow, close: SandboxThread, assistant: Assistant) -> Profile:
    await with_fields(flow, close)
    finished = flow.finish()
    observing = replace(finished, relay=replace(finished.relay, port=0, mode=Mode.OBSERVE))
    assistant.profiles.save(observing)
    return observing


@pytest.fixture
def access(assistant: Assistant) -> RelayAccess:
    return assistant.relay_access()


@pytest.fixture
def relay(assistant: Assistant, profile: Profile) -> Iterator[RelayService]:
    service = assistant.relay(profile)
    service.start()
    yield service
    service.close()


def post(relay: RelayService, secret: str, message_id: str) -> int:
    address = relay.status().address
    assert address is not None
    body = json.dumps({"type": "track", "event": "A", "userId": "u", "messageId": message_id}).encode()
    url = f"http://127.0.0.1:{address.port}{webhook_path(secret)}"
    headers = {"X-Signature": sign(secret, body)}
    return httpx.post(url, content=body, headers=headers, trust_env=False).status_code


def call(relay: RelayService, key: str, **headers: str) -> int:
    address = relay.status().address
    assert address is not None
    event = {"userId": "u", "event": "Direct", "writeKey": key}
    url = f"http://127.0.0.1:{address.port}/v1/track"
    return httpx.post(url, json=event, headers=headers, trust_env=False).status_code


def test_a_rotated_secret_holds_at_once_and_the_one_before_until_it_is_ended(
    assistant: Assistant, profile: Profile, access: RelayAccess, relay: RelayService
) -> None:
    old = assistant.secrets.shared_secret(profile)
    assert old
    state = access.rotate(profile)
    assert state.overlapping
    new = assistant.secrets.shared_secret(profile)
    assert new
    assert new != old
    until_blocking(lambda: post(relay, new, "m-1") == 200)
    assert post(relay, old, "m-2") == 200
    assert relay.status().url.endswith(webhook_path(new))
    access.end_rotation(profile)
    until_blocking(lambda: post(relay, old, "m-3") == 404)
    assert post(relay, new, "m-4") == 200


def test_an_overlap_ends_by_itself(assistant: Assistant, profile: Profile) -> None:
    now_ms = [NOW_MS]
    access = RelayAccess(assistant.secrets, assistant.profiles, lambda: "made", lambda: now_ms[0])
    assert access.rotate(profile, overlap_h=2) == RotationState(
        has_secret=True, overlapping=True, previous_until_ms=NOW_MS + 2 * HOUR_MS
    )
    now_ms[0] += 2 * HOUR_MS
    assert access.rotation(profile) == RotationState(
        has_secret=True, overlapping=False, previous_until_ms=None
    )
    at_once = access.rotate(profile, secret="mine", overlap_h=0)
    assert at_once == RotationState(has_secret=True, overlapping=False, previous_until_ms=None)


def test_sources_come_and_go_while_the_relay_runs(
    assistant: Assistant, profile: Profile, access: RelayAccess, relay: RelayService
) -> None:
    key = access.add_source(profile, "  Web  site ")
    assert access.sources(profile) == ("Web site",)
    assert call(relay, key) == 404
    access.set_sources(profile.name, enabled=True)
    until_blocking(lambda: call(relay, key) == 200)
    assert call(relay, "another") == 401
    access.set_sources(profile.name, add="https://App.Example/")
    until_blocking(lambda: call(relay, key, Origin="https://app.example") == 200)
    assert call(relay, key, Origin="https://evil.example") == 403
    access.remove_source(profile, "Web site")
    until_blocking(lambda: call(relay, key) == 401)
    access.set_sources(profile.name, enabled=False, remove="https://app.example")
    until_blocking(lambda: call(relay, key) == 404)
    assert assistant.profiles.load(profile.name).sources.origins == ()
    reader = assistant.reader(profile)
    row = reader.page(EventFilter())[0]
    detail = reader.detail(row.id)
    reader.close()
    assert detail is not None
    assert detail.trust is Trust.WRITE_KEY
    assert key.encode() not in detail.raw


def test_keys_and_secrets_are_in_no_file_and_no_log(
    assistant: Assistant, profile: Profile, access: RelayAccess, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = assistant.secrets.shared_secret(profile)
    access.rotate(profile)
    key = access.add_source(profile, "Website")
    planted = {before, assistant.secrets.shared_secret(profile), key}
    kept = [path.read_bytes() for path in assistant.profiles.root.rglob("*") if path.is_file()]
    for value in planted:
        assert value
        assert not any(value.encode() in content for content in kept)
        assert value not in caplog.text
        assert value not in assistant.redactor.redact(f"log: {value}")


def test_what_cannot_be_done_is_said(access: RelayAccess, profile: Profile) -> None:
    key = access.add_source(profile, "Website")
    for name, given, code in (
        ("Website", None, "SOURCE-NAME"),
        (" ", None, "SOURCE-NAME"),
        ("Other", key, "SOURCE-KEY"),
        ("Other", " ", "SECRET-UNUSABLE"),
    ):
        with pytest.raises(AppError) as raised:
            access.add_source(profile, name, given)
        assert raised.value.code == code
        assert key not in str(raised.value) + raised.value.cause + raised.value.detail
    with pytest.raises(AppError, match="no source"):
        access.remove_source(profile, "Other")


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://App.Example/", "https://app.example"),
        ("https://app.example:443", "https://app.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_an_origin_is_written_as_browsers_do(text: str, origin: str) -> None:
    assert origin_of(text) == origin


@pytest.mark.parametrize(
    "text",
    ["*", "", "app.example", "null", "https://", "https://a.example/path", "https://u@a", "http://a:x"],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(AppError, match="origin"):
        origin_of(text)
