"""Leaving the mappings with changes that are not saved."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.ui.question_dialog import SurfaceDialog
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.labels import WrappedLabel


class Leaving(StrEnum):
    SAVE = "save"
    DISCARD = "discard"
    STAY = "stay"


class UnsavedDialog(SurfaceDialog):
    """``decided`` fires once, with a ``Leaving``; Esc stays."""

    decided = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None, changes: str) -> None:
        super().__init__(theme, "", parent)
        title = self.tr("Save the changes to your mappings?")
        text = self.tr("{changes}. Without a save the relay goes on with the mappings as they were.").format(
            changes=changes
        )
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self._decision = Leaving.STAY
        self.save_button = Button(theme, self.tr("Save changes"), ButtonKind.PRIMARY)
        self.discard_button = Button(theme, self.tr("Discard changes"), ButtonKind.DANGER)
        self.stay_button = Button(theme, self.tr("Stay here"))
        self.column.addWidget(WrappedLabel(theme, title, Role.SECTION))
        self.column.addWidget(WrappedLabel(theme, text))
        self.add_buttons(self.stay_button, self.discard_button, self.save_button)
        self.save_button.setDefault(True)
        for button, decision in (
            (self.save_button, Leaving.SAVE),
            (self.discard_button, Leaving.DISCARD),
            (self.stay_button, Leaving.STAY),
        ):
            button.clicked.connect(lambda _checked=False, decision=decision: self._decide(decision))
        self.finished.connect(lambda _result: self.decided.emit(self._decision))
        self.save_button.setFocus()

    def _decide(self, decision: Leaving) -> None:
        self._decision = decision
        self.accept()
