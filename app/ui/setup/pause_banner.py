"""Counts down the pause that Close asks for."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.banner import Banner

_TICK_MS = 1000


class PauseBanner(Banner):
    """Hidden until ``start``; at zero it says that the next try may be made."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Tone.WARN, " ", icon="clock")
        self._left_s = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self.setVisible(False)

    def start(self, wait_s: float) -> None:
        self._left_s = max(1, round(wait_s))
        self._timer.start()
        self._show_left()
        self.setVisible(True)

    def stop(self) -> None:
        self._timer.stop()
        self.setVisible(False)

    def _tick(self) -> None:
        self._left_s -= 1
        if self._left_s <= 0:
            self._timer.stop()
        self._show_left()

    def _show_left(self) -> None:
        if self._left_s > 0:
            text = self.tr("Close takes the next request in {seconds} s.").format(seconds=self._left_s)
        else:
            text = self.tr("The pause is over. Check the key again.")
        self.set(Tone.WARN, text, icon="clock")
