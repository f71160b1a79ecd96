"""Placeholders while something loads."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme.painting import rounded
from app.ui.theme.theme import Theme

_WIDTHS = (0.62, 0.84, 0.48, 0.72)


class Skeleton(QWidget):
    """Grey bars in the place of rows that are still being read. It does not move."""

    def __init__(self, theme: Theme, rows: int = 3, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows = rows
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name or self.tr("Loading"))
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(200, self._rows * self._theme.px(32))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        height = self._theme.px(32)
        bar = self._theme.px(12)
        for row in range(self._rows):
            width = self.width() * _WIDTHS[row % len(_WIDTHS)]
            box = QRectF(0, row * height + (height - bar) / 2, width, bar)
            rounded(painter, box, bar / 2, self._theme.tokens.track)
