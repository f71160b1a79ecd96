from __future__ import annotations

import json

import httpx
import pytest

from app.errors import AppError
from app.segment.signature import verify
from app.workflows.own_event import is_own, send_own_event
from app.workflows.samples import built_in_samples

URL = "http://127.0.0.1:8787/segment/abc"
SAMPLE = built_in_samples()[0].body


async def test_the_event_is_signed_marked_as_ours_and_of_now() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    message_id = await send_own_event(URL, "secret", SAMPLE, transport=httpx.MockTransport(answer))

    body = json.loads(seen[0].content)
    assert verify(seen[0].content, seen[0].headers["X-Signature"], ["secret"]).valid
    assert body["messageId"] == message_id
    assert is_own(message_id)
    assert not is_own(str(SAMPLE["messageId"]))
    assert body["timestamp"] != SAMPLE["timestamp"]
    assert body["userId"] == SAMPLE["userId"]


async def test_two_events_are_never_the_same_for_the_relay() -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, json={}))
    first = await send_own_event(URL, "secret", SAMPLE, transport=transport)
    assert first != await send_own_event(URL, "secret", SAMPLE, transport=transport)


async def test_a_refusal_is_told_in_the_relays_words() -> None:
    transport = httpx.MockTransport(
        lambda _request: httpx.Response(401, json={"message": "Wrong signature."})
    )
    with pytest.raises(AppError) as raised:
        await send_own_event(URL, "secret", SAMPLE, transport=transport)
    assert raised.value.code == "OWN-EVENT-REFUSED"
    assert raised.value.cause == "Wrong signature."


async def test_no_answer_is_told() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(AppError) as raised:
        await send_own_event(URL, None, SAMPLE, transport=httpx.MockTransport(refuse))
    assert raised.value.code == "OWN-EVENT-NO-ANSWER"
