"""Lines over time with a fading fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.ui.theme.painting import rounded
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.labels import Label
from app.ui.widgets.timeline import axis_top, paint_grid, paint_time_labels

_GRID_LINES = 4


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its values are evenly spaced and end now."""

    name: str
    values: tuple[float, ...]
    tone: Tone = Tone.ACCENT


class AreaChart(QWidget):
    """``labels`` are (index, text) pairs along the values."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._series: tuple[Series, ...] = ()
        self._labels: tuple[tuple[int, str], ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def set_series(self, series: Sequence[Series], labels: Sequence[tuple[int, str]] = ()) -> None:
        self._series, self._labels = tuple(series), tuple(labels)
        spoken = (
            self.tr("{name}: highest {high}, now {now}").format(
                name=each.name, high=f"{max(each.values):g}", now=f"{each.values[-1]:g}"
            )
            for each in self._series
            if each.values
        )
        self.setAccessibleDescription("; ".join(spoken))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, 210)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 140)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics = QFontMetrics(self._theme.font(Role.AXIS))
        highest = max((max(each.values, default=0) for each in self._series), default=0)
        top_value = axis_top(highest)
        left = metrics.horizontalAdvance(f"{top_value:,}") + 14
        plot = QRectF(
            left, metrics.height() / 2 + 4, self.width() - left, self.height() - 2 * metrics.height() - 8
        )
        paint_grid(self._theme, painter, plot, top_value, metrics, _GRID_LINES if top_value % 3 == 0 else 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for each in self._series:
            if len(each.values) > 1:
                self._paint_series(painter, plot, each, top_value)
        longest = max((len(each.values) for each in self._series), default=0)
        if longest > 1:
            step = plot.width() / (longest - 1)
            places = [(plot.x() + index * step, text) for index, text in self._labels]
            paint_time_labels(self._theme, painter, plot, metrics, places, self.tr("now"))

    def _paint_series(self, painter: QPainter, plot: QRectF, series: Series, top_value: int) -> None:
        step = plot.width() / (len(series.values) - 1)
        points = [
            QPointF(plot.x() + step * number, plot.bottom() - value / top_value * plot.height())
            for number, value in enumerate(series.values)
        ]
        line = QPainterPath(points[0])
        for before, after in pairwise(points):
            middle = (before.x() + after.x()) / 2
            line.cubicTo(QPointF(middle, before.y()), QPointF(middle, after.y()), after)
        area = QPainterPath(line)
        area.lineTo(plot.bottomRight())
        area.lineTo(plot.bottomLeft())
        area.closeSubpath()
        color = QColor(self._theme.tone(series.tone).text)
        fill = QLinearGradient(plot.topLeft(), plot.bottomLeft())
        for place, alpha in ((0.0, 0.18), (1.0, 0.03)):
            faded = QColor(color)
            faded.setAlphaF(alpha)
            fill.setColorAt(place, faded)
        painter.fillPath(area, fill)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color, 2))
        painter.drawPath(line)


class Legend(QWidget):
    """Coloured squares with names; ``entries`` are (name, colour token) pairs."""

    def __init__(
        self, theme: Theme, entries: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for number, (name, color) in enumerate(entries):
            if number:
                row.addSpacing(8)
            row.addWidget(_Swatch(theme, color))
            row.addWidget(Label(theme, name, Role.CAPTION, "muted"))


class _Swatch(QWidget):
    def __init__(self, theme: Theme, color: str) -> None:
        super().__init__()
        self._theme = theme
        self._color = color
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(10, 10)

    def paintEvent(self, _event: QPaintEvent) -> None:
        rounded(QPainter(self), self.rect(), 3, self._theme.color(self._color))
