"""The window of one profile: the guide until it is set up, the workbench afterwards."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut

from app.assembly import Assistant
from app.errors import AppError
from app.relay.status import RelayState
from app.storage.profile import KeyLocation, Profile
from app.storage.sample_store import SampleStore
from app.ui.connect.segment_place import SegmentPlace
from app.ui.crash_dialog import CrashDialog
from app.ui.events.events_page import EventsPage
from app.ui.frame.window import FrameWindow
from app.ui.guide import Guide
from app.ui.help.explained_fields import explain_workbench
from app.ui.help.help_desk import HelpDesk
from app.ui.mappings.editor_sources import EditorSources
from app.ui.mappings.workbench_editing import PLACES as MAPPING_PLACES
from app.ui.mappings.workbench_editing import WorkbenchEditing
from app.ui.metrics.metrics_desk import MetricsDesk
from app.ui.opening import APP_NAME
from app.ui.passphrase_dialog import PassphraseDialog
from app.ui.places import (
    EVENTS,
    MAPPINGS,
    METRICS,
    OWN_PLACES,
    RELAY,
    REPLAY,
    SEGMENT,
    SETTINGS,
    SETUP,
    TRY,
    relay_foot,
    workbench_places,
)
from app.ui.question_dialog import ErrorDialog
from app.ui.relay.mode_switch import ModeSwitch
from app.ui.relay.relay_controller import RelayController
from app.ui.relay.relay_page import RelayPage
from app.ui.replay.replay_desk import ReplayDesk
from app.ui.replay.replay_page import ReplayPage
from app.ui.samples.collected_events import CollectedEvents
from app.ui.settings.settings_place import SettingsPlace
from app.ui.setup.try_page import TryPage
from app.ui.setup_import import SetupImport
from app.ui.theme.theme import Theme
from app.ui.trial.profile_runs import ProfileRuns
from app.ui.unexpected import UNEXPECTED, UnexpectedErrors
from app.workflows.demo import DemoSession
from app.workflows.setup import Step


class AssistantWindow(QObject):
    """Owns the frame, the guide and the workbench. ``closed`` fires once everything has ended.

    Making one reads the profile and the draft: small files, before anything is shown. Needs the running
    loop from ``open`` on. Raises ``AppError`` when the profile cannot be read.
    """

    closed = Signal()
    demo_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        assistant: Assistant,
        profile_name: str,
        unexpected: UnexpectedErrors,
        *,
        demo: DemoSession | None = None,
        frame: FrameWindow | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self._assistant = assistant
        self._name = profile_name
        self._demo = demo
        self._ending: asyncio.Task[None] | None = None
        self._ended = False
        self._forgetting = False
        self._dialog: QObject | None = None
        self._places = (-1, False)
        store = assistant.profiles
        profile = (
            assistant.load_profile(profile_name) if store.exists(profile_name) else store.new(profile_name)
        )
        self.frame = frame or FrameWindow(theme, APP_NAME)
        self.controller = RelayController(
            profile,
            build=assistant.relay,
            save=store.save,
            load=lambda: store.load(profile_name) if store.exists(profile_name) else profile,
            secret=assistant.secrets.shared_secret,
            reader=assistant.reader(profile),
            database=store.database_path(profile_name),
            unexpected=unexpected,
            reach_log=assistant.reach_log(profile_name),
            parent=self,
        )
        self.events = CollectedEvents(SampleStore(store.samples_path(profile_name)), unexpected, parent=self)
        self.guide = Guide(
            theme,
            self.frame,
            assistant,
            profile_name,
            self.controller,
            self.events,
            suggested_key=demo.api_key if demo else "",
            parent=self,
        )
        self.relay_page = RelayPage(theme, self.controller, assistant.relay_access())
        self.events_page = EventsPage(theme, self.controller, self.events.choose)
        self.mappings = WorkbenchEditing(
            theme, self.frame, self.controller, self.events, EditorSources(assistant, profile_name), self
        )
        self.try_page = TryPage(
            theme,
            ProfileRuns(assistant.tester, lambda: self.controller.profile),
            unexpected,
            organization=self._organization_name,
            chosen=lambda: self.events.sample,
            samples=lambda: self.mappings.events.every,
            tools=assistant.trial_tools(lambda: self.controller.profile),
        )
        self.replays = ReplayDesk(
            lambda: assistant.replays(self.controller.profile),
            lambda: self.controller.profile,
            unexpected,
            self,
        )
        self.metrics = MetricsDesk(
            theme,
            self.frame,
            assistant,
            profile_name,
            self.controller,
            self.events_page,
            self.choose_place,
        )
        self.replay_page = ReplayPage(theme, self.replays, self.controller)
        for key, page in (
            (RELAY, self.relay_page),
            (EVENTS, self.events_page),
            (TRY, self.try_page),
            (REPLAY, self.replay_page),
            (METRICS, self.metrics.page),
        ):
            self.frame.add_page(key, page)
        self.modes = ModeSwitch(theme, self.frame, self.controller, self)
        self.settings = SettingsPlace(
            theme, self.frame, assistant, self.controller, unexpected, self, demo=demo is not None
        )
        self.segment = SegmentPlace(theme, self.frame, assistant, self.controller, self.mappings.events, self)
        self.importing = SetupImport(theme, self.frame, assistant, profile_name, unexpected, self)
        self.help = HelpDesk(theme, self.frame, unexpected, self)
        explain_workbench(
            self.relay_page,
            self.events_page,
            self.mappings,
            self.try_page,
            self.replay_page,
            self.metrics.page,
        )
        self._connect(unexpected)

    @property
    def in_workbench(self) -> bool:
        return self.frame.current_key in (*OWN_PLACES, *MAPPING_PLACES)

    @property
    def forgotten(self) -> bool:
        """Whether the profile is to be removed once the window has ended."""
        return self._forgetting and self._ended

    def open(self) -> None:
        """Show the window: the relay of a finished profile, else the guide."""
        self.controller.watch()
        self.events.load()
        if is_set_up(self.controller.profile):
            self.show_workbench()
        else:
            self._show_organization()
            self.guide.show(Step.START)
        self.frame.show()
        self._ask_passphrase()

    def _ask_passphrase(self) -> None:
        """Secrets in an encrypted file cannot be read before its passphrase was entered once."""
        profile = self.controller.profile
        if profile.key_location is not KeyLocation.ENCRYPTED_FILE or not is_set_up(profile):
            return
        dialog = PassphraseDialog(
            self.theme,
            self.frame,
            lambda passphrase: self._assistant.secrets.unlock(profile, passphrase),
            self.controller.unexpected,
        )
        dialog.unlocked.connect(self.controller.refresh)
        dialog.open()

    def show_workbench(self, key: str = RELAY) -> None:
        self._show_places(force=True)
        self._show_relay()
        self._show_organization()
        if key == SETTINGS:
            self.settings.ready()
        self.frame.show_page(key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.frame and isinstance(event, QCloseEvent) and not self._ended:
            event.ignore()
            self.end()
            return True
        return super().eventFilter(watched, event)

    def end(self) -> None:
        """Stop the relay off this thread, then let the window go; asks when mappings are not saved."""
        if self._ending is None:
            self.mappings.may_leave(self._begin_to_end)

    def _begin_to_end(self) -> None:
        self.guide.keep()
        if self.controller.running:
            count = self.controller.status.in_flight
            text = self.tr("{n} changes are being finished.").format(n=count)
            self.frame.show_toast(self.tr("Stopping the relay. {text}").format(text=text))
        self._ending = asyncio.get_running_loop().create_task(self._end())

    async def _end(self) -> None:
        try:
            self.mappings.events.stop()
            self.replays.close()
            self.metrics.close()
            self.settings.close()
            self.segment.close()
            await self.events.flush()
            await self.controller.close()
        finally:
            self._ended = True
            self.frame.close()
            self.closed.emit()

    # Wiring ------------------------------------------------------------------------------------

    def _connect(self, unexpected: UnexpectedErrors) -> None:
        frame, guide, controller = self.frame, self.guide, self.controller
        frame.installEventFilter(self)
        frame.step_chosen.connect(lambda key: guide.show(Step(key)))
        frame.place_chosen.connect(self.choose_place)
        guide.finished.connect(self._set_up)
        self.settings.wanted.connect(lambda: self.choose_place(SETTINGS))
        self.segment.path_requested.connect(guide.begin_again)
        self.segment.address_requested.connect(lambda: self.choose_place(RELAY))
        self.settings.connect_requested.connect(self._connect_again)
        self.settings.forgotten.connect(self._forget_profile)
        self.settings.masking_chosen.connect(self.events.set_masked)
        self.events.set_masked(self.settings.masking)
        self.mappings.saved.connect(lambda: guide.take_mappings(controller.profile.mappings))
        guide.left.connect(self.show_workbench)
        guide.quit_requested.connect(self.end)
        guide.demo_requested.connect(self._show_demo)
        guide.import_requested.connect(self.importing.read)
        guide.organization_changed.connect(self._show_organization)
        controller.status_changed.connect(self._show_relay)
        controller.figures_changed.connect(self._show_places)
        controller.profile_changed.connect(self._profile_changed)
        self.relay_page.mode_requested.connect(self.modes.switch)
        self.relay_page.events_requested.connect(lambda: self.choose_place(EVENTS))
        for page in (self.relay_page, self.events_page):
            page.setup_requested.connect(guide.begin_again)
            # Only while the page is shown: other pages read something else with this key.
            QShortcut(QKeySequence("F5"), page).activated.connect(controller.refresh)
        self.importing.agreed.connect(guide.start_with)
        self.importing.failed.connect(guide.start_page.show_trouble)
        unexpected.happened.connect(self.show_error)
        for sequence, run in (
            ("Ctrl+Shift+R", self._toggle_relay),
            ("Ctrl+Q", self.end),
        ):
            QShortcut(QKeySequence(sequence), frame).activated.connect(run)
        to_test = QShortcut(QKeySequence("Ctrl+T"), frame)
        to_test.activated.connect(lambda: self.choose_place(TRY))
        # On the Test page, here or in the guide, the same keys mean the dry run.
        frame.page_shown.connect(lambda key: to_test.setEnabled(self.in_workbench and key != TRY))
        self.mappings.session.events_changed.connect(self._events_changed)

    def _events_changed(self) -> None:
        if self.frame.current_key == TRY:
            self.try_page.refresh_events()

    def choose_place(self, key: str) -> None:
        if key == MAPPINGS:
            self.mappings.show()
        elif self.mappings.shown:
            self.mappings.may_leave(lambda: self._show_place(key))
        else:
            self._show_place(key)

    def _show_place(self, key: str) -> None:
        if key == SETUP:
            self.guide.begin_again()
            return
        if key == TRY:
            self.mappings.events.refresh()
        if key == SETTINGS:
            self.settings.ready()
        if key == SEGMENT:
            self.segment.ready()
        self.frame.show_page(key)

    def _connect_again(self) -> None:
        self.guide.begin_again()
        self.guide.show(Step.CONNECT)

    def _forget_profile(self) -> None:
        """The profile goes once nothing of this window works with it any more."""
        self._forgetting = True
        self.end()

    def _toggle_relay(self) -> None:
        if self.controller.running:
            self.controller.stop()
        elif self.in_workbench:
            self.controller.start()

    def _set_up(self) -> None:
        """The guide has saved the profile."""
        saved = self.guide.profile
        current = self.controller.profile
        if self.controller.running:
            saved = replace(
                saved,
                relay=replace(saved.relay, mode=current.relay.mode),
                live_confirmed_for=current.live_confirmed_for,
            )
        self.controller.set_profile(saved)
        self.show_workbench()

    def _profile_changed(self) -> None:
        self.mappings.set_profile(self.controller.profile)
        if self.in_workbench:
            self._show_organization()

    # Showing -----------------------------------------------------------------------------------

    def show_error(self, error: AppError) -> None:
        """An error that belongs to no page; one at a time."""
        if isinstance(self._dialog, ErrorDialog | CrashDialog):
            return
        if error.code == UNEXPECTED:
            self._dialog = failure = self.settings.show_failure(error)
            failure.finished.connect(lambda _: self._forget_dialog())
            return
        dialog = ErrorDialog(self.theme, self.frame, error)
        dialog.finished.connect(lambda _: self._forget_dialog())
        self._dialog = dialog
        dialog.open()

    def _forget_dialog(self) -> None:
        self._dialog = None

    def _show_relay(self) -> None:
        status = self.controller.status
        known = self.in_workbench or status.state not in (RelayState.STOPPED, RelayState.ERROR)
        self.frame.set_relay(relay_foot(status) if known or is_set_up(self.controller.profile) else None)

    def _show_places(self, *, force: bool = False) -> None:
        wanted = (self.controller.figures.needs_you, True)
        if force or (self.in_workbench and wanted != self._places):
            self._places = wanted
            self.frame.set_places(workbench_places(wanted[0]))

    def _show_organization(self) -> None:
        profile = self.controller.profile if self.in_workbench else self.guide.profile
        self.frame.set_organization(self.settings.organization(profile, self.controller.profile))

    def _organization_name(self) -> str:
        organization = self.controller.profile.organization
        return organization.name if organization else "Close"

    def _show_demo(self) -> None:
        if self._demo is not None:
            self.guide.start_new()
        else:
            self.demo_requested.emit()


def is_set_up(profile: Profile) -> bool:
    """Whether the guide was finished for the profile."""
    return profile.organization is not None
