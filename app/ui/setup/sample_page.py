"""Collect the events that mappings are tried on: built in, pasted, from a file, recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.errors import AppError
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.page import Page
from app.ui.frame.page_keys import bind_key
from app.ui.frame.tasks import AsyncTask
from app.ui.samples.collected_events import CollectedEvents
from app.ui.samples.collecting_pane import CollectingPane
from app.ui.samples.event_view import EventView
from app.ui.samples.reading_words import removed_words
from app.ui.samples.recorder import Recorder
from app.ui.samples.samples_model import masked_name
from app.ui.setup.sample_list import SampleList
from app.ui.theme.theme import Theme
from app.workflows.sample_checks import varying_types
from app.workflows.sample_collection import Added, Removed
from app.workflows.samples import Origin, Sample
from app.workflows.setup import SetupFlow

_CHECK_PAUSE_MS = 400


class SamplePage(Page):
    """``collection`` and ``recorder`` belong to the profile and outlive the page.

    Without a collection what is added lives as long as the page, without a recorder nothing can be recorded.
    """

    done = Signal()
    back = Signal()

    icons_below = 1100

    def __init__(
        self,
        theme: Theme,
        flow: SetupFlow,
        unexpected: Callable[[BaseException], None],
        *,
        collection: CollectedEvents | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        super().__init__(theme, "", scrolls=False)
        self.retitle(
            self.tr("Collect sample events"),
            self.tr("The next steps show what mappings make of these events. Nothing is sent to Close."),
        )
        self._flow = flow
        self._recorder = recorder
        self.events = collection or CollectedEvents(None, unexpected, parent=self)
        self.list = SampleList(theme)
        self.pane = CollectingPane(theme, self.events, recorder, unexpected)
        self.view = EventView(theme)
        self._checking = AsyncTask("compare types", unexpected=unexpected, parent=self)
        self._check_pause = QTimer(self)
        self._check_pause.setSingleShot(True)
        self._check_pause.setInterval(_CHECK_PAUSE_MS)
        # After the layout has made room for what is said.
        self._reveal = QTimer(self)
        self._reveal.setSingleShot(True)
        self._reveal.setInterval(0)
        self._area = QScrollArea()
        self.setAcceptDrops(True)
        self.body.addLayout(self._columns())
        self._connect()
        self.list.set_samples(self.events.samples)
        self._choose_first()

    @property
    def error(self) -> AppError | None:
        return self.pane.error

    @property
    def busy(self) -> bool:
        return self.pane.intake.busy

    def initial_focus(self) -> QWidget:
        return self.list.table

    def filter_field(self) -> QWidget:
        return self.list.filter

    def activated(self) -> None:
        self.events.load()
        self.list.set_loading(loading=self.events.loading)
        if self._recorder is not None:
            self._recorder.look()
        sample = self._flow.state.sample
        if sample is not None and self.list.current() != sample:
            self._look_at(self.events.choose(sample))
        self._check_pause.start()

    def left(self) -> None:
        """Nobody should be left in Observe mode without knowing it."""
        if self._recorder is not None:
            self._recorder.stop()

    def commands(self) -> CommandSet:
        return CommandSet(
            primary=Command(self.tr("Use these events"), self._use, trailing="arrow-right"),
            back=Command(self.tr("Back"), self.back.emit),
            fact=Fact(self.tr("Kept on this computer only")),
        )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()
            self.pane.ways.file.set_dragging(dragging=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.pane.ways.file.set_dragging(dragging=False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.pane.ways.file.set_dragging(dragging=False)
        if self.pane.read_mime(event.mimeData()):
            event.acceptProposedAction()

    # What a person does ------------------------------------------------------------------------

    def _use(self) -> None:
        chosen = self.list.current()
        if chosen is None:
            self.list.table.setFocus()
            self.announce(self.tr("Choose an event first"), assertive=True)
            return
        try:
            self._flow.choose_sample(chosen)
        except AppError as error:
            self.pane.show_error(error)
            self.list.table.setFocus()
            return
        self.events.choose(chosen)
        self.done.emit()

    def _star(self, sample: Sample) -> None:
        self.events.star(sample.number, starred=not sample.starred)
        self.announce(self.tr("Star taken away") if sample.starred else self.tr("Starred"))

    def _remove(self, sample: Sample) -> None:
        if sample.origin is Origin.BUILT_IN:
            self.announce(self.tr("Built-in events stay"))
            return
        samples = self.list.samples()
        place = next((row for row, one in enumerate(samples) if one.number == sample.number), 0)
        self._removed(self.events.remove([sample.number]), place)

    def _remove_imported(self) -> None:
        self._removed(self.events.remove_imported(), 0)

    def _removed(self, removed: Removed, place: int) -> None:
        if not len(removed):
            return
        samples = self.list.samples()
        self._look_at(samples[min(place, len(samples) - 1)])
        self.toast_requested.emit(removed_words(len(removed)), lambda: self.events.restore(removed))

    def _tell(self, text: str, numbers: tuple[int, ...]) -> None:
        undo = (lambda: self.events.remove(numbers)) if numbers else None
        self.toast_requested.emit(text, undo)

    # Showing -----------------------------------------------------------------------------------

    def _added(self, added: Added) -> None:
        if added.first is not None:
            self.list.filter.clear()
            self._look_at(added.first)
            self.list.table.setFocus()

    def _recorded(self, added: Added) -> None:
        """The first event of one's own is shown; later ones do not take a person's place away."""
        own = self.events.collection.own
        if added.first is not None and len(own) == len(added.samples):
            self._look_at(added.first)

    def _events_changed(self) -> None:
        self.list.set_samples(self.events.samples)
        if self.list.current() is None:
            self._choose_first()
        else:
            self._show_current()
        self._check_pause.start()

    def _look_at(self, sample: Sample) -> None:
        self.list.choose(sample)
        self._show_current()

    def _row_chosen(self, _sample: Sample) -> None:
        self.pane.stop_choosing_columns()
        self._show_current()

    def _show_current(self) -> None:
        sample = self.list.current()
        if sample is None or self.pane.choosing_columns:
            return
        self.view.show_sample(sample, self._name(sample), removable=sample.origin is not Origin.BUILT_IN)

    def _preview(self, sample: Sample | None) -> None:
        if sample is None:
            self._show_current()
        else:
            self.view.show_sample(sample, self.tr("The first row becomes"), removable=False)

    def _name(self, sample: Sample) -> str:
        return masked_name(sample) if self.view.mask_switch.isChecked() else sample.name

    def _mask(self, masked: bool) -> None:
        self.list.set_masked(masked=masked)
        self._show_current()

    def _check_types(self) -> None:
        """Compare the events with each other, while somebody looks."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            # The program is ending: its windows go after its loop.
            return
        if not self.isVisible():
            return
        bodies = [one.body for one in self.events.collection.own]
        work = lambda: asyncio.to_thread(lambda: varying_types(bodies))  # noqa: E731
        self._checking.run(work, self.tr("Comparing…"))

    def _choose_first(self) -> None:
        wanted = self._flow.state.sample or self.events.sample
        samples = self.events.samples
        found = self.events.collection.find(wanted.body) if wanted is not None else None
        if found is not None or samples:
            self._look_at(found or samples[0])

    # Building ----------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.events.changed.connect(self._events_changed)
        self.events.loaded.connect(lambda: self.list.set_loading(loading=False))
        self.list.chosen.connect(self._row_chosen)
        self.list.add_requested.connect(self.pane.start_paste)
        self.list.star_requested.connect(self._star)
        self.list.remove_requested.connect(self._remove)
        self.list.clear_requested.connect(self._remove_imported)
        self.view.star_requested.connect(lambda: self._on_current(self._star))
        self.view.remove_requested.connect(lambda: self._on_current(self._remove))
        self.view.mask_changed.connect(self._mask)
        self.events.masking_changed.connect(self.view.mask_switch.setChecked)
        self.view.mask_switch.setChecked(self.events.masked)
        self.pane.added.connect(self._added)
        self.pane.recorded.connect(self._recorded)
        self.pane.preview.connect(self._preview)
        self.pane.told.connect(self._tell)
        self.pane.announced.connect(self.announce)
        self.pane.alarmed.connect(self._alarm)
        self._reveal.timeout.connect(lambda: self._area.ensureWidgetVisible(self.pane.slot))
        self._check_pause.timeout.connect(self._check_types)
        self._checking.succeeded.connect(self.view.set_varying)
        bind_key(self, QKeySequence.StandardKey.Paste, self.pane.paste)

    def _alarm(self, text: str) -> None:
        """What blocks is read aloud and brought into sight."""
        self.announce(text, assertive=True)
        self._reveal.start()

    def _on_current(self, act: Callable[[Sample], None]) -> None:
        sample = self.list.current()
        if sample is not None:
            act(sample)

    def _columns(self) -> QHBoxLayout:
        content = QWidget()
        right = QVBoxLayout(content)
        right.setContentsMargins(24, 24, 24, 24)
        right.setSpacing(12)
        right.addWidget(self.header)
        right.addWidget(self.pane)
        right.addWidget(self.view, 1)
        area = self._area
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        columns = QHBoxLayout()
        columns.setSpacing(0)
        columns.addWidget(self.list)
        columns.addWidget(area, 1)
        return columns
