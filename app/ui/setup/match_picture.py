"""How an id in an event finds a lead, as three linked boxes."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.card import Card
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import ElidedLabel, WrappedLabel


class MatchPicture(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        boxes = (
            ("braces", Tone.NEUTRAL, self.tr("Event from Segment"), "company.id  co_1001"),
            ("building-2", Tone.ACCENT, self.tr("Lead with Company ID"), "co_1001"),
            ("circle-check", Tone.OK, "Brightwave Studio", self.tr("Found, not duplicated")),
        )
        for number, (icon, tone, title, text) in enumerate(boxes):
            if number:
                column.addWidget(_Link(theme))
            column.addWidget(_Box(theme, icon, tone, title, text, mono=number < 2))
        self.setAccessibleName(self.tr("Example: the company's id finds the lead Brightwave Studio"))


class _Box(Card):
    def __init__(self, theme: Theme, icon: str, tone: Tone, title: str, text: str, *, mono: bool) -> None:
        super().__init__(theme, padding=10)
        self.set_tone(tone)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(Icon(theme, icon, "muted" if tone is Tone.NEUTRAL else tone.value, 18))
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(WrappedLabel(theme, title, Role.LABEL))
        words.addWidget(ElidedLabel(theme, text, Role.MONO_SMALL if mono else Role.CAPTION, "muted"))
        row.addLayout(words, 1)
        self.body.addLayout(row)


class _Link(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def sizeHint(self) -> QSize:
        return QSize(20, 22)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        x = 10 + self._theme.px(18) // 2
        QPainter(self).fillRect(x, 0, 1, self.height(), self._theme.color("outline"))
