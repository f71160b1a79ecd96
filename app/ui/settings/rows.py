"""What sections of the settings are made of: a card, and lines of words with a control beside them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.card import Card
from app.ui.widgets.labels import WrappedLabel

_LEAST_WORDS = 240
_BESIDE, _BELOW = 16, 8


class SettingRow(QWidget):
    """``name`` in strong words, ``why`` below it, the control at the right, or below where room is short."""

    def __init__(self, theme: Theme, name: str, why: str, control: QWidget) -> None:
        super().__init__()
        self._theme = theme
        self._control = control
        words = QVBoxLayout()
        words.setSpacing(2)
        self.name = WrappedLabel(theme, name, Role.LABEL)
        self.why = WrappedLabel(theme, why, Role.CAPTION, "muted")
        self.why.setVisible(bool(why))
        self.name.setBuddy(control)
        words.addWidget(self.name)
        words.addWidget(self.why)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_BESIDE)
        self._row.addLayout(words, 1)
        self._row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
        if not control.accessibleName():
            control.setAccessibleName(name)
        control.setAccessibleDescription(control.accessibleDescription() or why)

    def set_why(self, text: str) -> None:
        self.why.set_text(text)
        self.why.setVisible(bool(text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Asked with the gap that there is now, the answer would change with the answer, without end.
        left = self.width() - self._control.sizeHint().width() - _BESIDE
        crowded = left < self._theme.px(_LEAST_WORDS)
        wanted = QBoxLayout.Direction.TopToBottom if crowded else QBoxLayout.Direction.LeftToRight
        if self._row.direction() is not wanted:
            self._row.setDirection(wanted)
            self._row.setSpacing(_BELOW if crowded else _BESIDE)
            side = Qt.AlignmentFlag.AlignLeft if crowded else Qt.AlignmentFlag.AlignVCenter
            self._row.setAlignment(self._control, side)


class Section(QWidget):
    """A column of cards. ``opened`` fires when it comes to the front: time to read what it shows."""

    opened = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.theme = theme
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(16)
        self.setAccessibleName(name)

    def card(self, heading: str, fact: str = "") -> Card:
        card = Card(self.theme, heading, fact)
        card.body.setSpacing(14)
        self.column.addWidget(card)
        return card
