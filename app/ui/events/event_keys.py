"""The single-letter keys of the list of events, and the overlay that names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.ui.question_dialog import SurfaceDialog
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button
from app.ui.widgets.chip import Chip
from app.ui.widgets.chip_painting import ChipSpec
from app.ui.widgets.labels import Label, WrappedLabel

_PLAIN = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.KeypadModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


class EventKeys(QObject):
    """Runs a command for a letter that goes down in ``watched``; everything else is left to it."""

    def __init__(self, watched: QWidget, commands: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(watched)
        self._commands = commands
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            command = self._commands.get(_name(event))
            if command is not None and event.modifiers() in _PLAIN:
                command()
                return True
        return super().eventFilter(_watched, event)


def _name(event: QKeyEvent) -> str:
    """The letter on the key, or what the layout makes of it for signs like the question mark."""
    if event.key() == Qt.Key.Key_Space:
        return "Space"
    if Qt.Key.Key_A <= event.key() <= Qt.Key.Key_Z:
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        return "" if shifted else chr(event.key())
    return {Qt.Key.Key_Slash: "/", Qt.Key.Key_Question: "?"}.get(Qt.Key(event.key()), "")


class KeysDialog(SurfaceDialog):
    """Every key of the list with what it does."""

    def __init__(self, theme: Theme, parent: QWidget | None) -> None:
        super().__init__(theme, _tr("Keys of the list"), parent)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for number, (key, words) in enumerate(key_words()):
            grid.addWidget(Chip(theme, ChipSpec(key)), number, 0, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(Label(theme, words), number, 1)
        self.column.addWidget(WrappedLabel(theme, self.windowTitle(), Role.SECTION))
        text = _tr("They work while the list has the focus.")
        self.column.addWidget(WrappedLabel(theme, text, Role.BODY, "muted"))
        self.column.addLayout(grid)
        self.close_button = Button(theme, _tr("Close"))
        self.close_button.clicked.connect(self.accept)
        self.add_buttons(self.close_button)
        self.close_button.setFocus()


def key_words() -> tuple[tuple[str, str], ...]:
    return (
        ("J", _tr("Next event")),
        ("K", _tr("Event before")),
        ("Space", _tr("Pause or resume the view")),
        ("R", _tr("Run again")),
        ("E", _tr("Edit and send again")),
        ("D", _tr("Show what it changed")),
        ("C", _tr("Copy as cURL")),
        ("B", _tr("Bookmark, or take the bookmark away")),
        ("S", _tr("Use as sample")),
        ("/", _tr("Find events")),
        ("?", _tr("Show these keys")),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("EventKeys", text)
