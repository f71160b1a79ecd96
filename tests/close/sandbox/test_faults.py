"""Calls that go wrong on purpose."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from app.close.sandbox.faults import Fault, Faults
from tests.close.sandbox.conftest import Caller
from tests.conditions import until


def leads(close: Caller) -> int:
    return len(close.sandbox.store.leads)


@pytest.mark.parametrize("kind", ["401", "402", "403", "429", "500", "502", "503", "504"])
async def test_a_status_fault_prevents_the_work_once(close: Caller, kind) -> None:
    close.sandbox.faults.add(Fault(kind=kind, method="POST", path="/lead/"))
    assert (await close.send("POST", "lead/", {"name": "X"})).status_code == int(kind)
    assert leads(close) == 0
    assert (await close.send("POST", "lead/", {"name": "X"})).status_code == 200
    assert [call.status for call in close.sandbox.calls] == [int(kind), 200]


async def test_a_status_may_hide_work_that_was_done(close: Caller) -> None:
    for kind in ("504", "html"):
        close.sandbox.faults.add(Fault(kind=kind, after_commit=True))
        assert (await close.send("POST", "lead/", {"name": "X"})).status_code in (502, 504)
    assert leads(close) == 2


async def test_a_planned_429_tells_when_to_come_back(close: Caller) -> None:
    close.sandbox.faults.add(Fault(kind="429", retry_after_s=3.2))
    headers = (await close.send("GET", "me/")).headers
    assert headers["retry-after"] == "4"
    assert "reset=3.2" in headers["ratelimit"]


async def test_faults_match_by_method_and_path_and_wear_off(close: Caller) -> None:
    close.sandbox.faults.add(Fault(kind="503", method="GET", path="/lead/*", times=2))
    assert (await close.send("GET", "me/")).status_code == 200
    assert (await close.send("POST", "lead/", {})).status_code == 200
    statuses = [(await close.send("GET", "lead/lead_none/")).status_code for _ in range(3)]
    assert statuses == [503, 503, 404]
    assert len(close.sandbox.faults) == 0


async def test_a_fault_may_last_until_it_is_cleared(close: Caller) -> None:
    close.sandbox.faults.add(Fault(kind="502", times=None))
    assert [(await close.send("GET", "me/")).status_code for _ in range(3)] == [502] * 3
    close.sandbox.faults.clear()
    assert (await close.send("GET", "me/")).status_code == 200


def test_planned_faults_are_used_in_order() -> None:
    faults = Faults()
    first, second = Fault(kind="500", path="/lead/"), Fault(kind="503", times=2)
    faults.add(first)
    faults.add(second)
    assert faults.take("GET", "/me/") == second
    assert faults.take("GET", "/lead/") == first
    assert faults.take("GET", "/lead/") == second
    assert faults.take("GET", "/lead/") is None


async def test_html_from_the_proxy(close: Caller) -> None:
    close.sandbox.faults.add(Fault(kind="html"))
    answer = await close.send("POST", "lead/", {})
    assert answer.status_code == 502
    assert answer.headers["content-type"].startswith("text/html")
    assert leads(close) == 0


async def test_truncated_json_after_the_work(close: Caller) -> None:
    close.sandbox.faults.add(Fault(kind="truncated_json"))
    answer = await close.send("POST", "lead/", {"name": "X"})
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert leads(close) == 1


async def test_the_connection_cut_before_the_work(close: Caller) -> None:
    close.sandbox.faults.add(Fault(kind="drop_before"))
    with pytest.raises(httpx.TransportError):
        await close.send("POST", "lead/", {"name": "X"})
    assert leads(close) == 0
    assert close.sandbox.calls[-1].status == 0


async def test_the_connection_cut_after_the_work(close: Caller) -> None:
    close.sandbox.faults.add(Fault(kind="drop_after_commit", method="POST", path="/lead/", times=1))
    with pytest.raises(httpx.TransportError):
        await close.send("POST", "lead/", {"name": "X"})
    assert leads(close) == 1
    assert (await close.get("lead/"))["data"][0]["name"] == "X"


async def test_the_switch_cuts_every_write_that_took_effect(close: Caller) -> None:
    close.switches.drop_after_commit = True
    with pytest.raises(httpx.TransportError):
        await close.send("POST", "lead/", {"name": "X"})
    (lead,) = (await close.get("lead/"))["data"]
    with pytest.raises(httpx.TransportError):
        await close.send("DELETE", f"lead/{lead['id']}/")
    assert leads(close) == 0
    await close.refused("POST", "lead/", {"status_id": "stat_none"})
    await close.search({"type": "match_all"})
    close.switches.drop_after_commit = False
    await close.lead()


async def test_the_fault_switch_hits_every_call(close: Caller) -> None:
    close.switches.fault = "503"
    assert [(await close.send("GET", "me/")).status_code for _ in range(2)] == [503, 503]
    close.switches.fault = None
    assert (await close.send("GET", "me/")).status_code == 200


async def test_a_slow_answer_waits_for_the_clock(close: Caller) -> None:
    close.sandbox.faults.add(Fault(kind="slow", delay_s=30))
    call = asyncio.create_task(close.send("POST", "lead/", {"name": "X"}))
    await until(lambda: close.clock.sleepers == 1)
    assert leads(close) == 1  # the work is done long before the answer comes
    close.clock.advance(29)
    assert close.clock.sleepers == 1
    close.clock.advance(1)
    assert (await call).status_code == 200


async def test_a_slow_answer_waits_for_its_gate(close: Caller) -> None:
    gate = asyncio.Event()
    close.sandbox.faults.add(Fault(kind="slow", gate=gate))
    call = asyncio.create_task(close.send("POST", "lead/", {"name": "X"}))
    await until(lambda: leads(close) == 1)
    assert not call.done()
    gate.set()
    assert (await call).status_code == 200


async def test_other_calls_are_answered_while_one_is_slow(close: Caller) -> None:
    gate = asyncio.Event()
    close.sandbox.faults.add(Fault(kind="slow", path="/lead/", gate=gate))
    slow = asyncio.create_task(close.send("GET", "lead/"))
    await until(lambda: len(close.sandbox.faults) == 0)
    assert (await close.send("GET", "me/")).status_code == 200
    gate.set()
    assert (await slow).status_code == 200
