"""How calls wait for Close: paced by group, and back after a 429."""

from __future__ import annotations

import asyncio

import pytest

from app.close.calls import Call
from app.close.client import CloseClient
from app.close.exchange import Exchange
from app.close.failures import CloseError, FailureKind
from app.close.limits import RateLimiter
from app.close.records import LeadWrite
from app.close.turns import Turns
from tests.close.close_answers import COMPANY_FIELD, KEY, LEAD_ID, lead_json
from tests.close.manual_time import ManualTime
from tests.close.scripted_server import answering, serving

NO_ROWS = answering({"cursor": None, "data": []})


def client_in(time: ManualTime, base_url: str, **options: float) -> CloseClient:
    return CloseClient(
        KEY,
        base_url=base_url,
        limiter=RateLimiter(time.clock),
        clock=time.clock,
        sleep=time.sleep,
        jitter=lambda: 0.0,
        **options,
    )


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ([("RateLimit", "limit=100, remaining=0, reset=3.5")], 3.5),
        ([("RateLimit", "limit=100, remaining=0, reset=3.5"), ("Retry-After", "4")], 4),
        ([("Retry-After", "4")], 4),
        ([("RateLimit-Reset", "5")], 5),
        ([("x-rate-limit-reset", "6.25")], 6.25),
        ([], 2),
        ([("RateLimit", "soon"), ("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT")], 2),
    ],
)
async def test_a_429_is_repeated_after_the_stated_wait_even_for_a_create(
    headers: list[tuple[str, str]], wait: float
) -> None:
    time = ManualTime()
    async with serving(answering("<html>slow down</html>", 429, headers), answering(lead_json())) as server:
        async with client_in(time, server.base_url) as client:
            lead = await client.create_lead(LeadWrite(name="Acme"))
        first, second = server.received
    assert lead.id == LEAD_ID
    assert first.body == second.body
    assert sum(time.slept) == pytest.approx(wait)


async def test_it_gives_up_at_once_when_the_wait_would_be_too_long() -> None:
    time = ManualTime()
    async with (
        serving(answering("", 429, [("Retry-After", "60")])) as server,
        client_in(time, server.base_url) as client,
    ):
        with pytest.raises(CloseError) as failure:
            await client.create_lead(LeadWrite(name="Acme"))
        assert len(server.received) == 1
        with pytest.raises(CloseError) as next_failure:
            await client.create_lead(LeadWrite(name="Acme"))
        assert len(server.received) == 1
    for error in (failure.value, next_failure.value):
        assert (error.code, error.kind) == ("CLOSE-RATE-LIMITED", FailureKind.RATE_LIMITED)
        assert error.retry_after_s == pytest.approx(60)
        assert not error.may_have_happened
    assert time.slept == []


async def test_it_gives_up_after_five_repetitions() -> None:
    time = ManualTime()
    heard: list[Exchange] = []
    async with serving(answering("", 429, [("Retry-After", "1")])) as server:
        async with CloseClient(
            KEY,
            base_url=server.base_url,
            clock=time.clock,
            sleep=time.sleep,
            jitter=lambda: 0.0,
            on_exchange=heard.append,
        ) as client:
            with pytest.raises(CloseError) as failure:
                await client.lead(LEAD_ID)
        assert len(server.received) == 6
    assert failure.value.status == 429
    assert {(exchange.status, exchange.error) for exchange in heard} == {(429, "CLOSE-RATE-LIMITED")}


async def test_the_waits_of_one_call_add_up_to_the_longest_wait_at_most() -> None:
    time = ManualTime()
    async with serving(answering("", 429, [("Retry-After", "4")])) as server:
        async with client_in(time, server.base_url, max_rate_wait_s=10.0) as client:
            with pytest.raises(CloseError):
                await client.lead(LEAD_ID)
        assert len(server.received) == 3
    assert sum(time.slept) <= 10


async def test_the_deadline_counts_the_network_time_of_all_repetitions() -> None:
    time = ManualTime()
    sent = 0

    def twenty_seconds_pass(exchange: Exchange) -> None:
        nonlocal sent
        sent += 1
        time.now += 20

    script = (answering("", 429, [("Retry-After", "1")]), answering(lead_json()))
    async with (
        serving(*script) as server,
        CloseClient(
            KEY,
            base_url=server.base_url,
            clock=time.clock,
            sleep=time.sleep,
            total_deadline_s=20,
            on_exchange=twenty_seconds_pass,
        ) as client,
    ):
        with pytest.raises(CloseError) as failure:
            await client.lead(LEAD_ID)
        assert (len(server.received), sent) == (1, 2)
    assert failure.value.code == "CLOSE-UNREACHABLE"


async def test_whoever_waited_waits_again_when_another_call_was_refused_meanwhile() -> None:
    manual = ManualTime()
    limiter = RateLimiter(manual.clock)
    call = Call("GET", "lead", "lead/")
    limiter.note_refusal(call.group, {"retry-after": "3"}, 0)
    started_at: list[float] = []

    async def sleep(seconds: float) -> None:
        if not manual.slept:
            limiter.note_refusal(call.group, {"retry-after": "5"}, 0)
        await manual.sleep(seconds)

    async def attempt() -> None:
        started_at.append(manual.now)

    begun = manual.now
    await Turns(limiter, sleep, 10.0).run(call, attempt)
    assert started_at == [pytest.approx(begun + 5)]


async def test_only_the_refused_group_waits() -> None:
    time = ManualTime()
    async with (
        serving(answering("", 429, [("Retry-After", "60")]), answering(lead_json())) as server,
        client_in(time, server.base_url) as client,
    ):
        with pytest.raises(CloseError):
            await client.create_lead(LeadWrite(name="Acme"))
        assert (await client.lead(LEAD_ID)).id == LEAD_ID
    assert time.slept == []


async def test_searches_stay_within_two_per_second_over_eight_seconds() -> None:
    time = ManualTime()
    sent_at: list[float] = []
    async with (
        serving(NO_ROWS) as server,
        CloseClient(
            KEY,
            base_url=server.base_url,
            clock=time.clock,
            sleep=time.sleep,
            on_exchange=lambda exchange: sent_at.append(time.now),
        ) as client,
    ):
        for number in range(40):
            assert await client.leads_by_company_id(COMPANY_FIELD, f"co_{number}") == ()
        (usage,) = client.limiter.usage()
    assert max(sum(start <= at < start + 8 for at in sent_at) for start in sent_at) <= 16
    assert sent_at[-1] - sent_at[0] == pytest.approx(40 / 2, rel=0.25)
    assert (usage.group, usage.calls_last_minute, usage.budget_per_minute) == ("POST data/search", 40, 120)


async def test_calls_waiting_together_do_not_all_come_back_at_once() -> None:
    time = ManualTime()
    async with (
        serving(answering(lead_json(), headers=[("RateLimit", "limit=10, remaining=5, reset=5")])) as server,
        client_in(time, server.base_url) as client,
    ):
        await client.lead(LEAD_ID)
        await asyncio.gather(*(client.lead(LEAD_ID) for _ in range(4)))
    assert sorted(time.slept)[-1] >= 1
