"""The page Map fields in a window of its own, driven by keys and the mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.ui.frame.window import FrameWindow
from app.ui.mapping.map_page import MapPage
from app.ui.mapping.rows import FieldRow
from app.ui.mapping.session import EditingSession
from app.ui.mapping.undo_actions import UndoActions
from app.ui.theme.theme import Theme
from app.ui.value_editor.value_editor import ValueEditor
from tests.conditions import until_blocking
from tests.ui.mapping import typical


class MapScreen:
    """What a person sees and does on the page."""

    def __init__(self, theme: Theme, qtbot: QtBot, session: EditingSession, **more: Any) -> None:
        self.session = session
        self.unexpected: list[BaseException] = []
        self.said: list[str] = []
        self.told: list[str] = []
        self.page = MapPage(theme, session, self.unexpected.append, **more)
        self.window = FrameWindow(theme, "Segment to Close")
        qtbot.addWidget(self.window)
        self.undo_actions = UndoActions(theme, session, self.page)
        self.undo_actions.serve(self.page)
        self.page.announced.connect(lambda text, _assertive: self.said.append(text))
        self.page.toast_requested.connect(lambda text, _undo: self.told.append(text))
        self.window.add_page("map", self.page)
        self.window.show()
        self.window.show_page("map")
        self.window.activateWindow()
        self.rest()

    def rest(self) -> None:
        """Let everything beside the window come to an end."""

        def quiet() -> bool:
            QApplication.processEvents()
            assert not self.unexpected, self.unexpected
            return not self.page.desk.live.busy

        until_blocking(quiet, what="the page to know all values")
        QApplication.processEvents()

    def until(self, condition: Callable[[], object], what: str = "") -> None:
        def holds() -> bool:
            QApplication.processEvents()
            assert not self.unexpected, self.unexpected
            return bool(condition())

        until_blocking(holds, what=what)

    def press(self, keys: str, times: int = 1) -> None:
        combination = QKeySequence(keys)[0]
        for _ in range(times):
            widget = QApplication.focusWidget() or self.window
            QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())
            QApplication.processEvents()

    def type(self, text: str) -> None:
        QTest.keyClicks(QApplication.focusWidget() or self.window, text)
        QApplication.processEvents()

    def click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        QApplication.processEvents()

    def click_field(self, key: str) -> None:
        rows = self.page.column.rows
        place = rows.field_rect(key).center()
        QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QApplication.processEvents()

    def select(self, key: str) -> None:
        """Put the keyboard on a row."""
        rows = self.page.column.rows
        rows.setFocus()
        rows.select(key)
        QApplication.processEvents()

    def row(self, key: str) -> FieldRow:
        found = self.page.desk.rows.field(key)
        assert found is not None, key
        return found

    def value(self, key: str) -> str:
        """The resulting value that the row shows."""
        return self.row(key).result.text

    def shown_keys(self) -> list[str]:
        model = self.page.desk.rows
        rows = (model.row(number) for number in range(model.rowCount()))
        return [row.key for row in rows if isinstance(row, FieldRow)]

    @property
    def editor(self) -> ValueEditor:
        editor = self.page.editing.editor
        assert isinstance(editor, ValueEditor)
        return editor

    @property
    def mapping(self) -> Any:
        assert self.session.spec is not None
        return self.session.spec.mapping


@pytest.fixture
def open_page(theme: Theme, qtbot: QtBot) -> Callable[..., MapScreen]:
    def open_it(session: EditingSession | None = None, **more: Any) -> MapScreen:
        return MapScreen(theme, qtbot, session or typical.session(), **more)

    return open_it
