"""A check box whose sentence wraps."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.widgets.labels import WrappedLabel

_LEAST_TARGET = 24


class Consent(QWidget):
    """A press on the sentence is one on the box, as people know it."""

    toggled = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.box = QCheckBox()
        self.box.setMinimumWidth(_LEAST_TARGET)
        self._text = WrappedLabel(theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.box, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        self.setFocusProxy(self.box)
        self.box.toggled.connect(self.toggled)

    @property
    def given(self) -> bool:
        return self.box.isChecked()

    def set_given(self, *, given: bool) -> None:
        self.box.setChecked(given)

    def set_text(self, text: str) -> None:
        self._text.set_text(text)
        self.box.setAccessibleName(text)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._text.geometry().contains(
            event.position().toPoint()
        ):
            self.box.click()
            return
        super().mouseReleaseEvent(event)
