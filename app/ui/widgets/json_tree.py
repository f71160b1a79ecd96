"""A JSON value as a tree: keys, values in their colours, one level per indent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPalette
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTreeView, QWidget

from app.json_value import JsonValue
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role

PATH_ROLE = int(Qt.ItemDataRole.UserRole) + 101
_MEASURED_ROWS = 200
_COLUMN_GAP = 12
_AnyIndex = QModelIndex | QPersistentModelIndex


class _Node:
    """One member. Children are made when somebody looks, so a large event opens at once."""

    def __init__(self, parent: _Node | None, row: int, key: str, value: JsonValue, path: str) -> None:
        self.parent = parent
        self.row = row
        self.key = key
        self.value = value
        self.path = path
        self._children: list[_Node] | None = None

    @property
    def children(self) -> list[_Node]:
        if self._children is None:
            self._children = [
                _Node(self, row, key, value, path) for row, (key, value, path) in enumerate(self._members())
            ]
        return self._children

    def _members(self) -> list[tuple[str, JsonValue, str]]:
        prefix = f"{self.path}." if self.path else ""
        if isinstance(self.value, Mapping):
            return [(key, value, f"{prefix}{key}") for key, value in self.value.items()]
        if isinstance(self.value, Sequence) and not isinstance(self.value, str):
            return [
                (f"[{number}]", value, f"{self.path}[{number}]") for number, value in enumerate(self.value)
            ]
        return []


class JsonTreeModel(QAbstractItemModel):
    """Two columns, key and value. ``PATH_ROLE`` gives the dotted path of a member."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._root = _Node(None, 0, "", None, "")

    def set_value(self, value: JsonValue) -> None:
        self.beginResetModel()
        self._root = _Node(None, 0, "", value, "")
        self.endResetModel()

    def index(self, row: int, column: int, parent: _AnyIndex | None = None) -> QModelIndex:
        node = self._node(parent)
        if 0 <= row < len(node.children) and 0 <= column < 2:
            return self.createIndex(row, column, node.children[row])
        return QModelIndex()

    def parent(self, index: _AnyIndex | None = None) -> Any:
        if index is None:
            return super().parent()
        above = self._node(index).parent
        if above is None or above.parent is None:
            return QModelIndex()
        return self.createIndex(above.row, 0, above)

    def rowCount(self, parent: _AnyIndex | None = None) -> int:
        return len(self._node(parent).children)

    def columnCount(self, _parent: _AnyIndex | None = None) -> int:
        return 2

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        node = self._node(index)
        if role == PATH_ROLE:
            return node.path
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = node.key if index.column() == 0 else _shown(node.value)
            return text if role == Qt.ItemDataRole.DisplayRole or len(text) > 40 else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{node.path}: {_shown(node.value)}"
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.color("accent" if index.column() == 0 else _color_of(node.value))
        if role == Qt.ItemDataRole.FontRole:
            return self._theme.font(Role.MONO)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Property"), self.tr("Value"))[section]
        return None

    def _node(self, index: _AnyIndex | None) -> _Node:
        return index.internalPointer() if index is not None and index.isValid() else self._root


class JsonTree(QTreeView):
    """Read only; ``path_chosen`` fires on Enter or double click on a member."""

    path_chosen = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = JsonTreeModel(theme, self)
        self.setModel(self._model)
        self.setHeaderHidden(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformRowHeights(True)
        self.setIndentation(16)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAccessibleName(name)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        # Rows around the visible ones decide the width: measuring thousands would hold up the window.
        self.header().setResizeContentsPrecision(_MEASURED_ROWS)
        self.header().setStretchLastSection(True)
        self.activated.connect(self._activated)
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_value(self, value: JsonValue, open_levels: int = 3) -> None:
        """Show ``value`` with its first levels open."""
        self._model.set_value(value)
        self.expandToDepth(open_levels - 1)

    def sizeHintForColumn(self, column: int) -> int:
        """Room between the longest name and the values."""
        return super().sizeHintForColumn(column) + (_COLUMN_GAP if column == 0 else 0)

    def _activated(self, index: QModelIndex) -> None:
        self.path_chosen.emit(str(index.data(PATH_ROLE)))

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Role.MONO))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, self._theme.color("surface"))
        palette.setColor(QPalette.ColorRole.Highlight, self._theme.color("accent_bg"))
        palette.setColor(QPalette.ColorRole.HighlightedText, self._theme.color("text"))
        self.setPalette(palette)
        self.setIndentation(max(16, QFontMetrics(self.font()).height()))
        self.viewport().update()


def _shown(value: JsonValue) -> str:
    if isinstance(value, Mapping):
        return "{ }" if not value else f"{{ {len(value)} }}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[ {len(value)} ]"
    return json.dumps(value, ensure_ascii=False)


def _color_of(value: JsonValue) -> str:
    if isinstance(value, str):
        return "ok"
    if value is None or isinstance(value, bool | int | float):
        return "violet"
    return "muted"
