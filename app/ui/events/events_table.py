"""The table of events: its columns, and how they share a narrow list."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent

from app.ui.events.events_model import EventsModel
from app.ui.events.row_pictures import RowPictures
from app.ui.theme.theme import Theme
from app.ui.widgets.data_table import Column, DataTable

_NAME_COLUMN = 2
_NAME_WIDTH = 220
_NAME_LEAST = 96
_DETAIL_WIDTH = 60
_HURRY_S = 0.5
_SOON_MS = 8


class EventsTable(DataTable):
    resized = Signal()

    def __init__(self, theme: Theme, model: EventsModel) -> None:
        self._pictures = RowPictures(self, model)
        super().__init__(theme, _text("Events"), _columns(), inset=16)
        self._look = theme
        self._hovered = -1
        self._hurried_until = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SOON_MS)
        self._later.timeout.connect(self.viewport().update)
        theme.changed.connect(self._pictures.forget)
        self.setModel(model)
        # Queued: a width set while the table lays itself out would begin the layout again.
        self.resized.connect(self._fit_names, Qt.ConnectionType.QueuedConnection)
        model.modelReset.connect(self._fit_names, Qt.ConnectionType.QueuedConnection)
        theme.changed.connect(self._fit_names)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        hurried = time.monotonic() < self._hurried_until
        if self._pictures.paint(event.rect(), hurried=hurried, hovered=self._hovered):
            self._later.start()
        self.paint_focus()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        looks = (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange, QEvent.Type.FontChange)
        if event.type() in (*looks, QEvent.Type.LayoutDirectionChange):
            self._pictures.forget()

    def hurry(self) -> None:
        """Much changes for a moment: rows may come one after the other, so that the window stays quick."""
        self._hurried_until = time.monotonic() + _HURRY_S

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self.viewport().update()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.hurry()
        super().scrollContentsBy(dx, dy)

    def _fit_names(self) -> None:
        """In a narrow list names give way, so that the outcome stays in sight."""
        others = sum(self.columnWidth(number) for number in (0, 1, 3))
        room = self.viewport().width() - others - self._look.px(_DETAIL_WIDTH)
        self.setColumnWidth(
            _NAME_COLUMN, max(self._look.px(_NAME_LEAST), min(self._look.px(_NAME_WIDTH), room))
        )


def _text(text: str) -> str:
    return QCoreApplication.translate("EventsTable", text)


def _columns() -> tuple[Column, ...]:
    return (
        Column(_text("Time"), 92),
        Column(_text("Type"), 76),
        Column(_text("Who or what"), _NAME_WIDTH),
        Column(_text("Outcome"), 132),
        Column(_text("Detail")),
    )
