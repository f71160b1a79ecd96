"""“Send myself an event” is signed like Segment's, marked as ours, and says when it was not taken."""

from __future__ import annotations

import json

import httpx
import pytest
import respx

from app.errors import AppError
from app.segment.signature import verify
from app.workflows.own_event import is_own, send_own_event
from app.workflows.samples import built_in_samples

URL = "http://127.0.0.1:8787/segment/abc"
SAMPLE = built_in_samples()[0].body


@respx.mock
async def test_the_event_is_signed_marked_as_ours_and_of_now() -> None:
    relay = respx.post(URL).respond(200, json={})

    message_id = await send_own_event(URL, "secret", SAMPLE)

    request = relay.calls.last.request
    body = json.loads(request.content)
    assert verify(request.content, request.headers["X-Signature"], ["secret"]).valid
    assert body["messageId"] == message_id
    assert is_own(message_id)
    assert not is_own(str(SAMPLE["messageId"]))
    assert body["timestamp"] != SAMPLE["timestamp"]
    assert body["userId"] == SAMPLE["userId"]


@respx.mock
async def test_two_events_are_never_the_same_for_the_relay() -> None:
    respx.post(URL).respond(200, json={})
    first = await send_own_event(URL, "secret", SAMPLE)
    assert first != await send_own_event(URL, "secret", SAMPLE)


@respx.mock
async def test_a_refusal_is_told_in_the_relays_words() -> None:
    respx.post(URL).respond(401, json={"message": "Wrong signature."})
    with pytest.raises(AppError) as raised:
        await send_own_event(URL, "secret", SAMPLE)
    assert raised.value.code == "OWN-EVENT-REFUSED"
    assert raised.value.cause == "Wrong signature."


@respx.mock
async def test_no_answer_is_told() -> None:
    respx.post(URL).mock(side_effect=httpx.ConnectError("refused"))
    with pytest.raises(AppError) as raised:
        await send_own_event(URL, None, SAMPLE)
    assert raised.value.code == "RELAY-NOT-ANSWERING"
