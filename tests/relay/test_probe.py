"""The probe: answered on the webhook path, never taken for an event."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.relay.inbox_reader import InboxReader
from app.relay.probe import probe_body, proof, proves, read_probe
from app.relay.service import RelayService
from app.segment.signature import sign
from tests.relay.builders import SECRET, config, track
from tests.relay.fake_processor import FakeProcessor, factory

NONCE = "0123456789abcdef" * 2


@pytest.fixture
async def relay(tmp_path: Path) -> Iterator[RelayService]:
    service = RelayService(config(tmp_path), factory(FakeProcessor()), redact=lambda text: text)
    yield service
    service.close()


def post(url: str, body: bytes, secret: str | None = SECRET) -> httpx.Response:
    headers = {"X-Signature": sign(secret, body)} if secret else {}
    with httpx.Client(trust_env=False) as client:
        return client.post(url, content=body, headers=headers)


async def test_a_signed_probe_is_answered_with_a_proof_and_not_stored(
    relay: RelayService, tmp_path: Path
) -> None:
    answer = post(relay.start().url, probe_body(NONCE))
    assert answer.status_code == 200
    assert proves(answer.content, SECRET, NONCE)
    assert not proves(answer.content, SECRET, NONCE[::-1])
    assert not proves(answer.content, "another secret", NONCE)
    assert InboxReader(tmp_path / "relay.db").counts() == {}
    assert relay.status().received == 0


@pytest.mark.parametrize("secret", [None, "another secret"])
async def test_a_probe_without_the_right_signature_proves_nothing(
    relay: RelayService, secret: str | None
) -> None:
    answer = post(relay.start().url, probe_body(NONCE), secret)
    assert answer.status_code == 401
    assert "probe" not in answer.json()


def test_only_probes_are_read_as_probes() -> None:
    assert read_probe(probe_body(NONCE)) == NONCE
    others = [
        b"",
        b"segment-close-probe",
        json.dumps([json.loads(probe_body(NONCE))]).encode(),
        json.dumps(track(name="segment-close-probe")).encode(),
        json.dumps({"type": "segment-close-probe", "nonce": 7}).encode(),
        json.dumps({"type": "segment-close-probe", "nonce": NONCE + "0"}).encode(),
        json.dumps({"type": "segment-close-probe", "nonce": NONCE, "padding": "x" * 600}).encode(),
    ]
    assert [read_probe(body) for body in others] == [None] * len(others)


@pytest.mark.parametrize("answer", [b"", b"<html>", b'{"success": true}', b"[1]", b'{"probe": 5}'])
def test_what_others_answer_is_no_proof(answer: bytes) -> None:
    assert not proves(answer, SECRET, NONCE)
    assert proves(json.dumps({"probe": proof(SECRET, NONCE)}).encode(), SECRET, NONCE)
