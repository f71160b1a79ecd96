"""Asks once more, in the page, before something changes Close."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.flow import FlowLayout, Side
from app.ui.widgets.labels import WrappedLabel


class Confirmation(QWidget):
    """Shown by ``ask``; goes away with either answer. Esc is "Not now".

    What cannot be undone is agreed to with a tick of its own before the answer counts.
    """

    confirmed = Signal()
    refused = Signal()
    told = Signal(str)
    """Why the answer does not count yet."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.banner = Banner(theme, Tone.WARN, " ", " ", icon="send")
        self.final_check = QCheckBox(self.tr("Do this. It cannot be undone."))
        self._missing = WrappedLabel(theme, self.tr("Tick this first."), Role.CAPTION, "error")
        self.yes_button = Button(theme, "", ButtonKind.SECONDARY, icon="send")
        self.no_button = Button(theme, self.tr("Not now"), ButtonKind.GHOST)
        buttons = FlowLayout(spacing=8, side=Side.END)
        buttons.addWidget(self.no_button)
        buttons.addWidget(self.yes_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.banner)
        column.addWidget(self.final_check)
        column.addWidget(self._missing)
        column.addLayout(buttons)
        self.yes_button.clicked.connect(self._confirm)
        self.no_button.clicked.connect(self._refuse)
        self.final_check.toggled.connect(lambda: self._missing.setVisible(False))
        self.setVisible(False)

    def ask(self, title: str, text: str, action: str, *, final: Sequence[str] = ()) -> None:
        """``action`` names what happens ("Send to Acme Inc."). The keyboard goes to the safe answer.

        ``final`` are sentences about what nobody can take back; each names its record.
        """
        lines = "\n".join((text, *final))
        tone, icon = (Tone.ERROR, "triangle-alert") if final else (Tone.WARN, "send")
        self.banner.set(tone, title, lines, icon)
        self.final_check.setChecked(False)
        self.final_check.setVisible(bool(final))
        self.final_check.setAccessibleDescription(" ".join(final))
        self._missing.setVisible(False)
        self.yes_button.set_text(action)
        self.yes_button.set_kind(ButtonKind.DANGER_FINAL if final else ButtonKind.SECONDARY)
        self.setVisible(True)
        self.no_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._refuse()
            return
        super().keyPressEvent(event)

    def _confirm(self) -> None:
        if not self.final_check.isHidden() and not self.final_check.isChecked():
            self._missing.setVisible(True)
            self.final_check.setFocus(Qt.FocusReason.OtherFocusReason)
            self.told.emit(self.tr("Tick this first: {text}").format(text=self.final_check.text()))
            return
        self.setVisible(False)
        self.confirmed.emit()

    def _refuse(self) -> None:
        self.setVisible(False)
        self.refused.emit()
