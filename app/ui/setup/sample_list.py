"""The list of events at the left of the sample and test pages: filter, rows of two lines, a foot."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.samples.sample_rows import SampleRows
from app.ui.samples.samples_model import SamplesModel
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind, IconButton
from app.ui.widgets.field import SearchField
from app.ui.widgets.hair import Hair
from app.ui.widgets.labels import ElidedLabel, Label
from app.workflows.samples import Origin, Sample

_WIDTH = 240
# With large text the event beside the list needs the room more than the names do.
_WIDEST = 300


class SampleList(QWidget):
    """``chosen`` carries the sample a person has moved to.

    With ``can_add`` rows have stars and can be removed: ``add_requested`` comes from the plus at the top,
    ``star_requested`` and ``remove_requested`` carry a sample, ``clear_requested`` wants all own events gone.
    """

    chosen = Signal(object)
    add_requested = Signal()
    star_requested = Signal(object)
    remove_requested = Signal(object)
    clear_requested = Signal()

    def __init__(self, theme: Theme, *, can_add: bool = True) -> None:
        super().__init__()
        self._theme = theme
        self._quiet = False
        self._loading = False
        self.filter = SearchField(theme, self.tr("Filter"))
        self.filter.setAcceptDrops(False)
        self.add_button = IconButton(theme, "plus", self.tr("Add an event"))
        self._model = SamplesModel(parent=self)
        self.table = SampleRows(theme, self.tr("Events"), self._model, stars=can_add)
        self.count = ElidedLabel(theme, "", Role.CAPTION, "muted")
        self.clear_button = Button(theme, self.tr("Remove all"), ButtonKind.GHOST, small=True)
        self.clear_button.setAccessibleName(self.tr("Remove all imported events"))
        self._nothing = Label(theme, self.tr("Nothing matches"), Role.BODY, "muted")
        self._foot = QWidget()
        self._lay_out()
        self.add_button.setVisible(can_add)
        self._foot.setVisible(can_add)
        self._connect()
        theme.changed.connect(self._resize)
        self._resize()
        self._show_counts()

    def set_samples(self, samples: Sequence[Sample]) -> None:
        """Replace the rows; the chosen event stays chosen as long as it is among them."""
        kept = self.current()
        bar = self.table.verticalScrollBar()
        offset = bar.value()
        self._quiet = True
        self._model.set_samples(samples)
        if kept is not None:
            self.choose(kept, scroll=False)
        bar.setValue(offset)
        self._quiet = False
        self._show_counts()

    def samples(self) -> tuple[Sample, ...]:
        return self._model.samples

    def add(self, sample: Sample) -> None:
        """Put ``sample`` at the top and choose it."""
        self.filter.clear()
        self.set_samples((sample, *self._model.samples))
        self.choose(sample)

    def current(self) -> Sample | None:
        rows = self.table.selectionModel().selectedIndexes()
        return self._model.sample(rows[0].row()) if rows else None

    def choose(self, sample: Sample, *, scroll: bool = True) -> None:
        """Select ``sample``; nothing happens when it is not in the list."""
        row = self._model.row_of(sample)
        if row is not None:
            index = self._model.index(row)
            self.table.setCurrentIndex(index)
            if scroll:
                self.table.scrollTo(index)

    def set_masked(self, *, masked: bool) -> None:
        """Hide personal values in the names."""
        self._model.set_masked(masked=masked)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(_WIDTH), 400)

    def set_loading(self, *, loading: bool) -> None:
        """Events of earlier days are still being read."""
        self._loading = loading
        self._show_counts()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), self._theme.color("border"))

    # ---------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        theme = self._theme
        head = QHBoxLayout()
        head.setContentsMargins(16, 14, 10, 0)
        head.addWidget(Label(theme, self.tr("Events"), Role.HEADING), 1)
        head.addWidget(self.add_button)
        search = QHBoxLayout()
        search.setContentsMargins(12, 6, 12, 10)
        search.addWidget(self.filter)
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(0)
        foot.addWidget(Hair(theme))
        line = QHBoxLayout()
        line.setContentsMargins(16, 6, 8, 6)
        line.addWidget(self.count, 1)
        line.addWidget(self.clear_button)
        foot.addLayout(line)
        self._nothing.setContentsMargins(16, 12, 12, 12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(search)
        column.addWidget(self._nothing)
        column.addWidget(self.table, 1)
        column.addWidget(self._foot)

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._filter)
        self.add_button.clicked.connect(self.add_requested)
        self.clear_button.clicked.connect(self.clear_requested)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        self.table.star_requested.connect(lambda row: self.star_requested.emit(self._model.sample(row)))
        self.table.remove_requested.connect(lambda row: self.remove_requested.emit(self._model.sample(row)))

    def _filter(self, text: str) -> None:
        kept = self.current()
        self._quiet = True
        self._model.set_filter(text)
        if kept is not None:
            self.choose(kept)
        self._quiet = False
        self._show_counts()

    def _selected(self, _new: QItemSelection, _old: QItemSelection) -> None:
        sample = self.current()
        if sample is not None and not self._quiet:
            self.chosen.emit(sample)

    def _show_counts(self) -> None:
        samples = self._model.samples
        own = sum(1 for one in samples if one.origin is not Origin.BUILT_IN)
        shown = self._model.rowCount()
        if self._loading:
            text = self.tr("Reading your events…")
        elif self.filter.text().strip():
            text = self.tr("{shown} of {all} events").format(shown=f"{shown:,}", all=f"{len(samples):,}")
        elif own:
            text = self.tr("{own} own, {built_in} built-in").format(
                own=f"{own:,}", built_in=len(samples) - own
            )
        else:
            text = self.tr("{n} built-in events").format(n=len(samples))
        self.count.setText(text)
        self.clear_button.setVisible(own > 0)
        self._nothing.setVisible(bool(samples) and not shown)

    def _resize(self) -> None:
        self.setFixedWidth(min(self._theme.px(_WIDTH), _WIDEST))
