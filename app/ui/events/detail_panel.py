"""One event beside the list: what became of it, why, what changed, the event and the calls to Close."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.actions.plan import Plan
from app.close.exchange import Exchange
from app.errors import AppError
from app.relay.delivery import OPEN_STATES
from app.relay.event_records import EventDetail, EventRow
from app.storage.profile import Mode
from app.ui.events.detail_words import change_rows, exchange_text, exchange_title, received, verified
from app.ui.events.outcome_cell import needs_person, outcome_cell
from app.ui.relay.wording import clock_time, exact_time
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.badge import Badge
from app.ui.widgets.button import Button, IconButton
from app.ui.widgets.card import Card
from app.ui.widgets.chip import Chip
from app.ui.widgets.chip_painting import ChipSpec
from app.ui.widgets.code_box import CodeBox, CodeLanguage
from app.ui.widgets.data_table import CellTableModel, Column, DataTable
from app.ui.widgets.error_block import ErrorBlock
from app.ui.widgets.flow import FlowLayout, clear_layout
from app.ui.widgets.labels import ElidedLabel, WrappedLabel
from app.ui.widgets.skeleton import Skeleton
from app.ui.widgets.tabs import Tabs
from app.ui.widgets.trace_view import TraceView
from app.workflows.event_copies import CopyForm


class DetailPanel(QWidget):
    """``retry_requested`` and ``mark_requested`` carry the event's id, the others what is known of it."""

    retry_requested = Signal(int)
    edit_requested = Signal(object)
    mark_requested = Signal(int)
    copy_requested = Signal(object, object)
    sample_requested = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._row: EventRow | None = None
        self.samples_wanted = False
        self._chip = Chip(theme, ChipSpec(""))
        self._title = ElidedLabel(theme, "", Role.SECTION)
        self._facts = WrappedLabel(theme, "", Role.CAPTION, "muted")
        self._outcome = Badge(theme, "")
        self._problem = QVBoxLayout()
        self._loading = Skeleton(theme, 6, self.tr("Reading the event"))
        self._trace = TraceView(theme)
        self._closing = WrappedLabel(theme, "", Role.CAPTION, "muted")
        self._changes = QVBoxLayout()
        self._event = CodeBox(theme, name=self.tr("The event as JSON"), fit=True, most_lines=60)
        self._http = QVBoxLayout()
        self.tabs = Tabs(
            theme,
            self.tr("About this event"),
            (
                ("why", self.tr("Why"), _top(self._trace, self._closing)),
                ("change", self.tr("Change"), _top(self._changes)),
                ("event", self.tr("Event"), _top(self._event)),
                ("http", self.tr("HTTP"), _top(self._http)),
            ),
        )
        self.retry_button = Button(theme, self.tr("Run again"), icon="rotate-ccw")
        self.retry_button.clicked.connect(self._retry)
        self.edit_button = Button(theme, self.tr("Edit and send again"), icon="pencil")
        self.edit_button.clicked.connect(self.edit)
        self.mark_button = IconButton(theme, "bookmark", self.tr("Bookmark"))
        self.mark_button.clicked.connect(self.mark)
        self.copy_button = Button(theme, self.tr("Copy"), icon="copy", trailing="chevron-down")
        self.copy_button.clicked.connect(self._open_copies)
        self.sample_button = Button(theme, self.tr("Use as sample"), icon="flask-conical")
        self.sample_button.clicked.connect(self.use_as_sample)
        self._copies = QMenu(self)
        for form, words in (
            (CopyForm.JSON, self.tr("Copy as JSON")),
            (CopyForm.CURL, self.tr("Copy as cURL")),
            (CopyForm.PYTHON, self.tr("Copy as Python")),
        ):
            self._copies.addAction(words).triggered.connect(lambda _=False, form=form: self.copy(form))
        self._detail: EventDetail | None = None
        self._build()

    @property
    def event_id(self) -> int | None:
        return self._row.id if self._row else None

    def show_row(self, row: EventRow) -> None:
        """What the list knows already; the rest is being read."""
        same = self._row is not None and self._row.id == row.id
        self._row = row
        self._chip.set_spec(ChipSpec(row.type))
        self._title.setText(row.title)
        facts = [exact_time(row.received_ms)[11:], row.person_key.partition(":")[2], row.message_id]
        self._facts.set_text(" · ".join(fact for fact in facts if fact))
        cell = outcome_cell(row)
        self._outcome.set(cell.text, cell.tone or Tone.NEUTRAL, cell.icon)
        self.retry_button.setVisible(row.state not in OPEN_STATES)
        if not same:
            self._detail = None
            self._show_uses(known=False)
            clear_layout(self._problem)
            self._loading.show()
            self.tabs.hide()

    def show_detail(self, detail: EventDetail) -> None:
        self.show_row(detail.row)
        self._detail = detail
        self._show_uses(known=True)
        self._loading.hide()
        self.tabs.show()
        report = detail.report
        self._show_problem(detail)
        steps = [received(detail), verified(detail.trust)]
        closing: tuple[str, str] | None = None
        if report is not None:
            steps += [step for result in report.results for step in result.steps]
            if detail.row.mode is Mode.DRY_RUN:
                closing = (self.tr("Not sent"), self.tr("dry run"))
        self._trace.set_steps(steps, closing)
        self._closing.set_text(self._history(detail))
        self._show_changes([result.plan for result in report.results if result.plan] if report else [])
        if detail.body is None:
            self._event.set_text(detail.raw.decode("utf-8", "replace"))
        else:
            self._event.set_json(detail.body)
        self._show_http(report.exchanges if report else ())

    def event_json(self) -> str:
        """The event as the Event tab shows it."""
        return self._event.text()

    def edit(self) -> None:
        """Ask for an edited copy, once the event has been read."""
        if self._detail is not None:
            self.edit_requested.emit(self._detail)

    def copy(self, form: CopyForm) -> None:
        """Ask for a copy of the event, once it has been read."""
        if self._detail is not None:
            self.copy_requested.emit(self._detail, form)

    def mark(self) -> None:
        """Ask for the bookmark to be set or taken away."""
        if self._row is not None:
            self.mark_requested.emit(self._row.id)

    def use_as_sample(self) -> None:
        if self._detail is not None:
            self.sample_requested.emit(self._detail)

    def show_mark(self, *, marked: bool) -> None:
        self.mark_button.set_icon("bookmark-filled" if marked else "bookmark")
        self.mark_button.set_name(self.tr("Take the bookmark away") if marked else self.tr("Bookmark"))

    def show_error(self, error: AppError) -> None:
        """The event could not be read or queued again."""
        clear_layout(self._problem)
        self._loading.hide()
        self._problem.addWidget(ErrorBlock(self._theme, error))

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._chip)
        head.addWidget(self._title, 1)
        head.addWidget(self._outcome)
        head.addWidget(self.mark_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 18, 16)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self._facts)
        column.addLayout(self._problem)
        column.addWidget(self._loading)
        column.addWidget(self.tabs, 1)
        foot = FlowLayout(spacing=8)
        foot.addWidget(self.retry_button)
        foot.addWidget(self.edit_button)
        foot.addWidget(self.copy_button)
        foot.addWidget(self.sample_button)
        column.addLayout(foot)
        column.addStretch(0)

    def _show_uses(self, *, known: bool) -> None:
        """What needs the whole event is offered once it has been read."""
        self.edit_button.setVisible(known)
        self.copy_button.setVisible(known)
        self.sample_button.setVisible(known and self.samples_wanted)

    def _open_copies(self) -> None:
        self._copies.popup(self.copy_button.mapToGlobal(self.copy_button.rect().bottomLeft()))

    def _retry(self) -> None:
        if self._row is not None:
            self.retry_requested.emit(self._row.id)

    def _show_problem(self, detail: EventDetail) -> None:
        clear_layout(self._problem)
        row = detail.row
        if not needs_person(row):
            return
        error = detail.report.error if detail.report else None
        if error is None:
            code = next((each.error_code for each in reversed(detail.attempts) if each.error_code), "")
            error = AppError(
                code or "EVENT-FAILED",
                row.reason,
                remedy=self.tr("Correct the cause, then run the event again."),
            )
        again = Button(self._theme, self.tr("Retry"), icon="rotate-ccw", small=True)
        again.clicked.connect(self._retry)
        self._problem.addWidget(ErrorBlock(self._theme, error, (again,)))
        self.retry_button.hide()

    def _history(self, detail: EventDetail) -> str:
        if len(detail.attempts) < 2:
            return ""
        lines = [self.tr("Earlier tries")]
        lines += [
            self.tr("{number}. {time}  {reason}").format(
                number=each.number, time=clock_time(each.started_ms), reason=each.reason
            )
            for each in detail.attempts[:-1][-10:]
        ]
        return "\n".join(lines)

    def _show_changes(self, plans: Sequence[Plan]) -> None:
        clear_layout(self._changes)
        rows = [row for plan in plans for row in change_rows(plan)]
        if not rows:
            text = self.tr("No field of a record in Close is changed by this event.")
            self._changes.addWidget(WrappedLabel(self._theme, text, Role.BODY, "muted"))
            return
        card = Card(self._theme, flush=True, behind="surface")
        columns = (Column(self.tr("Field and value")),)
        table = DataTable(self._theme, self.tr("Changes"), columns, fit=True)
        model = CellTableModel(columns, table)
        model.set_rows(rows)
        table.setModel(model)
        card.body.addWidget(table)
        self._changes.addWidget(card)

    def _show_http(self, exchanges: Sequence[Exchange]) -> None:
        clear_layout(self._http)
        if not exchanges:
            text = self.tr("Nothing was asked of Close for this event.")
            self._http.addWidget(WrappedLabel(self._theme, text, Role.BODY, "muted"))
        for exchange in exchanges:
            self._http.addWidget(WrappedLabel(self._theme, exchange_title(exchange), Role.LABEL))
            text = exchange_text(exchange)
            if text:
                name = self.tr("Request and answer")
                self._http.addWidget(
                    CodeBox(self._theme, text, CodeLanguage.PLAIN, name=name, fit=True, most_lines=16)
                )


def _top(*parts: QWidget | QVBoxLayout) -> QWidget:
    """The parts below each other, at the top of a tab."""
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 4, 0, 0)
    column.setSpacing(10)
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            part.setSpacing(8)
            column.addLayout(part)
    column.addStretch(1)
    return widget
