"""The only code that speaks HTTP to Close.

Requests are paced per endpoint group, bounded in time and size, and never repeated except after a
429, which says that nothing was done. Everything that can go wrong leaves as a ``CloseError``.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlencode

import httpx

from app.close.address import DEFAULT_BASE_URL, api_address
from app.close.answers import (
    UnexpectedShapeError,
    read_account,
    read_contact,
    read_custom_field,
    read_lead,
    read_lead_statuses,
    read_page,
    read_schema,
    read_search_page,
)
from app.close.connection_failures import never_sent, no_answer
from app.close.exchange import ANSWER_HEAD_CHARS, Exchange
from app.close.failures import CloseError, FailureKind
from app.close.limits import RateLimiter, retry_wait_s
from app.close.records import (
    Account,
    Contact,
    ContactWrite,
    CustomField,
    Lead,
    LeadStatus,
    LeadWrite,
    ObjectType,
)
from app.close.refusals import (
    bad_answer,
    forbidden_despite_key,
    key_unchecked,
    not_an_id,
    not_json,
    rate_limited,
    refusal,
)
from app.close.search import MOST_ROWS, PAGE_ROWS, by_custom_value, by_email, has_email, holds_custom_value
from app.close.writes import contact_body, lead_body
from app.json_value import JsonObject, JsonValue

__all__ = ["DEFAULT_BASE_URL", "CloseClient"]

_MOST_ANSWER_BYTES = 1_000_000
_MOST_RETRIES = 5
_CONTACT_PAGE_ROWS = 100
_RECORD_ID = re.compile(r"[A-Za-z0-9_]+")
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

_Record = TypeVar("_Record")


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    resource: str
    path: str
    body: JsonObject | None

    @property
    def group(self) -> str:
        return f"{self.method} {self.resource}"

    @property
    def name(self) -> str:
        return f"{self.method} /{self.path}"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class _SendWatch:
    """Listens to the HTTP library to know whether anything of a request may have left.

    A transport that was handed in may not tell, so its requests count as sent from the start.
    """

    def __init__(self, *, listens: bool) -> None:
        self.may_have_sent = not listens

    async def __call__(self, event: str, details: Mapping[str, object]) -> None:
        if not event.endswith("send_request_headers.started"):
            return
        # Asking a proxy for a tunnel is not yet talking to Close.
        if getattr(details.get("request"), "method", b"") != b"CONNECT":
            self.may_have_sent = True


class CloseClient:
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
        self._api_key = api_key
        self._limiter = limiter if limiter is not None else RateLimiter(clock)
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._total_deadline_s = total_deadline_s
        self._max_rate_wait_s = max_rate_wait_s
        self._on_exchange = on_exchange
        self._transport_tells = transport is None
        # Close wants the key as the user name and an empty password.
        self._http = httpx.AsyncClient(
            auth=httpx.BasicAuth(api_key, ""),
            headers={"Accept": "application/json", "User-Agent": _user_agent()},
            # A followed redirect would turn a POST into a GET.
            follow_redirects=False,
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
    def limiter(self) -> RateLimiter:
        """The pace of this key's calls, for the budget gauge."""
        return self._limiter

    async def me(self) -> Account:
        """Whose key this is, in which organization, with which permissions."""
        return _shaped(read_account, await self._call("GET", "me"))

    async def custom_fields(self, object_type: ObjectType) -> tuple[CustomField, ...]:
        """All custom fields of an object, its own and the shared ones."""
        answer = await self._call("GET", f"custom_field_schema/{object_type}")
        return _shaped(lambda schema: read_schema(schema, object_type), answer)

    async def create_custom_field(
        self,
        object_type: ObjectType,
        name: str,
        *,
        type: str = "text",  # noqa: A002 - Close's own word for it
        description: str | None = None,
    ) -> CustomField:
        """Create a field. Close may accept a second one of the same name: look in the schema first."""
        body: dict[str, JsonValue] = {"name": name, "type": type}
        if description is not None:
            body["description"] = description
        answer = await self._call("POST", f"custom_field/{object_type}", body=body)
        return _shaped(lambda created: read_custom_field(created, object_type), answer)

    async def lead_statuses(self) -> tuple[LeadStatus, ...]:
        return _shaped(read_lead_statuses, await self._call("GET", "status/lead"))

    async def lead(self, lead_id: str) -> Lead:
        """The lead with its contacts."""
        return _shaped(read_lead, await self._call("GET", "lead", _record_id(lead_id)))

    async def create_lead(self, lead: LeadWrite) -> Lead:
        return _shaped(read_lead, await self._call("POST", "lead", body=lead_body(lead)))

    async def update_lead(self, lead_id: str, lead: LeadWrite) -> Lead:
        """Change what ``lead`` holds and leave the rest. Contacts cannot be changed this way."""
        if lead.contacts:
            raise ValueError("contacts of an existing lead are changed one by one")
        return _shaped(read_lead, await self._call("PUT", "lead", _record_id(lead_id), body=lead_body(lead)))

    async def delete_lead(self, lead_id: str) -> None:
        """Delete the lead with everything on it."""
        await self._call("DELETE", "lead", _record_id(lead_id))

    async def contact(self, contact_id: str) -> Contact:
        return _shaped(read_contact, await self._call("GET", "contact", _record_id(contact_id)))

    async def create_contact(self, lead_id: str, contact: ContactWrite) -> Contact:
        """Create a contact on an existing lead; without one Close would make up a new lead."""
        body = {"lead_id": _record_id(lead_id)} | contact_body(contact)
        return _shaped(read_contact, await self._call("POST", "contact", body=body))

    async def update_contact(self, contact_id: str, contact: ContactWrite) -> Contact:
        """Change what ``contact`` holds and leave the rest. A list that is given replaces the old one."""
        return _shaped(
            read_contact,
            await self._call("PUT", "contact", _record_id(contact_id), body=contact_body(contact)),
        )

    async def delete_contact(self, contact_id: str) -> None:
        await self._call("DELETE", "contact", _record_id(contact_id))

    async def contacts_of_lead(self, lead_id: str) -> tuple[Contact, ...]:
        contacts: list[Contact] = []
        more = True
        while more:
            query: JsonObject = {
                "lead_id": _record_id(lead_id),
                "_limit": _CONTACT_PAGE_ROWS,
                "_skip": len(contacts),
            }
            rows, more = _shaped(read_page, await self._call("GET", "contact", query=query))
            contacts += [_shaped(read_contact, row) for row in rows]
            more = more and bool(rows)
        return tuple(contacts)

    async def leads_by_company_id(self, field_id: str, company_id: str) -> tuple[Lead, ...]:
        """The leads whose field holds exactly this ID, oldest first, without their contacts."""
        rows = await self._search(by_custom_value("lead", field_id, _id_value(company_id)))
        leads = [_shaped(read_lead, row) for row in rows]
        hits = [lead for lead in leads if holds_custom_value(lead, field_id, company_id)]
        return tuple(sorted(hits, key=lambda lead: lead.date_created))

    async def contacts_by_user_id(self, field_id: str, user_id: str) -> tuple[Contact, ...]:
        """The contacts whose field holds exactly this ID, oldest first."""
        rows = await self._search(by_custom_value("contact", field_id, _id_value(user_id)))
        contacts = [_shaped(read_contact, row) for row in rows]
        hits = [contact for contact in contacts if holds_custom_value(contact, field_id, user_id)]
        return tuple(sorted(hits, key=lambda contact: contact.date_created))

    async def contacts_by_email(self, email: str, *, user_field_id: str | None) -> tuple[Contact, ...]:
        """The contacts with this address, whatever its letter case, oldest first."""
        rows = await self._search(by_email(_id_value(email), user_field_id))
        contacts = [_shaped(read_contact, row) for row in rows]
        hits = [contact for contact in contacts if has_email(contact, email)]
        return tuple(sorted(hits, key=lambda contact: contact.date_created))

    async def _search(self, body: JsonObject) -> list[JsonObject]:
        rows: list[JsonObject] = []
        cursor: str | None = None
        for _ in range(MOST_ROWS // PAGE_ROWS):
            page_body = body if cursor is None else {**body, "cursor": cursor}
            answer = await self._call("POST", "data/search", body=page_body)
            page, cursor = _shaped(read_search_page, answer)
            rows += page
            if cursor is None:
                break
        return rows

    async def _call(
        self,
        method: str,
        resource: str,
        record_id: str = "",
        *,
        query: JsonObject | None = None,
        body: JsonObject | None = None,
    ) -> JsonValue:
        # Without the slash at the end Close redirects.
        path = f"{resource}/{record_id}/" if record_id else f"{resource}/"
        call = _Call(method, resource, f"{path}?{urlencode(query)}" if query else path, body)
        try:
            return await self._paced(call)
        except CloseError as error:
            if error.kind is not FailureKind.KEY_REFUSED or resource == "me":
                raise
            raise await self._judge_refused_key(error) from error

    async def _judge_refused_key(self, refused: CloseError) -> CloseError:
        """Close may answer a missing permission like a dead key: see whether the key opens anything."""
        try:
            await self._paced(_Call("GET", "me", "me/?_fields=id", None))
        except CloseError as check:
            return refused if check.kind is FailureKind.KEY_REFUSED else key_unchecked(refused, check)
        return forbidden_despite_key(refused)

    async def _paced(self, call: _Call) -> JsonValue:
        """Send when it is the group's turn, again after each 429 while the wait is bearable."""
        content = None if call.body is None else _encoded(call.body, call.name)
        waited, network_s, retries = 0.0, 0.0, 0
        while True:
            waited += await self._await_turn(call, self._max_rate_wait_s - waited)
            started = self._clock()
            try:
                return await self._attempt(call, content, self._total_deadline_s - network_s)
            except CloseError as error:
                if error.kind is not FailureKind.RATE_LIMITED or retries == _MOST_RETRIES:
                    raise
            network_s += self._clock() - started
            retries += 1

    async def _await_turn(self, call: _Call, longest_s: float) -> float:
        """Wait for the group's turn; returns the seconds waited."""
        waited = 0.0
        while True:
            wait = self._limiter.wait_s(call.group)
            if waited + wait > longest_s:
                raise rate_limited(wait, call.name)
            self._limiter.take_turn(call.group)
            if wait > 0:
                await self._sleep(wait)
                waited += wait
            # Another call may have been refused meanwhile.
            if not self._limiter.blocked_s(call.group):
                return waited

    async def _attempt(self, call: _Call, content: bytes | None, deadline_s: float) -> JsonValue:
        started = self._clock()
        answer: _Answer | None = None
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

    async def _exchange(self, call: _Call, content: bytes | None, deadline_s: float) -> _Answer:
        watch = _SendWatch(listens=self._transport_tells)
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
            raise no_answer(
                f"It took longer than {self._total_deadline_s:g} seconds."
                if late
                else "The connection was lost.",
                detail,
            ) from error
        return _Answer(response.status_code, response.headers, body)

    def _judge(self, call: _Call, answer: _Answer) -> JsonValue:
        headers = answer.headers
        if answer.status == 429:
            wait = self._limiter.note_refusal(call.group, headers, self._jitter())
            raise rate_limited(wait, call.name, status=429)
        self._limiter.note_answer(call.group, headers)
        if not 200 <= answer.status < 300:
            pause = retry_wait_s(headers) if answer.status == 503 and "retry-after" in headers else None
            raise refusal(answer.status, self._redacted(answer.body), call.name, retry_after_s=pause)
        if call.method == "DELETE" and not answer.body.strip():
            return {}
        try:
            decoded: JsonValue = json.loads(answer.body)
        except (ValueError, RecursionError):
            detail = f"{call.name}: {self._redacted(answer.body)[:200]!r}"
            raise bad_answer("It is not JSON.", detail, status=answer.status) from None
        return decoded

    def _report(self, call: _Call, answer: _Answer | None, started: float, failure: str) -> None:
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
                answer_head=self._redacted(answer.body)[:ANSWER_HEAD_CHARS] if answer else "",
                trace_id=answer.headers.get("trace-id", "") if answer else "",
                error=failure,
            )
        )

    def _detail(self, call: _Call, error: Exception) -> str:
        return f"{call.name}: {type(error).__name__} {self._redacted(str(error).encode())}".strip()

    def _redacted(self, body: bytes) -> str:
        text = body.decode("utf-8", "replace")
        if self._api_key:
            text = text.replace(self._api_key, "[key]")
        return _SECRET.sub("[secret]", text)


_SECRET = re.compile(r"api_[A-Za-z0-9.]{20,}|\b(?:Basic|Bearer) [A-Za-z0-9+/=._~-]{8,}")


async def _capped_body(response: httpx.Response, call: str) -> bytes:
    parts = bytearray()
    async for part in response.aiter_bytes():
        parts += part
        if len(parts) > _MOST_ANSWER_BYTES:
            raise bad_answer("It is larger than 1 MB.", call, status=response.status_code)
    return bytes(parts)


def _encoded(body: JsonObject, call: str) -> bytes:
    try:
        # Escaped, because events may hold half a surrogate pair, which UTF-8 cannot carry.
        return json.dumps(body, allow_nan=False, separators=(",", ":")).encode("ascii")
    except (ValueError, RecursionError) as error:
        raise not_json(f"{call}: {error}") from None


def _shaped(read: Callable[[JsonValue], _Record], answer: JsonValue) -> _Record:
    try:
        return read(answer)
    except UnexpectedShapeError as error:
        raise bad_answer("It does not hold what Close documents.", str(error), status=200) from None


def _record_id(text: str) -> str:
    if not _RECORD_ID.fullmatch(text):
        raise not_an_id(text)
    return text


def _id_value(text: str) -> str:
    if not text.strip():
        raise ValueError("an empty ID or address would match anything")
    return text


def _user_agent() -> str:
    try:
        return f"SegmentCloseAssistant/{version('segment-close-assistant')}"
    except PackageNotFoundError:
        return "SegmentCloseAssistant"
