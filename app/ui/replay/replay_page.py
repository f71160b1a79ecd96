"""Stored events, or those of files, once more: chosen, tried dry, run with progress, reported and undone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.actions.undo import UndoReport
from app.errors import AppError
from app.relay.replay_records import Replay, ReplayState
from app.storage.profile import Mode
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.page import Page
from app.ui.question_dialog import QuestionDialog
from app.ui.relay.relay_controller import RelayController
from app.ui.replay.chosen_scope import ChosenScope
from app.ui.replay.past_replays import PastReplays
from app.ui.replay.progress_card import ProgressCard
from app.ui.replay.progress_words import run_progress, run_report, trying_progress
from app.ui.replay.replay_desk import Phase, ReplayDesk
from app.ui.replay.scope_form import ScopeForm
from app.ui.replay.totals_view import TotalsView
from app.ui.replay.trouble_table import TroubleTable
from app.ui.theme.theme import Theme
from app.ui.widgets.button import Button
from app.ui.widgets.error_block import ErrorBlock
from app.ui.widgets.flow import clear_layout


class ReplayPage(Page):
    """Shows what ``ReplayDesk`` holds. A run is the relay's work and goes on behind every other page."""

    def __init__(
        self, theme: Theme, desk: ReplayDesk, controller: RelayController, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "", parent=parent)
        self.retitle(
            self.tr("Replay events"),
            self.tr("Run events once more. A dry run first shows what would change; it writes nothing."),
        )
        self.desk = desk
        self._controller = controller
        self._dialog: QObject | None = None
        self._told = ""
        self.form = ScopeForm(theme)
        self.stop_button = Button(theme, self.tr("Stop"), icon="square", small=True)
        self.failures_button = Button(theme, self.tr("Save failures…"), icon="download", small=True)
        self.retry_button = Button(theme, self.tr("Retry failed"), icon="rotate-ccw", small=True)
        self.undo_button = Button(theme, self.tr("Undo…"), icon="undo-2", small=True)
        self.progress = ProgressCard(
            theme, (self.stop_button, self.failures_button, self.retry_button, self.undo_button)
        )
        self.chosen = ChosenScope(theme)
        self.totals = TotalsView(theme)
        self.troubles = TroubleTable(theme)
        self.past = PastReplays(theme)
        self._errors = QVBoxLayout()
        self.body.addLayout(self._errors)
        for widget in (self.form, self.chosen, self.progress, self.totals, self.troubles, self.past):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self._connect()
        self._show()

    @property
    def busy(self) -> bool:
        return self.desk.busy

    @property
    def error(self) -> AppError | None:
        return self.desk.error

    def initial_focus(self) -> QWidget | None:
        if self.form.isVisibleTo(self):
            return self.form.source
        return self.chosen.change_button if self.chosen.isVisibleTo(self) else self.past.table

    def activated(self) -> None:
        self.form.set_mappings(tuple(spec.name for spec in self._controller.profile.mappings))
        self.desk.refresh()

    def commands(self) -> CommandSet:
        desk = self.desk
        nothing_written = Fact(self.tr("Nothing is written by a dry run"))
        try_again = Command(self.tr("Dry run"), self.dry_run, icon="flask-conical", busy=desk.busy)
        if desk.phase is Phase.RUN and desk.replay is not None:
            return self._run_commands(desk.replay)
        if desk.phase is Phase.TRIED and desk.replay is not None and desk.replay.left:
            text = self.tr("Run {n} events in {name}").format(
                n=f"{desk.replay.left:,}", name=self._organization()
            )
            if desk.replay.left == 1:
                text = self.tr("Run 1 event in {name}").format(name=self._organization())
            return CommandSet(
                primary=Command(text, self.ask_to_run, icon="rotate-ccw", busy=desk.busy),
                secondary=Command(self.tr("Dry run again"), self.dry_run, icon="flask-conical"),
                fact=nothing_written,
            )
        return CommandSet(primary=try_again, fact=nothing_written)

    def dry_run(self) -> None:
        """Try what is chosen, or say what is missing."""
        problem = self.form.problem
        if problem:
            self.announce(problem, assertive=True)
            self.toast_requested.emit(problem, None)
            self.form.drop.file_button.setFocus()
            return
        if not self.desk.busy:
            self.desk.dry_run(self.form.scope(), self.form.mappings_of(), again=self.form.again.isChecked())

    def ask_to_run(self) -> None:
        """A run changes Close: name the organization, and what else it switches on."""
        replay = self.desk.replay
        if replay is None or self.desk.busy:
            return
        name = self._organization()
        count = _left(replay)
        events = (
            self.tr("1 event changes") if count == 1 else self.tr("{n} events change").format(n=f"{count:,}")
        )
        text = self.tr("{events} leads and contacts in {name}, and can be undone afterwards.").format(
            events=events, name=name
        )
        totals = self.desk.totals
        if totals is not None and (totals.merges or totals.deletions):
            text += " " + self.tr("Its {m} merges and {d} deletions are final.").format(
                m=totals.merges, d=totals.deletions
            )
        if not self._controller.running:
            text += " " + self.tr("The relay is started for it and receives events as well.")
        if self._controller.profile.relay.mode is not Mode.LIVE:
            text += " " + self.tr(
                "The relay goes Live: events that arrive from now on change {name} too."
            ).format(name=name)
        self._ask(
            self.tr("Run in {name}?").format(name=name),
            text,
            self.tr("Run in {name}").format(name=name),
            self._run,
        )

    # Wiring ------------------------------------------------------------------------------------

    def _connect(self) -> None:
        desk = self.desk
        desk.changed.connect(self._show)
        desk.past_changed.connect(lambda: self.past.show_replays(desk.past))
        desk.said.connect(lambda text: self.toast_requested.emit(text, None))
        desk.previewed.connect(self._ask_to_undo)
        self.chosen.change_button.clicked.connect(desk.new)
        self.stop_button.clicked.connect(desk.stop)
        self.failures_button.clicked.connect(self._save_failures)
        self.retry_button.clicked.connect(desk.retry_failed)
        self.undo_button.clicked.connect(self._preview_undo)
        self.past.open_requested.connect(desk.open)
        self.past.undo_requested.connect(desk.preview_undo)

    def _run_commands(self, replay: Replay) -> CommandSet:
        desk = self.desk
        new = Command(self.tr("New replay"), desk.new, icon="plus")
        cancel = Command(self.tr("Cancel the rest"), self._ask_to_cancel, icon="x")
        match replay.state:
            case ReplayState.RUNNING:
                pause = Command(self.tr("Pause"), desk.pause, icon="pause", busy=desk.busy)
                return CommandSet(
                    secondary=pause, ghost=cancel, fact=Fact(self.tr("Goes on behind other pages"))
                )
            case ReplayState.PAUSED:
                resume = Command(self.tr("Resume"), self._run, icon="play", busy=desk.busy)
                return CommandSet(primary=resume, ghost=cancel)
            case ReplayState.PREPARED | ReplayState.CANCELED if replay.undone_ms is None:
                text = self.tr("Run {n} events…").format(n=f"{_left(replay):,}")
                return CommandSet(primary=Command(text, self.ask_to_run, icon="rotate-ccw"), secondary=new)
            case _:
                return CommandSet(primary=new)

    def _run(self) -> None:
        controller = self._controller
        profile = controller.profile
        if profile.relay.mode is not Mode.LIVE and profile.organization is not None:
            controller.set_mode(Mode.LIVE, confirmed_for=profile.organization.id)
        if not controller.running:
            controller.start()
        self.desk.run()

    def _ask_to_cancel(self) -> None:
        text = self.tr(
            "Events that are on their way are finished; no more are begun. What was changed stays."
        )
        self._ask(self.tr("Cancel the rest?"), text, self.tr("Cancel the rest"), self.desk.cancel)

    def _ask_to_undo(self, previewed: tuple[int, UndoReport]) -> None:
        replay_id, report = previewed
        text = self.tr("{summary} What people have changed since stays.").format(summary=report.summary)
        self._ask(
            self.tr("Undo this replay in {name}?").format(name=self._organization()),
            text,
            self.tr("Undo replay"),
            lambda: self.desk.undo(replay_id),
        )

    def _ask(self, title: str, text: str, yes: str, agreed) -> None:  # type: ignore[no-untyped-def]
        dialog = QuestionDialog(
            self.theme, self.window(), title=title, text=text, yes=yes, no=self.tr("Not now")
        )
        dialog.answered.connect(lambda answer: agreed() if answer else None)
        self._dialog = dialog
        dialog.open()

    def _preview_undo(self) -> None:
        if self.desk.replay is not None:
            self.desk.preview_undo(self.desk.replay.id)

    def _save_failures(self) -> None:
        dialog = QFileDialog(self, self.tr("Save what failed"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("Events (*.ndjson)"), self.tr("Table (*.csv)")])
        number = self.desk.replay.id if self.desk.replay else 0
        dialog.selectFile(f"replay-{number}-failures.ndjson")
        dialog.fileSelected.connect(lambda name: self.desk.save_failures(Path(name)))
        dialog.open()

    # Showing -----------------------------------------------------------------------------------

    def _show(self) -> None:
        desk = self.desk
        trying = desk.phase in (Phase.FINDING, Phase.TRYING)
        running = desk.phase is Phase.RUN and desk.replay is not None
        self.form.setVisible(desk.phase is Phase.CHOOSING)
        self.chosen.setVisible(desk.phase is Phase.TRIED)
        self.progress.setVisible(trying or running)
        self.totals.setVisible(desk.phase is Phase.TRIED)
        if trying:
            words = trying_progress(desk.phase, desk.count, desk.expected)
            self.progress.show_progress(*words.arguments())
            self.progress.set_shares(words.share)
            for button in (self.failures_button, self.retry_button, self.undo_button):
                button.hide()
        elif running and desk.replay is not None:
            self._show_run(desk.replay)
        elif desk.phase is Phase.TRIED and desk.replay is not None and desk.totals is not None:
            self.chosen.show_replay(desk.replay)
            self.totals.show_totals(desk.replay, desk.totals)
            self._tell(desk.totals.words)
        self.stop_button.setVisible(trying)
        self.troubles.setVisible(running and bool(desk.troubles))
        self.progress.fit_buttons()
        self.past.set_undoing(undoing=desk.undoing)
        self._show_error(desk.error)
        self.commands_changed.emit()

    def _show_run(self, replay: Replay) -> None:
        desk = self.desk
        ended = replay.state in (ReplayState.DONE, ReplayState.CANCELED, ReplayState.PREPARED)
        words = run_report(replay) if ended else run_progress(replay, desk.seconds_left, desk.pace.per_second)
        self.progress.show_progress(*words.arguments())
        self.progress.set_shares(words.share, words.failed)
        left_out = bool(desk.troubles)
        self.failures_button.setVisible(left_out)
        self.retry_button.setVisible(ended and bool(replay.failed) and replay.undone_ms is None)
        self.undo_button.setVisible(ended and replay.finished > 0 and replay.undone_ms is None)
        self.undo_button.set_busy(busy=desk.undoing)
        self.troubles.show_items(desk.troubles, replay)
        if ended:
            self._tell(words.title)

    def _show_error(self, error: AppError | None) -> None:
        shown = self._errors.itemAt(0)
        present = shown.widget() if shown is not None else None
        if isinstance(present, ErrorBlock) and present.error is error:
            return
        clear_layout(self._errors)
        if error is not None:
            self._errors.addWidget(ErrorBlock(self.theme, error))
            self.announce(error.title, assertive=True)

    def _tell(self, text: str) -> None:
        if text != self._told:
            self._told = text
            self.announce(text)

    def _organization(self) -> str:
        organization = self._controller.profile.organization
        return organization.name if organization else "Close"


def _left(replay: Replay) -> int:
    return replay.to_run - replay.finished - replay.under_way
