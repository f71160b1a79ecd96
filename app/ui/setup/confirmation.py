"""Asks once more, in the page, before something changes Close."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.flow import FlowLayout


class Confirmation(QWidget):
    """Shown by ``ask``; goes away with either answer. Esc is "Not now"."""

    confirmed = Signal()
    refused = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.banner = Banner(theme, Tone.WARN, " ", " ", icon="send")
        self.yes_button = Button(theme, "", ButtonKind.SECONDARY, icon="send")
        self.no_button = Button(theme, self.tr("Not now"), ButtonKind.GHOST)
        buttons = FlowLayout(spacing=8, at_end=True)
        buttons.addWidget(self.no_button)
        buttons.addWidget(self.yes_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.banner)
        column.addLayout(buttons)
        self.yes_button.clicked.connect(self._confirm)
        self.no_button.clicked.connect(self._refuse)
        self.setVisible(False)

    def ask(self, title: str, text: str, action: str) -> None:
        """``action`` names what happens ("Send to Acme Inc."). The keyboard goes to the safe answer."""
        self.banner.set(Tone.WARN, title, text, "send")
        self.yes_button.set_text(action)
        self.setVisible(True)
        self.no_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._refuse()
            return
        super().keyPressEvent(event)

    def _confirm(self) -> None:
        self.setVisible(False)
        self.confirmed.emit()

    def _refuse(self) -> None:
        self.setVisible(False)
        self.refused.emit()
