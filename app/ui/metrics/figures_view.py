"""The figures as a picture: tiles, lines over time, funnel, errors, what was done in Close."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.metrics.error_list import ErrorList
from app.ui.metrics.figure_text import (
    before_words,
    bucket_words,
    duration_text,
    funnel_stages,
    moment_text,
    range_words,
    share_text,
)
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.area_chart import AreaChart, Legend, Series
from app.ui.widgets.button import Button
from app.ui.widgets.card import Card
from app.ui.widgets.funnel import Funnel
from app.ui.widgets.tile import Sparkline, Tile
from app.workflows.event_figures import EventFigures

_TWO_COLUMNS_FROM = 640
_SPARK_POINTS = 9
_AXIS_LABELS = 4
# Segment gives up on an answer after 5 s; deliveries that take as long deserve a look.
_SLOW_MS = 5000.0


class FiguresView(QWidget):
    """``stage_chosen`` fires with the number of a funnel row, ``why_requested`` for the question."""

    stage_chosen = Signal(int)
    why_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sparks = [
            Sparkline(theme, tone=tone) for tone in (Tone.OK, Tone.ERROR, Tone.ACCENT, Tone.VIOLET)
        ]
        captions = (
            self.tr("Delivered"),
            self.tr("Failed"),
            self.tr("P95, received to done"),
            self.tr("No-ops avoided"),
        )
        self.tiles = [
            Tile(theme, caption, sparkline=spark, large=True)
            for caption, spark in zip(captions, self._sparks, strict=True)
        ]
        self.chart = AreaChart(theme, self.tr("Events over time"))
        self.funnel = Funnel(theme)
        self.errors = ErrorList(theme)
        self.why_button = Button(
            theme, self.tr("Why did nothing happen?"), icon="circle-question-mark", small=True
        )
        outcomes = (
            self.tr("Leads created"),
            self.tr("Contacts created"),
            self.tr("Contacts updated"),
            self.tr("Fields changed"),
            self.tr("Calls saved"),
        )
        self.outcomes = [Tile(theme, caption) for caption in outcomes]
        self._columns = 0
        self._build()
        self.funnel.activated.connect(self.stage_chosen)
        self.why_button.clicked.connect(self.why_requested)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def show_figures(self, figures: EventFigures, refused: int) -> None:
        self._show_tiles(figures)
        self._chart_card.heading.setText(bucket_words(figures.range))
        done = tuple(float(one.delivered + one.would_change) for one in figures.buckets)
        done_name = (
            self.tr("Delivered") if figures.delivered or not figures.would_change else self.tr("Would change")
        )
        received = tuple(float(one.received) for one in figures.buckets)
        self.chart.set_series(
            (Series(self.tr("Received"), received), Series(done_name, done, Tone.OK)), _axis(figures)
        )
        self._funnel_card.fact.setText(range_words(figures.range))
        self.funnel.set_stages(funnel_stages(figures, refused))
        self.errors.show_figures(figures)
        sums = figures.sums
        values = (
            (sums.leads_created, self.tr("{n} updated").format(n=f"{sums.leads_updated:,}")),
            (sums.contacts_created, self.tr("with their leads")),
            (sums.contacts_updated, " "),
            (sums.fields_changed, " "),
            (figures.calls_saved, self.tr("{n} made").format(n=f"{sums.calls_made:,}")),
        )
        for tile, (value, note) in zip(self.outcomes, values, strict=True):
            tile.set(f"{value:,}", note)

    # ---------------------------------------------------------------------------------------------

    def _show_tiles(self, figures: EventFigures) -> None:
        delivered, failed, p95, unchanged = self.tiles
        count = f"{figures.delivered:,}"
        delivered.set(count, before_words(figures))
        if figures.would_change:
            delivered.set(count, self.tr("{n} would change").format(n=f"{figures.would_change:,}"))
        failures = figures.failed + figures.would_fail
        share = share_text(failures, figures.received)
        failed.set(
            f"{failures:,}",
            self.tr("{share} of received").format(share=share) if failures else self.tr("nothing failed"),
            note_tone=Tone.ERROR if failures else None,
        )
        median = self.tr("P50 {time}").format(time=duration_text(figures.p50_ms))
        slow = figures.p95_ms is not None and figures.p95_ms > _SLOW_MS
        p95.set(duration_text(figures.p95_ms), median, note_tone=Tone.WARN if slow else None)
        of_received = share_text(figures.unchanged, figures.received)
        unchanged.set(f"{figures.unchanged:,}", self.tr("{share} of received").format(share=of_received))
        lines = (
            [float(one.delivered + one.would_change) for one in figures.buckets],
            [float(one.failed) for one in figures.buckets],
            [one.p95_ms or 0.0 for one in figures.buckets],
            [float(one.unchanged) for one in figures.buckets],
        )
        for number, (spark, values) in enumerate(zip(self._sparks, lines, strict=True)):
            spark.set_values(condensed(values, average=number == 2) if any(values) else ())

    def _build(self) -> None:
        self._tile_grid = QGridLayout()
        self._tile_grid.setSpacing(12)
        self._chart_card = Card(self._theme, " ", " ")
        self._chart_card.heading_row.removeWidget(self._chart_card.fact)
        self._chart_card.fact.hide()
        legend = Legend(self._theme, ((self.tr("Received"), "accent"), (self.tr("Delivered"), "ok")))
        self._chart_card.heading_row.addWidget(legend)
        self.chart.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._chart_card.body.addWidget(self.chart, 1)
        self._funnel_card = Card(self._theme, self.tr("From Segment to Close"), " ")
        self._funnel_card.body.addWidget(self.funnel)
        self._funnel_card.body.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.why_button)
        self._funnel_card.body.addLayout(foot)
        self._lower = QGridLayout()
        self._lower.setSpacing(12)
        self._outcome_grid = QGridLayout()
        self._outcome_grid.setSpacing(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(self._tile_grid)
        column.addWidget(self._chart_card, 1)
        column.addLayout(self._lower)
        column.addLayout(self._outcome_grid)
        self._arrange()

    def _arrange(self) -> None:
        """Side by side where there is room, below each other in a small window or with large text."""
        columns = 2 if self.width() >= self._theme.px(_TWO_COLUMNS_FROM) else 1
        if columns == self._columns:
            return
        self._columns = columns
        _fill(self._tile_grid, self.tiles, 4 if columns == 2 else 2)
        _fill(self._lower, [self._funnel_card, self.errors], columns)
        _fill(self._outcome_grid, self.outcomes, 5 if columns == 2 else 2)


def condensed(values: list[float], *, average: bool = False) -> list[float]:
    """A few points for a small line: sums, or averages of what is there, of neighbouring values."""
    step = max(1, -(-len(values) // _SPARK_POINTS))
    groups = [values[start : start + step] for start in range(0, len(values), step)]
    if not average:
        return [sum(group) for group in groups]
    known = [[value for value in group if value] for group in groups]
    return [sum(group) / len(group) if group else 0.0 for group in known]


def _axis(figures: EventFigures) -> list[tuple[int, str]]:
    step = max(1, len(figures.buckets) // _AXIS_LABELS)
    return [
        (place, moment_text(figures.buckets[place].start_ms, figures.range))
        for place in range(0, len(figures.buckets) - step // 2, step)
    ]


def _fill(grid: QGridLayout, widgets: Sequence[QWidget], columns: int) -> None:
    for widget in widgets:
        grid.removeWidget(widget)
    for column in range(5):
        grid.setColumnStretch(column, 1 if column < columns else 0)
    for number, widget in enumerate(widgets):
        grid.addWidget(widget, number // columns, number % columns)
