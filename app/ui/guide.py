"""The guide: its pages, their order, and the way back and forth between them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.assembly import Assistant
from app.errors import AppError
from app.storage.key_store import KeyringReport, KeyringState
from app.storage.profile import Profile
from app.ui.frame.page import Page
from app.ui.frame.window import FrameWindow
from app.ui.relay.relay_controller import RelayController
from app.ui.relay.setup_control import SetupRelayControl
from app.ui.setup.connect_page import ConnectPage
from app.ui.setup.fields_page import FieldsPage
from app.ui.setup.go_live_page import GoLivePage
from app.ui.setup.mapping_page import MappingPage
from app.ui.setup.sample_page import SamplePage
from app.ui.setup.start_page import StartPage
from app.ui.setup.step_names import rail_steps
from app.ui.setup.try_page import TryPage
from app.ui.theme.theme import Theme
from app.workflows.setup import ORDER, SetupFlow, SetupState, Step
from app.workflows.setup_draft import SavedSetup


class Guide(QObject):
    """Shows one step at a time in ``frame``; the steps' keys are those of ``Step``.

    ``suggested_key`` is filled in where a key is asked for (the demo's own); secrets then stay in memory.
    """

    finished = Signal()
    left = Signal()
    quit_requested = Signal()
    demo_requested = Signal()
    import_requested = Signal(Path)
    organization_changed = Signal()

    def __init__(
        self,
        theme: Theme,
        frame: FrameWindow,
        assistant: Assistant,
        profile_name: str,
        controller: RelayController,
        *,
        suggested_key: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._frame = frame
        self._assistant = assistant
        self._name = profile_name
        self._controller = controller
        self._suggested_key = suggested_key
        self._pages: list[str] = []
        self._saved, trouble = self._saved_setup()
        self.flow: SetupFlow = assistant.setup_flow(profile_name)
        self.start_page = StartPage(theme, self._saved, trouble=trouble)
        frame.add_page(Step.START, self.start_page)
        self._connect_start()

    @property
    def profile(self) -> Profile:
        """The profile as far as the guide knows it."""
        return self.flow.state.profile

    def show(self, step: Step | None = None) -> None:
        """Bring the guide to the front, at the step the flow is at or at ``step`` if that can be reached."""
        if step is not None and step is not Step.START:
            try:
                self.flow.go_to(step)
            except AppError as error:
                self._frame.show_toast(f"{error.title} {error.remedy}")
                return
        wanted = step or self.flow.state.step
        if wanted is not Step.START and not self._pages:
            self._make_pages()
        self._frame.set_relay(None)
        self._show_marks()
        self._frame.show_page(wanted)
        self.organization_changed.emit()

    def begin_again(self) -> None:
        """The set-up of the saved profile, from its first step on; nothing is lost until it is finished."""
        state = self.flow.state
        if state.profile.organization is not None and Step.CONNECT not in state.done:
            done = frozenset(ORDER) - {Step.GO_LIVE}
            self.flow = self._assistant.setup_flow(
                self._name, state=SetupState(self._controller.profile, Step.GO_LIVE, done)
            )
            self._drop_pages()
        self.show(self.flow.state.step if self.flow.state.step is not Step.START else None)

    # Ways in -----------------------------------------------------------------------------------

    def _connect_start(self) -> None:
        page = self.start_page
        page.setup_requested.connect(self.start_new)
        page.continue_requested.connect(self._continue)
        page.discard_requested.connect(self._discard)
        page.skip_requested.connect(self.left)
        page.quit_requested.connect(self.quit_requested)
        page.demo_requested.connect(self.demo_requested)
        page.open_requested.connect(self.import_requested)

    def start_new(self) -> None:
        self._drop_pages()
        self.flow = self._assistant.setup_flow(self._name)
        if self._guarded(self.flow.start):
            self.show()

    def start_with(self, profile: Profile) -> None:
        """A set-up that begins with the fields, mappings and port of a file."""
        self._drop_pages()
        self.flow = self._assistant.setup_flow(self._name, state=SetupState(profile))
        if self._guarded(self.flow.start):
            self.show()

    def _continue(self) -> None:
        if self._saved is None:
            return
        self._drop_pages()
        state = self._saved.state
        self.flow = self._assistant.setup_flow(self._name, state=state)
        self.show(state.first_unfinished)

    def _discard(self) -> None:
        if self._guarded(lambda: self._assistant.discard_setup(self._name)):
            self._saved = None
            self.start_page.set_saved(None)

    def _saved_setup(self) -> tuple[SavedSetup | None, AppError | None]:
        try:
            return self._assistant.saved_setup(self._name), None
        except AppError as error:
            return None, error

    # Pages -------------------------------------------------------------------------------------

    def _make_pages(self) -> None:
        theme, flow, unexpected = self._theme, self.flow, self._controller.unexpected
        relay = SetupRelayControl(
            self._controller,
            current=lambda: flow.state.profile,
            load=lambda: self._assistant.load_profile(self._name),
        )
        connect = self._connect_page()
        go_live = GoLivePage(theme, flow, unexpected, relay)
        test = TryPage(
            theme,
            flow,
            unexpected,
            organization=self._organization,
            chosen=lambda: flow.state.sample,
            finish=flow.finish_test,
        )
        pages: list[tuple[Step, Page]] = [
            (Step.CONNECT, connect),
            (Step.FIELDS, FieldsPage(theme, flow, unexpected)),
            (Step.SAMPLE, SamplePage(theme, flow, unexpected)),
            (Step.MAPPING, MappingPage(theme, flow, unexpected)),
            (Step.TEST, test),
            (Step.GO_LIVE, go_live),
        ]
        for step, page in pages:
            self._frame.add_page(step, page)
            self._pages.append(step)
            page.back.connect(self._back)  # type: ignore[attr-defined]
            if isinstance(page, GoLivePage):
                page.finished.connect(self.finished)
            else:
                page.done.connect(self.show)  # type: ignore[attr-defined]
        test.ran.connect(lambda _: self._marks_changed())

    def _connect_page(self) -> ConnectPage:
        if not self._suggested_key:
            return ConnectPage(self._theme, self.flow, self._controller.unexpected)
        page = ConnectPage(
            self._theme,
            self.flow,
            self._controller.unexpected,
            probe_keyring=lambda: KeyringReport("", KeyringState.MISSING),
        )
        page.key.set_secret(self._suggested_key)
        return page

    def _drop_pages(self) -> None:
        for key in self._pages:
            self._frame.remove_page(key)
        self._pages = []

    def _back(self) -> None:
        if self._guarded(self.flow.back):
            self.show()

    def _show_marks(self) -> None:
        self._frame.set_steps(rail_steps(self.flow.state))

    def _marks_changed(self) -> None:
        """A test may end after a person has gone on to the workbench, whose rail it must not replace."""
        if self._frame.current_key in self._pages:
            self._show_marks()

    def _organization(self) -> str:
        organization = self.profile.organization
        return organization.name if organization else "Close"

    def _guarded(self, action: Callable[[], object]) -> bool:
        """Run something that writes the draft; a full disk is told, not thrown."""
        try:
            action()
        except AppError as error:
            self.start_page.show_trouble(error)
            self._frame.show_page(Step.START)
            return False
        return True
