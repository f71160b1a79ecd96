"""The guide against a Close on this computer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.assembly import Assistant
from app.close.sandbox.application import Sandbox
from app.close.sandbox.seed import demo_data
from app.close.sandbox.server import SandboxThread
from app.ui.frame.page import Page
from app.ui.frame.window import FrameWindow
from app.ui.theme.theme import Theme
from tests.conditions import until


class Screen:
    """A page in its window, driven by keys and the mouse."""

    def __init__(self, theme: Theme, qtbot: QtBot, unexpected: list[BaseException]) -> None:
        self.window = FrameWindow(theme, "Segment to Close")
        qtbot.addWidget(self.window)
        self.unexpected = unexpected
        self.said: list[str] = []

    def show(self, page: Page) -> None:
        page.announced.connect(lambda text, _assertive: self.said.append(text))
        self.window.add_page("page", page)
        self.window.show()
        self.window.show_page("page")
        self.window.activateWindow()
        QApplication.processEvents()

    def press(self, keys: str, target: QWidget | None = None) -> None:
        combination = QKeySequence(keys)[0]
        widget = target or QApplication.focusWidget() or self.window
        QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())
        QApplication.processEvents()

    def click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        QApplication.processEvents()

    @property
    def primary(self) -> str:
        return self.window.bar.primary.text().replace("&&", "&")

    def button(self, text: str) -> QWidget:
        """The visible button with this text."""
        from app.ui.widgets.button import Button

        found = [one for one in self.window.findChildren(Button) if one.isVisible() and one.text() == text]
        assert found, f"no button “{text}”"
        return found[0]

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Let window and loop run until ``condition`` holds; nothing unexpected may happen meanwhile."""

        def holds() -> bool:
            QApplication.processEvents()
            assert not self.unexpected, self.unexpected
            return bool(condition())

        await until(holds, what=what)


@pytest.fixture
def unexpected() -> list[BaseException]:
    return []


@pytest.fixture
def screen(theme: Theme, qtbot: QtBot, unexpected: list[BaseException]) -> Screen:
    return Screen(theme, qtbot, unexpected)


@pytest.fixture
def close() -> Iterator[SandboxThread]:
    thread = SandboxThread(Sandbox(store=demo_data()))
    thread.sandbox.switches.index_lag_s = 0
    thread.start()
    yield thread
    thread.stop()


@pytest.fixture
def assistant(close: SandboxThread, tmp_path: Path) -> Assistant:
    return Assistant.in_folder(tmp_path, {}, close_url=close.base_url)
