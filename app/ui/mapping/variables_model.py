"""The variables of the collected events as a list model: filtered, marked as used, ready to be dragged."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from app.json_value import JsonValue
from app.segment.event_variables import EventVariable
from app.ui.value_editor.row_clipboard import VARIABLE_MIME, variable_mime_data

_AnyIndex = QModelIndex | QPersistentModelIndex

_LONGEST_EXAMPLE = 200


class VariableRole(IntEnum):
    """What the delegate asks for: the variable, and whether the mapping uses it."""

    VARIABLE = int(Qt.ItemDataRole.UserRole) + 1
    USED = int(Qt.ItemDataRole.UserRole) + 2


@dataclass(frozen=True, slots=True)
class _Entry:
    variable: EventVariable
    folded: str


class VariablesModel(QAbstractListModel):
    """Holds every variable once; a filter only changes which of them are rows.

    Whole objects (``traits`` itself) are seldom wanted: they are rows only while there is a filter.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[_Entry, ...] = ()
        self._shown: list[EventVariable] = []
        self._total = 0
        self._filter = ""
        self._used: frozenset[tuple[str, ...]] = frozenset()

    @property
    def total(self) -> int:
        """How many rows there are without a filter."""
        return self._total

    def set_variables(self, variables: Sequence[EventVariable]) -> None:
        self._entries = tuple(_Entry(each, _searched(each)) for each in variables)
        self._total = sum(1 for each in variables if not each.is_object)
        self._show()

    def set_filter(self, text: str) -> None:
        """Keep the variables whose name and example together hold every word of ``text``."""
        folded = text.casefold().strip()
        if folded != self._filter:
            self._filter = folded
            self._show()

    def set_used(self, used: Collection[tuple[str, ...]]) -> None:
        """Mark the variables that the mapping takes values from."""
        before, self._used = self._used, frozenset(used)
        if before != self._used and self._shown:
            last = self.index(len(self._shown) - 1, 0)
            self.dataChanged.emit(self.index(0, 0), last, [VariableRole.USED])

    def variable(self, row: int) -> EventVariable | None:
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def row_of(self, keys: tuple[str, ...]) -> int:
        """The row of a variable, -1 when it is not shown."""
        return next((number for number, each in enumerate(self._shown) if each.keys == keys), -1)

    def rowCount(self, parent: _AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        variable = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return variable.label
        if role == VariableRole.VARIABLE:
            return variable
        if role == VariableRole.USED:
            return variable.keys in self._used
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(variable)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{variable.label}\n{shown_example(variable.example)}"
        return None

    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        return [VARIABLE_MIME, "text/plain"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        variable = self.variable(indexes[0].row()) if indexes else None
        return QMimeData() if variable is None else variable_mime_data(variable.keys)

    def _show(self) -> None:
        words = self._filter.split()
        self.beginResetModel()
        self._shown = [
            entry.variable
            for entry in self._entries
            if (all(word in entry.folded for word in words) if words else not entry.variable.is_object)
        ]
        self.endResetModel()

    def _spoken(self, variable: EventVariable) -> str:
        parts = [variable.label, shown_example(variable.example)]
        parts.append(_tr("in {share} of events").format(share=presence(variable)))
        if variable.keys in self._used:
            parts.append(_tr("used"))
        return ", ".join(part for part in parts if part)


def _searched(variable: EventVariable) -> str:
    """What a filter looks at; the members of lists and objects are variables or details."""
    plain = not isinstance(variable.example, dict | list)
    return f"{variable.label} {shown_example(variable.example) if plain else ''}".casefold()


def shown_example(value: JsonValue) -> str:
    """A value on one line, cut where it gets long."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text[:_LONGEST_EXAMPLE].split())


def presence(variable: EventVariable) -> str:
    """The share of events that have it; 100 % and 0 % only when that is exact."""
    if not variable.total:
        return ""
    percent = round(100 * variable.present / variable.total)
    if percent == 100 and variable.present < variable.total:
        percent = 99
    if percent == 0 and variable.present:
        percent = 1
    return f"{percent}\u00a0%"


def _tr(text: str) -> str:
    return QCoreApplication.translate("VariablesModel", text)
