"""Test with an event: a dry run shows what would change, then it can be sent for real."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.actions.trace import EventReport, Outcome
from app.errors import AppError
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.page import Page
from app.ui.frame.task_line import TaskLine
from app.ui.frame.tasks import AsyncTask, TaskLimits
from app.ui.setup.confirmation import Confirmation
from app.ui.setup.message_slot import MessageSlot
from app.ui.setup.outcome_words import main_plan
from app.ui.setup.report_view import ReportView
from app.ui.setup.sample_list import SampleList
from app.ui.theme.theme import Theme
from app.ui.widgets.button import Button
from app.ui.widgets.empty_state import EmptyState
from app.workflows.samples import Sample, built_in_samples

# A run makes several calls, and Close may ask for pauses between them.
_RUN_LIMITS = TaskLimits(give_up=60.0)


class EventRuns(Protocol):
    """Runs a sample; ``SetupFlow`` does, and the workbench brings its own."""

    async def dry_run(self, sample: Sample) -> EventReport: ...
    async def send_test(self, sample: Sample) -> EventReport: ...


class TryPage(Page):
    """Independent of the guide: without ``finish`` there is neither Back nor a way to a next step.

    ``organization`` is asked when it is shown, ``samples`` are the events to choose from and ``chosen`` the
    one to start with, both asked whenever the page comes to the front. ``finish`` takes the step as done
    before ``done`` is emitted.
    """

    done = Signal()
    back = Signal()
    ran = Signal(object)
    """An ``EventReport``, after each run."""

    icons_below = 1100

    def __init__(
        self,
        theme: Theme,
        runs: EventRuns,
        unexpected: Callable[[BaseException], None],
        *,
        organization: Callable[[], str],
        chosen: Callable[[], Sample | None] = lambda: None,
        finish: Callable[[], object] | None = None,
        samples: Callable[[], Sequence[Sample]] = built_in_samples,
    ) -> None:
        super().__init__(theme, "", scrolls=False)
        self.retitle(
            self.tr("Test with an event"), self.tr("A dry run shows what would change. It writes nothing.")
        )
        self._runs = runs
        self._organization = organization
        self._chosen = chosen
        self._samples = samples
        self._finish = finish
        self._report: EventReport | None = None
        self._report_live = False
        self._ran_sample: Sample | None = None
        self.list = SampleList(theme, can_add=False)
        self.run_again_button = Button(theme, self.tr("Run again"), icon="play")
        self.run_again_button.setVisible(False)
        self.header.add(self.run_again_button)
        self.result = ReportView(theme)
        self.confirmation = Confirmation(theme)
        self._slot = MessageSlot(theme)
        self._dry = AsyncTask("dry run", unexpected=unexpected, limits=_RUN_LIMITS, parent=self)
        self._send = AsyncTask("send test", unexpected=unexpected, limits=_RUN_LIMITS, parent=self)
        self._empty = EmptyState(
            theme,
            self.tr("Pick an event and press Dry run"),
            self.tr("You see every field that would change in Close, and why. Nothing is written."),
            icon="flask-conical",
        )
        self.body.addLayout(self._columns())
        self._connect()
        self.list.set_samples(samples())
        self._show_result()

    @property
    def busy(self) -> bool:
        return self._dry.busy or self._send.busy

    @property
    def error(self) -> AppError | None:
        return self._slot.error

    def initial_focus(self) -> QWidget:
        return self.list.table

    def filter_field(self) -> QWidget:
        return self.list.filter

    def activated(self) -> None:
        self.list.set_samples(self._samples())
        listed = self.list.samples()
        sample = self._chosen()
        if sample is not None and sample not in listed:
            self.list.add(sample)
        elif self.list.current() is None and listed:
            # The list's own one: the same event may have another number elsewhere.
            self.list.choose(next((one for one in listed if one == sample), listed[0]))

    def commands(self) -> CommandSet:
        back = Command(self.tr("Back"), self.back.emit) if self._finish is not None else None
        dry_run = Command(self.tr("Dry run"), self.dry_run, icon="flask-conical", busy=self._dry.busy)
        send = Command(self.tr("Send to Close"), self.ask_to_send, icon="send", busy=self._send.busy)
        if not self._has_result:
            skip = None if self._finish is None else Command(self.tr("Go on without a test"), self._go_on)
            return CommandSet(primary=dry_run, ghost=skip, back=back, fact=self._fact())
        if self._finish is None:
            return CommandSet(primary=dry_run, secondary=send, fact=self._fact())
        last = Command(self.tr("Go to last step"), self._go_on, trailing="arrow-right")
        return CommandSet(primary=last, secondary=send, back=back, fact=self._fact())

    # What a person does ------------------------------------------------------------------------

    def dry_run(self) -> None:
        """Show what the chosen event would change."""
        sample = self._sample_or_focus()
        if sample is None or self.busy:
            return
        self.confirmation.setVisible(False)
        self._slot.clear()
        self._dry.run(lambda: self._run(sample, live=False), self.tr("Asking Close what would change…"))

    def ask_to_send(self) -> None:
        """Confirm in the page, naming the organization, before anything is written."""
        sample = self._sample_or_focus()
        if sample is None or self.busy:
            return
        organization = self._organization() or self.tr("Close")
        plan = main_plan(self._report) if self._report is not None and not self._report_live else None
        if plan is not None and self._ran_sample == sample:
            names = ", ".join(dict.fromkeys(change.record.name for change in plan.changes)) or sample.name
            text = self.tr("{count} fields change: {names}. The result is read back from Close.").format(
                count=len(plan.changes), names=names
            )
        else:
            text = self.tr("“{event}” was not dry-run yet. The result is read back from Close.").format(
                event=sample.name
            )
        title = self.tr("Send “{event}” to {organization}?").format(
            event=sample.name, organization=organization
        )
        self.confirmation.ask(
            title, text, self.tr("Send to {organization}").format(organization=organization)
        )
        self._show_result()
        self.announce(title, assertive=True)

    def _send_now(self) -> None:
        sample = self._sample_or_focus()
        if sample is None or self.busy:
            return
        self._slot.clear()
        verb = self.tr("Sending to {organization}…").format(organization=self._organization())
        self._send.run(lambda: self._run(sample, live=True), verb)

    def _go_on(self) -> None:
        if self._finish is not None:
            self._finish()
        self.done.emit()

    # What happens ------------------------------------------------------------------------------

    async def _run(self, sample: Sample, *, live: bool) -> tuple[EventReport, Sample, bool]:
        report = await (self._runs.send_test(sample) if live else self._runs.dry_run(sample))
        return report, sample, live

    def _finished(self, result: tuple[EventReport, Sample, bool]) -> None:
        report, sample, live = result
        self._report, self._ran_sample, self._report_live = report, sample, live
        self.result.show_report(report, sample, live=live)
        self._show_result()
        failed = report.outcome in (Outcome.FAILED, Outcome.WOULD_FAIL)
        self.announce(report.reason, assertive=failed)
        self.ran.emit(report)
        self.commands_changed.emit()

    def _failed(self, error: AppError) -> None:
        again = Button(self.theme, self.tr("Try the dry run again"), icon="refresh-cw")
        again.clicked.connect(self.dry_run)
        self._slot.show_error(error, [again])
        self._show_result()
        self.announce(error.title, assertive=True)
        self.commands_changed.emit()

    def _another_event(self, _sample: object) -> None:
        """A result belongs to its event: another one starts without."""
        self.confirmation.setVisible(False)
        self._show_result()
        self.commands_changed.emit()

    @property
    def _has_result(self) -> bool:
        return self._report is not None and self.list.current() == self._ran_sample

    def _show_result(self) -> None:
        shown = self._has_result
        self.result.setVisible(shown)
        self.run_again_button.setVisible(shown and self._finish is not None)
        asking = not self.confirmation.isHidden()
        idle = not shown and self._slot.error is None and not asking
        self._empty.setVisible(idle)
        self._filler.setVisible(not idle)

    def _sample_or_focus(self) -> Sample | None:
        sample = self.list.current()
        if sample is None:
            self.list.table.setFocus()
            self.announce(self.tr("Choose an event first"), assertive=True)
        return sample

    def _fact(self) -> Fact:
        if self._has_result and self._report_live:
            return Fact(
                self.tr("{organization} · written and read back").format(organization=self._organization()),
                "check",
            )
        return Fact(self.tr("{organization} · read only").format(organization=self._organization()), "lock")

    # Parts -------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.list.chosen.connect(self._another_event)
        self.run_again_button.clicked.connect(self.dry_run)
        self.confirmation.confirmed.connect(self._send_now)
        self.confirmation.refused.connect(self._show_result)
        for task in (self._dry, self._send):
            task.changed.connect(self._task_changed)
            task.succeeded.connect(self._finished)
            task.failed.connect(self._failed)
        for keys, run in (("Ctrl+T", self.dry_run), ("Ctrl+Shift+T", self.ask_to_send)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(run)

    def _task_changed(self) -> None:
        if self.run_again_button.busy != self._dry.busy:
            self.run_again_button.set_busy(busy=self._dry.busy)
        self.commands_changed.emit()

    def _columns(self) -> QHBoxLayout:
        content = QWidget()
        right = QVBoxLayout(content)
        right.setContentsMargins(24, 24, 24, 24)
        right.setSpacing(12)
        self._filler = QWidget()
        for widget in (
            self.header,
            TaskLine(self.theme, self._dry),
            TaskLine(self.theme, self._send),
            self.confirmation,
            self._slot,
            self.result,
        ):
            right.addWidget(widget)
        right.addWidget(self._empty, 1)
        right.addWidget(self._filler, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        columns = QHBoxLayout()
        columns.setSpacing(0)
        columns.addWidget(self.list)
        columns.addWidget(area, 1)
        return columns
