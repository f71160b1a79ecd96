"""Where an event goes: Segment, this computer, Close, with arrows between them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.setup.columns import Columns
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.card import Card
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import WrappedLabel


class EventRoute(Columns):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, stack_below=640, spacing=6)
        self.add(_Station(theme, "send", self.tr("Segment"), self.tr("Sends events")), 2)
        self.add(_Arrow(theme), 1)
        here = _Station(
            theme, "monitor", self.tr("This computer"), self.tr("Checks, maps, shows you"), here=True
        )
        self.add(here, 2)
        self.add(_Arrow(theme), 1)
        self.add(_Station(theme, "building-2", self.tr("Close"), self.tr("Leads and contacts")), 2)


class _Station(Card):
    def __init__(self, theme: Theme, icon: str, title: str, text: str, *, here: bool = False) -> None:
        super().__init__(theme, padding=14)
        if here:
            self.set_tone(Tone.ACCENT)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(Icon(theme, icon, "accent" if here else "muted", 20))
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(WrappedLabel(theme, title, Role.LABEL))
        words.addWidget(WrappedLabel(theme, text, Role.CAPTION, "muted"))
        row.addLayout(words, 1)
        self.body.addLayout(row)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)


class _Arrow(QWidget):
    """Points on; downwards where the stations stand below each other. Decoration."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(40, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("outline"), 1.5))
        painter.translate(QPointF(self.rect().center()))
        length = self.width() / 2 - 4
        if self.width() > 4 * self.height() or self._below():
            painter.rotate(90)
            length = self.height() / 2 - 3
        elif self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            painter.rotate(180)
        tip = QPointF(length, 0)
        painter.drawLine(QPointF(-length, 0), tip)
        painter.drawLine(tip, tip + QPointF(-6, -6))
        painter.drawLine(tip, tip + QPointF(-6, 6))

    def _below(self) -> bool:
        route = self.parentWidget()
        return isinstance(route, Columns) and route.stacked
