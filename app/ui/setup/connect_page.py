"""Connect to Close: check a key, show whose it is, and keep it where the person wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from app.close.api_key import TidiedKey, tidy_api_key
from app.close.failures import CloseError, FailureKind
from app.errors import AppError
from app.storage.key_store import KeyringReport, probe
from app.storage.profile import KeyLocation
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.page import DrawerContent, Page
from app.ui.frame.task_line import TaskLine
from app.ui.frame.tasks import AsyncTask, TaskLimits
from app.ui.setup.account_card import AccountCard
from app.ui.setup.key_guide import KeyGuide, ThingsToCheck
from app.ui.setup.key_storage import KeyStorage
from app.ui.setup.message_slot import MessageSlot
from app.ui.setup.pause_banner import PauseBanner
from app.ui.theme.text import plain, strong
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button
from app.ui.widgets.secret_field import SecretField
from app.workflows.setup import CheckedKey, SetupFlow, Step

API_KEYS_URL = "https://app.close.com/settings/"

# The keyring may ask a person for its password in a window of its own; that takes as long as it takes.
_KEEP_LIMITS = TaskLimits(give_up=600.0)
_HINT_PAUSE_MS = 300
_STORE_PROBLEMS = ("KEYRING-", "SECRETS-")


class ConnectPage(Page):
    """First the key is checked (nothing is stored), then exactly this key is kept."""

    done = Signal()
    back = Signal()

    def __init__(
        self,
        theme: Theme,
        flow: SetupFlow,
        unexpected: Callable[[BaseException], None],
        *,
        probe_keyring: Callable[[], KeyringReport] = probe,
        now: Callable[[], datetime] = datetime.now,
        open_url: Callable[[str], object] = lambda url: QDesktopServices.openUrl(QUrl(url)),
    ) -> None:
        super().__init__(theme, "", form=True)
        self.retitle(
            self.tr("Connect to Close"),
            self.tr(
                "The key tells us which organization to work in. We read who you are; nothing is written."
            ),
        )
        self._flow = flow
        self._now = now
        self._open_url = open_url
        self._probe_keyring = probe_keyring
        self._checked: CheckedKey | None = None
        self._checked_at = now()
        self.key = SecretField(theme, self.tr("Close API key"), placeholder="api_…")
        self.storage = KeyStorage(theme)
        self._slot = MessageSlot(theme)
        self.waiting = PauseBanner(theme)
        self._kept = Banner(theme, Tone.OK, " ", " ", icon="lock")
        self.card = AccountCard(theme)
        self._things = ThingsToCheck(theme)
        self._check = AsyncTask("check key", unexpected=unexpected, parent=self)
        self._keep = AsyncTask("keep key", unexpected=unexpected, limits=_KEEP_LIMITS, parent=self)
        self._probe = AsyncTask("probe keyring", unexpected=unexpected, parent=self)
        self._hint = QTimer(self)
        self._hint.setSingleShot(True)
        self._hint.setInterval(_HINT_PAUSE_MS)
        self._guide = KeyGuide(theme, self._open_close_button())
        for widget in (
            self.key,
            self.storage,
            TaskLine(theme, self._check),
            TaskLine(theme, self._keep),
            self._kept,
            self.waiting,
            self._slot,
            self.card,
            self._things,
        ):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self._connect()
        self._forget_result()

    @property
    def busy(self) -> bool:
        return self._check.busy or self._keep.busy

    @property
    def valid(self) -> bool:
        return self._checked is not None or self._resumed

    @property
    def error(self) -> AppError | None:
        return self._slot.error

    def initial_focus(self) -> QWidget | None:
        return None if self.valid else self.key.edit

    def activated(self) -> None:
        """Look for the keyring each time: it may have been started meanwhile."""
        self._probe.run(lambda: asyncio.to_thread(self._probe_keyring), self.tr("Looking for the keyring…"))
        self._show_resumed()

    def commands(self) -> CommandSet:
        back = Command(self.tr("Back"), self.back.emit)
        organization = self._organization
        if organization and (self._checked is not None or self._resumed):
            text = self.tr("Continue with {organization}").format(organization=organization)
            move = Command(text, self._continue, trailing="arrow-right", busy=self._keep.busy)
            ghost = Command(self.tr("Replace key"), self._replace)
            return CommandSet(primary=move, ghost=ghost, back=back, fact=self._fact())
        check = Command(self.tr("Check key"), self._run_check, icon="refresh-cw", busy=self._check.busy)
        return CommandSet(primary=check, back=back, fact=Fact(self.tr("Nothing was saved")))

    def drawer(self) -> DrawerContent:
        return DrawerContent(self.tr("Where to find the key"), self._guide)

    # What a person does ------------------------------------------------------------------------

    def _run_check(self) -> None:
        tidied = self._tidied()
        if isinstance(tidied, AppError):
            self._show_key_problem(tidied)
            return
        self._forget_result()
        text = self.key.secret()
        self._check.run(lambda: self._flow.check_key(text), self.tr("Checking with Close…"))

    def _continue(self) -> None:
        checked = self._checked
        if checked is None:
            self._flow.go_to(Step.FIELDS)
            self.done.emit()
            return
        location, passphrase = self.storage.location, self.storage.passphrase_text()
        if passphrase == "":
            self.storage.passphrase.set_error(
                self.tr("Choose a passphrase; several words are easy to remember.")
            )
            self.storage.passphrase.edit.setFocus()
            return
        self.storage.passphrase.set_error("")
        self._slot.clear()
        self._keep.run(
            lambda: asyncio.to_thread(self._flow.keep_key, checked, location, passphrase=passphrase),
            self.tr("Saving the key in {place}…").format(place=self.storage.place),
        )

    def _replace(self) -> None:
        self.key.set_secret("")
        self.key.set_help("")
        self._forget_result()
        self._kept.setVisible(False)
        self.key.setVisible(True)
        self.storage.setVisible(True)
        self.key.edit.setFocus()
        self.commands_changed.emit()

    def _paste_another(self) -> None:
        self.key.set_secret("")
        self.key.paste()
        self.key.edit.setFocus()

    # What happens ------------------------------------------------------------------------------

    def _key_edited(self) -> None:
        self.key.set_error("")
        self._forget_result()
        self._hint.start()

    def _show_hints(self) -> None:
        tidied = self._tidied()
        notes = tidied.notes if isinstance(tidied, TidiedKey) else ()
        self.key.set_help(" ".join(notes), "info")

    def _key_left(self) -> None:
        tidied = self._tidied()
        if isinstance(tidied, AppError) and self.key.secret().strip():
            self.key.set_error(tidied.title)

    def _accepted(self, checked: CheckedKey) -> None:
        self._checked = checked
        self._checked_at = self._now()
        self.key.set_error("")
        self.key.set_help(" ".join(checked.notes), "info")
        self._show_account()
        name = checked.account.organization.name
        self.announce(self.tr("Connected to {organization}").format(organization=name))
        self.commands_changed.emit()

    def _show_account(self) -> None:
        if self._checked is None:
            return
        ending = self._checked.reveal()[-4:]
        fact = self.tr("ends in {ending} · goes into {place}").format(ending=ending, place=self.storage.place)
        self.card.show_account(self._checked.account, fact, self._checked_at)
        self.card.setVisible(True)

    def _refused(self, error: AppError) -> None:
        if error.code.startswith("CLOSE-KEY-") and not isinstance(error, CloseError):
            self._show_key_problem(error)
            return
        actions = [self._again_button()]
        if isinstance(error, CloseError) and error.kind is FailureKind.KEY_REFUSED:
            self.key.set_error(self.tr("Close does not accept this key."))
            actions = self._new_key_buttons()
            self._things.setVisible(True)
        elif error.code == "SETUP-OTHER-ORGANIZATION":
            actions = self._new_key_buttons()
        elif isinstance(error, CloseError) and error.kind is FailureKind.RATE_LIMITED:
            self.waiting.start(error.retry_after_s or 1.0)
        self._slot.show_error(error, actions)
        self.announce(error.title, assertive=True)
        self.commands_changed.emit()

    def _show_key_problem(self, error: AppError) -> None:
        self.key.set_error(error.title)
        self.key.edit.setFocus()
        self.announce(error.title, assertive=True)

    def _not_kept(self, error: AppError) -> None:
        actions: list[Button] = []
        if error.code.startswith(_STORE_PROBLEMS):
            if self.storage.location is not KeyLocation.MEMORY:
                actions.append(self._place_button(self.tr("Keep it until I quit"), KeyLocation.MEMORY))
            if self.storage.location is not KeyLocation.ENCRYPTED_FILE:
                actions.append(
                    self._place_button(self.tr("Use an encrypted file"), KeyLocation.ENCRYPTED_FILE)
                )
        again = Button(self.theme, self.tr("Try again"), icon="refresh-cw")
        again.clicked.connect(self._continue)
        self._slot.show_error(error, [again, *actions])
        self.announce(error.title, assertive=True)
        self.commands_changed.emit()

    def _was_kept(self, _state: object) -> None:
        self.key.set_secret("")
        self.storage.passphrase.set_secret("")
        self.done.emit()

    # State -------------------------------------------------------------------------------------

    @property
    def _resumed(self) -> bool:
        """A key was kept in an earlier step, in a place that outlives the program or in this run."""
        state = self._flow.state
        if Step.CONNECT not in state.done or not self.key.isHidden():
            return False
        return self._kept_lasts

    @property
    def _kept_lasts(self) -> bool:
        state = self._flow.state
        lasting = state.profile.key_location not in (None, KeyLocation.MEMORY)
        return Step.CONNECT in state.done and (lasting or self._flow.account is not None)

    @property
    def _organization(self) -> str:
        if self._checked is not None:
            return self._checked.account.organization.name
        organization = self._flow.state.profile.organization
        return organization.name if organization else ""

    def _show_resumed(self) -> None:
        """After the step was done once, the page shows the connection instead of an empty field."""
        state = self._flow.state
        organization = state.profile.organization
        kept = self._kept_lasts and organization is not None and not self.key.secret()
        self.key.setVisible(not kept)
        self.storage.setVisible(not kept)
        self._kept.setVisible(kept)
        if organization is None or not kept:
            if Step.CONNECT in state.done and organization is not None and not self.key.secret():
                self.key.set_help(
                    self.tr(
                        "The key was kept until the program ended. Enter a key of {organization}."
                    ).format(organization=organization.name),
                    "info",
                )
            return
        self._forget_result()
        location = state.profile.key_location or KeyLocation.MEMORY
        self._kept.set_markup(
            Tone.OK,
            plain(self.tr("Connected to {organization}")).format(organization=strong(organization.name)),
            plain(
                self.tr("As {person}. The key is in {place}.").format(
                    person=organization.user_name, place=self.storage.place_of(location)
                )
            ),
            "circle-check",
        )
        self.commands_changed.emit()

    def _forget_result(self) -> None:
        had = self._checked is not None
        self._checked = None
        self.waiting.stop()
        self._slot.clear()
        self.card.setVisible(False)
        self._things.setVisible(False)
        if had:
            self.commands_changed.emit()

    def _fact(self) -> Fact:
        if self._checked is not None:
            text = self.tr("The key goes into {place} when you continue").format(place=self.storage.place)
            return Fact(text, "lock")
        return Fact(self.tr("Key saved"), "check")

    def _tidied(self) -> TidiedKey | AppError:
        try:
            return tidy_api_key(self.key.secret())
        except AppError as problem:
            return problem

    # Parts -------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.key.edited.connect(self._key_edited)
        self.key.committed.connect(self._key_left)
        self.storage.changed.connect(self._storage_changed)
        self._hint.timeout.connect(self._show_hints)
        for task in (self._check, self._keep):
            task.changed.connect(self.commands_changed)
        self._check.succeeded.connect(self._accepted)
        self._check.failed.connect(self._refused)
        self._keep.succeeded.connect(self._was_kept)
        self._keep.failed.connect(self._not_kept)
        self._probe.succeeded.connect(self._keyring_found)

    def _keyring_found(self, report: KeyringReport) -> None:
        self.storage.set_keyring(report)
        if self._kept.isVisibleTo(self):
            self._show_resumed()

    def _storage_changed(self) -> None:
        self._show_account()
        self.commands_changed.emit()

    def _new_key_buttons(self) -> list[Button]:
        paste = Button(self.theme, self.tr("Paste another key"), icon="clipboard-paste")
        paste.clicked.connect(self._paste_another)
        return [paste, self._open_close_button()]

    def _again_button(self) -> Button:
        again = Button(self.theme, self.tr("Check again"), icon="refresh-cw")
        again.clicked.connect(self._run_check)
        return again

    def _place_button(self, text: str, location: KeyLocation) -> Button:
        button = Button(self.theme, text)
        button.clicked.connect(lambda: self._use_place(location))
        return button

    def _use_place(self, location: KeyLocation) -> None:
        self.storage.choose(location)
        if location is KeyLocation.ENCRYPTED_FILE:
            self.storage.passphrase.edit.setFocus()
        else:
            self._continue()

    def _open_close_button(self) -> Button:
        button = Button(self.theme, self.tr("Open API Keys in Close"), icon="external-link")
        button.clicked.connect(lambda: self._open_url(API_KEYS_URL))
        return button
