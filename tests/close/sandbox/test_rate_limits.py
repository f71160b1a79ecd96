"""Limits per endpoint group, and how a refusal looks."""

from __future__ import annotations

import re

import pytest

from app.close.sandbox.switches import RECORDED_LIMITS
from tests.close.sandbox.conftest import Caller
from tests.close.sandbox.queries import objects

SEARCH = {"query": objects("lead")}


async def calls_until_refused(close: Caller, most: int, **options) -> int:
    """How many searches are answered before the first 429."""
    for number in range(most):
        if (await close.send("POST", "data/search/", SEARCH, **options)).status_code == 429:
            return number
    return most


async def test_without_limits_nobody_is_refused(close: Caller) -> None:
    assert await calls_until_refused(close, 40) == 40


async def test_the_recorded_limits_hold_per_group(close: Caller) -> None:
    close.switches.limits = RECORDED_LIMITS
    assert await calls_until_refused(close, 40) == 16
    assert (await close.send("GET", "me/")).status_code == 200
    assert close.sandbox.calls[-2].status == 429
    assert close.sandbox.calls[-2].group == "POST search"


@pytest.mark.parametrize(("method", "allowed"), [("DELETE", 80), ("PUT", 240)])
async def test_deletes_of_leads_have_a_tighter_limit(close: Caller, method, allowed) -> None:
    close.switches.limits = RECORDED_LIMITS
    statuses = [(await close.send(method, "lead/lead_none/", {})).status_code for _ in range(allowed + 1)]
    assert statuses == [404] * allowed + [429]


async def test_fixed_windows_of_eight_seconds(close: Caller) -> None:
    close.switches.limits = {"POST search": 4}
    assert await calls_until_refused(close, 2) == 2
    close.clock.advance(7)
    assert await calls_until_refused(close, 9) == 2
    close.clock.advance(1)
    assert await calls_until_refused(close, 9) == 4


async def test_sliding_windows(close: Caller) -> None:
    close.switches.limits = {"POST search": 4}
    close.switches.rate_window = "sliding"
    assert await calls_until_refused(close, 2) == 2
    close.clock.advance(7)
    assert await calls_until_refused(close, 9) == 2
    close.clock.advance(1)
    assert await calls_until_refused(close, 9) == 2  # only the first two have left the window


async def test_keys_have_their_own_limits_and_share_three_times_as_much(close: Caller) -> None:
    close.switches.limits = {"POST search": 2}
    assert await calls_until_refused(close, 9) == 2
    for expected in (2, 2, 0):
        key = close.sandbox.add_key()
        assert await calls_until_refused(close, 9, auth=(key, "")) == expected


async def test_a_bad_key_uses_nothing_up(close: Caller) -> None:
    close.switches.limits = {"POST search": 2}
    for _ in range(5):
        await close.send("POST", "data/search/", SEARCH, auth=("wrong", ""))
    assert await calls_until_refused(close, 9) == 2


async def refused_search(close: Caller):
    close.switches.limits = {"POST search": 1}
    await close.send("POST", "data/search/", SEARCH)
    close.clock.advance(0.5)
    answer = await close.send("POST", "data/search/", SEARCH)
    assert answer.status_code == 429
    return answer


async def test_new_headers_on_429(close: Caller) -> None:
    headers = (await refused_search(close)).headers
    assert headers["ratelimit"] == "limit=1, remaining=0, reset=7.5"
    assert headers["retry-after"] == "8"


async def test_old_headers_on_429(close: Caller) -> None:
    close.switches.headers_429 = "old"
    headers = (await refused_search(close)).headers
    assert headers["x-rate-limit-limit"] == "1"
    assert headers["x-rate-limit-remaining"] == "0"
    assert headers["x-rate-limit-reset"] == "7.5"
    assert "retry-after" not in headers
    assert "ratelimit" not in headers


async def test_retry_after_only_or_nothing_on_429(close: Caller) -> None:
    close.switches.headers_429 = "retry_after"
    headers = (await refused_search(close)).headers
    assert (headers["retry-after"], "ratelimit" in headers) == ("8", False)
    close.switches.headers_429 = "none"
    headers = (await close.send("POST", "data/search/", SEARCH)).headers
    assert not {"retry-after", "ratelimit", "x-rate-limit-reset"} & set(headers)


async def test_bodies_of_429(close: Caller) -> None:
    answer = await refused_search(close)
    assert answer.json() == {"error": "API call count exceeded for this period"}
    close.switches.body_429 = "old_object"
    error = (await close.send("POST", "data/search/", SEARCH)).json()["error"]
    assert (error["rate_limit"], error["rate_window"], error["rate_limit_type"]) == (1, 8, "key")
    assert error["rate_reset"] == pytest.approx(7.5)
    close.switches.body_429 = "empty"
    assert (await close.send("POST", "data/search/", SEARCH)).content == b""
    close.switches.body_429 = "html"
    page = await close.send("POST", "data/search/", SEARCH)
    assert page.headers["content-type"].startswith("text/html")
    assert page.text.startswith("<html>")


async def test_headers_on_ordinary_answers(close: Caller) -> None:
    plain = (await close.send("GET", "me/")).headers
    assert not {"ratelimit", "x-rate-limit-limit"} & set(plain)
    close.switches.rate_headers = "new"
    new = (await close.send("GET", "me/")).headers["ratelimit"]
    assert re.fullmatch(r"limit=240, remaining=238, reset=[\d.]+", new)
    close.switches.rate_headers = "old"
    old = (await close.send("POST", "data/search/", SEARCH)).headers
    assert (old["x-rate-limit-limit"], old["x-rate-limit-remaining"]) == ("16", "15")
