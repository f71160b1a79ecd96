"""Gauges: how much of a budget is used, and how many of a few things are done."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme.painting import line_of_text, rounded
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role

_TIGHT = 0.6
_OVER = 0.9
_BAR = 10


class Gauge(QWidget):
    """A budget from 0 to 1 with ticks at 60 and 90 % and the words Comfortable, Tight and Over."""

    def __init__(self, theme: Theme, name: str, value: float = 0.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._value = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_value(value)
        theme.changed.connect(self.updateGeometry)

    @property
    def word(self) -> str:
        return self._words()[self._zone()]

    def set_value(self, value: float) -> None:
        """``value`` is the used share; more than 1 is shown as full."""
        self._value = max(0.0, value)
        self.setAccessibleName(f"{self._name}: {self.word}")
        self.setAccessibleDescription(self.tr("{percent} % used").format(percent=round(self._value * 100)))
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.font(Role.AXIS))
        words = sum(metrics.horizontalAdvance(word) for word in self._words()) + 40
        return QSize(max(168, words), _BAR + 6 + 6 + metrics.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        bar = QRectF(0, 3, self.width(), _BAR)
        color = self._theme.tone((Tone.OK, Tone.WARN, Tone.ERROR)[self._zone()]).text
        rounded(painter, bar, _BAR / 2, tokens.track)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        clip = QPainterPath()
        clip.addRoundedRect(bar, _BAR / 2, _BAR / 2)
        painter.setClipPath(clip)
        painter.fillRect(QRectF(0, bar.y(), bar.width() * min(1.0, self._value), _BAR), QColor(color))
        painter.restore()
        for share in (_TIGHT, _OVER):
            x = round(bar.width() * share)
            painter.fillRect(QRectF(x - 1, 0, 3, _BAR + 6), self._theme.color("surface"))
            painter.fillRect(QRectF(x, 0, 1, _BAR + 6), QColor(tokens.outline))
        self._paint_words(painter, color)

    def _paint_words(self, painter: QPainter, color: str) -> None:
        strong = self._theme.font(Role.AXIS)
        strong.setWeight(strong.Weight.Medium)
        metrics = QFontMetrics(strong)
        top = _BAR + 10
        words = self._words()
        widths = [metrics.horizontalAdvance(word) + 2 for word in words]
        over_x = self.width() - widths[2]
        tight_x = min(self.width() * _TIGHT, over_x - widths[1] - 8)
        places = (0.0, max(tight_x, widths[0] + 8.0), float(over_x))
        for zone, (word, x) in enumerate(zip(words, places, strict=True)):
            now = zone == self._zone()
            font = strong if now else self._theme.font(Role.AXIS)
            box = QRectF(x, top, widths[zone] + 2, metrics.height())
            line_of_text(painter, box, word, font, color if now else self._theme.tokens.muted)

    def _zone(self) -> int:
        if self._value >= _OVER:
            return 2
        return 1 if self._value >= _TIGHT else 0

    def _words(self) -> tuple[str, str, str]:
        return self.tr("Comfortable"), self.tr("Tight"), self.tr("Over")


class SegmentProgress(QWidget):
    """One 6 px segment per item; the done ones are green."""

    def __init__(
        self, theme: Theme, name: str, done: int = 0, total: int = 1, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_progress(done, total)
        theme.changed.connect(self.update)

    def set_progress(self, done: int, total: int) -> None:
        self._done, self._total = done, max(1, total)
        text = self.tr("{done} of {total}").format(done=done, total=total)
        self.setAccessibleName(f"{self._name}: {text}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        width = (self.width() - 3 * (self._total - 1)) / self._total
        for number in range(self._total):
            box = QRectF(number * (width + 3), 0, width, 6)
            rounded(painter, box, 3, tokens.ok if number < self._done else tokens.track)
