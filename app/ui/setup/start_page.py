"""The first page: the ways in, a set-up that waits to be continued, and what will happen to an event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.errors import AppError
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.page import Page
from app.ui.setup.columns import Columns
from app.ui.setup.entry_card import EntryCard
from app.ui.setup.event_route import EventRoute
from app.ui.setup.message_slot import MessageSlot
from app.ui.setup.step_names import step_title
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import WrappedLabel
from app.workflows.setup import ORDER
from app.workflows.setup_draft import SavedSetup


class StartPage(Page):
    """``saved`` is the unfinished set-up, ``trouble`` why one could not be read.

    ``now`` is the local time, with its offset: the draft's age is told in a person's days.
    """

    setup_requested = Signal()
    demo_requested = Signal()
    open_requested = Signal(Path)
    continue_requested = Signal()
    discard_requested = Signal()
    skip_requested = Signal()
    quit_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        saved: SavedSetup | None = None,
        *,
        trouble: AppError | None = None,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        super().__init__(theme, "", margin=32)
        self.retitle(
            self.tr("Connect Segment to Close"),
            self.tr("Events from Segment become leads, contacts and changes in Close."),
        )
        self._now = now
        self._saved: SavedSetup | None = None
        self._dialog: QFileDialog | None = None
        self.body.setSpacing(16)
        self._slot = MessageSlot(theme)
        self.discard_button = Button(theme, self.tr("Discard draft"), ButtonKind.GHOST)
        self.banner = Banner(theme, Tone.INFO, " ", " ", icon="history", action=self.discard_button)
        self.setup_button = Button(theme, self.tr("Start a new setup"))
        self.demo_button = Button(theme, self.tr("Open the demo"))
        self.open_button = Button(theme, self.tr("Choose a file"))
        self.body.addWidget(self._slot)
        self.body.addWidget(self.banner)
        self.body.addWidget(self._cards())
        self.body.addSpacing(12)
        self.body.addWidget(WrappedLabel(theme, self.tr("Where an event goes"), Role.SECTION))
        self.body.addWidget(EventRoute(theme))
        self.body.addSpacing(8)
        self.body.addWidget(self._promises())
        self.body.addStretch(1)
        self.discard_button.clicked.connect(self.discard_requested)
        self.setup_button.clicked.connect(self.setup_requested)
        self.demo_button.clicked.connect(self.demo_requested)
        self.open_button.clicked.connect(self._choose_file)
        self.set_saved(saved)
        if trouble is not None:
            self.show_trouble(trouble)

    @property
    def error(self) -> AppError | None:
        return self._slot.error

    def set_saved(self, saved: SavedSetup | None) -> None:
        """Offer to continue ``saved``, or nothing after the draft is gone."""
        self._saved = saved
        self.banner.setVisible(saved is not None)
        if saved is not None:
            self.banner.set(Tone.INFO, self._headline(saved), self._age(saved), "history")
        self.commands_changed.emit()

    def show_trouble(self, error: AppError) -> None:
        """A draft or a chosen file cannot be read; the other ways in stay open."""
        self._slot.show_error(error)
        self.announce(error.title, assertive=True)

    def commands(self) -> CommandSet:
        start = Command(self.tr("Start a new setup"), self.setup_requested.emit, trailing="arrow-right")
        quit_text = self.tr("Quitting is always safe.")
        if self._saved is not None:
            text = self.tr("Continue with step {number}").format(number=_number(self._saved))
            start = Command(text, self.continue_requested.emit, trailing="arrow-right")
            quit_text = self.tr("Quitting is always safe. Your draft is kept.")
        return CommandSet(
            primary=start,
            ghost=Command(self.tr("Skip the guide"), self.skip_requested.emit),
            back=Command(self.tr("Quit"), self.quit_requested.emit),
            fact=Fact(quit_text),
        )

    def _headline(self, saved: SavedSetup) -> str:
        return self.tr("Continue: step {number} of {count}, {title}").format(
            number=_number(saved), count=len(ORDER), title=step_title(saved.state.first_unfinished)
        )

    def _age(self, saved: SavedSetup) -> str:
        organization, when = saved.state.profile.organization, self._when(saved.saved_at)
        if organization is None:
            return self.tr("Draft saved {when}").format(when=when)
        text = self.tr("Draft for {organization} saved {when}")
        return text.format(when=when, organization=organization.name)

    def _when(self, saved_at: datetime) -> str:
        now = self._now()
        local = saved_at.astimezone(now.tzinfo)
        time = f"{local:%H:%M}"
        if local.date() == now.date():
            return self.tr("today at {time}").format(time=time)
        if local.date() == (now - timedelta(days=1)).date():
            return self.tr("yesterday at {time}").format(time=time)
        return self.tr("on {date} at {time}").format(date=f"{local:%Y-%m-%d}", time=time)

    def _cards(self) -> QWidget:
        cards = Columns(self.theme, stack_below=640)
        cards.add(
            EntryCard(
                self.theme,
                "rocket",
                Tone.ACCENT,
                self.tr("Set up Close and Segment"),
                self.tr("About 10 minutes. You need a Close API key and access to your Segment workspace."),
                self.setup_button,
            )
        )
        cards.add(
            EntryCard(
                self.theme,
                "flask-conical",
                Tone.VIOLET,
                self.tr("Try it with demo data"),
                self.tr("No key, no network. Nothing leaves this computer."),
                self.demo_button,
            )
        )
        cards.add(
            EntryCard(
                self.theme,
                "folder-open",
                Tone.NEUTRAL,
                self.tr("Open a saved setup"),
                self.tr("Load a profile from a colleague. You see its contents before anything is imported."),
                self.open_button,
            )
        )
        return cards

    def _promises(self) -> QWidget:
        promises = Columns(self.theme, stack_below=640)
        for icon, title, text in (
            (
                "eye",
                self.tr("You see it first"),
                self.tr("Nothing is written to Close before a dry run has shown it."),
            ),
            (
                "lock",
                self.tr("Your key stays here"),
                self.tr("It goes into the system keyring, never into settings, logs or exports."),
            ),
            (
                "hard-drive",
                self.tr("Local, no account"),
                self.tr("No telemetry. Your data survives upgrades and can be exported."),
            ),
        ):
            promises.add(_Promise(self.theme, icon, title, text))
        return promises

    def _choose_file(self) -> None:
        # Opened, not executed: events keep coming in while a person looks for the file.
        if self._dialog is None:
            self._dialog = QFileDialog(self, self.tr("Open a saved setup"))
            self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            self._dialog.setNameFilters([self.tr("Saved setups (*.json *.zip)"), self.tr("All files (*)")])
            self._dialog.fileSelected.connect(lambda path: self.open_requested.emit(Path(path)))
        self._dialog.open()


class _Promise(QWidget):
    def __init__(self, theme: Theme, icon: str, title: str, text: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(Icon(theme, icon, "ok", 18), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(WrappedLabel(theme, title, Role.LABEL))
        words.addWidget(WrappedLabel(theme, text, Role.BODY, "muted"))
        words.addStretch(1)
        row.addLayout(words, 1)


def _number(saved: SavedSetup) -> int:
    return ORDER.index(saved.state.first_unfinished) + 1
