"""Adding events by pasting them."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button
from app.ui.widgets.code_box import CodeBox
from app.ui.widgets.labels import WrappedLabel

_PAUSE_MS = 300
_LEAST_HEIGHT = 132


class PastePanel(QWidget):
    """``add_requested`` carries the text; ``edited`` fires at once, ``paused`` when the typing stops."""

    add_requested = Signal(str)
    edited = Signal()
    paused = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.box = CodeBox(theme, name=self.tr("Events to paste"), editable=True, small=False)
        self.box.edit.setPlaceholderText(
            self.tr(
                "Paste events here: raw or pretty copies from Segment’s debugger, lists, lines of JSON, CSV."
            )
        )
        # A file that is dropped here is to be read, not its address pasted.
        self.box.edit.setAcceptDrops(False)
        self.add_button = Button(theme, self.tr("Add to the list"), icon="plus")
        self._hint = WrappedLabel(
            theme, self.tr("Ctrl+V anywhere on this page adds what is copied."), Role.CAPTION, "muted"
        )
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.add_button)
        foot.addWidget(self._hint, 1, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.box)
        column.addLayout(foot)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.paused)
        self.box.edit.textChanged.connect(self._changed)
        self.add_button.clicked.connect(self._add)
        theme.changed.connect(self._restyle)
        self._restyle()

    def text(self) -> str:
        return self.box.text()

    def set_text(self, text: str) -> None:
        """Put text into the box without an answer to it."""
        self.box.set_text(text)
        self._pause.stop()

    def set_invalid(self, *, invalid: bool) -> None:
        self.box.set_invalid(invalid=invalid)

    def go_to(self, position: int) -> None:
        """Put the text cursor where something is wrong; ``position`` counts characters from 0."""
        # Qt counts what is outside the basic plane twice.
        before = self.text()[:position]
        cursor = self.box.edit.textCursor()
        cursor.setPosition(len(before.encode("utf-16-le", "surrogatepass")) // 2)
        self.box.edit.setTextCursor(cursor)
        self.box.edit.setFocus()

    def _add(self) -> None:
        self._pause.stop()
        self.add_requested.emit(self.text())

    def _changed(self) -> None:
        self.edited.emit()
        self._pause.start()

    def _restyle(self) -> None:
        self.box.setFixedHeight(self._theme.px(_LEAST_HEIGHT))
