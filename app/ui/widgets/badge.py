"""Badges say a state: an icon and a word in a pill."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QCoreApplication, QRectF, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme.painting import line_of_text, rounded, visual
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role

_ICON = 14
_PAD = 7
_GAP = 5


class Badge(QWidget):
    """A pill with a word, usually with an icon; also names a kind of record (Lead, Contact)."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        tone: Tone = Tone.NEUTRAL,
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = text
        self._tone = tone
        self._icon = icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        theme.changed.connect(self.updateGeometry)

    @property
    def text(self) -> str:
        return self._text

    @property
    def tone(self) -> Tone:
        return self._tone

    def set(self, text: str, tone: Tone, icon: str = "") -> None:
        """Word, colour and icon always change together, so that none of them is left behind."""
        self._text, self._tone, self._icon = text, tone, icon
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.font(Role.BADGE))
        width = metrics.horizontalAdvance(self._text) + 2 * _PAD + 1
        if self._icon:
            width += self._theme.px(_ICON) + _GAP
        return QSize(width + 1, max(22, metrics.height() + 6))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tone = self._theme.tone(self._tone)
        rect = QRectF(self.rect())
        rounded(painter, rect, rect.height() / 2, tone.bg, tone.line)
        content = rect.adjusted(_PAD + (0 if self._icon else 2), 0, -_PAD, 0)
        if self._icon:
            size = self._theme.px(_ICON)
            box = QRectF(content.x(), rect.center().y() - size / 2, size, size)
            icon = visual(self.layoutDirection(), rect, box)
            self._theme.icons.paint(painter, icon, self._icon, tone.text)
            content.setLeft(box.right() + _GAP)
        content = visual(self.layoutDirection(), rect, content)
        line_of_text(painter, content, self._text, self._theme.font(Role.BADGE), tone.text)


class State(Enum):
    """The words for state that the whole program uses, with their icon and tone."""

    IDLE = ("circle-dashed", Tone.NEUTRAL)
    WORKING = ("loader-circle", Tone.INFO)
    OK = ("circle-check", Tone.OK)
    ATTENTION = ("triangle-alert", Tone.WARN)
    FAILED = ("circle-x", Tone.ERROR)
    PAUSED = ("pause", Tone.NEUTRAL)
    DEMO = ("flask-conical", Tone.VIOLET)

    @property
    def icon(self) -> str:
        return self.value[0]

    @property
    def tone(self) -> Tone:
        return self.value[1]

    @property
    def word(self) -> str:
        return {
            State.IDLE: _tr("Idle"),
            State.WORKING: _tr("Working"),
            State.OK: _tr("OK"),
            State.ATTENTION: _tr("Attention"),
            State.FAILED: _tr("Failed"),
            State.PAUSED: _tr("Paused"),
            State.DEMO: _tr("Demo"),
        }[self]


class StateBadge(Badge):
    """A badge for one of the common states; ``text`` replaces the usual word ("5 of 6 passed")."""

    def __init__(self, theme: Theme, state: State, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(theme, text or state.word, state.tone, state.icon, parent)

    def set_state(self, state: State, text: str = "") -> None:
        self.set(text or state.word, state.tone, state.icon)


def lead_badge(theme: Theme) -> Badge:
    return Badge(theme, _tr("Lead"), Tone.INFO, "building-2")


def contact_badge(theme: Theme) -> Badge:
    return Badge(theme, _tr("Contact"), Tone.VIOLET, "user-round")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Badge", text)
