"""What is under way: a line that fills, how far it is, how long the rest takes, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme.painting import rounded
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.badge import Badge
from app.ui.widgets.button import Button
from app.ui.widgets.card import Card
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.labels import WrappedLabel


class ProgressLine(QWidget):
    """8 px high; failures are the last part of what is done. Decoration: the words beside it say the same."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._share = self._failed = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_shares(self, share: float, failed: float = 0.0) -> None:
        """Both from 0 to 1; ``failed`` is part of ``share``."""
        self._share, self._failed = min(1.0, share), min(share, failed)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(80, 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        whole = QRectF(self.rect())
        rounded(painter, whole, 4, tokens.track)
        if self._share <= 0:
            return
        done = QRectF(whole)
        done.setWidth(max(8.0, whole.width() * self._share))
        bad = max(4.0, whole.width() * self._failed) if self._failed else 0.0
        if self.layoutDirection().name == "RightToLeft":
            done.moveRight(whole.right())
        rounded(painter, done, 4, tokens.error if bad else tokens.accent)
        if bad and done.width() - bad > 1:
            good = QRectF(done)
            good.setWidth(done.width() - bad - 1)
            rounded(painter, good, 4, tokens.accent)


class ProgressCard(Card):
    """``set_buttons`` puts the page's buttons below the words."""

    def __init__(self, theme: Theme, buttons: tuple[Button, ...], parent: QWidget | None = None) -> None:
        super().__init__(theme, padding=16, parent=parent)
        self._title = WrappedLabel(theme, "", Role.SECTION)
        self.badge = Badge(theme, "")
        self._line = ProgressLine(theme)
        self._figures = WrappedLabel(theme, "", Role.BODY)
        self._note = WrappedLabel(theme, "", Role.CAPTION, "muted")
        head = QWidget()
        flow = FlowLayout(head, spacing=10)
        flow.addWidget(self.badge)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(head)
        words.addWidget(self._title)
        self._shown = buttons
        self._buttons = QWidget()
        row = FlowLayout(self._buttons, spacing=8)
        for button in buttons:
            row.addWidget(button)
        self.body.setSpacing(10)
        self.body.addLayout(words)
        for widget in (self._line, self._figures, self._note, self._buttons):
            self.body.addWidget(widget)

    def show_progress(
        self,
        badge: tuple[str, Tone, str],
        title: str,
        figures: str,
        note: str,
    ) -> None:
        self.badge.set(*badge)
        self._title.set_text(title)
        self._figures.set_text(figures)
        self._note.set_text(note)
        self._note.setVisible(bool(note))
        self.setAccessibleName(title)
        self.setAccessibleDescription(f"{badge[0]}. {figures} {note}".strip())

    def fit_buttons(self) -> None:
        """Leave no empty line where every button is hidden."""
        self._buttons.setVisible(any(not button.isHidden() for button in self._shown))

    def set_shares(self, share: float, failed: float = 0.0) -> None:
        """How much is done and how much of it has failed, from 0 to 1."""
        self._line.set_shares(share, failed)
