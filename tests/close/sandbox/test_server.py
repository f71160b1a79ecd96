"""Serving the sandbox: in a loop, on a thread, on a port that is taken."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading

import httpx
import pytest

from app.close.sandbox.application import Sandbox
from app.close.sandbox.faults import Fault
from app.close.sandbox.server import RunningSandbox, SandboxThread
from app.errors import AppError
from tests.conditions import until


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def me(base_url: str, sandbox: Sandbox) -> httpx.Response:
    with httpx.Client(base_url=base_url, auth=(sandbox.api_key, ""), verify=False, trust_env=False) as http:
        return http.get("me/")


async def test_a_taken_port_says_so(taken_port: int) -> None:
    with pytest.raises(AppError) as caught:
        await RunningSandbox(Sandbox(), taken_port).start()
    assert caught.value.code == "SANDBOX-PORT-IN-USE"
    assert str(taken_port) in caught.value.title


async def test_the_same_sandbox_may_be_served_again(sandbox) -> None:
    for _ in range(2):
        async with (
            RunningSandbox(sandbox) as running,
            httpx.AsyncClient(base_url=running.base_url, auth=(sandbox.api_key, ""), verify=False) as http,
        ):
            assert running.base_url == f"http://127.0.0.1:{running.port}/api/v1/"
            assert (await http.post("lead/", json={})).status_code == 200
        await running.stop()
    assert len(sandbox.store.leads) == 2


async def test_stopping_does_not_wait_for_an_answer_that_never_comes(sandbox) -> None:
    sandbox.faults.add(Fault(kind="slow", gate=asyncio.Event()))
    async with httpx.AsyncClient(auth=(sandbox.api_key, ""), verify=False) as http:
        async with RunningSandbox(sandbox) as running:
            call = asyncio.create_task(http.get(f"{running.base_url}me/"))
            await until(lambda: len(sandbox.faults) == 0)
        with pytest.raises(httpx.TransportError):
            await call


def test_a_thread_serves_until_it_is_stopped(sandbox) -> None:
    thread = SandboxThread(sandbox)
    assert not thread.is_running
    thread.start()
    thread.start()
    assert thread.is_running
    assert me(thread.base_url, sandbox).status_code == 200
    sandbox.person.add_lead({"name": "From another thread"})
    with sandbox.store.lock:
        assert len(sandbox.store.leads) == 1
    base_url = thread.base_url
    thread.stop()
    thread.stop()
    assert not thread.is_running
    with pytest.raises(httpx.ConnectError):
        me(base_url, sandbox)
    assert all(running.name != "close-sandbox" for running in threading.enumerate())


def test_a_thread_can_be_started_again(sandbox) -> None:
    thread = SandboxThread(sandbox)
    for _ in range(2):
        thread.start()
        assert me(thread.base_url, sandbox).status_code == 200
        thread.stop()


def test_a_thread_on_a_taken_port_says_so_and_ends(sandbox, taken_port: int) -> None:
    thread = SandboxThread(sandbox, taken_port)
    with pytest.raises(AppError) as caught:
        thread.start()
    assert caught.value.code == "SANDBOX-PORT-IN-USE"
    assert not thread.is_running


async def test_nothing_is_logged_about_calls(sandbox, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    sandbox.faults.add(Fault(kind="drop_after_commit"))
    async with (
        RunningSandbox(sandbox) as running,
        httpx.AsyncClient(base_url=running.base_url, auth=(sandbox.api_key, ""), verify=False) as http,
    ):
        with pytest.raises(httpx.TransportError):
            await http.get("me/")
        await http.get("me/")
    ours = [r for r in caplog.records if not r.name.startswith(("httpx", "httpcore", "asyncio"))]
    assert [record for record in ours if record.levelno >= logging.WARNING] == []
    assert sandbox.api_key not in "".join(record.getMessage() for record in ours)
    assert sandbox.api_key not in repr(sandbox.__dict__["_answerer"])
