"""An icon, a coloured dot or a turning circle as a widget of its own."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme.painting import rounded
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone


class Icon(QWidget):
    """An icon of 14 to 20 px in the colour token ``color``. Decoration beside a text: it has no name."""

    def __init__(
        self, theme: Theme, name: str, color: str = "muted", size: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._color = color
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.updateGeometry)

    def set_icon(self, name: str, color: str = "") -> None:
        self._name = name
        self._color = color or self._color
        self.update()

    def sizeHint(self) -> QSize:
        side = self._theme.px(self._size)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._theme.icons.paint(painter, QRectF(self.rect()), self._name, self._theme.color(self._color))


class Spinner(Icon):
    """A turning circle; it turns only while it can be seen."""

    def __init__(
        self, theme: Theme, color: str = "info", size: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "loader-circle", color, size, parent)
        self._angle = 0
        self._timer = QTimer(self)
        self._timer.setInterval(80)
        self._timer.timeout.connect(self._turn)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        painter.translate(rect.center())
        painter.rotate(self._angle)
        painter.translate(-rect.center())
        self._theme.icons.paint(painter, rect, self._name, self._theme.color(self._color))

    def _turn(self) -> None:
        self._angle = (self._angle + 30) % 360
        self.update()


class IconTile(QWidget):
    """An icon in a tinted square: 40 px on a card, 22 px beside a change."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        tone: Tone = Tone.ACCENT,
        side: int = 40,
        size: int = 20,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._tone = tone
        self._side = side
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def set_icon(self, name: str, tone: Tone) -> None:
        self._name, self._tone = name, tone
        self.update()

    def sizeHint(self) -> QSize:
        side = self._theme.px(self._side)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tone = self._theme.tone(self._tone)
        rounded(painter, self.rect(), 8 if self._side >= 32 else 5, tone.bg, tone.line)
        size = self._theme.px(self._size)
        box = QRectF(0, 0, size, size)
        box.moveCenter(QRectF(self.rect()).center())
        self._theme.icons.paint(painter, box, self._name, tone.text)


class Dot(QWidget):
    """The state dot: a filled disc, with a soft halo when ``halo`` is set."""

    def __init__(
        self,
        theme: Theme,
        tone: Tone = Tone.OK,
        size: int = 8,
        *,
        halo: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tone = tone
        self._size = size
        self._halo = halo
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def set_tone(self, tone: Tone) -> None:
        self._tone = tone
        self.update()

    def sizeHint(self) -> QSize:
        side = self._theme.px(self._size) + (8 if self._halo else 0)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tone = self._theme.tone(self._tone)
        rect = QRectF(self.rect())
        if self._halo:
            rounded(painter, rect, rect.width() / 2, tone.bg)
            rect.adjust(4, 4, -4, -4)
        rounded(painter, rect, rect.width() / 2, tone.text)
