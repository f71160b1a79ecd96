"""From a decoded request to a reply: key, rate limit, body, handler."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.close.sandbox.account import Member
from app.close.sandbox.api import routes
from app.close.sandbox.api.answers import Refusal, Reply, error, field_error, json_reply
from app.close.sandbox.api.request import Exchange
from app.close.sandbox.conversions import advance_conversions
from app.close.sandbox.entities import Json
from app.close.sandbox.merging import advance_merges
from app.close.sandbox.rate_limits import Allowance, RateLimiter
from app.close.sandbox.search.cursors import Cursors
from app.close.sandbox.store import Store
from app.close.sandbox.switches import Switches

_UNKNOWN_PATH = (
    "The requested URL was not found on the server. If you entered the URL manually please check your "
    "spelling and try again."
)
_NOT_JSON = "Please send valid JSON with a 'Content-Type: application/json' header."
_OVERRIDE = "x-http-method-override"


@dataclass(frozen=True, slots=True)
class RawRequest:
    """``path`` is below ``/api/v1``; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)  # holds the key
    body: bytes = b""

    @property
    def effective_method(self) -> str:
        """A ``POST`` may stand for a ``GET`` whose filters are too long for a URL."""
        override = self.headers.get(_OVERRIDE, "").upper()
        return "GET" if self.method == "POST" and override == "GET" else self.method

    @property
    def api_key(self) -> str | None:
        """The user name of Basic authentication, when the password is empty."""
        scheme, _, encoded = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            name, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return name if colon and not password else None

    def json_body(self) -> Json:
        """What was sent; raises the refusal Close gives for anything but a JSON object."""
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            raise error(400, "Chunked Transfer-Encoding is not supported.")
        if not self.body:
            return {}
        if self.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise error(400, _NOT_JSON)
        try:
            decoded = json.loads(self.body)
        except ValueError:
            raise error(400, "The request contains invalid JSON.") from None
        if not isinstance(decoded, dict):
            raise error(400, "JSON data must be a dict.")
        return decoded


class Answerer:
    """Answers requests on one store, one at a time."""

    def __init__(self, store: Store, switches: Switches, keys: Mapping[str, Member]) -> None:
        self._store = store
        self._switches = switches
        self._keys = keys
        self._limiter = RateLimiter()
        self._cursors = Cursors(store.ids)

    def answer(self, request: RawRequest) -> Reply:
        match = routes.find(request.effective_method, request.path)
        if match is None:
            return self._off_the_map(request)
        key = request.api_key
        member = self._keys.get(key) if key is not None else None
        if key is None or member is None:
            return json_reply({"error": "Unauthorized"}, 401)
        allowance = self._limiter.take(
            key, match.group, self._store.clock.now(), self._switches.limits, self._switches.rate_window
        )
        if not allowance.allowed:
            return self.too_many(allowance)
        with self._store.changing():
            advance_merges(self._store)
            advance_conversions(self._store)
            try:
                reply = json_reply(self._handled(match, request, member))
            except Refusal as refused:
                reply = json_reply(refused.body, refused.status)
        reply.headers.update(self._ordinary_headers(allowance))
        return reply

    def too_many(self, allowance: Allowance) -> Reply:
        """429, in the shape the switches ask for."""
        kind = self._switches.headers_429
        headers = {
            "new": {**allowance.new_headers(), **allowance.retry_after()},
            "old": allowance.old_headers(),
            "retry_after": allowance.retry_after(),
            "none": {},
        }[kind]
        if self._switches.body_429 == "html":
            page = b"<html><head><title>429 Too Many Requests</title></head><body></body></html>"
            return Reply(429, page, "text/html", headers)
        if self._switches.body_429 == "empty":
            return Reply(429, b"", "text/plain", headers)
        text = "API call count exceeded for this period"
        body: Json = {"error": text}
        if self._switches.body_429 == "old_object":
            body["error"] = {
                "message": text,
                "rate_limit": allowance.limit,
                "rate_reset": allowance.reset_s,
                "rate_window": 8,
                "rate_limit_type": "key",
                "rate_endpoint_group": allowance.group,
            }
        reply = json_reply(body, 429)
        reply.headers.update(headers)
        return reply

    def _handled(self, match: routes.Match, request: RawRequest, member: Member) -> Json:
        if match.handler is None:
            raise error(405, "The method is not allowed for the requested URL.")
        method = request.effective_method
        body = request.json_body() if request.method in ("POST", "PUT") else {}
        params: Mapping[str, Any] = request.query
        if method != request.method:
            sent = body.get("_params", {})
            if not isinstance(sent, dict):
                raise field_error("_params", "Input should be a valid dictionary")
            params = {**params, **sent}
        return match.handler(
            Exchange(
                store=self._store,
                switches=self._switches,
                cursors=self._cursors,
                member=member,
                method=method,
                ids=match.ids,
                params=params,
                body=body,
                request_id=self._store.ids.new_short("req"),
                tz_offset_h=_tz_offset(request.headers.get("x-tz-offset", "0")),
            )
        )

    def _off_the_map(self, request: RawRequest) -> Reply:
        """A path without its last slash is redirected; anything else is unknown."""
        known = not request.path.endswith("/") and routes.find(request.method, request.path + "/")
        if not known or self._switches.slash_redirect == "404":
            return json_reply({"error": _UNKNOWN_PATH}, 404)
        location = f"/api/v1{request.path}/"
        return Reply(int(self._switches.slash_redirect), b"", "text/html", {"Location": location})

    def _ordinary_headers(self, allowance: Allowance) -> dict[str, str]:
        return {
            "none": {},
            "old": allowance.old_headers(),
            "new": allowance.new_headers(),
        }[self._switches.rate_headers]


def _tz_offset(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        raise field_error("x-tz-offset", "Input should be a valid number") from None
    if not -24 < hours < 24:
        raise field_error("x-tz-offset", "Input should be a number of hours")
    return hours
