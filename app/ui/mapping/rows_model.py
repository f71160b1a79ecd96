"""The rows of the list of target fields: grouped, filtered, folded, updated in place while people type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.ui.mapping.row_words import spoken
from app.ui.mapping.rows import FieldRow, GroupRow, Row, RowState
from app.workflows.mapping_editor.targets import TargetGroup

_AnyIndex = QModelIndex | QPersistentModelIndex

ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1


class RowsModel(QAbstractListModel):
    """Rows are replaced as a whole; only what really differs is announced, so that editors stay open."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups: tuple[GroupRow, ...] = ()
        self._fields: Mapping[TargetGroup, Sequence[FieldRow]] = {}
        # Rules are folded until somebody wants to see them.
        self._folded: set[TargetGroup] = {TargetGroup.RULES}
        self._words: list[str] = []
        self._only_mapped = False
        self._always = ""
        self._shown: list[Row] = []

    @property
    def filtered(self) -> bool:
        return bool(self._words) or self._only_mapped

    def set_rows(self, groups: Sequence[GroupRow], fields: Mapping[TargetGroup, Sequence[FieldRow]]) -> None:
        """``fields`` holds the rows of each group in order."""
        self._groups, self._fields = tuple(groups), fields
        self._show()

    def set_filter(self, text: str, *, only_mapped: bool) -> None:
        self._words, self._only_mapped = text.casefold().split(), only_mapped
        self._show()

    def keep(self, key: str) -> None:
        """Show this row whatever the filter says: it is being edited."""
        self._always = key
        self._show()

    def set_folded(self, group: TargetGroup, *, folded: bool) -> None:
        if folded:
            self._folded.add(group)
        else:
            self._folded.discard(group)
        self._show()

    def is_folded(self, group: TargetGroup) -> bool:
        return group in self._folded and not self.filtered

    def row(self, number: int) -> Row | None:
        return self._shown[number] if 0 <= number < len(self._shown) else None

    def number_of(self, key: str) -> int:
        """The line of a field, -1 when it is not shown."""
        for number, row in enumerate(self._shown):
            if isinstance(row, FieldRow) and row.key == key:
                return number
        return -1

    def number_of_group(self, group: TargetGroup) -> int:
        for number, row in enumerate(self._shown):
            if isinstance(row, GroupRow) and row.group is group:
                return number
        return -1

    def next_field(self, number: int, step: int) -> int:
        """The next line below (or above, for -1) that has a value editor; -1 at the end."""
        number += step
        while 0 <= number < len(self._shown):
            row = self._shown[number]
            if isinstance(row, FieldRow) and row.switch is None:
                return number
            number += step
        return -1

    def field(self, key: str) -> FieldRow | None:
        """The row of a field, shown or not."""
        for rows in self._fields.values():
            for row in rows:
                if row.key == key:
                    return row
        return None

    def rowCount(self, parent: _AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._shown[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title if isinstance(row, GroupRow) else row.target.label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(row)
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(row, FieldRow):
            return _tip(row)
        return None

    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        row = self.row(index.row()) if index.isValid() else None
        return flags | Qt.ItemFlag.ItemIsDropEnabled if isinstance(row, FieldRow) else flags

    def _show(self) -> None:
        shown: list[Row] = []
        for group in self._groups:
            rows = [row for row in self._fields.get(group.group, ()) if self._wanted(row)]
            if self.filtered and not rows:
                continue
            folded = self.is_folded(group.group)
            shown.append(GroupRow(group.group, group.title, group.icon, group.fact, folded))
            if not folded:
                shown += rows
        self._replace(shown)

    def _wanted(self, row: FieldRow) -> bool:
        if row.key == self._always and self._always:
            return True
        if self._only_mapped and row.switch is None and row.expression is None:
            return False
        if not self._words:
            return True
        text = f"{row.target.label} {row.target.type_label} {row.target.key} {row.result.text}".casefold()
        return all(word in text for word in self._words)

    def _replace(self, shown: list[Row]) -> None:
        if [_identity(row) for row in shown] != [_identity(row) for row in self._shown]:
            self.beginResetModel()
            self._shown = shown
            self.endResetModel()
            return
        before, self._shown = self._shown, shown
        for number, row in enumerate(shown):
            if row != before[number]:
                place = self.index(number, 0)
                self.dataChanged.emit(place, place)


def _identity(row: Row) -> object:
    return row.group if isinstance(row, GroupRow) else row.key


def _tip(row: FieldRow) -> str:
    lines = [f"{row.target.label} · {row.target.type_label}"]
    if row.result.text and row.state is not RowState.PENDING:
        lines.append(row.result.text)
    if row.target.description:
        lines.append(row.target.description)
    lines += [note.text for note in row.asides]
    return "\n".join(lines)
