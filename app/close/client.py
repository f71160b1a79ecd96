"""The only code that speaks HTTP to Close.

Requests are paced per endpoint group, bounded in time and size, and never repeated except after a
429, which says that nothing was done. Everything that can go wrong leaves as a ``CloseError``.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import random
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import httpx

from app.close.account_calls import AccountCalls
from app.close.activity_calls import ActivityCalls
from app.close.address import DEFAULT_BASE_URL, api_address
from app.close.calls import Answer, Call, judged
from app.close.connection_failures import SendWatch, never_sent, no_answer
from app.close.exchange import Exchange, answer_head
from app.close.failures import CloseError, FailureKind
from app.close.limits import RateLimiter
from app.close.record_calls import RecordCalls
from app.close.refusals import (
    bad_answer,
    forbidden_despite_key,
    key_unchecked,
    rate_limited,
)
from app.close.search_calls import SearchCalls
from app.close.turns import Turns
from app.json_value import JsonObject, JsonValue
from app.redaction import Redactor

__all__ = ["DEFAULT_BASE_URL", "CloseClient"]

_MOST_ANSWER_BYTES = 1_000_000
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)

# httpx logs every URL at INFO, and URLs hold ids and what people searched for.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class CloseClient(AccountCalls, RecordCalls, SearchCalls, ActivityCalls):
    """Close's API for one key. Belongs to the event loop it is used in.

    ``total_deadline_s`` bounds the time a call spends on the network from first to last byte,
    ``max_rate_wait_s`` the time it waits for Close's rate limits. ``on_exchange`` hears of every
    request after its end, refused ones too.
    """

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str = DEFAULT_BASE_URL,
        limiter: RateLimiter | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        total_deadline_s: float = 20.0,
        max_rate_wait_s: float = 10.0,
        on_exchange: Callable[[Exchange], None] | None = None,
    ) -> None:
        self._base_url = api_address(base_url)
        self._redactor = Redactor()
        self._redactor.add_secret(api_key)
        self._limiter = limiter if limiter is not None else RateLimiter(clock)
        self._clock = clock
        self._jitter = jitter
        self._total_deadline_s = total_deadline_s
        self._turns = Turns(self._limiter, sleep, max_rate_wait_s)
        self._on_exchange = on_exchange
        self._transport_tells = transport is None
        # Close wants the key as the user name and an empty password.
        self._http = httpx.AsyncClient(
            auth=httpx.BasicAuth(api_key, ""),
            headers={"Accept": "application/json", "User-Agent": _user_agent()},
            # A followed redirect would turn a POST into a GET.
            follow_redirects=False,
            verify=_tls_context(),
            # Its timeouts are per read; the deadline around the whole exchange is ours.
            timeout=None,  # noqa: S113
            transport=transport,
        )

    def __repr__(self) -> str:
        return f"CloseClient({self._base_url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections. The client cannot be used afterwards."""
        await self._http.aclose()

    @property
    def base_url(self) -> str:
        return self._base_url

    @property
    def limiter(self) -> RateLimiter:
        """The pace of this key's calls, for the budget gauge."""
        return self._limiter

    async def _call(
        self,
        method: str,
        resource: str,
        id_in_path: str = "",
        *,
        query: Mapping[str, object] | None = None,
        body: JsonObject | None = None,
    ) -> JsonValue:
        # Without the slash at the end Close redirects.
        path = f"{resource}/{id_in_path}/" if id_in_path else f"{resource}/"
        call = Call(method, resource, f"{path}?{urlencode(query)}" if query else path, body)
        try:
            return await self._paced(call)
        except CloseError as error:
            if error.kind is not FailureKind.KEY_REFUSED or resource == "me":
                raise
            raise await self._judge_refused_key(error) from error

    async def _judge_refused_key(self, refused: CloseError) -> CloseError:
        """Close may answer a missing permission like a dead key: see whether the key opens anything."""
        try:
            await self._paced(Call("GET", "me", "me/?_fields=id"))
        except CloseError as check:
            return refused if check.kind is FailureKind.KEY_REFUSED else key_unchecked(refused, check)
        return forbidden_despite_key(refused)

    async def _paced(self, call: Call) -> JsonValue:
        content = call.content()
        network_s = 0.0

        async def attempt() -> JsonValue:
            nonlocal network_s
            started = self._clock()
            try:
                return await self._attempt(call, content, self._total_deadline_s - network_s)
            finally:
                network_s += self._clock() - started

        return await self._turns.run(call, attempt)

    async def _attempt(self, call: Call, content: bytes | None, deadline_s: float) -> JsonValue:
        started = self._clock()
        answer: Answer | None = None
        failure = ""
        try:
            answer = await self._exchange(call, content, deadline_s)
            return self._judge(call, answer)
        except CloseError as error:
            failure = error.code
            raise
        except asyncio.CancelledError:
            failure = "CANCELLED"
            raise
        finally:
            self._report(call, answer, started, failure)

    async def _exchange(self, call: Call, content: bytes | None, deadline_s: float) -> Answer:
        watch = SendWatch(listens=self._transport_tells)
        request = self._http.build_request(
            call.method,
            self._base_url + call.path,
            content=content,
            headers={"Content-Type": "application/json"} if content is not None else None,
            extensions={"trace": watch},
        )
        try:
            async with asyncio.timeout(deadline_s):
                response = await self._http.send(request, stream=True)
                try:
                    body = await _capped_body(response, call.name)
                finally:
                    await response.aclose()
        except httpx.DecodingError as error:
            raise bad_answer("It is not compressed the way it says.", self._detail(call, error)) from error
        except (httpx.HTTPError, OSError) as error:
            detail = self._detail(call, error)
            if not watch.may_have_sent or isinstance(error, _NEVER_SENT):
                raise never_sent(error, detail) from error
            late = isinstance(error, TimeoutError | httpx.TimeoutException)
            cause = "It took too long." if late else "The connection was lost."
            raise no_answer(cause, detail) from error
        return Answer(response.status_code, response.headers, body)

    def _judge(self, call: Call, answer: Answer) -> JsonValue:
        if answer.status == 429:
            wait = self._limiter.note_refusal(call.group, answer.headers, self._jitter())
            raise rate_limited(wait, call.name, status=429)
        self._limiter.note_answer(call.group, answer.headers)
        return judged(call, answer, self._redactor.redact)

    def _report(self, call: Call, answer: Answer | None, started: float, failure: str) -> None:
        if self._on_exchange is None:
            return
        self._on_exchange(
            Exchange(
                method=call.method,
                path="/" + call.path,
                status=answer.status if answer else None,
                duration_ms=(self._clock() - started) * 1000,
                group=call.group,
                request_body=call.body,
                answer_head=answer_head(answer.body, self._redactor.redact) if answer else "",
                trace_id=answer.headers.get("trace-id", "") if answer else "",
                error=failure,
            )
        )

    def _detail(self, call: Call, error: Exception) -> str:
        return self._redactor.redact(f"{call.name}: {type(error).__name__} {error}".strip())


async def _capped_body(response: httpx.Response, call: str) -> bytes:
    parts = bytearray()
    async for part in response.aiter_bytes():
        parts += part
        if len(parts) > _MOST_ANSWER_BYTES:
            raise bad_answer("It is larger than 1 MB.", call, status=response.status_code)
    return bytes(parts)


@functools.cache
def _tls_context() -> ssl.SSLContext:
    # Reading the certificates takes tens of milliseconds, and a window makes a client for each key tried.
    return httpx.create_ssl_context()


def _user_agent() -> str:
    try:
        return f"SegmentCloseAssistant/{version('segment-close-assistant')}"
    except PackageNotFoundError:
        return "SegmentCloseAssistant"
