"""The lasting way to take back what was sent, as long as something of it stands in Close."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.frame.task_line import TaskLine
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.trial.last_send import LastSend
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button


class UndoStrip(QWidget):
    """Follows ``LastSend``."""

    def __init__(self, theme: Theme, last: LastSend) -> None:
        super().__init__()
        self._last = last
        self.button = Button(theme, self.tr("Undo"), icon="undo-2")
        self.button.setAccessibleDescription(self.tr("Takes back what the last test has changed, Ctrl+Z"))
        self.banner = Banner(theme, Tone.NEUTRAL, " ", " ", icon="undo-2", action=self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(TaskLine(theme, last.undoing))
        column.addWidget(self.banner)
        self.button.clicked.connect(last.undo)
        last.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        sent = self._last.sent
        self.setVisible(sent is not None)
        if sent is None:
            return
        title = self.tr("“{event}” was sent to Close").format(event=sent.sample.name)
        text = sent.lost or self.tr("Undo takes back every field that still holds the value of this test.")
        self.banner.set(Tone.NEUTRAL, title, text, "undo-2")
        self.button.setVisible(not sent.lost)
        if self.button.busy != self._last.undoing.busy:
            self.button.set_busy(busy=self._last.undoing.busy)
