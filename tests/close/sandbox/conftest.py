"""A sandbox on a real socket and on virtual time, spoken to with plain HTTP."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.close.sandbox.application import Sandbox
from app.close.sandbox.clock import VirtualClock
from app.close.sandbox.ids import IdSource
from app.close.sandbox.server import RunningSandbox
from app.close.sandbox.switches import Switches

Answer = dict[str, Any]


class Caller:
    """Speaks to one sandbox with one key; the verbs check for 200 and answer the body."""

    def __init__(self, sandbox: Sandbox, clock: VirtualClock, http: httpx.AsyncClient) -> None:
        self.sandbox = sandbox
        self.clock = clock
        self.http = http

    @property
    def switches(self) -> Switches:
        return self.sandbox.switches

    async def send(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """``path`` is below ``/api/v1/``."""
        if body is not None:
            options["json"] = body
        return await self.http.request(method, path, **options)

    async def get(self, path: str, **params: Any) -> Answer:
        return _ok(await self.send("GET", path, params=params or None))

    async def post(self, path: str, body: Any) -> Answer:
        return _ok(await self.send("POST", path, body))

    async def put(self, path: str, body: Any) -> Answer:
        return _ok(await self.send("PUT", path, body))

    async def delete(self, path: str) -> Answer:
        return _ok(await self.send("DELETE", path))

    async def refused(
        self, method: str, path: str, body: Any = None, status: int = 400, **options: Any
    ) -> Answer:
        answer = await self.send(method, path, body, **options)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def field(self, object_type: str, name: str, kind: str = "text", **members: Any) -> str:
        """Create a custom field; its dotted key."""
        field = await self.post(f"custom_field/{object_type}/", {"name": name, "type": kind, **members})
        return f"custom.{field['id']}"

    async def lead(self, **members: Any) -> Answer:
        return await self.post("lead/", {"name": "Acme", **members})

    async def contact(self, **members: Any) -> Answer:
        if "lead_id" not in members:
            members["lead_id"] = (await self.lead())["id"]
        return await self.post("contact/", {"name": "Bo Li", **members})

    async def search(self, query: Any, **members: Any) -> list[Answer]:
        return (await self.post("data/search/", {"query": query, **members}))["data"]

    async def names(self, query: Any, kind: str = "lead", **members: Any) -> list[str]:
        """The names of what a search finds."""
        rows = await self.search(query, _fields={kind: ["name"]}, **members)
        return [row["name"] for row in rows]


def _ok(answer: httpx.Response) -> Answer:
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def sandbox(clock: VirtualClock) -> Sandbox:
    return Sandbox(clock=clock, ids=IdSource(random.Random(7)), switches=Switches(index_lag_s=0))


@pytest.fixture
async def close(sandbox: Sandbox, clock: VirtualClock) -> AsyncIterator[Caller]:
    async with (
        RunningSandbox(sandbox) as running,
        httpx.AsyncClient(
            base_url=running.base_url, auth=(sandbox.api_key, ""), verify=False, trust_env=False
        ) as http,
    ):
        yield Caller(sandbox, clock, http)
