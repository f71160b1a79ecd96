"""A bar that shows which share of the events matches."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme.painting import rounded, visual
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone

_BAR = 8


class ShareBar(QWidget):
    """``share`` is from 0 to 1; anything above nothing shows at least a dot. The words stand beside it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_share(self, share: float) -> None:
        self._share = min(1.0, max(0.0, share))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(80, _BAR)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        whole = QRectF(self.rect())
        rounded(painter, whole, _BAR / 2, self._theme.tokens.track)
        if self._share > 0:
            filled = QRectF(0, 0, max(float(_BAR), whole.width() * self._share), whole.height())
            filled = visual(self.layoutDirection(), self.rect(), filled)
            rounded(painter, filled, _BAR / 2, self._theme.tone(Tone.OK).text)
