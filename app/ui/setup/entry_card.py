"""One way into the program: an icon in a tinted square, what it is, and its button."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme.painting import rounded
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button
from app.ui.widgets.card import Card
from app.ui.widgets.labels import WrappedLabel


class EntryCard(Card):
    def __init__(self, theme: Theme, icon: str, tone: Tone, title: str, text: str, button: Button) -> None:
        super().__init__(theme, padding=19)
        self.body.setSpacing(4)
        self.body.addWidget(_IconTile(theme, icon, tone), 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addSpacing(10)
        self.body.addWidget(WrappedLabel(theme, title, Role.SECTION))
        self.body.addWidget(WrappedLabel(theme, text, Role.BODY, "muted"))
        self.body.addStretch(1)
        self.body.addSpacing(14)
        self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        button.setAccessibleDescription(text)


class _IconTile(QWidget):
    def __init__(self, theme: Theme, icon: str, tone: Tone) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        side = self._theme.px(40)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tone = self._theme.tone(self._tone)
        box = QRectF(self.rect())
        rounded(painter, box, 8, tone.bg, tone.line)
        inset = box.width() / 4
        place = box.adjusted(inset, inset, -inset, -inset)
        self._theme.icons.paint(painter, place, self._icon, tone.text)
