"""A field of a value in a window, driven by keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.segment.event_variables import collect
from app.segment.value_expression import Expression
from app.ui.mapping.value_preview import value_preview
from app.ui.theme.theme import Theme
from app.ui.value_editor.picker import Picker
from app.ui.value_editor.settings_popover import SettingsPopover
from app.ui.value_editor.value_editor import ValueEditor

EVENT = {
    "type": "identify",
    "userId": "u_42",
    "traits": {"name": " Ada ", "plan": "pro", "seats": 12, "company": {"site": "example.com"}},
}


class Desk:
    """The editor, what it told, and hands on the keyboard."""

    def __init__(self, theme: Theme, qtbot: QtBot) -> None:
        self.window = QWidget()
        self.window.resize(700, 600)
        column = QVBoxLayout(self.window)
        self.editor = ValueEditor(theme, "Website", placeholder="Not mapped")
        self.editor.set_variables(collect([EVENT]))
        self.editor.set_preview(value_preview(EVENT))
        column.addWidget(self.editor)
        column.addStretch(1)
        qtbot.addWidget(self.window)
        self.changes: list[Expression] = []
        self.editor.changed.connect(self.changes.append)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.editor.edit.setFocus()

    def show(self, expression: Expression) -> None:
        """Show a value, the cursor at its end."""
        self.editor.set_expression(expression)
        self.press("End")

    def press(self, *keys: str) -> None:
        for name in keys:
            combination = QKeySequence(name)[0]
            focused = QApplication.focusWidget()
            assert focused is not None
            QTest.keyClick(focused, combination.key(), combination.keyboardModifiers())
            QApplication.processEvents()

    def type(self, text: str) -> None:
        for character in text:
            focused = QApplication.focusWidget()
            assert focused is not None
            QTest.keyClicks(focused, character)
            QApplication.processEvents()

    def click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        QApplication.processEvents()

    @property
    def value(self) -> Expression:
        return self.editor.expression()

    @property
    def last(self) -> Expression:
        return self.changes[-1]

    @property
    def picker(self) -> Picker:
        popover = self.editor.popover
        assert isinstance(popover, Picker)
        return popover

    @property
    def settings(self) -> SettingsPopover:
        popover = self.editor.popover
        assert isinstance(popover, SettingsPopover)
        return popover

    @property
    def selected(self) -> str:
        return self.editor.edit.textCursor().selectedText()


@pytest.fixture
def desk(theme: Theme, qtbot: QtBot) -> Desk:
    QGuiApplication.clipboard().clear()
    return Desk(theme, qtbot)
