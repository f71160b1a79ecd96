"""What a test run found: headline, cautions, and tabs with change, event, mapped values and HTTP."""

from __future__ import annotations

import json

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.actions.trace import EventReport, MappingResult
from app.close.exchange import Exchange
from app.ui.setup.outcome_words import cautions, headline, main_result
from app.ui.theme.text import plain
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
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

CHANGE, WHY, EVENT, MAPPED, HTTP = "change", "why", "event", "mapped", "http"


class ReportView(QWidget):
    """The views below the tabs are shown one at a time, each with its own height."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._badge = Badge(theme, self.tr("Dry run"), Tone.INFO)
        self.banner = Banner(theme, Tone.INFO, " ", " ", action=self._badge)
        self._cautions = Banner(theme, Tone.WARN, " ", " ")
        self._problem = QVBoxLayout()
        self._changes = QVBoxLayout()
        self._changes.setSpacing(12)
        self.trace = TraceView(theme)
        self._event = CodeBox(theme, name=self.tr("Event"), fit=True)
        self._mapped = CodeBox(theme, name=self.tr("Mapped values"), fit=True)
        self._http = CodeBox(
            theme, "", CodeLanguage.PLAIN, name=self.tr("Calls to Close"), fit=True, most_lines=40
        )
        self._unmapped = WrappedLabel(
            theme, self.tr("No mapping ran, so nothing was mapped."), Role.BODY, "muted"
        )
        why = Card(theme, self.tr("Why"), note=self.tr("decision trace"))
        why.body.addWidget(self.trace)
        self._why = why
        self.tabs = TabStrip(
            theme,
            self.tr("Result"),
            (
                (CHANGE, self.tr("Change")),
                (WHY, self.tr("Why")),
                (EVENT, self.tr("Event")),
                (MAPPED, self.tr("Mapped")),
                (HTTP, self.tr("HTTP")),
            ),
        )
        change = QWidget()
        change.setLayout(self._changes)
        self._changes.setContentsMargins(0, 0, 0, 0)
        self._views: dict[str, tuple[QWidget, ...]] = {
            # The trace belongs to the change: it says why these fields and no others.
            CHANGE: (change, why),
            WHY: (why,),
            EVENT: (self._event,),
            MAPPED: (self._mapped, self._unmapped),
            HTTP: (self._http,),
        }
        self._has_payload = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.banner)
        column.addLayout(self._problem)
        column.addWidget(self._cautions)
        column.addWidget(self.tabs)
        for view in (change, why, self._event, self._mapped, self._unmapped, self._http):
            column.addWidget(view)
        column.addStretch(1)
        self.tabs.chosen.connect(self._show_tab)
        self._show_tab(CHANGE)

    def show_report(self, report: EventReport, sample: Sample, *, live: bool) -> None:
        """Replace everything by what this run found."""
        words = headline(report, live=live)
        self.banner.set_markup(words.tone, words.markup, plain(words.text), words.icon)
        self.banner.setAccessibleName(words.markup if "<" not in words.markup else report.reason)
        self._badge.set(words.badge, Tone.OK if live else Tone.INFO)
        self._show_problem(report)
        notes = cautions(report)
        self._cautions.setVisible(bool(notes))
        if notes:
            self._cautions.set(Tone.WARN, self.tr("Look at this before you send"), "\n".join(notes))
        self._show_changes(report)
        closing = None if live else (self.tr("Not sent"), self.tr("dry run"))
        steps = [step for result in report.results for step in result.steps]
        self.trace.set_steps(steps, closing)
        self._why.fact.setText(_duration(report))
        self._event.set_json(sample.body)
        result = main_result(report)
        self._has_payload = result is not None and result.payload is not None
        if result is not None and result.payload is not None:
            self._mapped.set_json(result.payload)
        self._http.set_text(_calls(report.exchanges) or self.tr("No call was made to Close."))
        self.tabs.choose(CHANGE if any(one.plan for one in report.results) else WHY)
        self._show_tab(self.tabs.current_key())

    def _show_problem(self, report: EventReport) -> None:
        clear_layout(self._problem)
        if report.error is not None:
            self._problem.addWidget(ErrorBlock(self._theme, report.error))

    def _show_changes(self, report: EventReport) -> None:
        clear_layout(self._changes)
        shown = [result for result in report.results if result.plan is not None]
        for result in shown:
            self._add_diff(result, named=len(shown) > 1)
        if not shown:
            text = self.tr("No mapping makes a change for this event. “Why” shows the reason.")
            self._changes.addWidget(WrappedLabel(self._theme, text, Role.BODY, "muted"))

    def _add_diff(self, result: MappingResult, *, named: bool) -> None:
        if named:
            self._changes.addWidget(WrappedLabel(self._theme, result.mapping_name, Role.HEADING))
        if result.plan is None or not (result.plan.changes or result.plan.matching):
            self._changes.addWidget(WrappedLabel(self._theme, result.reason, Role.BODY, "muted"))
            return
        diff = DiffTable(self._theme)
        diff.set_plan(result.plan)
        self._changes.addWidget(diff)

    def _show_tab(self, key: str) -> None:
        wanted = set(self._views[key])
        for views in self._views.values():
            for view in views:
                view.setVisible(view in wanted)
        if key == MAPPED:
            self._mapped.setVisible(self._has_payload)
            self._unmapped.setVisible(not self._has_payload)


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
