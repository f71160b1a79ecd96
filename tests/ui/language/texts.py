"""What a window says: every text that a person or a screen reader meets in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

_ROWS = 60


@dataclass(frozen=True)
class SeenText:
    """``kind`` is where it stands: text, name, description, tooltip, placeholder, header, cell, item."""

    kind: str
    text: str
    widget: str


def texts_in(window: QWidget) -> Iterator[SeenText]:
    """Everything said by ``window`` and what is in it; values people type and hidden widgets are left out."""
    for widget in (window, *window.findChildren(QWidget)):
        if widget is not window and not widget.isVisibleTo(window):
            continue
        name = type(widget).__name__
        for kind, text in _of_widget(widget):
            if text.strip():
                yield SeenText(kind, text, name)


def _of_widget(widget: QWidget) -> Iterator[tuple[str, str]]:
    yield "name", widget.accessibleName()
    yield "description", widget.accessibleDescription()
    yield "tooltip", widget.toolTip()
    if isinstance(widget, QLabel | QAbstractButton):
        yield "text", widget.text()
    if isinstance(widget, QGroupBox):
        yield "text", widget.title()
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        yield "placeholder", widget.placeholderText()
    if isinstance(widget, QTabBar):
        for index in range(widget.count()):
            yield "item", widget.tabText(index)
    if isinstance(widget, QComboBox):
        for index in range(min(widget.count(), _ROWS)):
            yield "item", widget.itemText(index)
    if isinstance(widget, QAbstractItemView) and not isinstance(widget.parentWidget(), QComboBox):
        yield from _of_model(widget.model())


def _of_model(model: QAbstractItemModel | None) -> Iterator[tuple[str, str]]:
    if model is None:
        return
    for column in range(_columns(model, QModelIndex())):
        header = model.headerData(column, Qt.Orientation.Horizontal)
        if isinstance(header, str):
            yield "header", header
    yield from _of_rows(model, QModelIndex())


def _of_rows(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[tuple[str, str]]:
    for row in range(min(model.rowCount(parent), _ROWS)):
        for column in range(_columns(model, parent)):
            index = model.index(row, column, parent)
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                text = index.data(role)
                if isinstance(text, str):
                    yield "cell", text
        first = model.index(row, 0, parent)
        if model.rowCount(first):
            yield from _of_rows(model, first)


def _columns(model: QAbstractItemModel, parent: QModelIndex) -> int:
    # Lists have one column and hide the method.
    return 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)
