"""Pictures of the page where events are collected."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.ui.frame.window import FrameWindow
from app.ui.samples.collected_events import CollectedEvents
from app.ui.samples.recorder import Recorder, RecordPhase, RecordState
from app.ui.samples.ways_in import FILE, PASTE, RECORD
from app.ui.setup.sample_page import SamplePage
from app.ui.theme.theme import Theme
from app.workflows.sample_checks import varying_types
from app.workflows.sample_files import FileProgress
from app.workflows.samples import Origin, Sample, collected
from app.workflows.setup import Step
from tests.ui.scenes.registry import scene
from tests.ui.scenes.setup_scenes import _flow, _raise, _shown
from tests.ui.setup.actors import MemoryClose

_NAMES = ("Maria Lopez", "Jonas Weber", "Priya Nair", "Tom Okafor", "Elif Kaya", "Sam Carter", "Ana Ribeiro")
_FIRST = datetime(2026, 3, 9, 9, 58, 12, tzinfo=UTC)


class HandRecorder(Recorder):
    """Shows what it was told."""

    def __init__(self, state: RecordState | None = None) -> None:
        super().__init__()
        self.state = state or RecordState(received=200)
        self.asked: list[str] = []

    def put(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        self.changed.emit()

    def start(self) -> None:
        self.asked.append("start")

    def stop(self) -> None:
        self.asked.append("stop")

    def send_own_event(self) -> None:
        self.asked.append("send")

    def take_received(self) -> None:
        self.asked.append("take")


def people(count: int, origin: Origin = Origin.FILE) -> list[Sample]:
    """Identify and track events of made-up people; the type of ``seats`` varies."""
    samples = []
    for number in range(count):
        name = _NAMES[number % len(_NAMES)]
        first, last = name.split()
        seats: object = "ten" if number % 10 == 0 else number
        traits = {
            "name": name,
            "email": f"{first}.{last}@brightwave.example".casefold(),
            "phone": f"+34 612 555 {number % 1000:03}",
            "seats": seats,
            "company": {"id": "co_2040", "name": "Brightwave Studio", "plan": "business"},
        }
        stamp = (_FIRST - timedelta(minutes=3 * number)).isoformat().replace("+00:00", "Z")
        body: dict[str, Any] = {"messageId": f"m-{number}", "userId": f"usr_{number:04}", "timestamp": stamp}
        if number % 3 == 1:
            body |= {
                "type": "track",
                "event": "Trial Started",
                "properties": {"seats": seats, "plan": "team"},
            }
        else:
            body |= {"type": "identify", "traits": traits, "context": {"ip": "203.0.113.7"}}
        samples.append(collected(body, origin))
    return samples


def _page(theme: Theme, samples: list[Sample] | None = None, recorder: Recorder | None = None) -> SamplePage:
    events = CollectedEvents(None, _raise)
    page = SamplePage(
        theme,
        _flow(MemoryClose(), Step.SAMPLE),
        _raise,
        collection=events,
        recorder=recorder or HandRecorder(),
    )
    page.__dict__["kept"] = (events, recorder)
    if samples:
        events.add(samples)
    return page


def _scene(theme: Theme, page: SamplePage, act: Callable[[SamplePage], Any] = lambda _page: None) -> QWidget:
    def play(_window: FrameWindow) -> None:
        act(page)

    window = _shown(theme, page, Step.SAMPLE, act=play)
    window.toast.hide()
    return window


@scene("33-samples")
def samples_built_in(theme: Theme) -> QWidget:
    return _scene(theme, _page(theme))


@scene("33-samples-own")
def samples_own(theme: Theme) -> QWidget:
    page = _page(theme, people(212))

    def act(_page: SamplePage) -> None:
        own = page.events.collection.own
        for place in (0, 2, 5):
            page.events.star(own[place].number, starred=True)
        page._look_at(page.events.collection.own[2])
        page.view.set_varying(varying_types(one.body for one in page.events.in_use))

    return _scene(theme, page, act)


@scene("33-samples-masked", large_text=False)
def samples_masked(theme: Theme) -> QWidget:
    page = _page(theme, people(212))

    def act(_page: SamplePage) -> None:
        page.view.mask_switch.setChecked(True)
        page._look_at(page.events.collection.own[2])

    return _scene(theme, page, act)


@scene("33-samples-raw", size=(880, 600), large_text=False)
def samples_raw(theme: Theme) -> QWidget:
    return _scene(theme, _page(theme), lambda page: page.view.form.button("raw").click())


@scene("33-samples-paste")
def samples_paste(theme: Theme) -> QWidget:
    return _scene(theme, _page(theme), lambda page: page.pane.ways.choose(PASTE))


@scene("33-samples-error")
def samples_error(theme: Theme) -> QWidget:
    page = _page(theme)
    return _scene(
        theme, page, lambda page: page.pane.read_text('{\n  "type": "identify",\n  "userId": u_42\n}')
    )


@scene("33-samples-error-small", size=(880, 600), large_text=False)
def samples_error_small(theme: Theme) -> QWidget:
    page = _page(theme)
    return _scene(
        theme, page, lambda page: page.pane.read_text('{\n  "type": "identify",\n  "userId": u_42\n}')
    )


@scene("33-samples-some-refused", large_text=False)
def samples_some_refused(theme: Theme) -> QWidget:
    lines = [json.dumps(one.body) for one in people(8, Origin.PASTED)]
    lines.insert(2, '{"type": "identify", "userId": }')
    lines.append('{"level": "info", "message": "no event"}')
    return _scene(theme, _page(theme), lambda page: page.pane.read_text("\n".join(lines)))


@scene("33-samples-odd", size=(880, 600))
def samples_odd(theme: Theme) -> QWidget:
    body = {"type": "purchase", "timestamp": "2031-01-01T00:00:00Z", "properties": {"total": 20}}
    page = _page(theme, [collected(body, Origin.PASTED)])
    return _scene(theme, page, lambda page: page._look_at(page.events.collection.own[0]))


@scene("33-samples-file")
def samples_file(theme: Theme) -> QWidget:
    return _scene(theme, _page(theme), lambda page: page.pane.ways.choose(FILE))


@scene("33-samples-file-reading", large_text=False)
def samples_file_reading(theme: Theme) -> QWidget:
    def act(page: SamplePage) -> None:
        page.pane.ways.choose(FILE)
        page.pane.ways.file.show_reading(
            "events-2026-03.ndjson.gz", FileProgress(41_000_000, 120_000_000, 3_218)
        )

    return _scene(theme, _page(theme), act)


@scene("33-samples-columns")
def samples_columns(theme: Theme) -> QWidget:
    rows = "".join(
        f"usr_{n},person{n}@brightwave.example,Brightwave Studio,business,{n},2026-03-0{n}\n"
        for n in range(1, 8)
    )
    path = Path(tempfile.gettempdir()) / "samples-scene.csv"
    path.write_text(f"user_id,email,company.name,plan,seats,received_at\n{rows}", encoding="utf-8")
    return _scene(theme, _page(theme), lambda page: page.pane.read_file(path))


@scene("33-samples-record")
def samples_record(theme: Theme) -> QWidget:
    return _scene(theme, _page(theme), lambda page: page.pane.ways.choose(RECORD))


@scene("33-samples-record-live", large_text=False)
def samples_record_live(theme: Theme) -> QWidget:
    page = _page(theme, recorder=HandRecorder(RecordState(live=True, received=1)))
    return _scene(theme, page, lambda page: page.pane.ways.choose(RECORD))


_URL = "http://127.0.0.1:8787/segment/7f3ac91e5b0d4c6e8a1f2b3c4d5e6f70"


@scene("33-samples-waiting")
def samples_waiting(theme: Theme) -> QWidget:
    page = _page(theme, recorder=HandRecorder(RecordState(RecordPhase.RECORDING, _URL)))
    return _scene(theme, page, lambda page: page.pane.ways.choose(RECORD))


@scene("33-samples-recording", size=(880, 600), large_text=False)
def samples_recording(theme: Theme) -> QWidget:
    recorder = HandRecorder(RecordState(RecordPhase.RECORDING, _URL))
    page = _page(theme, recorder=recorder)

    def act(page: SamplePage) -> None:
        page.pane.ways.choose(RECORD)
        recorder.arrived.emit(tuple(people(12, Origin.RECORDED)))
        recorder.put(count=12)

    return _scene(theme, page, act)


@scene("33-samples-record-error", large_text=False)
def samples_record_error(theme: Theme) -> QWidget:
    recorder = HandRecorder()
    page = _page(theme, recorder=recorder)

    def act(page: SamplePage) -> None:
        page.pane.ways.choose(RECORD)
        recorder.failed.emit(
            AppError(
                "RELAY-PORT-IN-USE",
                "Port 8787 is in use.",
                cause="Another program listens there.",
                remedy="Choose another port for the relay, or end that program.",
            )
        )

    return _scene(theme, page, act)
