"""Every value to enter in Segment's own Close destination, each with Copy."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.card import Card
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.labels import WrappedLabel
from app.ui.widgets.secret_field import ReadOnlyField
from app.workflows.paste_sheet import PasteLine, PasteSection


class PasteSheetView(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sections: tuple[PasteSection, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)

    def set_sections(self, sections: Sequence[PasteSection]) -> None:
        if tuple(sections) == self._sections:
            return
        self._sections = tuple(sections)
        clear_layout(self._column)
        for section in sections:
            card = Card(self._theme, section.title)
            card.body.setSpacing(12)
            card.body.addWidget(WrappedLabel(self._theme, section.place, Role.CAPTION, "muted"))
            for line in section.lines:
                card.body.addWidget(self._line(line))
            self._column.addWidget(card)

    def _line(self, line: PasteLine) -> QWidget:
        field = ReadOnlyField(
            self._theme, line.label, line.value, copyable=bool(line.value), help_text=line.note
        )
        if not line.value:
            field.edit.setPlaceholderText(
                self.tr("Your own key") if line.secret else self.tr("Leave this empty")
            )
        return field
