"""Every event with the condition that stops it; rows are made while they are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.ui.theme.theme import Theme
from app.ui.widgets.cell import CELL_ROLE, Cell, Emphasis
from app.ui.widgets.data_table import Column, DataTable
from app.workflows.mapping_editor.rule_matches import MATCHED, RuleMatches
from app.workflows.samples import Sample

_ICONS = {
    "identify": "user-round",
    "group": "building-2",
    "track": "zap",
    "page": "globe",
    "alias": "git-merge",
}


class MissModel(QAbstractTableModel):
    """The events that do not run, in the order they were collected in."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._samples: Sequence[Sample] = ()
        self._matches = RuleMatches(0, 0)
        self._stopped: list[int] = []

    def show_matches(self, samples: Sequence[Sample], matches: RuleMatches) -> None:
        self.beginResetModel()
        self._samples, self._matches = samples, matches
        self._stopped = [at for at, reason in enumerate(matches.reasons) if reason != MATCHED]
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._stopped)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 1

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        at = self._stopped[index.row()]
        sample, why = self._samples[at], self._matches.misses[self._matches.reasons[at]].words
        if role == CELL_ROLE:
            icon = _ICONS.get(sample.type, "list")
            return Cell(sample.name, sub=why, icon=icon, emphasis=Emphasis.NAME)
        if role == Qt.ItemDataRole.DisplayRole:
            return sample.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{sample.name}: {why}"
        return why if role == Qt.ItemDataRole.ToolTipRole else None


def miss_table(theme: Theme, name: str, model: MissModel) -> DataTable:
    """The table for the model: one column, two lines per event."""
    table = DataTable(theme, name, (Column(name),), inset=14, row_height=45)
    table.horizontalHeader().hide()
    table.setModel(model)
    return table
