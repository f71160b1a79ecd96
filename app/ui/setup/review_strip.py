"""What goes live, in one line: names above, values below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.setup.columns import Columns
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.card import Card
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.labels import WrappedLabel


class ReviewStrip(Card):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, padding=14)
        self._facts: tuple[tuple[str, str], ...] = ()
        self.setAccessibleName(self.tr("Review"))

    def set_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """``facts`` are (name, value)."""
        if tuple(facts) == self._facts:
            return
        self._facts = tuple(facts)
        clear_layout(self.body)
        columns = Columns(self._theme, stack_below=520, spacing=16)
        for name, value in facts:
            columns.add(self._fact(name, value))
        self.body.addWidget(columns)
        self.setAccessibleDescription("; ".join(f"{name}: {value}" for name, value in facts))

    def _fact(self, name: str, value: str) -> QWidget:
        part = QWidget()
        words = QVBoxLayout(part)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(1)
        words.addWidget(WrappedLabel(self._theme, name, Role.CAPTION, "muted"))
        words.addWidget(WrappedLabel(self._theme, value, Role.LABEL))
        words.addStretch(1)
        return part
