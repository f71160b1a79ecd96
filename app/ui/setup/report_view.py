"""What a test run found: headline, cautions, tabs with change, mapped values, event and HTTP, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.actions.trace import EventReport, MappingResult, Outcome, TraceStep
from app.close.exchange import Exchange
from app.ui.setup.outcome_words import headline
from app.ui.theme.text import plain
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.trial.cautions import cautions
from app.ui.trial.no_match import NoMatchCard
from app.ui.widgets.badge import Badge
from app.ui.widgets.banner import Banner
from app.ui.widgets.card import Card
from app.ui.widgets.code_box import CodeBox, CodeLanguage
from app.ui.widgets.diff_table import DiffTable
from app.ui.widgets.error_block import ErrorBlock
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.labels import WrappedLabel
from app.ui.widgets.tabs import TabStrip
from app.ui.widgets.trace_view import TraceView
from app.workflows.samples import Sample

CHANGE, MAPPED, EVENT, HTTP = "change", "mapped", "event", "http"


class ReportView(QWidget):
    """The views below the tabs are shown one at a time, each with its own height."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._badge = Badge(theme, self.tr("Dry run"), Tone.INFO)
        self.banner = Banner(theme, Tone.INFO, " ", " ", action=self._badge)
        self.cautions = Banner(theme, Tone.WARN, " ", " ")
        self._problem = QVBoxLayout()
        self._changes = QVBoxLayout()
        self._changes.setSpacing(12)
        self._changes.setContentsMargins(0, 0, 0, 0)
        self.trace = TraceView(theme)
        self._event = CodeBox(theme, name=self.tr("Event"), fit=True)
        self._mapped = CodeBox(theme, name=self.tr("Mapped values"), fit=True)
        self._http = CodeBox(
            theme, "", CodeLanguage.PLAIN, name=self.tr("Calls to Close"), fit=True, most_lines=40
        )
        self._unmapped = WrappedLabel(
            theme, self.tr("No mapping ran, so nothing was mapped."), Role.BODY, "muted"
        )
        self._why = Card(theme, self.tr("Why"), note=self.tr("decision trace"))
        self._why.body.addWidget(self.trace)
        self.tabs = TabStrip(
            theme,
            self.tr("Result"),
            (
                (CHANGE, self.tr("Change")),
                (MAPPED, self.tr("Mapped")),
                (EVENT, self.tr("Event")),
                (HTTP, self.tr("HTTP")),
            ),
        )
        change = QWidget()
        change.setLayout(self._changes)
        # The trace belongs to the change: it says why these fields and no others.
        self._views: dict[str, tuple[QWidget, ...]] = {
            CHANGE: (change, self._why),
            MAPPED: (self._mapped, self._unmapped),
            EVENT: (self._event,),
            HTTP: (self._http,),
        }
        self._has_payload = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.banner)
        column.addLayout(self._problem)
        column.addWidget(self.cautions)
        column.addWidget(self.tabs)
        for view in (change, self._why, self._event, self._mapped, self._unmapped, self._http):
            column.addWidget(view)
        column.addStretch(1)
        self.tabs.chosen.connect(self._show_tab)
        self._show_tab(CHANGE)

    def show_report(
        self, report: EventReport, sample: Sample, *, live: bool, off: Sequence[str] = ()
    ) -> None:
        """Replace everything by what this run found. ``off`` are mappings that were not asked."""
        words = headline(report, live=live)
        self.banner.set_markup(words.tone, words.markup, plain(words.text), words.icon)
        self.banner.setAccessibleName(words.title)
        self.banner.setAccessibleDescription(words.text)
        self._badge.set(words.badge, Tone.OK if live else Tone.INFO)
        self._show_problem(report)
        self._show_cautions(report, live=live)
        self._show_changes(report, off, live=live)
        closing = None if live else (self.tr("Not sent"), self.tr("dry run"))
        self.trace.set_steps(_steps(report), closing)
        self._why.fact.setText(_duration(report))
        self._event.set_json(sample.body)
        self._show_payload(report)
        self._http.set_text(_calls(report.exchanges) or self.tr("No call was made to Close."))
        self.tabs.choose(CHANGE)
        self._show_tab(CHANGE)

    def _show_problem(self, report: EventReport) -> None:
        clear_layout(self._problem)
        if report.error is not None:
            self._problem.addWidget(ErrorBlock(self._theme, report.error))

    def _show_cautions(self, report: EventReport, *, live: bool) -> None:
        notes = cautions(report)
        self.cautions.setVisible(bool(notes))
        if notes:
            title = self.tr("What to know about it") if live else self.tr("Look at this before you send")
            self.cautions.set(Tone.WARN, title, "\n".join(notes))

    def _show_changes(self, report: EventReport, off: Sequence[str], *, live: bool) -> None:
        clear_layout(self._changes)
        shown = [result for result in report.results if result.plan is not None]
        for result in shown:
            self._add_diff(result, named=len(shown) > 1, live=live)
        quiet = [result for result in report.results if result.payload is None]
        if not shown and quiet and report.outcome is Outcome.SKIPPED:
            self._changes.addWidget(NoMatchCard(self._theme, quiet, off))

    def _add_diff(self, result: MappingResult, *, named: bool, live: bool) -> None:
        if named:
            self._changes.addWidget(WrappedLabel(self._theme, result.mapping_name, Role.HEADING))
        if result.plan is None or not (result.plan.changes or result.plan.matching):
            self._changes.addWidget(WrappedLabel(self._theme, result.reason, Role.BODY, "muted"))
            return
        diff = DiffTable(self._theme, sent=live)
        diff.set_plan(result.plan, result.held)
        self._changes.addWidget(diff)

    def _show_payload(self, report: EventReport) -> None:
        mapped = {
            result.mapping_name: result.payload for result in report.results if result.payload is not None
        }
        self._has_payload = bool(mapped)
        if mapped:
            self._mapped.set_json(mapped if len(mapped) > 1 else next(iter(mapped.values())))

    def _show_tab(self, key: str) -> None:
        wanted = set(self._views[key])
        for views in self._views.values():
            for view in views:
                view.setVisible(view in wanted)
        if key == MAPPED:
            self._mapped.setVisible(self._has_payload)
            self._unmapped.setVisible(not self._has_payload)


def _steps(report: EventReport) -> list[TraceStep]:
    """All steps in order; what is the same for every mapping stands there once."""
    steps = [*report.steps, *(step for result in report.results for step in result.steps)]
    # “Nothing was written” is the last line of the trace, said once for all mappings.
    told = [step for step in steps if step.title != "Nothing was written"]
    return list(dict.fromkeys(told))


def _duration(report: EventReport) -> str:
    spent = sum(exchange.duration_ms for exchange in report.exchanges)
    return f"{spent:.0f} ms" if report.exchanges else ""


def _calls(exchanges: tuple[Exchange, ...]) -> str:
    return "\n\n".join(_call(exchange) for exchange in exchanges)


def _call(exchange: Exchange) -> str:
    status = str(exchange.status) if exchange.status is not None else exchange.error
    lines = [
        f"{exchange.method} {exchange.path}",
        f"{status}   {exchange.duration_ms:.0f} ms   {exchange.trace_id}",
    ]
    if exchange.request_body is not None:
        lines.append(json.dumps(exchange.request_body, ensure_ascii=False, indent=2))
    if exchange.answer_head:
        lines.append(exchange.answer_head)
    return "\n".join(line.rstrip() for line in lines)
