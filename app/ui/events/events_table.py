"""The table of events: its columns, and how they share a narrow list."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QResizeEvent

from app.ui.events.events_model import EventsModel
from app.ui.theme.theme import Theme
from app.ui.widgets.data_table import Column, DataTable

_NAME_COLUMN = 2
_NAME_WIDTH = 220
_NAME_LEAST = 96
_DETAIL_WIDTH = 60


class EventsTable(DataTable):
    resized = Signal()

    def __init__(self, theme: Theme, model: EventsModel) -> None:
        super().__init__(theme, _text("Events"), _columns(), inset=16)
        self._look = theme
        self.setModel(model)
        # Queued: a width set while the table lays itself out would begin the layout again.
        self.resized.connect(self._fit_names, Qt.ConnectionType.QueuedConnection)
        model.modelReset.connect(self._fit_names, Qt.ConnectionType.QueuedConnection)
        theme.changed.connect(self._fit_names)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

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
