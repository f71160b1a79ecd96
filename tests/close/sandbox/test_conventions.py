"""What holds for every endpoint: paths, bodies, pages, trimming, headers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from app.close.sandbox.calls import Call, CallLog
from tests.close.sandbox.conftest import Caller


@pytest.mark.parametrize(("switch", "status"), [("301", 301), ("308", 308), ("404", 404)])
async def test_a_path_without_its_slash_is_never_served(close: Caller, switch, status) -> None:
    close.switches.slash_redirect = switch
    answer = await close.send("GET", "me")
    assert answer.status_code == status
    if status != 404:
        assert answer.headers["location"] == "/api/v1/me/"


async def test_unknown_paths_and_methods(close: Caller) -> None:
    unknown = await close.refused("GET", "nothing/", status=404)
    assert unknown["error"].startswith("The requested URL was not found on the server.")
    await close.refused("GET", "custom_field/task/", status=404)
    await close.refused("DELETE", "me/", status=405)
    outside = await close.http.get(str(close.http.base_url).replace("/api/v1/", "/elsewhere/"))
    assert outside.status_code == 404


async def test_an_unknown_id_is_one_string(close: Caller) -> None:
    for path in ("lead/lead_x/", "contact/cont_x/", "custom_field/lead/cf_x/", "activity/note/acti_x/"):
        assert (await close.refused("GET", path, status=404))["error"].startswith("Empty query:")


@pytest.mark.parametrize(
    ("content", "content_type", "words"),
    [
        (b"{", "application/json", "The request contains invalid JSON."),
        (b"[]", "application/json", "JSON data must be a dict."),
        (b"{}", "text/plain", "Please send valid JSON with a 'Content-Type: application/json' header."),
    ],
)
async def test_a_body_that_is_not_a_json_object(close: Caller, content, content_type, words) -> None:
    answer = await close.send("POST", "lead/", content=content, headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()) == (400, {"error": words})


async def test_a_chunked_body_is_refused(close: Caller) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"name": "X"}'

    answer = await close.send("POST", "lead/", content=chunks(), headers={"Content-Type": "application/json"})
    assert answer.json() == {"error": "Chunked Transfer-Encoding is not supported."}
    assert len(close.sandbox.store.leads) == 0


async def test_a_charset_may_follow_the_content_type(close: Caller) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert (await close.send("POST", "lead/", content=b"{}", headers=headers)).status_code == 200


async def test_a_get_may_be_sent_as_a_post_with_params(close: Caller) -> None:
    first, _, third = [await close.lead(name=name) for name in "ABC"]
    override = {"x-http-method-override": "GET"}
    params = {"id__in": f"{first['id']},{third['id']}", "_fields": ["name"]}
    answer = await close.send("POST", "lead/", {"_params": params}, headers=override)
    assert answer.json()["data"] == [{"name": "A"}, {"name": "C"}]
    assert close.sandbox.calls[-1].method == "GET"
    assert len(close.sandbox.store.leads) == 3
    wrong = await close.send("POST", "lead/", {"_params": []}, headers=override)
    assert wrong.status_code == 400


async def test_pages_are_walked_with_skip(close: Caller) -> None:
    for name in "ABCDE":
        await close.lead(name=name)
    first = await close.get("lead/", _limit=2, _fields="name")
    last = await close.get("lead/", _limit=2, _skip=4, _fields="name")
    assert first == {"has_more": True, "data": [{"name": "A"}, {"name": "B"}], "total_results": 5}
    assert last == {"has_more": False, "data": [{"name": "E"}], "total_results": 5}
    assert (await close.get("lead/", _limit=5))["has_more"] is False


async def test_a_page_has_100_rows_unless_told(close: Caller) -> None:
    for _ in range(101):
        close.sandbox.person.add_lead({"name": "L"})
    page = await close.get("lead/", _fields="id")
    assert (len(page["data"]), page["has_more"]) == (100, True)
    assert len((await close.get("lead/", _fields="id", _limit=200))["data"]) == 101


async def test_limit_and_skip_have_ceilings(close: Caller) -> None:
    refusal = await close.refused("GET", "lead/?_limit=201")
    assert refusal == {
        "errors": [],
        "field-errors": {"_limit": "Input should be less than or equal to 200"},
    }
    assert "max_skip = 35000" in (await close.refused("GET", "lead/?_skip=35001"))["error"]
    assert "max_skip = 250000" in (await close.refused("GET", "contact/?_skip=250001"))["error"]
    await close.get("lead/", _skip=35000)
    assert "_limit" in (await close.refused("GET", "lead/?_limit=many"))["field-errors"]
    assert "_skip" in (await close.refused("GET", "lead/?_skip=-1"))["field-errors"]


async def test_fields_trims_answers(close: Caller) -> None:
    key = await close.field("lead", "Company ID")
    other = await close.field("lead", "Other")
    lead = await close.lead(**{key: "co_1", other: "x"})
    path = f"lead/{lead['id']}/"
    assert await close.get(path, _fields="id,name") == {"id": lead["id"], "name": "Acme"}
    assert await close.get(path, _fields=key) == {key: "co_1"}
    assert await close.get(path, _fields="custom") == {
        "custom": {"Company ID": "co_1", "Other": "x"},
        key: "co_1",
        other: "x",
    }


async def test_every_answer_has_a_trace_id(close: Caller) -> None:
    first, second = [await close.send("GET", "me/") for _ in range(2)]
    assert int(first.headers["trace-id"], 16)
    assert first.headers["trace-id"] != second.headers["trace-id"]
    assert first.headers["server"] == "envoy"
    assert first.headers["content-type"].startswith("application/json")


async def test_calls_are_recorded_without_the_key(close: Caller) -> None:
    await close.lead(name="Recorded")
    await close.get("lead/", _limit=1)
    await close.send("GET", "lead/none/")
    posted, listed, missing = close.sandbox.calls
    assert (posted.method, posted.path, posted.status, posted.group) == ("POST", "/lead/", 200, "POST lead")
    assert posted.request == {"name": "Recorded"}
    assert posted.at == close.clock.now()
    assert (listed.request, listed.query) == (None, {"_limit": "1"})
    assert missing.status == 404
    assert close.sandbox.calls.matching("GET", "/lead/*") == [listed, missing]
    assert close.sandbox.api_key not in repr(list(close.sandbox.calls))
    close.sandbox.calls.clear()
    assert len(close.sandbox.calls) == 0


async def test_the_two_dialects_of_validation_errors(close: Caller) -> None:
    body = {"lead_id": (await close.lead())["id"], "emails": [{"email": "nope"}]}
    old = await close.refused("POST", "contact/", body)
    assert old == {
        "errors": [],
        "field-errors": {
            "emails": {"errors": {"0": {"errors": [], "field-errors": {"email": "Invalid email address."}}}}
        },
    }
    close.switches.error_dialect = "pydantic"
    new = await close.refused("POST", "contact/", body)
    message = new["field-errors"]["emails"]["field-errors"]["0"]["field-errors"]["email"]
    assert message.startswith("value is not a valid email address")


async def test_an_unreadable_time_zone_offset_is_refused(close: Caller) -> None:
    for value in ("here", "99"):
        answer = await close.send("GET", "me/", headers={"x-tz-offset": value})
        assert answer.status_code == 400
    assert (await close.send("GET", "me/", headers={"x-tz-offset": "-2.5"})).status_code == 200


def test_the_calls_record_is_bounded() -> None:
    log = CallLog(kept=2)
    for path in ("/a/", "/b/", "/c/"):
        log.append(Call("GET", path, 200, "GET x", datetime.now(UTC)))
    assert [call.path for call in log] == ["/b/", "/c/"]
    assert [call.path for call in log[:1]] == ["/b/"]


async def test_the_server_is_reached_by_loopback_only(close: Caller) -> None:
    assert httpx.URL(close.http.base_url).host == "127.0.0.1"
