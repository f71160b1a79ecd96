"""The events of a replay that failed, with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.relay.replay_records import ItemState, Replay, ReplayItem
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.card import Card
from app.ui.widgets.cell import Cell, Emphasis
from app.ui.widgets.data_table import CellTableModel, Column, DataTable

_SHOWN = 50


class TroubleTable(Card):
    """The first of them; the report that can be saved has them all."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        name = QCoreApplication.translate("TroubleTable", "Failed or left out")
        super().__init__(theme, name, parent=parent)
        columns = (
            Column(self.tr("Outcome"), 120),
            Column(self.tr("Who or what"), 190),
            Column(self.tr("Where"), 180),
            Column(self.tr("Why")),
        )
        self.table = DataTable(theme, name, columns, fit=True, inset=16, key="replay trouble")
        self.model = CellTableModel(columns, self.table)
        self.table.setModel(self.model)
        self.body.setContentsMargins(1, 12, 1, 8)
        self.body.setSpacing(10)
        self.heading_row.setContentsMargins(15, 0, 15, 0)
        self.body.addWidget(self.table)
        self._shown: tuple[ReplayItem, ...] = ()

    def show_items(self, items: Sequence[ReplayItem], replay: Replay) -> None:
        shown = tuple(items)
        if shown == self._shown:
            return
        self._shown = shown
        rows: list[tuple[Cell, ...]] = [_cells(item) for item in shown[:_SHOWN]]
        hidden = replay.failed + replay.counts.get(ItemState.REFUSED, 0) - len(rows)
        if hidden > 0:
            text = self.tr("and {n} more: Save failures writes them all").format(n=f"{hidden:,}")
            rows.append((Cell(text, emphasis=Emphasis.MUTED),))
        self.model.set_rows(rows)


def _cells(item: ReplayItem) -> tuple[Cell, ...]:
    failed = item.state is ItemState.FAILED
    word = QCoreApplication.translate("TroubleTable", "Failed" if failed else "No event")
    return (
        Cell(
            word,
            icon="circle-x" if failed else "circle-slash",
            tone=Tone.ERROR if failed else Tone.NEUTRAL,
        ),
        Cell(item.title or "–", emphasis=Emphasis.NAME),
        Cell(item.place, emphasis=Emphasis.MUTED),
        Cell(item.reason, emphasis=Emphasis.MUTED),
    )
