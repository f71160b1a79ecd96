"""From the first start to delivered events, through the real window with the sandbox as Close."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QTableView

from app.assembly import Assistant
from app.segment.signature import sign
from app.ui.assistant_window import AssistantWindow
from app.ui.theme.theme import Theme
from app.ui.unexpected import UnexpectedErrors
from app.workflows.demo import DemoSession
from app.workflows.samples import built_in_samples
from tests.conditions import until
from tests.end_to_end.person import Person
from tests.ui.qt_loop import run_in_qt
from tests.ui.rendering import make_theme

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

NAME = "default"


@pytest.fixture(scope="module")
def theme(qapp: QApplication) -> Theme:
    return make_theme(qapp)


@pytest.fixture
def demo() -> Iterator[DemoSession]:
    with DemoSession() as session:
        yield session


@pytest.fixture
def assistant(demo: DemoSession) -> Assistant:
    """A profile that exists only to name a free port: 8787 may be taken on this machine."""
    assistant = Assistant.for_demo(demo)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    profile = assistant.profiles.new(NAME)
    assistant.profiles.save(replace(profile, relay=replace(profile.relay, port=port)))
    return assistant


async def to_first_event(person: Person, demo: DemoSession, *, key: str = "") -> None:
    """From the first page of the guide to the test event in Close; ``key`` is pasted over the demo's own."""
    await person.goes_on("Start a new setup")
    await person.is_on("connect")
    if key:
        await person.pastes("Close API key", key)
    await person.goes_on("Check key")
    await person.goes_on("Continue with")
    await person.is_on("fields")
    await person.goes_on("Create")
    await person.goes_on("Use")
    await person.is_on("sample")
    await person.goes_on("Use")
    await person.is_on("mapping")
    await person.goes_on("Choose when it runs")
    await person.is_on("when")
    await person.goes_on("Use")
    await person.is_on("test")
    await person.goes_on("Dry run")
    before = records(demo)
    await person.clicks("Send to Close")
    await person.clicks(f"Send to {organization(demo)}", on_page=True)
    await until(lambda: records(demo) != before, what="the test event in Close")


async def set_up(person: Person, demo: DemoSession) -> None:
    """Every page of the guide, in order."""
    await to_first_event(person, demo, key=demo.api_key)
    await person.goes_on("Go to last step")
    await person.is_on("go-live")
    off = await person.finds(QCheckBox, "I have turned off")
    await person.presses(off, Qt.Key.Key_Space)
    await person.clicks("Go live for")
    await person.clicks("Go live for", on_page=True)
    await person.goes_on("Open the workbench")
    await person.is_on("relay")


def organization(demo: DemoSession) -> str:
    return demo.sandbox.store.account.organization.name


def records(demo: DemoSession) -> str:
    """Every lead and contact in Close, for telling whether anything has changed."""
    store = demo.sandbox.store
    with store.lock:
        return repr((sorted(store.leads.items()), sorted(store.contacts.items())))


def listed(person: Person) -> list[tuple[str, str, str]]:
    """Type, title and outcome of the rows on the events page."""
    table = person.sees(QTableView, "Events")
    if table is None:
        return []
    model = table.model()
    return [
        tuple(model.index(row, column).data() for column in (1, 2, 3))  # type: ignore[misc]
        for row in range(model.rowCount())
    ]


async def post(url: str, secret: str, *events: dict[str, Any]) -> int:
    """As Segment sends them: one as an object, several as an array signed over its first."""
    texts = [json.dumps(event, separators=(",", ":")) for event in events]
    body = texts[0] if len(texts) == 1 else f"[{','.join(texts)}]"
    headers = {"Content-Type": "application/json", "X-Signature": sign(secret, texts[0].encode())}
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(url, content=body.encode(), headers=headers)
    return answer.status_code


def identify(number: int) -> dict[str, Any]:
    body = dict(built_in_samples()[0].body)
    traits = {**body["traits"], "email": f"person{number}@window.example", "name": f"Person {number}"}  # type: ignore[dict-item]
    return {**body, "messageId": f"window-{number}", "userId": f"window-{number}", "traits": traits}


def emails(demo: DemoSession) -> set[str]:
    store = demo.sandbox.store
    with store.lock:
        return {entry.email for contact in store.contacts.values() for entry in contact.emails}


def test_set_up_to_delivered_events_with_keyboard_and_mouse(
    qapp: QApplication, theme: Theme, demo: DemoSession, assistant: Assistant
) -> None:
    unexpected = UnexpectedErrors()
    errors: list[object] = []
    unexpected.happened.connect(errors.append)

    async def scenario() -> None:
        window = AssistantWindow(theme, assistant, NAME, unexpected, demo=demo)
        window.open()
        person = Person(window.frame)
        try:
            await set_up(person, demo)
            profile = assistant.load_profile(NAME)
            assert profile.live_confirmed_for == profile.organization.id  # type: ignore[union-attr]
            url = (await person.finds(QLineEdit, "Webhook URL for Segment")).text()
            secret = assistant.secrets.shared_secret(profile)
            assert secret is not None
            assert await post(url, secret, identify(1)) == 200
            assert await post(url, secret, identify(2), identify(3)) == 200
            await person.clicks("Events")
            await until(
                lambda: [row for row in listed(person) if row[2] == "Delivered"][2:],
                what=f"three delivered events, not {listed(person)}",
            )
            wanted = {f"person{number}@window.example" for number in (1, 2, 3)}
            await until(lambda: wanted <= emails(demo), what="the contacts in Close")
            assert await post(url, "another secret", identify(4)) == 401
            assert len(listed(person)) == 3
        finally:
            ended = asyncio.Event()
            window.closed.connect(ended.set)
            window.frame.close()
            await asyncio.wait_for(ended.wait(), 15)

    run_in_qt(qapp, scenario())
    assert errors == []
