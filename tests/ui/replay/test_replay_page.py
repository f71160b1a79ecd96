"""The Replay page on a real desk: a real database, a real relay, the sandbox, and a person who clicks."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QTableView, QWidget
from pytestqt.qtbot import QtBot

from app.assembly import Assistant
from app.close.sandbox.application import Sandbox
from app.close.sandbox.ids import IdSource
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import SandboxThread
from app.close.sandbox.switches import Switches
from app.relay.replay_records import ReplayState
from app.storage.profile import Mode
from app.ui.question_dialog import QuestionDialog
from app.ui.relay.relay_controller import RelayController
from app.ui.replay.replay_desk import Phase, ReplayDesk
from app.ui.replay.replay_page import ReplayPage
from app.ui.theme.theme import Theme
from tests.conditions import until
from tests.ui.qt_loop import run_in_qt
from tests.ui.scenes.replay_scenes import page_in
from tests.workflows.keyrings import WORKING, WorkingKeyring
from tests.workflows.test_setup import with_fields


@pytest.fixture
def close() -> Iterator[SandboxThread]:
    store = demo_data(ids=IdSource(random.Random(7)))
    thread = SandboxThread(Sandbox(store=store, switches=Switches(index_lag_s=0)))
    thread.start()
    yield thread
    thread.stop()


class Desk:
    """One profile with its relay and the page on it."""

    def __init__(self, theme: Theme, assistant: Assistant, qtbot: QtBot) -> None:
        store = assistant.profiles
        profile = store.load("default")
        self.errors: list[BaseException] = []
        self.controller = RelayController(
            replace(profile, relay=replace(profile.relay, port=0)),
            build=assistant.relay,
            save=store.save,
            secret=assistant.secrets.shared_secret,
            reader=assistant.reader(profile),
            database=store.database_path("default"),
            unexpected=self.errors.append,
        )
        self.desk = ReplayDesk(
            lambda: assistant.replays(self.controller.profile),
            lambda: self.controller.profile,
            self.errors.append,
            self.controller,
        )
        self.page = ReplayPage(theme, self.desk, self.controller)
        qtbot.addWidget(self.page)
        self.page.resize(1000, 900)
        self.page.show()
        self.controller.watch()

    async def close(self) -> None:
        self.desk.close()
        await self.controller.close()
        assert self.errors == []

    def command(self, place: str) -> str:
        command = getattr(self.page.commands(), place)
        return command.text if command else ""

    def press(self, place: str) -> None:
        getattr(self.page.commands(), place).run()

    def answer(self, *, yes: bool) -> str:
        dialog = self.page._dialog
        assert isinstance(dialog, QuestionDialog)
        text = dialog.accessibleDescription()
        (dialog.yes_button if yes else dialog.no_button).click()
        return text


Scenario = Callable[[Desk], Coroutine[Any, Any, None]]


@pytest.fixture
def play(
    theme: Theme,
    close: SandboxThread,
    tmp_path: Path,
    qapp: QApplication,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Scenario], None]:
    """Sets a profile up and lets a person act on its page."""
    monkeypatch.setattr(WorkingKeyring, "kept", {})
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", WORKING)
    assistant = Assistant.in_folder(tmp_path / "profiles", {}, close_url=close.base_url)

    async def whole(scenario: Scenario) -> None:
        flow = assistant.setup_flow("default")
        await with_fields(flow, close)
        assistant.profiles.save(flow.finish())
        desk = Desk(theme, assistant, qtbot)
        try:
            await scenario(desk)
        finally:
            await desk.close()

    return lambda scenario: run_in_qt(qapp, whole(scenario))


def archive(folder: Path, count: int) -> Path:
    events = (
        {
            "type": "identify",
            "messageId": f"m-{number}",
            "userId": f"u_{number}",
            "traits": {"email": f"p{number}@fir.example", "company": {"id": "co_fir", "name": "Fir"}},
        }
        for number in range(count)
    )
    path = folder / "events.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(one) + "\n" for one in events).encode()))
    return path


def people(close: SandboxThread) -> int:
    with close.sandbox.store.lock:
        contacts = close.sandbox.store.contacts.values()
        return sum(bool(one.emails) and one.emails[0].email.endswith("@fir.example") for one in contacts)


def test_a_dropped_file_is_tried_run_in_live_mode_and_undone(
    play: Callable[[Scenario], None], close: SandboxThread, tmp_path: Path
) -> None:
    play(lambda at: _from_drop_to_undo(at, close, tmp_path))


async def _from_drop_to_undo(at: Desk, close: SandboxThread, tmp_path: Path) -> None:
    page, desk = at.page, at.desk
    assert at.command("primary") == "Dry run"
    page.form.source.button("file").click()
    # Nothing is chosen yet: that is said, and nothing is begun.
    at.press("primary")
    assert desk.phase is Phase.CHOOSING
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(archive(tmp_path, 3)))])
    page.form.drop.dropEvent(
        QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    at.press("primary")
    await until(lambda: desk.phase is Phase.TRIED, what="the totals")
    assert desk.totals is not None
    assert desk.totals.words.startswith("Would create 1 lead and 3 contacts.")
    assert page.totals.isVisible()
    assert not page.form.isVisible()
    assert at.command("primary").startswith("Run 3 events in ")
    assert people(close) == 0
    at.press("primary")
    at.answer(yes=False)
    assert desk.phase is Phase.TRIED
    at.press("primary")
    said = at.answer(yes=True)
    assert "The relay is started" in said
    assert "goes Live" in said
    assert at.controller.profile.relay.mode is Mode.LIVE
    await until(
        lambda: desk.replay is not None and desk.replay.state is ReplayState.DONE,
        what="the run",
    )
    assert people(close) == 3
    assert page.progress.accessibleDescription().startswith("Done. 3 delivered")
    assert at.command("primary") == "New replay"
    page.undo_button.click()
    await until(lambda: not desk.undoing and page._dialog is not None, what="the preview of undo")
    await until(lambda: isinstance(page._dialog, QuestionDialog), what="the question")
    assert "4 records removed." in at.answer(yes=True)
    await until(lambda: desk.replay is not None and desk.replay.undone_ms is not None, what="the undo")
    assert people(close) == 0
    at.press("primary")
    assert page.form.isVisible()


def test_no_event_and_a_bad_file_are_told_on_the_page(
    play: Callable[[Scenario], None], tmp_path: Path
) -> None:
    play(lambda at: _two_errors(at, tmp_path))


async def _two_errors(at: Desk, tmp_path: Path) -> None:
    at.press("primary")
    await until(lambda: at.desk.error is not None, what="an error")
    assert at.desk.error is not None
    assert at.desk.error.code == "REPLAY-EMPTY"
    bad = tmp_path / "bad.csv"
    bad.write_text("nothing\n")
    at.page.form.take_files((bad,))
    at.press("primary")
    await until(lambda: at.page.error is not None and at.page.error.code == "REPLAY-FILE-UNKNOWN")
    assert at.desk.phase is Phase.CHOOSING


def test_a_stopped_dry_run_shows_what_it_has_found(play: Callable[[Scenario], None], tmp_path: Path) -> None:
    play(lambda at: _stop_early(at, tmp_path))


async def _stop_early(at: Desk, tmp_path: Path) -> None:
    at.page.form.take_files((archive(tmp_path, 400),))
    at.press("primary")
    await until(lambda: at.desk.phase is Phase.TRYING, what="the dry run")
    at.page.stop_button.click()
    await until(lambda: at.desk.phase is Phase.TRIED, what="what was found so far")
    assert at.desk.totals is not None
    assert not at.desk.totals.complete
    assert at.desk.totals.events < 400


def named(widget: QWidget) -> bool:
    return bool(widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))


def test_every_control_has_a_name(theme: Theme, qtbot: QtBot) -> None:
    window, page, _ = page_in(theme)
    qtbot.addWidget(window)
    controls = [*page.findChildren(QAbstractButton), *page.findChildren(QTableView)]
    assert len(controls) > 10
    ours = [one for one in controls if one.objectName() != "qt_tableview_cornerbutton"]
    assert [one for one in ours if not named(one)] == []
