"""Rows of the list as pictures: painted once, then only copied while the list moves.

A row is five cells of many small painting calls, and beside a busy relay every one of them may wait for the
interpreter. What did not change is copied; while much changes at once, only so many new rows are painted in
one go, and the others follow with the next ones.
"""

from __future__ import annotations

import time
from collections.abc import Hashable

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from app.ui.events.events_model import EventsModel

_KEPT = 200
_HURRIED_S = 0.006


class RowPictures:
    """The newest pictures of one table. ``forget`` when the look changes."""

    def __init__(self, table: QTableView, model: EventsModel) -> None:
        self._table = table
        self._model = model
        self._pictures: dict[Hashable, QPixmap] = {}

    def forget(self) -> None:
        self._pictures.clear()

    def paint(self, area: QRect, *, hurried: bool, hovered: int) -> bool:
        """Paint the rows in ``area``; whether rows are missing because there was no time for them."""
        table, model = self._table, self._model
        first, last = table.rowAt(area.top()), table.rowAt(area.bottom())
        if first < 0:
            return False
        last = model.rowCount() - 1 if last < 0 else last
        until = time.perf_counter() + _HURRIED_S
        chosen = table.selectionModel().currentIndex().row() if table.selectionModel().hasSelection() else -1
        missing = False
        place = self._place()
        painter = QPainter(table.viewport())
        try:
            for row in range(first, last + 1):
                key = model.look(row), row == chosen, row == hovered, place
                picture = self._pictures.get(key)
                if picture is None:
                    if hurried and time.perf_counter() > until:
                        missing = True
                        continue
                    picture = self._made(model, row, chosen=row == chosen, hovered=row == hovered)
                    self._keep(key, picture)
                painter.drawPixmap(QPoint(0, table.rowViewportPosition(row)), picture)
        finally:
            painter.end()
        return missing

    def _place(self) -> Hashable:
        """What all rows share: the columns, the scrolled width, the screen."""
        table = self._table
        widths = tuple(table.columnWidth(column) for column in range(self._model.columnCount()))
        return widths, table.viewport().width(), table.horizontalOffset(), table.devicePixelRatioF()

    def _made(self, model: EventsModel, row: int, *, chosen: bool, hovered: bool) -> QPixmap:
        table = self._table
        ratio, height = table.devicePixelRatioF(), table.rowHeight(row)
        picture = QPixmap(round(table.viewport().width() * ratio), round(height * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(table.palette().color(table.viewport().backgroundRole()))
        delegate = table.itemDelegate()
        assert isinstance(delegate, QStyledItemDelegate)
        option = QStyleOptionViewItem()
        table.initViewItemOption(option)
        option.state = QStyle.StateFlag.State_Enabled | (
            QStyle.StateFlag.State_Selected if chosen else QStyle.StateFlag.State_None
        )
        if hovered:
            option.state |= QStyle.StateFlag.State_MouseOver
        painter = QPainter(picture)
        try:
            painter.setLayoutDirection(table.layoutDirection())
            for column in range(model.columnCount()):
                option.rect = QRect(
                    table.columnViewportPosition(column), 0, table.columnWidth(column), height
                )
                painter.setClipRect(option.rect, Qt.ClipOperation.ReplaceClip)
                delegate.paint(painter, option, model.index(row, column))
        finally:
            painter.end()
        return picture

    def _keep(self, key: Hashable, picture: QPixmap) -> None:
        while len(self._pictures) >= _KEPT:
            del self._pictures[next(iter(self._pictures))]
        self._pictures[key] = picture
