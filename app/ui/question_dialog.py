"""Dialogs that are opened, never executed: events go on arriving while a person reads."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QScrollArea, QVBoxLayout, QWidget

from app.errors import AppError
from app.ui.frame.focus_order import move_focus
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.error_block import ErrorBlock
from app.ui.widgets.flow import FlowLayout, Side
from app.ui.widgets.labels import WrappedLabel

_WIDTH = 440


class SurfaceDialog(QDialog):
    """A window-modal dialog on the surface colour; subclasses fill ``column``."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 20, 24, 20)
        self.column.setSpacing(12)
        self.setMinimumWidth(theme.px(_WIDTH))

    def focusNextPrevChild(self, forward: bool) -> bool:
        return move_focus(self, forward=forward) or super().focusNextPrevChild(forward)

    def add_buttons(self, *buttons: Button) -> None:
        row = FlowLayout(spacing=8, side=Side.END)
        for button in buttons:
            row.addWidget(button)
        self.column.addSpacing(4)
        self.column.addLayout(row)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.color("surface"))


def unfilled(area: QScrollArea) -> None:
    """Let the dialog's own colour show behind what scrolls; call it after ``setWidget``."""
    for part in (area.viewport(), area.widget()):
        if part is not None:
            part.setAutoFillBackground(False)


class QuestionDialog(SurfaceDialog):
    """Names what is going to happen; the keyboard starts on the safe answer. ``answered`` fires once."""

    answered = Signal(bool)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        *,
        title: str,
        text: str,
        yes: str,
        no: str,
        grave: bool = True,
    ) -> None:
        super().__init__(theme, title, parent)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        kind = ButtonKind.DANGER if grave else ButtonKind.PRIMARY
        self.yes_button = Button(theme, yes, kind)
        self.no_button = Button(theme, no)
        self.column.addWidget(WrappedLabel(theme, title, Role.SECTION))
        self.column.addWidget(WrappedLabel(theme, text))
        self.add_buttons(self.no_button, self.yes_button)
        self.yes_button.clicked.connect(self.accept)
        self.no_button.clicked.connect(self.reject)
        self.finished.connect(lambda result: self.answered.emit(result == QDialog.DialogCode.Accepted))
        self.no_button.setFocus()


class ErrorDialog(SurfaceDialog):
    """An error that belongs to no page."""

    def __init__(
        self, theme: Theme, parent: QWidget | None, error: AppError, *, go_on_text: str | None = None
    ) -> None:
        super().__init__(theme, error.title, parent)
        go_on = Button(theme, go_on_text or self.tr("Continue"), ButtonKind.PRIMARY)
        go_on.clicked.connect(self.accept)
        self.column.addWidget(ErrorBlock(theme, error))
        self.add_buttons(go_on)
        go_on.setFocus()
