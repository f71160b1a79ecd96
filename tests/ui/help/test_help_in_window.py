"""F1: about the focused field first, in step with the page, and gone with the same key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.assembly import Assistant
from app.ui.assistant_window import AssistantWindow
from app.ui.help.topics import topic_of
from app.ui.places import EVENTS, METRICS, RELAY, SETTINGS, workbench_places
from app.ui.setup.connect_page import ConnectPage
from app.ui.theme.theme import Theme
from app.workflows.demo import DemoSession
from app.workflows.help_pages import PAGES, help_page
from app.workflows.setup import Step
from tests.conditions import until
from tests.ui.test_assistant_window import Opened, save_finished


@pytest.fixture
def assistant() -> Iterator[Assistant]:
    with DemoSession() as demo:
        yield Assistant.for_demo(demo)


@pytest.fixture
def opened(qapp: QApplication, theme: Theme, assistant: Assistant) -> Opened:
    return Opened(qapp, theme, assistant)


async def press_f1(window: AssistantWindow, target: QWidget) -> None:
    window.frame.activateWindow()
    await until(window.frame.isActiveWindow, what="the window to be active")
    target.setFocus()
    await until(target.hasFocus, what="the keyboard in the field")
    QTest.keyClick(target, Qt.Key.Key_F1)


def test_f1_in_a_field_tells_about_it_and_once_more_puts_the_help_away(opened: Opened) -> None:
    async def scenario(window: AssistantWindow) -> None:
        window.guide.start_new()
        page = window.frame.page(Step.CONNECT.value)
        assert isinstance(page, ConnectPage)
        field = page.key.findChild(QLineEdit)
        assert field is not None
        await press_f1(window, field)
        text = window.help.panel.toPlainText()
        part = help_page("connect").part("api-key")
        assert part is not None
        assert text.startswith(part.title)
        assert "Where the key is kept" not in text
        assert window.frame.drawer.isVisible()
        QTest.keyClick(field, Qt.Key.Key_F1)
        assert not window.frame.shows_help

    opened(scenario)


def test_help_follows_from_page_to_page(opened: Opened, assistant: Assistant) -> None:
    save_finished(assistant)

    async def scenario(window: AssistantWindow) -> None:
        window.show_workbench(EVENTS)
        window.frame.help_requested.emit()
        await until(lambda: window.frame.shows_help, what="the help")
        window.show_workbench(METRICS)
        assert window.frame.drawer.title.text().endswith(help_page("metrics").title)
        window.frame.drawer.dismiss_button.click()
        assert not window.frame.shows_help
        window.show_workbench(RELAY)
        assert not window.frame.shows_help

    opened(scenario)


def test_every_page_of_the_program_has_a_page_of_help(opened: Opened, assistant: Assistant) -> None:
    save_finished(assistant)
    keys = {place.key for place in workbench_places(0)} - {"setup"} | {step.value for step in Step}
    assert {topic_of(None, key)[0] for key in keys} <= set(PAGES)
    assert {key for key in keys if topic_of(None, key)[0] == "start"} == {Step.START.value}


def test_every_field_that_is_explained_has_its_part(opened: Opened, assistant: Assistant) -> None:
    save_finished(assistant)

    async def scenario(window: AssistantWindow) -> None:
        window.show_workbench(SETTINGS)
        topics = {str(each.property("helpTopic")) for each in window.frame.findChildren(QWidget)} - {"None"}
        assert len(topics) > 12
        for topic in topics:
            page, _, anchor = topic.partition("#")
            assert help_page(page).part(anchor) or page == "settings", topic

    opened(scenario)
