from __future__ import annotations

import socket
import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.actions.trace import Outcome
from app.relay.feed import FeedBatch
from app.relay.status import RelayState
from app.storage.profile import Mode
from tests.conditions import until
from tests.relay.fake_processor import report
from tests.ui.qt_loop import run_in_qt
from tests.ui.relay.desk import Desk


def test_starting_says_so_at_once_and_listens_then(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario() -> None:
        desk = Desk(tmp_path)
        before = sys.getswitchinterval()
        desk.controller.watch()
        desk.controller.start()
        assert desk.controller.status.state is RelayState.STARTING
        await until(lambda: desk.controller.running)
        assert desk.controller.status.address is not None
        assert sys.getswitchinterval() < before
        desk.controller.stop()
        assert desk.controller.status.state is RelayState.STOPPING
        await until(lambda: desk.controller.status.state is RelayState.STOPPED)
        assert sys.getswitchinterval() == before
        await desk.close()

    run_in_qt(qapp, scenario())


def test_events_come_as_batches_and_figures(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario() -> None:
        desk = Desk(tmp_path, bad=[report(Outcome.FAILED, "Plan: not a choice")])
        batches: list[FeedBatch] = []
        desk.controller.batch_arrived.connect(batches.append)
        await desk.start()
        assert await desk.post("good", "bad") == 200
        await until(
            lambda: desk.controller.figures.needs_you == 1 and desk.controller.figures.delivered_today == 1
        )
        assert {row.message_id for batch in batches for row in batch.rows} == {"good", "bad"}
        assert desk.controller.figures.received_today == 2
        assert desk.controller.figures.bars[-1].total + desk.controller.figures.bars[-2].total == 2
        assert desk.controller.events_from_segment == 2
        await desk.close()

    run_in_qt(qapp, scenario())


def test_an_own_event_is_received_and_proves_nothing_about_segment(
    qapp: QApplication, tmp_path: Path
) -> None:
    async def scenario() -> None:
        desk = Desk(tmp_path, Mode.DRY_RUN)
        await desk.start()
        sent: list[object] = []
        desk.controller.own_event_sent.connect(sent.append)
        desk.controller.send_own_event()
        await until(lambda: desk.controller.figures.would_change_today == 1)
        assert len(sent) == 1
        assert desk.controller.events_from_segment == 0
        assert desk.controller.figures.from_segment is None
        assert desk.controller.figures.last is not None
        await desk.close()

    run_in_qt(qapp, scenario())


def test_a_mode_holds_at_once_and_is_saved(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario() -> None:
        desk = Desk(tmp_path, Mode.DRY_RUN)
        await desk.start()
        desk.controller.set_mode(Mode.LIVE, confirmed_for="orga_1")
        await until(lambda: desk.saved)
        assert desk.saved[-1].relay.mode is Mode.LIVE
        assert desk.saved[-1].live_confirmed_for == "orga_1"
        await desk.post("one")
        await until(lambda: desk.controller.figures.delivered_today == 1)
        assert desk.built == 1
        await desk.close()

    run_in_qt(qapp, scenario())


def test_a_port_in_use_is_told_and_another_one_can_be_taken(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario() -> None:
        desk = Desk(tmp_path)
        controller = desk.controller
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            controller.set_profile(replace(desk.profile, relay=replace(desk.profile.relay, port=port)))
            controller.watch()
            controller.start()
            await until(lambda: controller.error is not None)
            assert controller.error is not None
            assert controller.error.code == "RELAY-PORT-IN-USE"
            await until(lambda: controller.status.state is RelayState.ERROR)
        controller.set_profile(desk.profile)
        controller.start()
        await until(lambda: controller.running)
        assert controller.error is None
        await desk.close()

    run_in_qt(qapp, scenario())


def test_an_event_is_queued_again_with_and_without_a_running_relay(
    qapp: QApplication, tmp_path: Path
) -> None:
    async def scenario() -> None:
        answers = [report(Outcome.FAILED, "no"), report(Outcome.FAILED, "still no"), report()]
        desk = Desk(tmp_path, bad=answers)  # type: ignore[arg-type]
        controller = desk.controller
        batches: list[FeedBatch] = []
        controller.batch_arrived.connect(batches.append)
        await desk.start()
        await desk.post("bad")
        await until(lambda: controller.figures.failed == 1)
        last = controller.figures.last
        assert last is not None
        await controller.retry(last.id)
        await until(lambda: any(row.reason == "still no" for batch in batches for row in batch.rows))
        controller.stop()
        await until(lambda: controller.status.state is RelayState.STOPPED)
        await controller.retry(last.id)
        await until(lambda: controller.status.queue_depth == 1)
        await desk.close()

    run_in_qt(qapp, scenario())
