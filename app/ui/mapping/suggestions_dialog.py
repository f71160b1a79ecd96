"""Looking through what the program proposes before any of it is taken over."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QWidget

from app.ui.mapping.suggestion_table import Proposal, SuggestionModel, SuggestionTable
from app.ui.question_dialog import SurfaceDialog
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import Card
from app.ui.widgets.labels import WrappedLabel

_SIZE = (1000, 500)


class SuggestionsDialog(SurfaceDialog):
    """``accepted_suggestions`` carries those that were ticked when a person agreed."""

    accepted_suggestions = Signal(object)

    def __init__(self, theme: Theme, proposals: Sequence[Proposal], parent: QWidget | None) -> None:
        super().__init__(theme, "", parent)
        title = self.tr("Suggestions")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.model = SuggestionModel(proposals, self)
        self.table = SuggestionTable(theme, self.model)
        card = Card(theme, flush=True, behind="surface")
        card.body.addWidget(self.table)
        self.apply_button = Button(theme, "", ButtonKind.PRIMARY)
        self.cancel_button = Button(theme, self.tr("Cancel"))
        self.column.addWidget(WrappedLabel(theme, title, Role.SECTION))
        why = self.tr(
            "Only fields that are empty. Nothing that is mapped is changed; one undo takes it back."
        )
        self.column.addWidget(WrappedLabel(theme, why, Role.BODY, "muted"))
        self.column.addWidget(card, 1)
        self.add_buttons(self.cancel_button, self.apply_button)
        self.model.ticked_changed.connect(self._count)
        self.apply_button.clicked.connect(self._agree)
        self.cancel_button.clicked.connect(self.reject)
        self._count()
        self.resize(self._fitting(parent))
        self.table.selectRow(0)
        self.table.setFocus()

    def _fitting(self, parent: QWidget | None) -> QSize:
        wanted = QSize(self._theme.px(_SIZE[0]), self._theme.px(_SIZE[1]))
        room = parent.window().size() - QSize(48, 48) if parent is not None else wanted
        return wanted.boundedTo(room)

    def _count(self) -> None:
        count = len(self.model.ticked())
        words = self.tr("Map 1 field") if count == 1 else self.tr("Map {count} fields").format(count=count)
        self.apply_button.set_text(words if count else self.tr("Nothing ticked"))
        self.apply_button.setEnabled(bool(count))

    def _agree(self) -> None:
        chosen = self.model.ticked()
        self.accept()
        if chosen:
            self.accepted_suggestions.emit(chosen)
