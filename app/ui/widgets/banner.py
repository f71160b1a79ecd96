"""Banners: a tinted line or two about the state of things, with at most one action."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.theme.painting import CARD_RADIUS, rounded
from app.ui.theme.text import plain
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import WrappedLabel

TONE_ICONS = {
    Tone.OK: "circle-check",
    Tone.WARN: "triangle-alert",
    Tone.ERROR: "circle-alert",
    Tone.INFO: "info",
    Tone.ACCENT: "info",
    Tone.VIOLET: "flask-conical",
    Tone.NEUTRAL: "info",
}


class Banner(QWidget):
    """``action`` (a button or a badge) stands at the right, vertically centred."""

    def __init__(
        self,
        theme: Theme,
        tone: Tone,
        title: str,
        text: str = "",
        *,
        icon: str = "",
        action: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tone = tone
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 14, 12)
        row.setSpacing(10)
        self._icon = Icon(
            theme, icon or TONE_ICONS[tone], tone.value if tone is not Tone.NEUTRAL else "muted", 18
        )
        words = QVBoxLayout()
        words.setSpacing(2)
        self._title = WrappedLabel(theme, title, Role.HEADING)
        self._text = WrappedLabel(theme, text, Role.BODY)
        if not text:
            self._text.hide()
        words.addWidget(self._title)
        words.addWidget(self._text)
        holder = QVBoxLayout()
        holder.addWidget(self._icon)
        holder.addStretch(1)
        row.addLayout(holder)
        row.addLayout(words, 1)
        self._action = action
        if action is not None:
            row.addWidget(action)
        self._name(title, text)
        theme.changed.connect(self.update)

    @property
    def tone(self) -> Tone:
        return self._tone

    def set(self, tone: Tone, title: str, text: str = "", icon: str = "") -> None:
        """Replace everything the banner says."""
        self.set_markup(tone, plain(title), plain(text), icon)
        self._name(title, text)

    def set_markup(self, tone: Tone, title: str, text: str = "", icon: str = "") -> None:
        """Like ``set`` with rich text that the caller has escaped."""
        self._tone = tone
        self._icon.set_icon(icon or TONE_ICONS[tone], tone.value if tone is not Tone.NEUTRAL else "muted")
        self._title.set_markup(title)
        self._text.set_markup(text)
        self._text.setVisible(bool(text))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tone = self._theme.tone(self._tone)
        rounded(QPainter(self), self.rect(), CARD_RADIUS, tone.bg, tone.line)

    def _name(self, title: str, text: str) -> None:
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
