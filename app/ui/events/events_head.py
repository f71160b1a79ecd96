"""The line above the list: whether it follows what arrives, and what can be done with the view."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from app.storage.profile import Mode
from app.ui.relay.wording import counted, mode_icon, mode_word
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.badge import Badge
from app.ui.widgets.button import Button, IconButton
from app.ui.widgets.flow import FlowLayout, Side
from app.ui.widgets.labels import Label

_GAP = 12


class EventsHead(QWidget):
    """Buttons are wired by the page; ``show_follow`` says in a badge what the view does."""

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self._known: tuple[object, ...] = ()
        self._mode: tuple[object, ...] = ()
        self.follow_badge = Badge(theme, "")
        self.mode_badge = Badge(theme, "")
        self.pause_button = Button(theme, self.tr("Pause view"), icon="pause")
        self.newest_button = Button(theme, self.tr("Newest"), icon="chevron-up")
        self.export_button = Button(theme, self.tr("Export"), icon="download")
        self.keys_button = IconButton(theme, "info", self.tr("Keys of the list"))
        # Both sides take a second line where the list is narrow beside its detail.
        words, actions = FlowLayout(spacing=_GAP), FlowLayout(spacing=_GAP, side=Side.END)
        words.addWidget(Label(theme, title, Role.TITLE))
        words.addWidget(self.follow_badge)
        words.addWidget(self.keys_button)
        for widget in (
            self.mode_badge,
            self.newest_button,
            self.pause_button,
            self.export_button,
        ):
            actions.addWidget(widget)
        self._sides = words, actions
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_GAP)
        self._row.addLayout(words)
        self._row.addLayout(actions, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        crowded = sum(side.minimumSize().width() for side in self._sides) + _GAP > self.width()
        wanted = QBoxLayout.Direction.TopToBottom if crowded else QBoxLayout.Direction.LeftToRight
        if self._row.direction() is not wanted:
            self._row.setDirection(wanted)

    def show_mode(self, mode: Mode, *, visible: bool) -> None:
        if (mode, visible) == self._mode:
            return
        self._mode = (mode, visible)
        self.mode_badge.set(mode_word(mode), Tone.WARN if mode is Mode.LIVE else Tone.ACCENT, mode_icon(mode))
        self.mode_badge.setVisible(visible)

    def show_paused(self, *, paused: bool) -> None:
        self.pause_button.set_text(self.tr("Resume view") if paused else self.tr("Pause view"))
        self.pause_button.set_icon("play" if paused else "pause")

    def show_follow(self, rows: int, held: int, *, paused: bool, following: bool, running: bool) -> None:
        """``held`` events have come and are not in the list of ``rows`` yet."""
        known = (bool(rows), held, paused, following, running)
        if known == self._known:
            # Setting a text lays the line out again, and this is asked ten times a second.
            return
        self._known = known
        for button in (self.pause_button, self.keys_button):
            button.setVisible(bool(rows))
        self.newest_button.setVisible(bool(rows) and not following and not paused)
        new = counted(held)
        if not rows:
            self.follow_badge.set(self.tr("Waiting"), Tone.NEUTRAL, "clock")
        elif paused:
            text = self.tr("Paused, {n} new").format(n=new) if held else self.tr("Paused")
            self.follow_badge.set(text, Tone.WARN, "pause")
        elif following:
            text = self.tr("Following") if running else self.tr("Relay stopped")
            tone = Tone.OK if running else Tone.NEUTRAL
            self.follow_badge.set(text, tone, "circle-play" if running else "square")
        else:
            text = self.tr("{n} new above").format(n=new) if held else self.tr("Not following")
            self.follow_badge.set(text, Tone.NEUTRAL, "pause")
