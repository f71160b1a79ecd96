"""Lines between parts of a card or panel."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme.theme import Theme


class Hair(QWidget):
    """A 1 px line, horizontal unless told otherwise; ``color`` is a token name."""

    def __init__(
        self,
        theme: Theme,
        orientation: Qt.Orientation = Qt.Orientation.Horizontal,
        color: str = "hair",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._color = color
        fixed, wide = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding
        across = orientation is Qt.Orientation.Horizontal
        self.setSizePolicy(wide if across else fixed, fixed if across else wide)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(1, 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.color(self._color))
