"""Copies, bookmarks, samples, chips and the overlay of keys, on a real relay."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.relay.inbox_reader import InboxReader
from app.ui.events.event_keys import key_words
from app.ui.events.events_page import EventsPage
from app.ui.frame.window import FrameWindow
from app.ui.theme.theme import Theme
from app.ui.widgets.cell import CELL_ROLE
from app.workflows.event_copies import CopyForm
from app.workflows.samples import Sample
from tests.conditions import until
from tests.ui.events.test_events_page import press
from tests.ui.qt_loop import run_in_qt
from tests.ui.relay.desk import Desk

Scenario = Callable[[Desk, EventsPage], Awaitable[None]]
Run = Callable[[Scenario], list[Sample]]


@pytest.fixture
def run(qapp: QApplication, theme: Theme, tmp_path: Path) -> Run:
    def with_page(scenario: Scenario) -> list[Sample]:
        samples: list[Sample] = []

        async def work() -> None:
            desk = Desk(tmp_path)
            page = EventsPage(theme, desk.controller, samples.append)
            window = FrameWindow(theme, "Test")
            window.add_page("events", page)
            window.show_page("events")
            window.show()
            await desk.start()
            try:
                await scenario(desk, page)
            finally:
                await desk.close()
                window.close()
                window.deleteLater()

        run_in_qt(qapp, work())
        return samples

    return with_page


async def choose(page: EventsPage) -> None:
    page.table.setFocus()
    page.table.selectRow(0)
    await until(page.panel.copy_button.isVisible, what="the event in the panel")


def ids(page: EventsPage) -> list[str]:
    return [page.model.row(number).message_id for number in range(page.model.rowCount())]


def test_an_event_is_copied_in_three_forms(run: Run) -> None:
    async def scenario(desk: Desk, page: EventsPage) -> None:
        await desk.post("one")
        await until(lambda: ids(page) == ["one"])
        await choose(page)
        await press(page, Qt.Key.Key_C)
        address = desk.controller.status.address
        assert address is not None
        copied = QGuiApplication.clipboard().text()
        assert "curl" in copied
        assert address.url in copied
        page.panel.copy(CopyForm.JSON)
        assert json.loads(QGuiApplication.clipboard().text())["messageId"] == "one"
        page.panel.copy(CopyForm.PYTHON)
        assert "urllib" in QGuiApplication.clipboard().text()

    run(scenario)


def test_a_bookmark_is_kept_shown_and_filtered_by(run: Run) -> None:
    async def scenario(desk: Desk, page: EventsPage) -> None:
        await desk.post("one", "two")
        await until(lambda: sorted(ids(page)) == ["one", "two"])
        await choose(page)
        marked = page.model.row(0)
        await press(page, Qt.Key.Key_B)
        await until(lambda: page.takeaway.marks == {marked.id})
        assert InboxReader(desk.controller.database).bookmarks() == {marked.id}
        assert page.model.index(0, 2).data(CELL_ROLE).icon == "bookmark-filled"
        page.filters.set_bookmarked(bookmarked=True)
        await until(lambda: ids(page) == [marked.message_id])
        page.panel.mark_button.click()
        await until(page.no_match.isVisible)
        assert InboxReader(desk.controller.database).bookmarks() == frozenset()

    run(scenario)


def test_an_event_becomes_the_sample(run: Run) -> None:
    async def scenario(desk: Desk, page: EventsPage) -> None:
        await desk.post("one")
        await until(lambda: ids(page) == ["one"])
        await choose(page)
        await press(page, Qt.Key.Key_S)

    (sample,) = run(scenario)
    assert sample.body["messageId"] == "one"


def test_chips_narrow_to_a_name_a_person_and_a_mapping(run: Run) -> None:
    async def scenario(desk: Desk, page: EventsPage) -> None:
        await desk.post("one", event="Paid")
        await desk.post("two")
        await until(lambda: ids(page) == ["two", "one"])
        page.filters.choose_name("paid")
        await until(lambda: ids(page) == ["one"])
        await desk.post("three", event="Paid")
        await until(lambda: ids(page) == ["three", "one"])
        page.filters.choose_person("one")
        await until(lambda: ids(page) == ["one"])
        page.filters.clear()
        await until(lambda: len(ids(page)) == 3)
        page.filters.choose_mapping("No such mapping")
        await until(page.no_match.isVisible)

    run(scenario)


def test_the_menu_offers_what_was_typed_and_the_chosen_event(run: Run) -> None:
    async def scenario(desk: Desk, page: EventsPage) -> None:
        await desk.post("one", event="Paid & done")
        await until(lambda: ids(page) == ["one"])
        await choose(page)
        page.filters.search.setText("someone")
        page.filters._menu.aboutToShow.emit()
        texts = [action.text() for action in page.filters._menu.actions()]
        assert "Name is someone" in texts
        assert "Name is Paid && done" in texts
        assert "Person is one" in texts
        [action] = [one for one in page.filters._menu.actions() if one.text() == "Person is someone"]
        action.trigger()
        assert page.filters.search.text() == ""
        assert page.filters.filter().person == "someone"

    run(scenario)


def test_the_question_mark_names_every_key(run: Run) -> None:
    async def scenario(desk: Desk, page: EventsPage) -> None:
        await desk.post("one")
        await until(lambda: ids(page) == ["one"])
        page.head.keys_button.click()
        dialog = page.keys_dialog
        assert dialog is not None
        assert dialog.isVisible()
        assert {key for key, _ in key_words()} == {*"JKREDCBS/?", "Space"}
        dialog.close_button.click()
        assert page.keys_dialog is None

    run(scenario)
