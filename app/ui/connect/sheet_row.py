"""One value of a form in Segment: what the form calls it, the value, and Copy."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.help.topics import explain
from app.ui.language.translator import said
from app.ui.setup.columns import Columns
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.labels import WrappedLabel
from app.ui.widgets.secret_clipboard import copy_secret
from app.ui.widgets.secret_field import ReadOnlyField
from app.workflows.paste_sheet import PasteLine

_STACK_BELOW = 560


class SheetRow(Columns):
    """``copied`` fires once the value is on the clipboard.

    A secret is not held here: Copy asks for it with ``fetch_requested`` and gets it through ``take_secret``.
    """

    copied = Signal()
    fetch_requested = Signal()

    def __init__(self, theme: Theme, line: PasteLine) -> None:
        super().__init__(theme, stack_below=_STACK_BELOW, spacing=12)
        self.line = line
        self.done = False
        self.copyable = bool(line.value) or line.secret
        note = said(line.note)
        self.field = ReadOnlyField(
            theme, line.label, line.value, mono=bool(line.value), copyable=self.copyable
        )
        self.field.label.hide()
        self.field.edit.setAccessibleDescription(note)
        if not line.value:
            self.field.edit.setPlaceholderText(self._instead())
        self.add(self._name(theme, note), 2)
        self.add(self.field, 3, Qt.AlignmentFlag.AlignTop)
        if line.secret:
            explain(self, "segment", "secret")
            self.field.copy_button.clicked.disconnect()
            self.field.copy_button.clicked.connect(self.fetch_requested)
        self.field.copied.connect(self._tick)

    def take_secret(self, secret: str) -> None:
        """What was asked for; it goes to the clipboard for a minute and is not kept."""
        copy_secret(secret)
        self._tick()

    def set_fetching(self, *, busy: bool) -> None:
        self.field.copy_button.set_busy(busy=busy)

    def mark_done(self) -> None:
        """Show that the value was copied before."""
        self.done = True
        self.field.copy_button.set_icon("check")
        self.field.copy_button.setAccessibleDescription(self.tr("Copied"))

    def _tick(self) -> None:
        self.mark_done()
        self.copied.emit()

    def _instead(self) -> str:
        if self.line.secret:
            return self.tr("Copy reads it from where it is kept")
        return self.tr("Not known yet") if self.line.pending else self.tr("Leave this empty")

    def _name(self, theme: Theme, note: str) -> QWidget:
        part = QWidget()
        words = QVBoxLayout(part)
        words.setContentsMargins(0, 7, 0, 0)
        words.setSpacing(1)
        words.addWidget(WrappedLabel(theme, self.line.label, Role.LABEL))
        if note:
            words.addWidget(WrappedLabel(theme, note, Role.CAPTION, "muted"))
        words.addStretch(1)
        return part
