from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.actions.trace import Outcome
from app.relay.delivery import State
from app.storage.profile import Mode
from app.ui.events.events_page import EventsPage
from app.ui.frame.window import FrameWindow
from app.ui.theme.theme import Theme
from tests.conditions import until
from tests.relay.fake_processor import report
from tests.ui.qt_loop import run_in_qt
from tests.ui.relay.desk import Desk

Scenario = Callable[[Desk, EventsPage, FrameWindow], Awaitable[None]]


class Run:
    """Runs a scenario with the page in a window and a relay that listens."""

    def __init__(self, app: QApplication, theme: Theme, folder: Path) -> None:
        self._app, self._theme, self._folder = app, theme, folder

    def __call__(self, scenario: Scenario, mode: Mode = Mode.LIVE, **script: list[object]) -> None:
        async def work() -> None:
            desk = Desk(self._folder, mode, **script)  # type: ignore[arg-type]
            page = EventsPage(self._theme, desk.controller)
            window = FrameWindow(self._theme, "Test")
            window.add_page("events", page)
            window.show_page("events")
            window.show()
            await desk.start()
            try:
                await scenario(desk, page, window)
            finally:
                await desk.close()
                window.close()
                window.deleteLater()

        run_in_qt(self._app, work())


@pytest.fixture
def run(qapp: QApplication, theme: Theme, tmp_path: Path) -> Run:
    return Run(qapp, theme, tmp_path)


def words(page: EventsPage) -> list[str]:
    return [page.model.index(row, 3).data() for row in range(page.model.rowCount())]


async def press(page: EventsPage, key: Qt.Key) -> None:
    """Outside of any task: Qt may handle other events while a key goes down."""

    done = asyncio.Event()

    def act() -> None:
        QTest.keyClick(page.table, key)
        done.set()

    asyncio.get_running_loop().call_soon(act)
    await done.wait()


def test_without_events_the_page_says_what_is_proven_and_sends_one_itself(run: Run) -> None:
    async def scenario(desk: Desk, page: EventsPage, window: FrameWindow) -> None:
        await until(page.waiting.isVisible)
        assert page.waiting.send_button.isVisible()
        assert not page.head.pause_button.isVisible()
        page.waiting.send_button.click()
        await until(lambda: words(page) == ["Would change"])
        assert page.table.isVisible()

    run(scenario, Mode.DRY_RUN)


def test_the_list_follows_and_pausing_holds_back_the_view_only(run: Run) -> None:
    async def scenario(desk: Desk, page: EventsPage, window: FrameWindow) -> None:
        await desk.post("one")
        await until(lambda: words(page) == ["Delivered"])
        page.set_paused(paused=True)
        await desk.post("two")
        await until(lambda: page.model.held_back == 1)
        await until(lambda: desk.controller.figures.delivered_today == 2)
        assert page.model.rowCount() == 1
        assert "1 new" in page.head.follow_badge.text
        page.set_paused(paused=False)
        await until(lambda: words(page) == ["Delivered", "Delivered"])
        assert page.head.follow_badge.text == "Following"

    run(scenario)


def test_a_failed_event_shows_why_and_is_retried_with_a_key(run: Run) -> None:
    async def scenario(desk: Desk, page: EventsPage, window: FrameWindow) -> None:
        await desk.post("bad")
        await until(lambda: words(page) == ["Failed"])
        page.table.setFocus()
        page.table.selectRow(0)
        await until(page.panel.tabs.isVisible)
        assert not window.drawer.isHidden()
        assert "bad" in page.panel.event_json()
        await press(page, Qt.Key.Key_R)
        await until(lambda: words(page) == ["Delivered"])

    run(scenario, bad=[report(Outcome.FAILED, "Plan: not a choice"), report()])


def test_filters_narrow_the_list_and_no_match_offers_to_clear_them(run: Run) -> None:
    async def scenario(desk: Desk, page: EventsPage, window: FrameWindow) -> None:
        await desk.post("good", "bad")
        await until(lambda: sorted(words(page)) == ["Delivered", "Failed"])
        page.filters.toggle_state(State.FAILED)
        await until(lambda: words(page) == ["Failed"])
        page.filters.toggle_type("group")
        await until(page.no_match.isVisible)
        page.no_match.clear_button.click()
        await until(lambda: len(words(page)) == 2)
        page.filters.search.setText("bad")
        await until(lambda: words(page) == ["Failed"])

    run(scenario, bad=[report(Outcome.FAILED, "no")])


def test_keys_move_pause_and_find(run: Run) -> None:
    async def scenario(desk: Desk, page: EventsPage, window: FrameWindow) -> None:
        await desk.post("one", "two", "three")
        await until(lambda: len(words(page)) == 3)
        page.table.setFocus()
        page.table.selectRow(0)
        await press(page, Qt.Key.Key_J)
        assert page.table.currentIndex().row() == 1
        await press(page, Qt.Key.Key_K)
        assert page.table.currentIndex().row() == 0
        await press(page, Qt.Key.Key_Space)
        assert page.paused
        await press(page, Qt.Key.Key_Slash)
        assert page.filters.search.hasFocus() or window.focusWidget() is page.filters.search

    run(scenario)
