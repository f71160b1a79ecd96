"""Settings and profiles in the window: the page, the menu in the rail's foot, and failures of the program."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QPoint, Signal

from app.assembly import Assistant
from app.errors import AppError
from app.storage.profile import Profile
from app.storage.window_settings import WindowSettingsStore, window_settings_path
from app.ui.crash_dialog import CrashDialog
from app.ui.frame.rail_items import OrganizationInfo
from app.ui.frame.tasks import AsyncTask
from app.ui.frame.window import FrameWindow
from app.ui.moments import moment_words
from app.ui.places import SETTINGS
from app.ui.profiles.colors import COLOR_TONES
from app.ui.profiles.profiles_desk import ProfilesDesk
from app.ui.relay.relay_controller import RelayController
from app.ui.settings.login_row import real_login_start
from app.ui.settings.settings_desk import SettingsDesk
from app.ui.settings.settings_page import DIAGNOSTICS, PROFILES, SettingsPage
from app.ui.theme.theme import Theme
from app.workflows.crash_log import EarlierRun


class SettingsPlace(QObject):
    """``wanted`` asks for the page of settings to be shown; ``connect_requested`` for the guide."""

    wanted = Signal()
    connect_requested = Signal()
    forgotten = Signal()
    masking_chosen = Signal(bool)

    def __init__(
        self,
        theme: Theme,
        frame: FrameWindow,
        assistant: Assistant,
        controller: RelayController,
        unexpected: Callable[[BaseException], None],
        parent: QObject | None = None,
        *,
        demo: bool = False,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._frame = frame
        self._controller = controller
        self._demo = demo
        self._assistant = assistant
        self._unexpected = unexpected
        self._built: tuple[ProfilesDesk, SettingsDesk] | None = None
        frame.organization_requested.connect(self._show_menu)

    @property
    def profiles(self) -> ProfilesDesk:
        return self.ready()[0]

    @property
    def desk(self) -> SettingsDesk:
        return self.ready()[1]

    @property
    def page(self) -> SettingsPage:
        return self.desk.page

    def ready(self) -> tuple[ProfilesDesk, SettingsDesk]:
        """Make the page when it is wanted first: seven sections would hold up the window's start."""
        if self._built is None:
            name = self._controller.profile.name
            shared = (self._theme, self._frame, self._assistant)
            profiles = ProfilesDesk(*shared, name, self._unexpected, self)
            desk = SettingsDesk(*shared, self._controller, profiles, self._unexpected, self)
            if not self._demo:
                with suppress(AppError):  # without a command of its own nothing can be started at log-in
                    desk.offer_login_start(real_login_start(name))
            self._built = (profiles, desk)
            self._frame.add_page(SETTINGS, desk.page)
            profiles.settings_requested.connect(lambda: self.show_section(PROFILES))
            profiles.changed.connect(self._take_color)
            desk.connect_requested.connect(self.connect_requested)
            desk.forgotten.connect(self.forgotten)
            desk.general.changed.connect(lambda wished: self.masking_chosen.emit(wished.mask_personal))
        return self._built

    @property
    def masking(self) -> bool:
        """Whether personal values are to be hidden on the screen."""
        store = WindowSettingsStore(window_settings_path(self._assistant.profiles.root))
        return store.load().mask_personal

    def close(self) -> None:
        """Leave what is still being read; what is being written ends by itself."""
        for owner in self._built or ():
            for task in owner.findChildren(AsyncTask):
                task.cancel()

    def show_section(self, key: str) -> None:
        self.page.choose(key)
        self.wanted.emit()

    def organization(self, profile: Profile, usual: Profile) -> OrganizationInfo | None:
        """What foot and title say; ``usual`` is the saved profile where ``profile`` is being set up."""
        organization = profile.organization or usual.organization
        if organization is None:
            if self._demo:
                return OrganizationInfo(self.tr("Demo"), self.tr("No key, no network"))
            return None
        if self._demo:
            return OrganizationInfo(organization.name, self.tr("Demo, made-up data"))
        tone = COLOR_TONES[usual.color]
        return OrganizationInfo(organization.name, organization.user_name, usual.name, tone)

    def show_failure(self, error: AppError) -> CrashDialog:
        """A failure of the program itself, with its report."""
        dialog = CrashDialog(self._theme, self._frame, error, error.detail)
        dialog.diagnostics_requested.connect(lambda: self.show_section(DIAGNOSTICS))
        dialog.open()
        return dialog

    def show_earlier(self, earlier: EarlierRun) -> CrashDialog | None:
        """What the run before left behind; one that was ended from outside is worth a line only."""
        if not earlier.crashed:
            self._frame.show_toast(
                self.tr("The program did not end properly last time. Nothing stored was lost.")
            )
            return None
        return self.show_failure(
            AppError(
                "APP-CRASHED-BEFORE",
                self.tr("This program crashed last time"),
                cause=self.tr("It was started {when}.").format(when=_when(earlier.started)),
                remedy=self.tr("Events that were acknowledged are kept, and unfinished ones are continued."),
                detail=earlier.fault,
            )
        )

    def _show_menu(self) -> None:
        if not self._demo:
            rail = self._frame.rail
            self.profiles.show_menu(rail.mapToGlobal(QPoint(8, rail.height() - 56)))

    def _take_color(self) -> None:
        """The colour of this window's own profile may be another one now."""
        profile = self._controller.profile
        if self._assistant.profiles.exists(profile.name):
            self._controller.set_profile(self._assistant.load_profile(profile.name))


def _when(started: str) -> str:
    try:
        moment = datetime.fromisoformat(started)
    except ValueError:
        return "–"
    return moment_words(moment, datetime.now(UTC).astimezone())
