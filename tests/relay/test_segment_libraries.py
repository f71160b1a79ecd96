"""Segment's real libraries post to the relay. Skipped, with the reason, where they cannot be had."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from app.relay.event_records import EventFilter
from app.relay.intake import SourceRules
from app.storage.relay_credentials import WriteKey
from tests.conditions import until
from tests.relay.segment_libraries import browser, node_libraries, python_library
from tests.relay.test_server import Listener, listening

KEY = "wk-website-0001"
TYPES = ["identify", "track", "page", "screen", "group", "alias"]

PYTHON = """
import sys
from segment import analytics
analytics.write_key, analytics.host, analytics.gzip = sys.argv[1], sys.argv[2], sys.argv[3] == "gzip"
analytics.on_error = lambda error, items: sys.exit(f"refused: {error}")
analytics.identify("u-1", {"email": "ines@fenwick.example"})
analytics.track("u-1", "Signed Up", {"plan": "team"})
analytics.page("u-1", "Docs", "Start")
analytics.screen("u-1", "Home", "Main")
analytics.group("u-1", "co-1", {"name": "Fenwick Mills"})
analytics.alias("a-1", "u-1")
analytics.shutdown()
"""

NODE = """
const { Analytics } = require(process.argv[1] + '/node_modules/@segment/analytics-node');
const analytics = new Analytics({ writeKey: process.argv[2], host: process.argv[3] });
analytics.on('error', (error) => { console.error(error); process.exit(1); });
analytics.identify({ userId: 'u-1', traits: { email: 'ines@fenwick.example' } });
analytics.track({ userId: 'u-1', event: 'Signed Up', properties: { plan: 'team' } });
analytics.page({ userId: 'u-1', category: 'Docs', name: 'Start' });
analytics.screen({ userId: 'u-1', category: 'Main', name: 'Home' });
analytics.group({ userId: 'u-1', groupId: 'co-1', traits: { name: 'Fenwick Mills' } });
analytics.alias({ userId: 'u-1', previousId: 'a-1' });
analytics.closeAndFlush();
"""

PAGE = """<!doctype html><title>Test page</title><script src="/umd/index.js"></script><script>
const settings = { integrations: { 'Segment.io': { apiKey: KEY, unbundledIntegrations: [] } }, plan: {} };
const options = { 'Segment.io': { apiHost: HOST + '/v1', protocol: 'http' } };
const analytics = AnalyticsNext.AnalyticsBrowser.load(
  { writeKey: KEY, cdnURL: location.origin, cdnSettings: settings }, { integrations: options });
analytics.identify('u-1', { email: 'ines@fenwick.example' });
analytics.track('Signed Up', { plan: 'team' });
analytics.page('Docs', 'Start');
analytics.screen('Main', 'Home');
analytics.group('co-1', { name: 'Fenwick Mills' });
analytics.alias('u-1', 'a-1');
</script>"""


@pytest.fixture
async def listener(tmp_path: Path) -> AsyncIterator[Listener]:
    async with listening(tmp_path) as running:
        allow(running)
        yield running


def allow(listener: Listener, *origins: str) -> None:
    sources = SourceRules((WriteKey("Website", KEY),), frozenset(origins))
    listener.server.rules = replace(listener.server.rules, sources=sources)


def stored(listener: Listener) -> list[dict[str, Any]]:
    rows = listener.reader.page(EventFilter())
    details = [listener.reader.detail(row.id) for row in reversed(rows)]
    return [json.loads(detail.raw) for detail in details if detail]


async def run(command: Sequence[str], **environment: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, env=os.environ | environment, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()


def check_all_six_arrived(listener: Listener, library: str) -> None:
    events = {event["type"]: event for event in stored(listener)}
    assert sorted(events) == sorted(TYPES)
    assert events["identify"]["traits"] == {"email": "ines@fenwick.example"}
    assert events["track"]["event"] == "Signed Up"
    assert events["alias"]["previousId"] == "a-1"
    assert all(library in event["context"]["library"]["name"] for event in events.values())
    assert all(event["receivedAt"].endswith("Z") for event in events.values())
    assert KEY not in json.dumps(list(events.values()))
    assert listener.server.refused == 0


@pytest.mark.parametrize("packing", ["plain", "gzip"])
async def test_analytics_python(listener: Listener, packing: str) -> None:
    folder = python_library()
    command = (sys.executable, "-c", PYTHON, KEY, f"http://127.0.0.1:{listener.port}", packing)
    await run(command, PYTHONPATH=str(folder), PYTHONWARNINGS="ignore")
    check_all_six_arrived(listener, "analytics-python")


async def test_analytics_node(listener: Listener) -> None:
    folder = node_libraries()
    await run(("node", "-e", NODE, str(folder), KEY, f"http://127.0.0.1:{listener.port}"))
    check_all_six_arrived(listener, "analytics-node")


@asynccontextmanager
async def web_page(listener: Listener, scripts: Path) -> AsyncIterator[str]:
    """A page that uses analytics.js, on another port than the relay; gives its origin."""
    text = PAGE.replace("KEY", json.dumps(KEY)).replace("HOST", json.dumps(f"127.0.0.1:{listener.port}"))

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="text/html")

    application = web.Application()
    application.router.add_get("/", answer)
    application.router.add_static("/umd", scripts)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def browsing(url: str, folder: Path) -> AsyncIterator[None]:
    options = (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        f"--user-data-dir={folder}",
    )
    process = await asyncio.create_subprocess_exec(
        browser(),
        *options,
        "--remote-debugging-port=0",
        url,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


async def test_analytics_js_in_a_browser(listener: Listener, tmp_path: Path) -> None:
    scripts = node_libraries() / "node_modules" / "@segment" / "analytics-next" / "dist" / "umd"
    browser()
    async with web_page(listener, scripts) as origin:
        allow(listener, origin)
        async with browsing(origin, tmp_path / "browser"):
            await until(lambda: len(stored(listener)) >= len(TYPES), within_s=60)
    check_all_six_arrived(listener, "analytics.js")


async def test_analytics_js_on_a_page_that_is_not_listed_reaches_nothing(
    listener: Listener, tmp_path: Path
) -> None:
    scripts = node_libraries() / "node_modules" / "@segment" / "analytics-next" / "dist" / "umd"
    browser()
    async with (
        web_page(listener, scripts) as origin,
        browsing(origin, tmp_path / "browser"),
    ):
        await until(lambda: listener.server.refused >= len(TYPES), within_s=60)
    assert stored(listener) == []
