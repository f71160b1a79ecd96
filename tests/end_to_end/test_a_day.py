"""A day with the program as a person has it: a real X session, mouse, keys, and what is read out."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.relay.delivery import OPEN_STATES
from app.relay.event_records import EventFilter
from app.relay.inbox_reader import InboxReader
from app.segment.signature import sign
from tests.conditions import until_blocking
from tests.end_to_end.programs import ROOT, compact
from tests.end_to_end.screen_person import BUTTONS, FIELDS, ScreenPerson, unnamed
from tests.end_to_end.x_session import XSession

pytestmark = pytest.mark.real_component(
    "xvfb", "xdotool", "openbox", "dbus", "gnome-keyring", "at-spi2-core", "gir1.2-atspi-2.0", "python3-gi"
)

EVENTS = 2_000
PEOPLE = 8
EACH = 10
"""Of so many events one identifies somebody."""

WANTED = 7
OF_ONE = EVENTS // EACH // PEOPLE
BATCH = 50
ORGANIZATION = "Acme Inc."
PLACES = {
    "Relay": "Relay: Listening",
    "Events": "Waiting for the first event",
    "Mappings": "Add mapping",
    "Test": "Dry run",
    "Replay": "Earlier replays",
    "Metrics": "Time: 24 h",
    "Connect Segment": "Straight to Close",
    "Settings": "Diagnostics",
}
"""The places of the workbench, and what shows in each of them only."""


@dataclass(frozen=True)
class Close:
    """The sandbox in a process of its own, asked over its API like the real one."""

    url: str
    api_key: str

    def contact(self, email: str) -> dict[str, Any] | None:
        with httpx.Client(auth=(self.api_key, ""), trust_env=False) as client:
            found = client.get(f"{self.url}contact/", params={"_limit": 200}).json()["data"]
        return next((one for one in found if any(each["email"] == email for each in one["emails"])), None)

    def retitle(self, email: str, title: str) -> None:
        """What a salesperson does in Close meanwhile."""
        contact = self.contact(email)
        assert contact is not None
        answer = httpx.put(
            f"{self.url}contact/{contact['id']}/",
            json={"title": title},
            auth=(self.api_key, ""),
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text

    def title_of(self, email: str) -> str:
        contact = self.contact(email)
        return str(contact["title"]) if contact else ""


@pytest.fixture
def session() -> Iterator[XSession]:
    folder = Path(tempfile.mkdtemp(prefix="day-"))
    try:
        with XSession(folder) as running:
            yield running
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def close(session: XSession) -> Iterator[Close]:
    command = [sys.executable, str(ROOT / "main.py"), "sandbox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=session.environment) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield Close(ready["url"], ready["api_key"])
        process.terminate()


class Day:
    """The program on one profile folder, opened as often as wanted."""

    def __init__(self, session: XSession, close: Close, folder: Path) -> None:
        self.session = session
        self.options = ["--profile-dir", str(folder / "profiles"), "--close-url", close.url]
        self.folder = folder
        self.output = folder / "output.txt"

    @contextmanager
    def program(self) -> Iterator[ScreenPerson]:
        """The window until the person quits it."""
        with self.output.open("a") as output:
            process = subprocess.Popen(
                [sys.executable, str(ROOT / "main.py"), *self.options],
                env=self.session.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            person = ScreenPerson(self.session, process)
            person.comes_to_the_window()
            yield person
            person.presses("ctrl+q")
            assert process.wait(30) == 0, self.output.read_text()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(10)

    def secret(self) -> str:
        """What a person copies into Segment."""
        done = subprocess.run(
            [
                sys.executable,
                str(ROOT / "main.py"),
                *self.options,
                "secret",
                "show-state",
                "--show-secret",
                "--json",
            ],
            env=self.session.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return str(json.loads(done.stdout)["secret"])

    def waits_for_outcomes(self) -> None:
        """Until every event has one. Not read off the screen: reading it out takes the window's time."""
        reader = InboxReader(self.folder / "profiles" / "default" / "relay.db")
        try:
            until_blocking(
                lambda: not reader.page(EventFilter(states=OPEN_STATES, limit=1)),
                within_s=60,
                what="an outcome of every event",
            )
        finally:
            reader.close()

    def check_names(self, person: ScreenPerson, page: str) -> None:
        """Every control that shows has a name and a role."""
        screen = person.screen()
        assert screen, page
        nameless = [(seen.role, seen.text, seen.place) for seen in unnamed(screen)]
        assert not nameless, f"{page}: {nameless}"


def set_up(person: ScreenPerson, day: Day, close: Close) -> None:
    """The guide from the first page to the workbench, with one edit of the mapping on the way."""
    person.sees("Start a new setup", BUTTONS)
    day.check_names(person, "Start")
    person.goes_on("Start a new setup")
    person.fills("Close API key", close.api_key)
    day.check_names(person, "Connect")
    person.goes_on("Check key")
    person.goes_on("Continue with")
    person.sees("Create", BUTTONS)
    day.check_names(person, "ID fields")
    person.goes_on("Create")
    person.goes_on("Use")
    person.sees("Use these events", BUTTONS)
    day.check_names(person, "Samples")
    person.goes_on("Use these events")
    edit_mapping(person, day)
    person.goes_on("Choose when it runs")
    person.sees("Use", BUTTONS)
    day.check_names(person, "When it runs")
    person.goes_on("Use")
    person.goes_on("Dry run")
    person.sees("Would update contact")
    day.check_names(person, "Test in the guide")
    person.clicks("Send to Close")
    person.clicks(f"Send to {ORGANIZATION}", on_page=True)
    person.goes_on("Go to last step")
    person.clicks("I have turned off")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    person.fills("Port", str(port))
    person.presses("Tab")
    day.check_names(person, "Go live")
    person.clicks("Go live for")
    person.clicks("Go live for", on_page=True)
    person.goes_on("Open the workbench")
    person.sees("Relay: Listening, Live")


def edit_mapping(person: ScreenPerson, day: Day) -> None:
    """Give a field a text, take that back, and have it again."""
    rows = frozenset({"list item"})
    person.clicks("Description, Long text, not mapped", rows)
    person.presses("Return")
    person.types("Signed up")
    person.presses("Return")
    person.sees("Description, Long text, from Signed up", rows)
    day.check_names(person, "Map fields")
    person.presses("ctrl+z")
    person.sees("Description, Long text, not mapped", rows)
    person.presses("ctrl+y")
    person.sees("Description, Long text, from Signed up", rows)


def event(number: int) -> dict[str, Any]:
    """A site at noon: pages, which no mapping wants, and people who identify with the same traits again."""
    who = number // EACH % PEOPLE
    base = {"messageId": f"day-{number}", "userId": f"day_{who}"}
    if number % EACH:
        return {"type": "page", "name": "Pricing", **base}
    traits = {
        "email": email(who),
        "name": f"Day Person {who}",
        "title": f"Title {who}",
        "company": {"id": f"day_co_{who}", "name": f"Day Company {who}"},
    }
    return {"type": "identify", "traits": traits, **base}


def email(who: int) -> str:
    return f"person{who}@day.example"


def burst(url: str, secret: str) -> None:
    """Post every event in batches, each signed over its first, and expect each to be taken."""
    with httpx.Client(trust_env=False, timeout=20) as client:
        for first in range(0, EVENTS, BATCH):
            events = [event(number) for number in range(first, first + BATCH)]
            headers = {"Content-Type": "application/json", "X-Signature": sign(secret, compact(events[0]))}
            assert client.post(url, content=compact(events), headers=headers).status_code == 200


def search(person: ScreenPerson, day: Day) -> None:
    """Find one person's events among all of them."""
    person.clicks("Events")
    person.fills("Filter by name", email(WANTED))
    person.sees(f"{OF_ONE} events match")
    person.sees(f"Day Person {WANTED}", frozenset({"table cell"}))
    day.check_names(person, "Events")


def replay_and_undo(person: ScreenPerson, day: Day, close: Close) -> None:
    """Run one person's events again over what somebody wrote in Close, then take that back."""
    close.retitle(email(WANTED), "Chief of Day")
    person.clicks("Replay")
    person.fills("Contains", email(WANTED))
    person.clicks("Outcome", frozenset({"combo box"}))
    person.presses("Home", "Return")
    person.waits(lambda: combo(person, "Outcome") == "Any", "any outcome")
    person.goes_on("Dry run")
    person.sees("Would update 1 contact. 1 field changes.")
    day.check_names(person, "Replay")
    assert close.title_of(email(WANTED)) == "Chief of Day"
    person.goes_on(f"Run {OF_ONE} events")
    person.clicks(f"Run in {ORGANIZATION}")
    person.sees(f"1 delivered, {OF_ONE - 1} unchanged")
    assert close.title_of(email(WANTED)) == f"Title {WANTED}"
    person.clicks("Undo…")
    person.clicks("Undo replay")
    person.sees("Undone: what still held its values was taken back.")
    assert close.title_of(email(WANTED)) == "Chief of Day"


def combo(person: ScreenPerson, label: str) -> str:
    """What is chosen in a combo box."""
    seen = person.looks(label, frozenset({"combo box"}))
    return seen.name if seen else ""


@pytest.mark.timeout(240)
def test_a_day_from_the_first_set_up_to_the_next_morning(
    session: XSession, close: Close, tmp_path: Path
) -> None:
    day = Day(session, close, tmp_path)
    with day.program() as person:
        set_up(person, day, close)
        for place, shows in PLACES.items():
            person.clicks(place)
            person.sees(shows)
            day.check_names(person, place)
        person.clicks("Relay")
        secret = day.secret()
        burst(person.sees("Webhook URL for Segment", FIELDS).text, secret)
        person.sees(f"Received today: {EVENTS:,}")
        day.waits_for_outcomes()
        search(person, day)
        replay_and_undo(person, day, close)
    with day.program() as person:
        person.sees("Relay: ")
        person.sees(f"Received today: {EVENTS:,}")
        search(person, day)
        person.clicks("Replay")
        person.sees("Undone", frozenset({"table cell"}))
        person.clicks("Mappings")
        person.sees("Create or Update Contact and Lead")
    output = day.output.read_text()
    assert "Traceback" not in output, output
    assert secret not in output
    assert close.api_key not in output
