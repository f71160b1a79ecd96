"""Every value to enter in Segment's own Close destination, each with Copy."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.banner import Banner
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
        self._limits: tuple[str, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)

    def set_sections(self, sections: Sequence[PasteSection], limits: Sequence[str] = ()) -> None:
        """``limits`` are sentences about what is lost on this path, shown first."""
        if (tuple(sections), tuple(limits)) == (self._sections, self._limits):
            return
        self._sections, self._limits = tuple(sections), tuple(limits)
        clear_layout(self._column)
        if limits:
            title = self.tr("What Segment’s own destination does not do")
            self._column.addWidget(Banner(self._theme, Tone.WARN, title, "\n".join(limits)))
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
