"""A wire between the real client and the sandbox that needs no socket: thousands of calls a second."""

from __future__ import annotations

import httpx

from app.close.sandbox.api.answering import RawRequest
from app.close.sandbox.application import API_ROOT, Sandbox


class DirectWire(httpx.AsyncBaseTransport):
    """Hands requests to the sandbox as its server would."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raw = RawRequest(
            method=request.method,
            path=request.url.path.removeprefix(API_ROOT),
            query=dict(request.url.params),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.aread(),
        )
        reply, cut = await self._sandbox.exchange(raw)
        if cut:
            raise httpx.ReadError("the connection was cut", request=request)
        headers = {**reply.headers, "content-type": reply.content_type}
        return httpx.Response(reply.status, headers=headers, content=reply.body, request=request)
