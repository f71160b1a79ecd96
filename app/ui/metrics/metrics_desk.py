"""The metrics page and what it leads to: events, mappings, replays, and why nothing happened."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject

from app.assembly import Assistant
from app.relay.event_records import EventFilter
from app.relay.inbox_figures import FigureReader
from app.ui.events.events_page import EventsPage
from app.ui.frame.window import FrameWindow
from app.ui.metrics.metrics_page import MetricsPage
from app.ui.metrics.why_dialog import WhyDialog
from app.ui.places import EVENTS, MAPPINGS, RELAY, REPLAY, SETUP
from app.ui.relay.relay_controller import RelayController
from app.ui.theme.theme import Theme
from app.workflows.why_facts import holds_lock, read_facts
from app.workflows.why_fixes import Fix, FixKind
from app.workflows.why_nothing import WhyAnswer, ask_why

_PLACES = {
    FixKind.CHECK_SETUP: SETUP,
    FixKind.EDIT_MAPPING: MAPPINGS,
    FixKind.GO_LIVE: RELAY,
    FixKind.START_RELAY: RELAY,
}


class MetricsDesk(QObject):
    """Owns the page and its reader. ``show_place`` brings a place of the workbench to the front."""

    def __init__(
        self,
        theme: Theme,
        frame: FrameWindow,
        assistant: Assistant,
        profile_name: str,
        controller: RelayController,
        events_page: EventsPage,
        show_place: Callable[[str], None],
    ) -> None:
        super().__init__(frame)
        self._theme = theme
        self._frame = frame
        self._assistant = assistant
        self._name = profile_name
        self._controller = controller
        self._events = events_page
        self._show_place = show_place
        self._reader = FigureReader(assistant.profiles.database_path(profile_name))
        self.page = MetricsPage(theme, controller, self._reader)
        self.page.events_requested.connect(self.show_events)
        self.page.mapping_requested.connect(lambda: show_place(MAPPINGS))
        self.page.setup_requested.connect(lambda: show_place(SETUP))
        self.page.replay_requested.connect(lambda: show_place(REPLAY))
        self.page.why_requested.connect(self.ask)
        events_page.why_requested.connect(self.ask)

    def close(self) -> None:
        self.page.left()
        self._reader.close()

    def show_events(self, wanted: EventFilter, words: str) -> None:
        self._show_place(EVENTS)
        self._events.show_filter(wanted, words)

    def ask(self) -> WhyDialog:
        """Open the question."""
        dialog = WhyDialog(self._theme, self._frame, self._answer, self._controller.unexpected)
        dialog.fix_chosen.connect(self._fix)
        dialog.open()
        return dialog

    def _answer(self, text: str) -> WhyAnswer:
        """In a worker thread."""
        store = self._assistant.profiles
        running = self._controller.running or holds_lock(store.database_path(self._name).with_suffix(".lock"))
        facts = read_facts(
            self._controller.profile,
            self._assistant.reach_log(self._name).load(),
            store.log_folder(self._name),
            time.time_ns() // 1_000_000,
            running=running,
        )
        return ask_why(self._reader, text, facts)

    def _fix(self, fix: Fix) -> None:
        if fix.kind is FixKind.START_RELAY:
            self._controller.start()
        if fix.kind in _PLACES:
            self._show_place(_PLACES[fix.kind])
        elif fix.event_id is not None:
            # The newest of this one and older ones: the event itself stands first.
            self._show_place(EVENTS)
            self._events.show_event(fix.event_id, again=fix.kind is FixKind.RETRY)
