"""The same figures as tables: for assistive technology, and for whoever wants the numbers."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.metrics.figure_text import bucket_words, duration_text, last_text, moment_text, tr
from app.ui.theme.theme import Theme
from app.ui.widgets.card import Card
from app.ui.widgets.cell import Cell, Emphasis
from app.ui.widgets.data_table import CellTableModel, Column, DataTable
from app.workflows.event_figures import EventFigures
from app.workflows.event_figures_export import totals
from app.workflows.figure_words import stage_word


class FigureTables(QWidget):
    """Four tables: totals, stages with their drops, errors, and the steps of the time."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        right = True
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self.totals = self._add(
            "metrics totals",
            tr("Totals"),
            (Column(tr("Figure"), 320), Column(tr("Value"), 110, right), Column("")),
        )
        self.funnel = self._add(
            "metrics funnel",
            tr("From Segment to Close"),
            (Column(tr("Stage"), 140), Column(tr("Events"), 110, right), Column(tr("Why not further"))),
        )
        self.errors = self._add(
            "metrics errors",
            tr("Errors in words"),
            (Column(tr("Error"), 420), Column(tr("Events"), 90, right), Column(tr("Last"))),
        )
        number = (tr("Received"), tr("Delivered"), tr("Unchanged"), tr("Failed"), "P95")
        self.steps = self._add(
            "metrics steps",
            tr("Over time"),
            (Column(tr("From"), 120), *(Column(one, 110, right) for one in number), Column("")),
        )

    def show_figures(self, figures: EventFigures) -> None:
        self._fill(
            self.totals,
            [(Cell(_total_word(name)), _number(value)) for name, value in totals(figures).items()],
        )
        funnel: list[tuple[Cell, ...]] = []
        for step in figures.funnel:
            funnel.append(
                (Cell(stage_word(step.stage), emphasis=Emphasis.NAME), _number(step.count), Cell(""))
            )
            funnel += [(Cell(""), _number(-drop.count), Cell(drop.words)) for drop in step.drops]
        self._fill(self.funnel, funnel)
        self._fill(
            self.errors,
            [
                (
                    Cell(one.words or one.code),
                    _number(one.count),
                    Cell(last_text(one.last_ms, figures.now_ms)),
                )
                for one in figures.errors
            ],
        )
        self.steps.setAccessibleName(bucket_words(figures.range))
        self._fill(
            self.steps,
            [
                (
                    Cell(moment_text(one.start_ms, figures.range)),
                    _number(one.received),
                    _number(one.delivered + one.would_change),
                    _number(one.unchanged),
                    _number(one.failed),
                    Cell(duration_text(one.p95_ms), emphasis=Emphasis.FIGURE, align_right=True),
                    Cell(""),
                )
                for one in reversed(figures.buckets)
            ],
        )

    def _add(self, key: str, name: str, columns: tuple[Column, ...]) -> DataTable:
        table = DataTable(self._theme, name, columns, fit=True, key=key)
        table.setModel(CellTableModel(columns, table))
        card = Card(self._theme, flush=True)
        card.body.addWidget(table)
        self._column.addWidget(card)
        return table

    @staticmethod
    def _fill(table: DataTable, rows: list[tuple[Cell, ...]]) -> None:
        model = table.model()
        assert isinstance(model, CellTableModel)
        model.set_rows(rows)


def _number(value: int | None) -> Cell:
    return Cell("–" if value is None else f"{value:,}", emphasis=Emphasis.FIGURE, align_right=True)


def _total_word(name: str) -> str:
    return {
        "received": tr("Received"),
        "delivered": tr("Delivered"),
        "would_change": tr("Would change (dry run)"),
        "unchanged": tr("Unchanged"),
        "skipped": tr("Skipped"),
        "failed": tr("Failed"),
        "would_fail": tr("Would fail (dry run)"),
        "in_queue": tr("In the queue"),
        "observed": tr("Recorded only (Observe mode)"),
        "delivered_before": tr("Delivered in the same time before"),
        "p50_ms": tr("P50, received to done, in ms"),
        "p95_ms": tr("P95, received to done, in ms"),
        "leads_created": tr("Leads created"),
        "contacts_created": tr("Contacts created"),
        "leads_updated": tr("Leads updated"),
        "contacts_updated": tr("Contacts updated"),
        "fields_changed": tr("Fields changed"),
        "calls_made": tr("Calls to Close"),
        "with_calls": tr("Events that made calls"),
        "without_calls": tr("Events answered from memory"),
        "calls_saved": tr("Calls saved"),
    }[name]
