"""The client where every single call goes wrong in one way: always a ``CloseError`` of the right kind."""

from __future__ import annotations

import random
from typing import Any

import pytest

from app.close.client import CloseClient
from app.close.failures import CloseError, FailureKind
from app.close.records import LeadWrite
from app.close.sandbox.application import Sandbox
from app.close.sandbox.clock import VirtualClock
from app.close.sandbox.ids import IdSource
from app.close.sandbox.store import Store
from app.close.sandbox.switches import Switches
from tests.actions.direct_wire import DirectWire

KINDS: dict[str, FailureKind] = {
    "401": FailureKind.KEY_REFUSED,
    "402": FailureKind.PLAN_LIMIT,
    "403": FailureKind.FORBIDDEN,
    "429": FailureKind.RATE_LIMITED,
    "500": FailureKind.SERVER_ERROR,
    "502": FailureKind.SERVER_ERROR,
    "503": FailureKind.SERVER_ERROR,
    "504": FailureKind.SERVER_ERROR,
    "truncated_json": FailureKind.BAD_ANSWER,
    "html": FailureKind.SERVER_ERROR,
    "drop_before": FailureKind.NO_ANSWER,
    "drop_after_commit": FailureKind.NO_ANSWER,
}


def client_of(**switches: Any) -> tuple[Sandbox, CloseClient]:
    time = VirtualClock()
    store = Store(clock=time, ids=IdSource(random.Random(7)))
    sandbox = Sandbox(store=store, switches=Switches(**switches), clock=time)
    start = time.now()

    async def sleep(seconds: float) -> None:
        time.advance(seconds)

    client = CloseClient(
        sandbox.api_key,
        base_url="https://close.test/api/v1/",
        transport=DirectWire(sandbox),
        clock=lambda: (time.now() - start).total_seconds(),
        sleep=sleep,
    )
    return sandbox, client


@pytest.mark.parametrize("fault", KINDS)
async def test_a_call_that_always_fails_says_how(fault: str) -> None:
    sandbox, client = client_of(fault=fault)
    async with client:
        with pytest.raises(CloseError) as raised:
            await client.create_lead(LeadWrite(name="Acme"))
    assert raised.value.kind is KINDS[fault]
    done = len(sandbox.store.leads) == 1
    assert done is (fault in ("truncated_json", "drop_after_commit"))
    # Only where nothing may have been done is it safe to say so.
    assert raised.value.may_have_happened or not done


async def test_a_write_whose_connection_is_always_cut_is_sent_once() -> None:
    sandbox, client = client_of(drop_after_commit=True)
    async with client:
        with pytest.raises(CloseError) as raised:
            await client.create_lead(LeadWrite(name="Acme"))
        assert raised.value.kind is FailureKind.NO_ANSWER
        assert raised.value.may_have_happened
        (lead,) = sandbox.store.leads.values()
        assert (await client.lead(lead.id)).name == "Acme"


@pytest.mark.parametrize("mode", ["errored", "busy", "async", "immediate"])
async def test_a_merge_is_asked_for_in_every_way_it_may_go(mode: str) -> None:
    sandbox, client = client_of(merge=mode, merge_takes_s=0.0)
    async with client:
        source = await client.create_lead(LeadWrite(name="Acme"))
        kept = await client.create_lead(LeadWrite(name="Acme Inc."))
        if mode == "busy":
            with pytest.raises(CloseError) as raised:
                await client.merge_leads(source.id, kept.id)
            assert raised.value.kind is FailureKind.INVALID
            assert source.id in sandbox.store.leads
            return
        await client.merge_leads(source.id, kept.id)
        (merge,) = await client.lead_merges(kept.id)
        assert merge.source_id == source.id
        assert (source.id in sandbox.store.leads) is (mode == "errored")
