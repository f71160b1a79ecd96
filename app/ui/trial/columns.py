"""The two sides of the Test page: the events, and beside them a column that scrolls."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget


def two_columns(left: QWidget, right: Sequence[QWidget], filling: Sequence[QWidget]) -> QHBoxLayout:
    """``filling`` come last in the right column and share the height that is left."""
    content = QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(24, 24, 24, 24)
    column.setSpacing(12)
    for widget in right:
        column.addWidget(widget)
    for widget in filling:
        column.addWidget(widget, 1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    columns = QHBoxLayout()
    columns.setSpacing(0)
    columns.addWidget(left)
    columns.addWidget(area, 1)
    return columns


def stacked(widgets: Sequence[QWidget]) -> QWidget:
    """One below the other, shown and hidden together."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    for widget in widgets:
        column.addWidget(widget)
    return holder
