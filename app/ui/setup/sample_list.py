"""The list of events at the left of the sample and test pages: filter, rows of two lines."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import IconButton
from app.ui.widgets.cell import Cell, Emphasis
from app.ui.widgets.data_table import CellTableModel, Column, DataTable
from app.ui.widgets.field import SearchField
from app.ui.widgets.labels import Label
from app.workflows.samples import Sample

_WIDTH = 215
# With large text the event beside the list needs the room more than the names do.
_WIDEST = 280
_TYPE_ICONS = {"identify": "user-round", "group": "building-2", "page": "globe", "screen": "monitor"}


class SampleList(QWidget):
    """``chosen`` carries the sample; ``add_requested`` comes from the plus at the top."""

    chosen = Signal(object)
    add_requested = Signal()

    def __init__(self, theme: Theme, *, can_add: bool = True) -> None:
        super().__init__()
        self._theme = theme
        self._samples: list[Sample] = []
        self._shown: list[Sample] = []
        self.filter = SearchField(theme, self.tr("Filter"))
        self.add_button = IconButton(theme, "plus", self.tr("Add an event"))
        if not can_add:
            self.add_button.hide()
        columns = (Column(self.tr("Event")),)
        self.table = DataTable(theme, self.tr("Events"), columns, inset=14)
        self.table.horizontalHeader().hide()
        self._model = CellTableModel(columns, self.table)
        self.table.setModel(self._model)
        head = QHBoxLayout()
        head.setContentsMargins(16, 14, 10, 0)
        head.addWidget(Label(theme, self.tr("Events"), Role.HEADING), 1)
        head.addWidget(self.add_button)
        search = QHBoxLayout()
        search.setContentsMargins(12, 6, 12, 10)
        search.addWidget(self.filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(search)
        column.addWidget(self.table, 1)
        self.filter.textChanged.connect(self._refresh)
        self.add_button.clicked.connect(self.add_requested)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        theme.changed.connect(self._resize)
        self._resize()

    def set_samples(self, samples: Sequence[Sample]) -> None:
        self._samples = list(samples)
        self._refresh()

    def samples(self) -> tuple[Sample, ...]:
        return tuple(self._samples)

    def add(self, sample: Sample) -> None:
        """Put ``sample`` at the top and choose it."""
        self._samples.insert(0, sample)
        self.filter.clear()
        self._refresh()
        self.choose(sample)

    def current(self) -> Sample | None:
        rows = self.table.selectionModel().selectedRows()
        return self._shown[rows[0].row()] if rows else None

    def choose(self, sample: Sample) -> None:
        """Select ``sample``; nothing happens when it is not in the list."""
        if sample in self._shown:
            self.table.selectRow(self._shown.index(sample))

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(_WIDTH), 400)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), self._theme.color("border"))

    def _refresh(self) -> None:
        kept = self.current()
        needle = self.filter.text().strip().casefold()
        self._shown = [
            one for one in self._samples if needle in f"{one.name} {one.type} {one.why}".casefold()
        ]
        self._model.set_rows([(self._row(sample),) for sample in self._shown])
        if kept is not None:
            self.choose(kept)

    def _row(self, sample: Sample) -> Cell:
        who = _who(sample)
        return Cell(
            sample.name,
            sub=f"{sample.type} · {who}" if who else sample.type,
            icon=_TYPE_ICONS.get(sample.type, "zap"),
            emphasis=Emphasis.NAME,
        )

    def _selected(self, _new: QItemSelection, _old: QItemSelection) -> None:
        sample = self.current()
        if sample is not None:
            self.chosen.emit(sample)

    def _resize(self) -> None:
        self.setFixedWidth(min(self._theme.px(_WIDTH), _WIDEST))


def _who(sample: Sample) -> str:
    """A person or company in the event, to tell rows of one type apart."""
    traits = sample.body.get("traits")
    if isinstance(traits, dict):
        for key in ("name", "email"):
            if isinstance(traits.get(key), str):
                return str(traits[key])
    event = sample.body.get("event") or sample.body.get("name")
    return str(event) if isinstance(event, str) and event != sample.name else ""
