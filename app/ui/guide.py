"""The guide: its pages, their order, and the way back and forth between them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.assembly import Assistant
from app.errors import AppError
from app.storage.profile import MappingSpec, Profile
from app.ui.connect.segment_page import Part
from app.ui.frame.page import Page
from app.ui.frame.window import FrameWindow
from app.ui.guide_pages import GuidePages, list_commands, make_pages, with_list_command
from app.ui.help.explained_fields import explain_guide
from app.ui.mappings.editor_sources import EditorSources
from app.ui.mappings.guide_editing import GuideEditing
from app.ui.mappings.history_opener import HistoryOpener
from app.ui.relay.relay_controller import RelayController
from app.ui.samples.collected_events import CollectedEvents
from app.ui.samples.recorder import LiveRecorder
from app.ui.setup.start_page import StartPage
from app.ui.setup.step_names import rail_steps
from app.ui.theme.theme import Theme
from app.workflows.setup import ORDER, SetupFlow, SetupState, Step
from app.workflows.setup_draft import SavedSetup

# The list of mappings has no step of its own: it belongs to the fields.
_LIST = "guide-mappings"
_SEGMENT = "guide-segment"


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
        events: CollectedEvents,
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
        self._events = events
        self._suggested_key = suggested_key
        self._pages: list[str] = []
        self._editing: GuideEditing | None = None
        self._made: GuidePages | None = None
        self._saved, trouble = self._saved_setup()
        self.flow: SetupFlow = assistant.setup_flow(profile_name)
        self.start_page = StartPage(theme, self._saved, trouble=trouble)
        frame.add_page(Step.START, self.start_page)
        self._recorder = LiveRecorder(controller, lambda: self.profile, self)
        self._connect_start()

    @property
    def profile(self) -> Profile:
        """The profile as far as the guide knows it."""
        return self.flow.state.profile

    @property
    def editing(self) -> GuideEditing | None:
        """The mappings under edit; None before the first page behind the start was made."""
        return self._editing

    def show(self, step: Step | None = None) -> None:
        """Bring the guide to the front, at the step the flow is at or at ``step`` if that can be reached."""
        self.keep()
        if step is not None and step is not Step.START:
            try:
                self.flow.go_to(step)
            except AppError as error:
                self._frame.show_toast(f"{error.title} {error.remedy}")
                return
        wanted = step or self.flow.state.step
        if wanted is not Step.START and not self._pages:
            self._make_pages()
        if self._editing is not None:
            self._editing.follow_flow()
        self._frame.set_relay(None)
        self._show_marks()
        self._frame.show_page(wanted)
        self.organization_changed.emit()
        self._read_fields(wanted)

    def _read_fields(self, step: Step) -> None:
        """The editor asks Close once by itself; after that people refresh."""
        made, editing = self._made, self._editing
        if made is None or editing is None or editing.session.vocabulary.read_at is not None:
            return
        if step is Step.MAPPING:
            made.mapping.refresh()

    def keep(self) -> None:
        """Put mappings under edit into the draft now."""
        if self._editing is not None:
            self._editing.keep()

    def take_mappings(self, mappings: tuple[MappingSpec, ...]) -> None:
        """The workbench has saved other mappings: finishing the guide must not bring back older ones."""
        if self._editing is not None:
            self._editing.take(mappings)

    def begin_again(self) -> None:
        """The set-up of the saved profile, from its first step on; nothing is lost until it is finished."""
        state = self.flow.state
        finished = Step.GO_LIVE in state.done
        if finished or (state.profile.organization is not None and Step.CONNECT not in state.done):
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
        flow = self.flow
        sources = EditorSources(self._assistant, self._name)
        editing = GuideEditing(flow, self._events, sources, parent=self)
        pages = make_pages(
            self._theme,
            flow,
            self._assistant,
            self._name,
            self._controller,
            editing,
            self._recorder,
            suggested_key=self._suggested_key,
        )
        explain_guide(pages)
        self._editing, self._made = editing, pages
        with_list = {Step.MAPPING: pages.mapping, Step.WHEN: pages.when}
        for step, page in pages.steps:
            if step in with_list:
                self._add(step, page, commands=partial(with_list_command, with_list[step], self._show_list))
            else:
                self._add(step, page)
            page.back.connect(self._back)  # type: ignore[attr-defined]
        pages.go_live.finished.connect(self.finished)
        for page in (pages.connect, pages.fields, pages.sample, pages.test):
            page.done.connect(self.show)
        pages.test.ran.connect(lambda _: self._marks_changed())
        self._connect_editing(editing, pages)
        self._connect_segment(pages)

    def _connect_segment(self, pages: GuidePages) -> None:
        page = pages.segment
        self._add(_SEGMENT, page, under=Step.GO_LIVE)
        pages.go_live.segment_requested.connect(self._show_segment)
        for wanted in (page.back, page.path_requested, page.address_requested):
            wanted.connect(lambda: self.show(Step.GO_LIVE))

    def _show_segment(self, part: Part) -> None:
        if self._made is not None:
            self._made.segment.show_part(part)
            self._frame.show_page(_SEGMENT)

    def _connect_editing(self, editing: GuideEditing, pages: GuidePages) -> None:
        leave = self._show_fields
        self._add(
            _LIST,
            pages.mappings,
            under=Step.MAPPING,
            commands=lambda: list_commands(pages.mappings, editing, leave),
        )
        pages.mapping.done.connect(lambda: self._accept(Step.MAPPING))
        pages.when.done.connect(lambda: self._accept(Step.WHEN))
        pages.mapping.samples_requested.connect(lambda: self.show(Step.SAMPLE))
        pages.mappings.opened.connect(leave)
        pages.mappings.trigger_requested.connect(self._show_trigger)
        history = HistoryOpener(
            self._theme,
            self._frame,
            editing.session,
            EditorSources(self._assistant, self._name),
            self._controller.unexpected,
            parent=editing,
        )
        for page in (pages.mapping, pages.mappings):
            page.history_requested.connect(history.open)
            editing.kept.connect(page.commands_changed)
        editing.failed.connect(lambda error: self._frame.show_toast(f"{error.title} {error.remedy}"))

    def _add(self, key: str, page: Page, **placed: Any) -> None:
        self._frame.add_page(key, page, **placed)
        self._pages.append(key)

    def _accept(self, step: Step) -> None:
        editing = self._editing
        if editing is None:
            return
        if not editing.session.document.mappings:
            self._show_list()
        elif self._guarded(lambda: editing.accept(step)):
            self.show()

    def _show_list(self) -> None:
        self._frame.show_page(_LIST)

    def _show_fields(self) -> None:
        self.show(Step.MAPPING)

    def _show_trigger(self) -> None:
        self._accept(Step.MAPPING)

    def _drop_pages(self) -> None:
        for key in self._pages:
            self._frame.remove_page(key)
        self._pages = []
        editing, self._editing, self._made = self._editing, None, None
        if editing is not None:
            editing.deleteLater()

    def _back(self) -> None:
        if self._guarded(self._go_back):
            self.show()

    def _go_back(self) -> None:
        """What was edited stays, also in the snapshot before."""
        self.keep()
        self.flow.back()
        self.keep()

    def _show_marks(self) -> None:
        self._frame.set_steps(rail_steps(self.flow.state))

    def _marks_changed(self) -> None:
        """A test may end after a person has gone on to the workbench, whose rail it must not replace."""
        if self._frame.current_key in self._pages:
            self._show_marks()

    def _guarded(self, action: Callable[[], object]) -> bool:
        """Run something that writes the draft; a full disk is told, not thrown."""
        try:
            action()
        except AppError as error:
            self.start_page.show_trouble(error)
            self._frame.show_page(Step.START)
            return False
        return True
