"""Number tiles: a caption, one number, a note, and the way the number has gone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.card import Card
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import ElidedLabel, Label


class Sparkline(QWidget):
    """72x28 px, a 1.75 px line with a dot at its end. Decoration: the number beside it says the same."""

    def __init__(
        self,
        theme: Theme,
        values: Sequence[float] = (),
        tone: Tone = Tone.ACCENT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._values = tuple(values)
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_values(self, values: Sequence[float]) -> None:
        self._values = tuple(values)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(72, 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if len(self._values) < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(2, 3, -4, -3)
        low, high = min(self._values), max(self._values)
        span = (high - low) or 1.0
        step = area.width() / (len(self._values) - 1)
        points = [
            QPointF(area.x() + step * number, area.bottom() - (value - low) / span * area.height())
            for number, value in enumerate(self._values)
        ]
        color = self._theme.color(self._tone.value)
        pen = QPen(color, 1.75)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(points[-1], 2.5, 2.5)


class Tile(Card):
    """Equal tiles in a row need stretch 1 each; a long caption is elided instead of making its tile wider."""

    def __init__(
        self,
        theme: Theme,
        caption: str,
        value: str = "",
        note: str = "",
        *,
        icon: str = "",
        sparkline: Sparkline | None = None,
        large: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, padding=13, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.body.setContentsMargins(13, 9, 13, 9)
        self.body.setSpacing(2)
        self._caption = ElidedLabel(theme, caption, Role.CAPTION, "muted")
        self._value = Label(theme, value, Role.NUMBER_LARGE if large else Role.NUMBER)
        self._note = ElidedLabel(theme, note, Role.CAPTION, "muted")
        head = QHBoxLayout()
        head.addWidget(self._caption, 1)
        if icon:
            head.addWidget(Icon(theme, icon, "muted", 14))
        middle = QHBoxLayout()
        middle.addWidget(self._value, 1)
        if sparkline is not None:
            middle.addWidget(sparkline)
        self.body.addLayout(head)
        self.body.addLayout(middle)
        self.body.addWidget(self._note)
        self._name()

    def set(
        self, value: str, note: str, *, needs_person: bool = False, note_tone: Tone | None = None
    ) -> None:
        """``needs_person`` turns the number red; nothing else may."""
        self._value.setText(value)
        self._value.set_color("error" if needs_person else "text")
        self._note.setText(note)
        self._note.set_color(note_tone.value if note_tone else "muted")
        self._name()

    def _name(self) -> None:
        self.setAccessibleName(f"{self._caption.text()}: {self._value.text()}")
        self.setAccessibleDescription(self._note.text())
