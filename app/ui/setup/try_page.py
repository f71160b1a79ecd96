"""Test with an event: a dry run shows what would change, then it can be sent for real and taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.actions.trace import Outcome
from app.actions.undo import UndoReport
from app.errors import AppError
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.page import Page
from app.ui.frame.page_keys import bind_key
from app.ui.frame.task_line import TaskLine
from app.ui.setup.confirmation import Confirmation
from app.ui.setup.message_slot import MessageSlot
from app.ui.setup.report_view import ReportView
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.trial.budget_line import BudgetLine
from app.ui.trial.case_pane import CasePane
from app.ui.trial.columns import stacked, two_columns
from app.ui.trial.event_pane import EventPane
from app.ui.trial.last_send import LastSend
from app.ui.trial.runs import EventRuns, Ran
from app.ui.trial.scope_bar import ScopeBar
from app.ui.trial.send_words import send_question, stopped_error, trial_fact
from app.ui.trial.trial_task import TrialTask
from app.ui.trial.undo_strip import UndoStrip
from app.ui.trial.undo_view import UndoView
from app.ui.widgets.button import Button
from app.ui.widgets.empty_state import EmptyState
from app.workflows.samples import Sample, built_in_samples
from app.workflows.trial_tools import TrialTools


class TryPage(Page):
    """Independent of the guide: without ``finish`` there is neither Back nor a way to a next step.

    ``organization`` is asked when it is shown, ``samples`` are the events to choose from and ``chosen`` the
    one to start with, both asked whenever the page comes to the front. ``finish`` takes the step as done
    before ``done`` is emitted. ``tools`` brings the choice of a mapping, undo and test cases.
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
        tools: TrialTools | None = None,
    ) -> None:
        super().__init__(theme, "", scrolls=False)
        self._organization = organization
        self._chosen = chosen
        self._samples = samples
        self._finish = finish
        self._tools = tools
        self._ask_after = False
        self._undone: Sample | None = None
        self.pane = EventPane(theme, with_cases=tools is not None)
        self.list = self.pane.list
        self.send_button = Button(theme, self.tr("Send to Close"), icon="send")
        self.run_again_button = Button(theme, self.tr("Run again"), icon="play")
        for button in (self.send_button, self.run_again_button):
            button.setVisible(False)
            self.header.add(button)
        self.scope = ScopeBar(theme)
        self.result = ReportView(theme)
        self.undo_view = UndoView(theme)
        self.confirmation = Confirmation(theme)
        self._slot = MessageSlot(theme)
        self.budget = BudgetLine(theme)
        self._trial = TrialTask(runs, tools.profile if tools else lambda: None, unexpected, self)
        self.last = LastSend(tools.undo if tools else None, unexpected, self)
        self.strip = UndoStrip(theme, self.last)
        self.cases = CasePane(theme, tools.cases, unexpected) if tools else None
        self._empty = EmptyState(
            theme,
            self.tr("Pick an event and press Dry run"),
            self.tr("You see each field that would change, and why. Nothing is written."),
            icon="flask-conical",
        )
        self._lay_out()
        self._connect()
        self.pane.set_samples(samples())
        self._show_result()

    @property
    def busy(self) -> bool:
        return self._trial.busy or self.last.undoing.busy

    @property
    def error(self) -> AppError | None:
        return self._slot.error

    def initial_focus(self) -> QWidget:
        return self.list.table

    def filter_field(self) -> QWidget:
        return self.list.filter

    def activated(self) -> None:
        self.refresh_events()
        self._show_profile()
        self._show_result()
        if self.cases is not None:
            self.cases.desk.load()
        self.last.look()

    def refresh_events(self) -> None:
        """The events to choose from are other ones now; the chosen one stays."""
        self.pane.set_samples(self._samples())
        listed = self.list.samples()
        sample = self._chosen()
        if sample is not None and sample not in listed:
            self.list.add(sample)
        elif self.list.current() is None and listed:
            # The list's own one: the same event may have another number elsewhere.
            self.list.choose(next((one for one in listed if one == sample), listed[0]))

    def commands(self) -> CommandSet:
        if self._shows_cases and self.cases is not None:
            return self.cases.commands(self._show_event)
        back = Command(self.tr("Back"), self.back.emit) if self._finish is not None else None
        dry_run = Command(self.tr("Dry run"), self.dry_run, icon="flask-conical", busy=self._trial.dry.busy)
        if self._result is None:
            busy = self._trial.send.busy
            send = Command(self.tr("Send to Close"), self.ask_to_send, icon="send", busy=busy)
            skip = None if self._finish is None else Command(self.tr("Go on without a test"), self._go_on)
            return CommandSet(primary=dry_run, secondary=send, ghost=skip, back=back, fact=self._fact())
        last = Command(self.tr("Go to last step"), self._go_on, trailing="arrow-right")
        primary = dry_run if self._finish is None else last
        return CommandSet(primary=primary, ghost=self._save_command(), back=back, fact=self._fact())

    # What a person does ------------------------------------------------------------------------

    def dry_run(self) -> None:
        """Show what the chosen event would change."""
        self._ask_after = False
        self._start_dry_run()

    def ask_to_send(self) -> None:
        """Confirm in the page, naming organization and records; what was not shown yet is shown first."""
        if self._trial.dry.busy:
            # Somebody who is quicker than the dry run is asked when it has shown what it shows.
            self._ask_after = True
            return
        sample = self._sample_or_focus()
        if sample is None or self.busy:
            return
        ran = self._result
        if ran is None or ran.live:
            self._ask_after = True
            self._start_dry_run()
            return
        if not ran.sendable:
            self.announce(self.tr("There is nothing to send. {why}").format(why=ran.report.reason))
            return
        question = send_question(ran.report, sample, self._organization() or self.tr("Close"))
        self.confirmation.ask(question.title, question.text, question.action, final=question.final)
        self._show_result()
        self.announce(" ".join((question.title, *question.final)), assertive=True)

    def undo(self) -> None:
        """Take the last send back."""
        if self.last.can_undo and not self.busy:
            self._slot.clear()
            self.last.undo()
        elif not self.busy:
            self.announce(self.tr("There is nothing to undo"))

    def save_case(self) -> None:
        """Keep the event with what the dry run has shown."""
        ran = self._result
        if self.cases is not None and ran is not None:
            self.cases.desk.save(ran.sample, ran.report, ran.mapping)

    def _start_dry_run(self) -> None:
        sample = self._sample_or_focus()
        if sample is None or self.busy:
            return
        self.confirmation.setVisible(False)
        self._slot.clear()
        self._trial.run_dry(sample, self._mapping)

    def _send_now(self) -> None:
        if self.busy:
            return
        if self._result is None:
            # The mappings were changed since the question was asked.
            self.ask_to_send()
            return
        self._slot.clear()
        # Left to itself the keyboard would land on Undo, one Enter away from taking it back.
        self.list.table.setFocus()
        self._trial.run_send(self._organization())

    def _go_on(self) -> None:
        if self._finish is not None:
            self._finish()
        self.done.emit()

    # What happens ------------------------------------------------------------------------------

    def _finished(self, ran: Ran) -> None:
        report, sample, live = ran.report, ran.sample, ran.live
        self._undone = None
        self.budget.show_report(report)
        self.result.show_report(report, sample, live=live, off=self._switched_off(ran.mapping))
        if live:
            self.last.note(report, sample)
            if self.last.can_undo:
                text = self.tr("“{event}” was sent to Close").format(event=sample.name)
                self.toast_requested.emit(text, self.undo)
        self._show_result()
        failed = report.outcome in (Outcome.FAILED, Outcome.WOULD_FAIL)
        self.announce(report.reason, assertive=failed)
        self.ran.emit(report)
        self.commands_changed.emit()
        if ran.overtaken:
            self._show_again(ran)
        elif self._ask_after and not live:
            self._ask_after = False
            self.ask_to_send()

    def _show_again(self, ran: Ran) -> None:
        """What was confirmed is out of date: show what would change now, and ask again."""
        error = ran.report.error
        assert error is not None
        self._ask_after = True
        self._start_dry_run()
        self._slot.show_error(error, tone=Tone.WARN)

    def _failed(self, error: AppError) -> None:
        again = Button(self.theme, self.tr("Try the dry run again"), icon="refresh-cw")
        again.clicked.connect(self.dry_run)
        self._show_error(error, [again])

    def _show_error(self, error: AppError, actions: Sequence[Button] = ()) -> None:
        self._slot.show_error(error, actions)
        self._show_result()
        self.announce(error.title, assertive=True)
        self.commands_changed.emit()

    def _show_undone(self, report: UndoReport, sample: Sample) -> None:
        self._trial.forget()
        self._undone = sample
        self.list.choose(sample)
        self.undo_view.show_undone(report, sample.name)
        self._show_result()
        self.list.table.setFocus()
        self.toast_requested.emit(report.summary, None)
        self.commands_changed.emit()

    def _another_event(self) -> None:
        """A result belongs to its event and mapping: another one starts without."""
        self.confirmation.setVisible(False)
        self._slot.clear()
        self._show_event()

    def _show_event(self) -> None:
        if self.cases is not None:
            self.cases.setVisible(False)
        self._show_result()
        self.commands_changed.emit()

    def _show_cases(self) -> None:
        if self.cases is not None:
            self.confirmation.setVisible(False)
            self.cases.setVisible(True)
            self._show_result()
            self.announce(self.title)
            self.commands_changed.emit()

    def _open_case(self, sample: Sample, mapping: str | None) -> None:
        if sample not in self.list.samples():
            self.list.add(sample)
        self.list.choose(sample)
        self.scope.combo.setCurrentIndex(max(0, self.scope.combo.findData(mapping)))
        self._show_event()
        self.dry_run()

    @property
    def _mapping(self) -> str | None:
        return self.scope.mapping()

    @property
    def _result(self) -> Ran | None:
        return self._trial.result_for(self.list.current(), self._mapping)

    @property
    def _shows_cases(self) -> bool:
        return self.cases is not None and not self.cases.isHidden()

    def _switched_off(self, mapping: str | None) -> tuple[str, ...]:
        if self._tools is None or mapping is not None:
            return ()
        return tuple(spec.name for spec in self._tools.profile().mappings if not spec.enabled)

    def _show_profile(self) -> None:
        if self._tools is not None:
            self.scope.show_profile(self._tools.profile())

    def _show_result(self) -> None:
        cases = self._shows_cases
        ran = None if cases else self._result
        shown = ran is not None
        undone = self._undone is not None and self._undone == self.list.current() and not shown and not cases
        title = self.tr("Test cases") if cases else self.tr("Test with an event")
        self.retitle(title, self.tr("A dry run shows what would change. It writes nothing."))
        self.result.setVisible(shown)
        self.budget.setVisible(shown and bool(self.budget.text))
        self.undo_view.setVisible(undone)
        self._event_parts.setVisible(not cases)
        self.send_button.setVisible(ran is not None and ran.sendable)
        self.run_again_button.setVisible(shown and self._finish is not None)
        asking = not self.confirmation.isHidden()
        idle = not (shown or undone or cases or asking) and self._slot.error is None
        self._empty.setVisible(idle)
        self._filler.setVisible(not idle and not cases)

    def _sample_or_focus(self) -> Sample | None:
        sample = self.list.current()
        if sample is None:
            self.list.table.setFocus()
            self.announce(self.tr("Choose an event first"), assertive=True)
        return sample

    def _save_command(self) -> Command | None:
        ran = self._result
        if self.cases is None or ran is None or ran.live:
            return None
        known = self.cases.desk.known(ran.sample, ran.mapping) is not None
        text = self.tr("Update test case") if known else self.tr("Save as test case")
        return Command(text, self.save_case, icon="star-filled" if known else "star")

    def _fact(self) -> Fact:
        return trial_fact(self._result, self._organization())

    # Parts -------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.list.chosen.connect(lambda _: self._another_event())
        self.scope.chosen.connect(self._another_event)
        self.run_again_button.clicked.connect(self.dry_run)
        self.send_button.clicked.connect(self.ask_to_send)
        self.confirmation.confirmed.connect(self._send_now)
        self.confirmation.refused.connect(self._show_result)
        self.confirmation.told.connect(lambda text: self.announce(text, assertive=True))
        self.last.undone.connect(self._show_undone)
        self.last.failed.connect(self._show_error)
        self._trial.changed.connect(self._task_changed)
        self._trial.finished.connect(self._finished)
        self._trial.failed.connect(self._failed)
        self._trial.stopped.connect(lambda: self._show_error(stopped_error()))
        for keys, run in (
            ("Ctrl+T", self.dry_run),
            ("Ctrl+Shift+T", self.ask_to_send),
            ("Ctrl+Z", self.undo),
        ):
            bind_key(self, keys, run, window=True)
        if self.cases is not None:
            self.pane.cases_requested.connect(self._show_cases)
            self.cases.counted.connect(self.pane.show_cases)
            self.cases.changed.connect(self.commands_changed)
            self.cases.opened.connect(self._open_case)
            self.cases.told.connect(self.toast_requested)
            self.cases.failed.connect(self._show_error)
            self.cases.announced.connect(self.announce)

    def _task_changed(self) -> None:
        for button, task in ((self.run_again_button, self._trial.dry), (self.send_button, self._trial.send)):
            if button.busy != task.busy:
                button.set_busy(busy=task.busy)
        self.commands_changed.emit()

    def _lay_out(self) -> None:
        lines = (TaskLine(self.theme, self._trial.dry), TaskLine(self.theme, self._trial.send))
        self._event_parts = stacked(
            (self.scope, *lines, self.confirmation, self.strip, self.result, self.budget, self.undo_view)
        )
        self._filler = QWidget()
        cases = () if self.cases is None else (self.cases,)
        right = (self.header, self._slot, self._event_parts)
        self.body.addLayout(two_columns(self.pane, right, (*cases, self._empty, self._filler)))
