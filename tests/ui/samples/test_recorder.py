"""Recording through a real relay."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.errors import AppError
from app.relay.delivery import State
from app.relay.event_records import EventFilter
from app.relay.status import RelayState
from app.storage.profile import Mode
from app.ui.samples.recorder import LiveRecorder, RecordPhase
from app.workflows.samples import Origin, Sample
from tests.conditions import until
from tests.ui.qt_loop import run_in_qt
from tests.ui.relay.desk import Desk


def play(
    app: QApplication,
    folder: Path,
    scenario: Callable[[Desk, LiveRecorder, list[Sample]], Awaitable[None]],
    mode: Mode = Mode.DRY_RUN,
) -> None:
    async def run() -> None:
        desk = Desk(folder, mode)
        desk.controller.watch()
        recorder = LiveRecorder(desk.controller, lambda: desk.profile)
        arrived: list[Sample] = []
        recorder.arrived.connect(arrived.extend)
        try:
            await scenario(desk, recorder, arrived)
        finally:
            await desk.close()

    run_in_qt(app, run())


async def recording(recorder: LiveRecorder) -> None:
    recorder.start()
    assert recorder.state.phase is RecordPhase.STARTING
    await until(lambda: recorder.state.phase is RecordPhase.RECORDING, what="the recording")


async def idle(recorder: LiveRecorder) -> None:
    recorder.stop()
    await until(lambda: recorder.state.phase is RecordPhase.IDLE, what="the end of the recording")


def test_events_that_arrive_while_recording_become_samples_and_nothing_is_done_with_them(
    qapp: QApplication, tmp_path: Path
) -> None:
    async def scenario(desk: Desk, recorder: LiveRecorder, arrived: list[Sample]) -> None:
        await recording(recorder)
        assert desk.controller.profile.relay.mode is Mode.OBSERVE
        assert recorder.state.url.startswith("http://127.0.0.1:")
        assert await desk.post("one", "two") == 200
        recorder.send_own_event()
        await until(lambda: recorder.state.count == 3, what="the events")
        assert {one.body["messageId"] for one in arrived} >= {"one", "two"}
        assert {one.origin for one in arrived} == {Origin.RECORDED}
        rows = await desk.controller.page(EventFilter())
        assert {row.state for row in rows} == {State.RECEIVED}
        await idle(recorder)
        assert desk.controller.status.state is RelayState.STOPPED
        assert desk.controller.profile == desk.profile
        assert desk.saved == []

    play(qapp, tmp_path, scenario)


def test_a_relay_that_ran_goes_on_in_its_former_mode(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario(desk: Desk, recorder: LiveRecorder, arrived: list[Sample]) -> None:
        await desk.start()
        assert recorder.state.live
        await desk.post("before")
        await until(lambda: desk.controller.figures.delivered_today == 1, what="the delivery")
        await recording(recorder)
        assert not recorder.state.live
        await desk.post("observed")
        await until(lambda: arrived, what="the event")
        assert [one.body["messageId"] for one in arrived] == ["observed"]
        await idle(recorder)
        assert desk.controller.running
        assert desk.controller.profile.relay.mode is Mode.LIVE
        await desk.post("after")
        await until(lambda: desk.controller.figures.delivered_today == 2, what="the delivery")
        assert len(arrived) == 1
        assert desk.built == 1
        assert desk.saved == []

    play(qapp, tmp_path, scenario, Mode.LIVE)


def test_events_received_before_are_offered_and_taken(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario(desk: Desk, recorder: LiveRecorder, arrived: list[Sample]) -> None:
        await desk.start()
        await desk.post("one")
        await desk.post("two")
        recorder.look()
        await until(lambda: recorder.state.received == 2, what="the count")
        taken: list[Sample] = []
        recorder.taken.connect(taken.extend)
        recorder.take_received()
        await until(lambda: taken, what="the events")
        assert [one.body["messageId"] for one in taken] == ["two", "one"]
        assert arrived == []

    play(qapp, tmp_path, scenario)


def test_a_relay_that_cannot_start_is_told_and_leaves_everything_as_it_was(
    qapp: QApplication, tmp_path: Path
) -> None:
    async def scenario(desk: Desk, recorder: LiveRecorder, _arrived: list[Sample]) -> None:
        errors: list[AppError] = []
        recorder.failed.connect(errors.append)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            settings = replace(desk.profile.relay, port=taken.getsockname()[1])
            before = replace(desk.profile, relay=settings)
            desk.profile = before
            desk.controller.set_profile(before)
            recorder.start()
            await until(lambda: errors, what="the error")
        assert errors[0].code == "RELAY-PORT-IN-USE"
        assert recorder.state.phase is RecordPhase.IDLE
        assert desk.controller.profile == before

    play(qapp, tmp_path, scenario)


def test_a_recording_can_be_stopped_while_it_starts(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario(desk: Desk, recorder: LiveRecorder, _arrived: list[Sample]) -> None:
        recorder.start()
        recorder.stop()
        assert recorder.state.phase is RecordPhase.STOPPING
        await until(lambda: recorder.state.phase is RecordPhase.IDLE, what="the end of the recording")
        assert not desk.controller.running
        assert desk.controller.profile == desk.profile

    play(qapp, tmp_path, scenario)


def test_a_relay_that_is_stopped_elsewhere_ends_the_recording(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario(desk: Desk, recorder: LiveRecorder, _arrived: list[Sample]) -> None:
        await recording(recorder)
        desk.controller.stop()
        await until(lambda: recorder.state.phase is RecordPhase.IDLE, what="the end of the recording")

    play(qapp, tmp_path, scenario)
