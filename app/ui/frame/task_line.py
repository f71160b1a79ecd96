"""The line that shows running work: spinner, verb, and Cancel once it takes a while."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.frame.tasks import AsyncTask
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.icon import Spinner
from app.ui.widgets.labels import WrappedLabel


class TaskLine(QWidget):
    """Visible only while ``task`` is busy."""

    def __init__(self, theme: Theme, task: AsyncTask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = task
        self._text = WrappedLabel(theme, "", Role.BODY, "muted")
        self.cancel_button = Button(theme, self.tr("Cancel"), ButtonKind.GHOST, small=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Spinner(theme))
        row.addWidget(self._text, 1)
        row.addWidget(self.cancel_button)
        self.cancel_button.clicked.connect(task.cancel)
        task.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self._text.set_text(self._task.status)
        self.cancel_button.setVisible(self._task.can_cancel)
        self.setAccessibleName(self._task.status)
        self.setVisible(self._task.busy)
