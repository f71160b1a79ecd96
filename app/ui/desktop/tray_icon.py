"""The program's icon with what the relay is up to; shape and colour, as the words are a hover away."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone

_SIZES = (16, 22, 24, 32, 48, 64)
_PALE = 0.5


def tray_icon(theme: Theme, tone: Tone) -> QIcon:
    """Pale when nothing runs, a triangle in its corner for a warning, a disc for an error."""
    plain = theme.icons.app_icon()
    icon = QIcon()
    for size in _SIZES:
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(_PALE if tone is Tone.NEUTRAL else 1.0)
        plain.paint(painter, pixmap.rect())
        if tone in (Tone.WARN, Tone.ERROR):
            _mark(painter, size, QColor(theme.tone(tone).text), tone)
        painter.end()
        icon.addPixmap(pixmap)
    return icon


def _mark(painter: QPainter, size: int, color: QColor, tone: Tone) -> None:
    half, line = size * 0.28, max(1.0, size / 24)
    middle = QPointF(size - half - line, size - half - line)
    # Panels are light or dark whatever this program looks like; a ring keeps the mark apart from both.
    painter.setPen(QPen(QColor("white"), line))
    painter.setBrush(color)
    if tone is Tone.ERROR:
        painter.drawEllipse(middle, half, half)
    else:
        corners = (QPointF(0, -half), QPointF(half, half), QPointF(-half, half))
        painter.drawPolygon(QPolygonF([middle + corner for corner in corners]))
