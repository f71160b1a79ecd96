"""The few shapes that everything is drawn from."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle

FIELD_RADIUS = 6
CARD_RADIUS = 10
FOCUS_WIDTH = 2


def mix(first: str, second: str, amount: float) -> QColor:
    """``first`` with ``amount`` (0 to 1) of ``second`` in it."""
    a, b = QColor(first), QColor(second)
    return QColor.fromRgbF(
        a.redF() + (b.redF() - a.redF()) * amount,
        a.greenF() + (b.greenF() - a.greenF()) * amount,
        a.blueF() + (b.blueF() - a.blueF()) * amount,
    )


def rounded(
    painter: QPainter,
    rect: QRect | QRectF,
    radius: float,
    fill: QColor | str | None = None,
    line: QColor | str | None = None,
    width: float = 1.0,
) -> None:
    """A rounded rectangle whose outline lies completely inside ``rect``. Leaves the painter as it was."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inset = width / 2 if line is not None else 0.0
    box = QRectF(rect).adjusted(inset, inset, -inset, -inset)
    painter.setPen(QPen(QColor(line), width) if line is not None else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(fill) if fill is not None else Qt.BrushStyle.NoBrush)
    corner = max(0.0, radius - inset)
    painter.drawRoundedRect(box, corner, corner)
    painter.restore()


def line_below(painter: QPainter, rect: QRect | QRectF, color: QColor | str) -> None:
    """A crisp line of 1 px along the lower edge of ``rect``, inside it."""
    box = QRectF(rect)
    painter.fillRect(QRectF(box.x(), box.bottom() - 1, box.width(), 1), QColor(color))


def line_of_text(
    painter: QPainter,
    rect: QRect | QRectF,
    text: str,
    font: QFont,
    color: QColor | str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> int:
    """One vertically centred line, elided to fit. Returns the width it took in px."""
    box = QRectF(rect)
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(text, elide, max(0, int(box.width()) + 1))
    # Left and right are meant for languages read from the left; the words keep their own direction, so that
    # an ID or a number in a window read from the right is not turned round.
    direction = painter.layoutDirection()
    side = QStyle.visualAlignment(direction, align)
    flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.setFont(font)
    painter.setPen(QColor(color))
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    painter.drawText(box, int(flags), shown)
    painter.setLayoutDirection(direction)
    return metrics.horizontalAdvance(shown)


def visual(direction: Qt.LayoutDirection, bounds: QRect | QRectF, rect: QRectF) -> QRectF:
    """``rect`` at the other side of ``bounds`` when the window is read from the right."""
    if direction is not Qt.LayoutDirection.RightToLeft:
        return rect
    area = QRectF(bounds)
    return QRectF(area.x() + area.right() - rect.right(), rect.y(), rect.width(), rect.height())
