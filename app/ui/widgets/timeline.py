"""Events per minute as stacked bars; times without knowledge are hatched, never drawn as zero."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme.painting import line_of_text, rounded
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role

_HATCH_STEP = 7
_GRID_LINES = 3


@dataclass(frozen=True, slots=True)
class MinuteBar:
    """Events of one minute by what became of them."""

    skipped: int = 0
    changed: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        return self.skipped + self.changed + self.failed


@dataclass(frozen=True, slots=True)
class Gap:
    """Minutes ``start`` up to but not including ``end`` in which nothing could be received."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class TimelineData:
    """``labels`` are (minute, text) pairs; the last minute is now."""

    bars: tuple[MinuteBar, ...] = ()
    gaps: tuple[Gap, ...] = ()
    labels: tuple[tuple[int, str], ...] = ()


class Timeline(QWidget):
    """From the base up: skipped, changed (or what would change), failed."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._data = TimelineData()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def set_data(self, data: TimelineData) -> None:
        self._data = data
        self.setAccessibleDescription(
            self.tr("{total} events, {failed} failed, {gaps} gaps").format(
                total=sum(bar.total for bar in data.bars),
                failed=sum(bar.failed for bar in data.bars),
                gaps=len(data.gaps),
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, 140)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 120)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics = QFontMetrics(self._theme.font(Role.AXIS))
        top_value = axis_top(max((bar.total for bar in self._data.bars), default=0))
        left = metrics.horizontalAdvance(str(top_value)) + 14
        plot = QRectF(left, metrics.height(), self.width() - left, self.height() - 2 * metrics.height() - 8)
        paint_grid(self._theme, painter, plot, top_value, metrics, _GRID_LINES)
        if self._data.bars:
            self._paint_bars(painter, plot, top_value)
            self._paint_gaps(painter, plot, metrics)
            self._paint_labels(painter, plot, metrics)

    def _slot(self, plot: QRectF) -> float:
        return plot.width() / max(1, len(self._data.bars))

    def _paint_bars(self, painter: QPainter, plot: QRectF, top_value: int) -> None:
        tokens = self._theme.tokens
        slot = self._slot(plot)
        unit = plot.height() / top_value
        for minute, bar in enumerate(self._data.bars):
            if any(gap.start <= minute < gap.end for gap in self._data.gaps):
                continue
            x = plot.x() + minute * slot
            width = max(1.0, slot - max(1.0, slot * 0.16))
            base = plot.bottom()
            for count, color in (
                (bar.skipped, tokens.skip),
                (bar.changed, tokens.accent),
                (bar.failed, tokens.error),
            ):
                if count:
                    height = max(1.5, count * unit)
                    painter.fillRect(QRectF(x, base - height, width, height), QColor(color))
                    base -= height + 1

    def _paint_gaps(self, painter: QPainter, plot: QRectF, metrics: QFontMetrics) -> None:
        tone = self._theme.tone(Tone.WARN)
        slot = self._slot(plot)
        for gap in self._data.gaps:
            left, right = plot.x() + gap.start * slot, plot.x() + gap.end * slot
            block = QRectF(
                left, plot.y() - metrics.height(), right - left - 2, plot.height() + metrics.height()
            )
            rounded(painter, block, 4, tone.bg, tone.line)
            hatch(painter, block.adjusted(1, 1, -1, -1), tone.line)
            rounded(painter, block, 4, None, tone.line)
            self._paint_gap_label(painter, block, gap.label, metrics)

    def _paint_gap_label(self, painter: QPainter, block: QRectF, text: str, metrics: QFontMetrics) -> None:
        lines = text.splitlines()
        width = max((metrics.horizontalAdvance(line) for line in lines), default=0) + 14
        box = QRectF(0, 0, width, len(lines) * (metrics.height() + 1) + 6)
        box.moveCenter(QPointF(block.center().x(), block.y() + block.height() * 0.28))
        box.moveLeft(min(max(box.left(), 0.0), self.width() - width))
        tokens = self._theme.tokens
        rounded(painter, box, 5, tokens.surface, tokens.warn_line)
        for number, line in enumerate(lines):
            row = QRectF(box.x(), box.y() + 3 + number * (metrics.height() + 1), width, metrics.height() + 1)
            font = self._theme.font(Role.AXIS)
            line_of_text(painter, row, line, font, tokens.warn, Qt.AlignmentFlag.AlignHCenter)

    def _paint_labels(self, painter: QPainter, plot: QRectF, metrics: QFontMetrics) -> None:
        places = [(plot.x() + minute * self._slot(plot), text) for minute, text in self._data.labels]
        paint_time_labels(self._theme, painter, plot, metrics, places, self.tr("now"))


def axis_top(highest: float) -> int:
    """A round number that ``highest`` fits below and that halves without a rest."""
    if highest <= 2:
        return 2
    magnitude = 10 ** (len(str(ceil(highest))) - 1)
    for factor in (1, 2, 4, 6, 8, 10):
        if highest <= factor * magnitude:
            return factor * magnitude
    return 20 * magnitude


def paint_grid(
    theme: Theme, painter: QPainter, plot: QRectF, top_value: int, metrics: QFontMetrics, lines: int
) -> None:
    """Horizontal lines with their values at the left, from 0 to ``top_value``."""
    tokens = theme.tokens
    for number in range(lines):
        share = number / (lines - 1)
        y = round(plot.bottom() - share * plot.height())
        painter.fillRect(QRectF(plot.x(), y, plot.width(), 1), QColor(tokens.hair))
        box = QRectF(0, y - metrics.height() / 2, plot.x() - 8, metrics.height())
        value = f"{round(top_value * share):,}"
        line_of_text(painter, box, value, theme.font(Role.AXIS), tokens.muted, Qt.AlignmentFlag.AlignRight)


def paint_time_labels(
    theme: Theme,
    painter: QPainter,
    plot: QRectF,
    metrics: QFontMetrics,
    places: list[tuple[float, str]],
    now: str,
) -> None:
    """Times below the plot at their x, and "now" at the right; a time that would touch it is left out."""
    font, color = theme.font(Role.AXIS), theme.tokens.muted
    top = plot.bottom() + 6
    now_width = metrics.horizontalAdvance(now) + 2
    for x, text in places:
        width = metrics.horizontalAdvance(text) + 2
        if x + width + 8 < plot.right() - now_width:
            line_of_text(painter, QRectF(x, top, width + 2, metrics.height()), text, font, color)
    box = QRectF(plot.right() - now_width, top, now_width, metrics.height())
    line_of_text(painter, box, now, font, color, Qt.AlignmentFlag.AlignRight)


def hatch(painter: QPainter, rect: QRectF, color: str) -> None:
    """Diagonal lines, 7 px apart, inside ``rect``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(rect)
    painter.setPen(QPen(QColor(color), 1))
    x = rect.left() - rect.height()
    while x < rect.right():
        painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + rect.height(), rect.top()))
        x += _HATCH_STEP
    painter.restore()
