"""What a page shows while there is nothing to show: why, and what to do."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button
from app.ui.widgets.flow import FlowLayout, Side
from app.ui.widgets.labels import WrappedLabel

_DRAWING = 120


class OrbitDrawing(QWidget):
    """An icon with two rings and two travelling dots: something is expected to arrive. Decoration."""

    def __init__(self, theme: Theme, icon: str = "inbox", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(_DRAWING, _DRAWING)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        center = QPointF(self.width() / 2, self.height() / 2)
        pen = QPen(QColor(tokens.accent_line), 1)
        painter.setPen(pen)
        painter.setBrush(QColor(tokens.accent_bg))
        painter.drawEllipse(center, 27, 27)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(center, 42, 42)
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.drawEllipse(center, 58, 58)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent))
        painter.drawEllipse(center + QPointF(41, -9), 3.5, 3.5)
        painter.setOpacity(0.5)
        painter.drawEllipse(center + QPointF(-50, 29), 3, 3)
        painter.setOpacity(1)
        box = QRectF(center.x() - 12, center.y() - 12, 24, 24)
        self._theme.icons.paint(painter, box, self._icon, tokens.accent)


class EmptyState(QWidget):
    """Drawing, title, one sentence, up to two buttons, and whatever ``below`` adds (a checklist)."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        text: str,
        *,
        icon: str = "inbox",
        buttons: tuple[Button, ...] = (),
        below: QWidget | None = None,
        width: int = 440,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._width = width
        self._block = QWidget()
        column = QVBoxLayout(self._block)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(OrbitDrawing(theme, icon), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(6)
        self._title = WrappedLabel(theme, title, Role.TITLE)
        self._text = WrappedLabel(theme, text, Role.BODY, "muted")
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            column.addWidget(label)
        if buttons:
            row = FlowLayout(spacing=8, side=Side.CENTER)
            row.setContentsMargins(0, 8, 0, 0)
            for button in buttons:
                row.addWidget(button)
            column.addLayout(row)
        if below is not None:
            column.addSpacing(16)
            column.addWidget(below)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._block, 1000)
        middle.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(3)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_text(self, title: str, text: str) -> None:
        self._title.set_text(title)
        self._text.set_text(text)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)

    def _restyle(self) -> None:
        self._block.setMaximumWidth(self._theme.px(self._width))
