"""Carries out what is asked for on the page of settings."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog

from app.assembly import Assistant
from app.close.records import Account
from app.errors import AppError
from app.relay.inbox_clearing import delete_events_before
from app.storage.profile import Profile, RelaySettings
from app.storage.window_settings import WindowSettings, WindowSettingsStore, window_settings_path
from app.ui.frame.tasks import AsyncTask, TaskLimits
from app.ui.frame.window import FrameWindow
from app.ui.profiles.profiles_desk import ProfilesDesk
from app.ui.question_dialog import QuestionDialog
from app.ui.relay.relay_controller import RelayController
from app.ui.settings import settings_page as places
from app.ui.settings.about_section import AboutSection
from app.ui.settings.diagnostics_section import DiagnosticsSection
from app.ui.settings.general_section import GeneralSection
from app.ui.settings.login_row import LoginRow
from app.ui.settings.relay_section import RelaySection
from app.ui.settings.secrets_section import SecretsSection
from app.ui.settings.settings_page import SettingsPage
from app.ui.settings.storage_section import StorageSection, StoreFacts
from app.ui.theme.look import apply_look
from app.ui.theme.theme import Theme
from app.workflows.diagnostics import Bundle, versions
from app.workflows.login_start import LoginStart
from app.workflows.profile_key import replace_key

_DAY_MS = 24 * 3600 * 1000
# The doctor asks Close and, where there is one, goes once through the public address.
_PATIENT = TaskLimits(give_up=120.0)


class SettingsDesk(QObject):
    """``connect_requested`` asks for the guide; ``forgotten`` fires when the profile is to be removed."""

    connect_requested = Signal()
    forgotten = Signal()

    def __init__(
        self,
        theme: Theme,
        frame: FrameWindow,
        assistant: Assistant,
        controller: RelayController,
        profiles: ProfilesDesk,
        unexpected: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._frame = frame
        self._assistant = assistant
        self._controller = controller
        self._name = controller.profile.name
        self.profiles = profiles
        self.dialog: QDialog | None = None
        self._store = WindowSettingsStore(window_settings_path(assistant.profiles.root))
        self._facts_task = AsyncTask("read the store", unexpected=unexpected, parent=self)
        self._clearing = AsyncTask("delete events", unexpected=unexpected, limits=_PATIENT, parent=self)
        self._key_task = AsyncTask("replace the key", unexpected=unexpected, parent=self)
        self._leaving = AsyncTask("close the connection", unexpected=unexpected, parent=self)
        self._gathering = AsyncTask("gather diagnostics", unexpected=unexpected, limits=_PATIENT, parent=self)
        self._saving = AsyncTask("save settings", unexpected=unexpected, parent=self)
        self.general = GeneralSection(theme, self._store.load())
        self.login: LoginRow | None = None
        self.relay = RelaySection(theme)
        self.storage = StorageSection(theme, assistant.profiles.folder(self._name), self._clearing)
        self.secrets = SecretsSection(theme, self._key_task)
        self.diagnostics = DiagnosticsSection(theme, self._gathering)
        self.page = SettingsPage(
            theme,
            (
                (places.GENERAL, self.tr("General"), self.general),
                (places.PROFILES, self.tr("Profiles"), profiles.section),
                (places.RELAY, self.tr("Relay"), self.relay),
                (places.STORAGE, self.tr("Storage"), self.storage),
                (places.SECRETS, self.tr("Secrets"), self.secrets),
                (places.DIAGNOSTICS, self.tr("Diagnostics"), self.diagnostics),
                (places.ABOUT, self.tr("About"), AboutSection(theme, versions())),
            ),
        )
        self._connect()
        self.show_profile()

    def offer_login_start(self, start: LoginStart) -> None:
        """Whether this computer opens the window at log-in."""
        self.login = LoginRow(self._theme, self.general, start, self._controller.unexpected, self)

    def show_profile(self) -> None:
        """What the sections say about the profile; after each change of it."""
        profile = self._controller.profile
        self.relay.show_settings(profile.relay, running=self._controller.running)
        self.storage.show_limits(profile.retention_days, profile.retention_mb)
        self.secrets.show_profile(profile, self._place(profile))

    def _place(self, profile: Profile) -> str:
        if profile.key_location is None:
            return ""
        try:
            return self._assistant.secrets.current(profile).name
        except AppError as error:
            return error.title

    def _connect(self) -> None:
        self.general.changed.connect(self._window_changed)
        self.relay.save_requested.connect(self._save_relay)
        self.storage.retention_requested.connect(self._save_limits)
        self.storage.delete_requested.connect(self._ask_deletion)
        self.storage.opened.connect(self._read_facts)
        self.secrets.replace_requested.connect(self._replace_key)
        self.secrets.connect_requested.connect(self.connect_requested)
        self.secrets.disconnect_requested.connect(self._ask_disconnect)
        self.secrets.forget_requested.connect(self._ask_forget)
        self.diagnostics.gather_requested.connect(self._gather)
        self.diagnostics.save_requested.connect(self._ask_file)
        self._controller.profile_changed.connect(self.show_profile)
        for task, done, failed in (
            (self._facts_task, self.storage.show_facts, self.storage.slot.show_error),
            (self._clearing, self._deleted, self.storage.slot.show_error),
            (self._key_task, self._key_replaced, self.secrets.slot.show_error),
            (self._leaving, self._left, self.secrets.slot.show_error),
            (self._gathering, self._gathered, self.diagnostics.slot.show_error),
            (self._saving, self._saved, self._save_failed),
        ):
            task.succeeded.connect(done)
            task.failed.connect(failed)

    # The window --------------------------------------------------------------------------------

    def _window_changed(self, settings: WindowSettings) -> None:
        apply_look(self._theme, settings)
        self._saving.run(lambda: asyncio.to_thread(self._store.save, settings), self.tr("Saving…"))

    # Relay and limits --------------------------------------------------------------------------

    def _save_relay(self, settings: RelaySettings) -> None:
        profile = self._controller.profile
        # The mode may have been switched since the page was filled.
        self._save(replace(profile, relay=replace(settings, mode=profile.relay.mode)))

    def _save_limits(self, days: int, megabytes: int) -> None:
        self._save(replace(self._controller.profile, retention_days=days, retention_mb=megabytes))

    def _save(self, profile: Profile) -> None:
        async def work() -> str:
            await asyncio.to_thread(self._assistant.profiles.save, profile)
            self._controller.set_profile(profile)
            return self.tr("Saved.")

        self._saving.run(work, self.tr("Saving…"))

    def _saved(self, words: object) -> None:
        if isinstance(words, str):
            self._frame.show_toast(words)

    def _save_failed(self, error: AppError) -> None:
        slot = self.storage.slot if self.page.section == places.STORAGE else self.relay.slot
        slot.show_error(error)

    # Storage -----------------------------------------------------------------------------------

    def _read_facts(self) -> None:
        def work() -> StoreFacts:
            reader = self._controller.reader
            oldest = reader.oldest_ms()
            age = None if oldest is None else max(0, (time.time_ns() // 1_000_000 - oldest) // _DAY_MS)
            return StoreFacts(sum(reader.counts().values()), reader.size_bytes(), age)

        self._facts_task.run(lambda: asyncio.to_thread(work), self.tr("Reading…"))

    def _ask_deletion(self, days: int) -> None:
        text = self.tr("Events that ended more than {n} days ago are deleted with their reports.").format(
            n=days
        )
        self._ask(
            self.tr("Delete older events?"),
            text + " " + self.tr("Undo is not possible for them any more. This cannot be undone."),
            self.tr("Delete events"),
            lambda: self._delete(days),
        )

    def _delete(self, days: int) -> None:
        before_ms = time.time_ns() // 1_000_000 - days * _DAY_MS
        path = self._assistant.profiles.database_path(self._name)
        self.storage.slot.clear()
        self._clearing.run(
            lambda: asyncio.to_thread(delete_events_before, path, before_ms), self.tr("Deleting events…")
        )

    def _deleted(self, count: int) -> None:
        self._frame.show_toast(self.tr("{n} events were deleted.").format(n=count))
        self._controller.refresh()
        self._read_facts()

    # Secrets -----------------------------------------------------------------------------------

    def _replace_key(self) -> None:
        text, profile = self.secrets.key.secret(), self._controller.profile
        self._key_task.run(
            lambda: replace_key(profile, text, self._assistant.secrets, self._assistant.open_close),
            self.tr("Checking with Close…"),
        )

    def _key_replaced(self, account: Account) -> None:
        self.secrets.key.set_secret("")
        self.secrets.slot.clear()
        organization = account.organization.name
        self._frame.show_toast(self.tr("The key of {name} was replaced.").format(name=organization))

    def _ask_disconnect(self) -> None:
        self._ask(
            self.tr("Close the connection?"),
            self.tr(
                "The key, the shared secret and the write keys are forgotten, and the relay stops. Mappings "
                "and events stay. Segment has to be given the new webhook URL when you connect again."
            ),
            self.tr("Close connection"),
            self._disconnect,
        )

    def _disconnect(self) -> None:
        profile = self._controller.profile

        async def work() -> Profile:
            if self._controller.running:
                await self._controller.stop_now()
            return await asyncio.to_thread(self._assistant.profile_care().disconnect, profile)

        self._leaving.run(work, self.tr("Closing the connection…"))

    def _left(self, profile: Profile) -> None:
        self._controller.set_profile(profile)
        self._frame.show_toast(self.tr("The connection is closed. Nothing is sent to Close."))

    def _ask_forget(self) -> None:
        self._ask(
            self.tr("Forget “{name}”?").format(name=self._name),
            self.tr(
                "Key, secrets, mappings, events and log of this profile are removed from this computer, and "
                "this window closes. This cannot be undone. What was written to Close stays."
            ),
            self.tr("Forget everything"),
            self.forgotten.emit,
        )

    # Diagnostics -------------------------------------------------------------------------------

    def _gather(self, with_events: bool) -> None:
        profile = self._controller.profile
        self._gathering.run(
            lambda: self._assistant.diagnostics().gather(profile, with_events=with_events),
            self.tr("Gathering, the doctor included…"),
        )

    def _gathered(self, bundle: Bundle) -> None:
        self.diagnostics.show_bundle(bundle)
        self.page.announce(self.tr("The bundle has {n} files.").format(n=len(bundle.items)))

    def _ask_file(self) -> None:
        bundle = self.diagnostics.bundle
        if bundle is None:
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        picker = QFileDialog(self._frame, self.tr("Save the bundle"), folder, self.tr("ZIP files (*.zip)"))
        picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picker.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        picker.selectFile(bundle.file_name)
        picker.fileSelected.connect(lambda path: self.save_bundle(Path(path)))
        self._open(picker)

    def save_bundle(self, path: Path) -> None:
        """Save what is shown, nothing newer."""
        bundle = self.diagnostics.bundle

        def work() -> str:
            if bundle is not None:
                bundle.save(path)
            return self.tr("Saved as {file}. Nothing was sent.").format(file=path.name)

        self._saving.run(lambda: asyncio.to_thread(work), self.tr("Saving…"))

    # -------------------------------------------------------------------------------------------

    def _ask(self, title: str, text: str, yes: str, agreed: Callable[[], None]) -> None:
        dialog = QuestionDialog(
            self._theme, self._frame, title=title, text=text, yes=yes, no=self.tr("Cancel")
        )
        dialog.answered.connect(lambda answer: agreed() if answer else None)
        self._open(dialog)

    def _open(self, dialog: QDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._forget_dialog)
        dialog.open()

    def _forget_dialog(self) -> None:
        self.dialog = None
