"""Check the mapping: every field of Close's action, where it comes from, and what that gives."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.storage.profile import MappingSpec
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.page import Page
from app.ui.theme.text import plain, strong
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.card import Card
from app.ui.widgets.cell import Cell, Emphasis
from app.ui.widgets.combo import ComboBox
from app.ui.widgets.data_table import CellTableModel, Column, DataTable
from app.ui.widgets.labels import WrappedLabel
from app.workflows.mapping_view import MappingRow, mapping_rows
from app.workflows.samples import Sample, built_in_samples
from app.workflows.setup import SetupFlow, default_mapping

_GROUP_ICONS = {"Lead": "building-2", "Contact": "user-round", "Rules": "list-checks"}


class MappingPage(Page):
    done = Signal()
    back = Signal()

    icons_below = 1100

    def __init__(self, theme: Theme, flow: SetupFlow, unexpected: Callable[[BaseException], None]) -> None:
        super().__init__(theme, "")
        self.retitle(
            self.tr("Check the mapping"), self.tr("Each row shows what this event would put into Close.")
        )
        self._flow = flow
        self._unexpected = unexpected
        self._samples: list[Sample] = []
        self.sample = ComboBox(theme, icon="user-round")
        self.sample.setAccessibleName(self.tr("Event to show values for"))
        self.sample.setMinimumContentsLength(24)
        self.header.add(self.sample)
        self._summary = WrappedLabel(theme, "", Role.BODY, "muted")
        columns = (
            Column(self.tr("Field in Close"), 210),
            Column(self.tr("From the event"), 190),
            Column(self.tr("Result")),
        )
        self._model = CellTableModel(columns, self)
        self.table = DataTable(theme, self.tr("Mapping"), columns, fit=True)
        self.table.setModel(self._model)
        card = Card(theme, flush=True)
        card.body.addWidget(self.table)
        self.body.addWidget(self._summary)
        self.body.addWidget(card)
        self.body.addStretch(1)
        self.sample.activated.connect(lambda _index: self._show_rows())
        self._fill_samples()

    def initial_focus(self) -> QWidget:
        return self.sample

    def activated(self) -> None:
        self._fill_samples()

    def commands(self) -> CommandSet:
        return CommandSet(
            primary=Command(self.tr("Use this mapping"), self._use, trailing="arrow-right"),
            back=Command(self.tr("Back"), self.back.emit),
            fact=Fact(self.tr("Segment’s own defaults for Close"), "check"),
        )

    def _use(self) -> None:
        self._flow.accept_mappings(self._mappings)
        self.done.emit()

    @property
    def _mappings(self) -> tuple[MappingSpec, ...]:
        return self._flow.state.profile.mappings or (default_mapping(),)

    def _fill_samples(self) -> None:
        chosen = self._flow.state.sample
        samples = list(built_in_samples())
        if chosen is not None and chosen not in samples:
            samples.insert(0, chosen)
        self._samples = samples
        self.sample.clear()
        for number, sample in enumerate(samples):
            self.sample.add(sample.name, number, sample.type)
        self.sample.setCurrentIndex(samples.index(chosen) if chosen in samples else 0)
        self._show_rows()

    def _show_rows(self) -> None:
        sample = self._samples[self.sample.currentIndex()]
        spec = self._mappings[0]
        rows = mapping_rows(spec, sample.body)
        groups: dict[str, list[MappingRow]] = {}
        for row in rows:
            groups.setdefault(row.group, []).append(row)
        cells: list[tuple[Cell, ...]] = []
        for group, members in groups.items():
            cells.append((self._group_cell(group, members),))
            for row in members:
                cells.extend(self._row_cells(row))
        self._model.set_rows(cells)
        filled = sum(1 for row in rows if row.value and row.group != "Rules")
        possible = sum(1 for row in rows if row.group != "Rules")
        sentence = plain(self.tr("{filled} of {possible} fields get a value. Runs when {trigger}.")).format(
            filled=filled, possible=possible, trigger=strong(spec.trigger)
        )
        self._summary.set_markup(sentence)

    def _group_cell(self, group: str, members: list[MappingRow]) -> Cell:
        names = {"Lead": self.tr("Lead"), "Contact": self.tr("Contact"), "Rules": self.tr("Rules")}
        if group == "Rules":
            allowed = sum(1 for row in members if row.value == "On")
            fact = self.tr("{count} of {all} allowed").format(count=allowed, all=len(members))
        else:
            mapped = sum(1 for row in members if row.source != "not mapped")
            fact = self.tr("{count} of {all} mapped").format(count=mapped, all=len(members))
        return Cell(names.get(group, group), icon=_GROUP_ICONS.get(group, "list"), right=fact, group=True)

    def _row_cells(self, row: MappingRow) -> list[tuple[Cell, ...]]:
        unmapped = row.source == "not mapped"
        source = Cell(
            self.tr("not mapped") if unmapped else row.source,
            emphasis=Emphasis.MUTED if unmapped or row.group == "Rules" else Emphasis.MONO,
        )
        if row.value:
            result = Cell(row.value, emphasis=Emphasis.NAME)
        else:
            result = Cell("" if unmapped else self.tr("empty, left as it is"), emphasis=Emphasis.MUTED)
        cells: list[tuple[Cell, ...]] = [(Cell(row.label, emphasis=Emphasis.NAME), source, result)]
        if row.problem:
            cells.append((Cell(row.problem, icon="triangle-alert", tone=Tone.WARN),))
        return cells
