"""Editing mappings in the workbench: the list, two pages behind it, saving, and leaving with a question."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.actions.compiled_mapping import CompiledMapping
from app.actions.trace import EventReport
from app.errors import AppError
from app.relay.feed import FeedBatch
from app.segment.event_variables import EventVariable
from app.storage.profile import MappingSpec, Profile
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.tasks import AsyncTask
from app.ui.frame.window import FrameWindow
from app.ui.mapping.map_page import MapPage
from app.ui.mapping.session import EditingSession
from app.ui.mapping.undo_actions import UndoActions
from app.ui.mappings.editor_sources import EditorSources
from app.ui.mappings.history_opener import HistoryOpener
from app.ui.mappings.list_page import MappingsPage
from app.ui.mappings.relay_events import RelayEvents
from app.ui.mappings.unsaved_dialog import Leaving, UnsavedDialog
from app.ui.places import MAPPINGS
from app.ui.relay.relay_controller import RelayController
from app.ui.samples.collected_events import CollectedEvents
from app.ui.theme.theme import Theme
from app.ui.trigger.when_page import WhenPage
from app.workflows.fields import NewField
from app.workflows.forecast import Forecast, measured_forecast
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary, unread_vocabulary
from app.workflows.mapping_editor.difference import difference, summary
from app.workflows.mapping_editor.field_types import CreatedField
from app.workflows.samples import Sample

MAP_FIELDS = "map-fields"
WHEN_IT_RUNS = "when-it-runs"
PLACES = (MAPPINGS, MAP_FIELDS, WHEN_IT_RUNS)


class WorkbenchEditing(QObject):
    """Owns the session of the saved profile's mappings and puts its three pages into ``frame``.

    Saving goes through the controller, so that a running relay uses the new mappings from its next event on.
    """

    saved = Signal()

    def __init__(
        self,
        theme: Theme,
        frame: FrameWindow,
        controller: RelayController,
        events: CollectedEvents,
        sources: EditorSources,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._frame = frame
        self._controller = controller
        self._sources = sources
        self._dialog: UnsavedDialog | None = None
        self._then: Callable[[], None] | None = None
        unexpected = controller.unexpected
        self.session = EditingSession(controller.profile.mappings, self)
        self.session.set_vocabulary(unread_vocabulary(controller.profile))
        self.events = RelayEvents(controller, events, self.session, self)
        self.saving = AsyncTask("save the mappings", unexpected=unexpected, parent=self)
        undo = UndoActions(theme, self.session, self)
        self.page = MappingsPage(theme, self.session, undo)
        self.map_page = MapPage(
            theme,
            self.session,
            unexpected,
            read_fields=self._read_fields,
            create_field=self._create_field,
            compare=self._compare,
        )
        undo.serve(self.map_page)
        self.when_page = WhenPage(theme, self.session, unexpected, guided=False, forecast=self._forecast)
        undo.serve(self.when_page)
        self._history = HistoryOpener(theme, frame, self.session, sources, unexpected, self)
        frame.add_page(MAPPINGS, self.page, commands=self._list_commands)
        frame.add_page(MAP_FIELDS, self.map_page, under=MAPPINGS, commands=self._map_commands)
        frame.add_page(WHEN_IT_RUNS, self.when_page, under=MAPPINGS, commands=self._when_commands)
        self._connect(undo)

    @property
    def shown(self) -> bool:
        return self._frame.current_key in PLACES

    def show(self) -> None:
        """The list, fresh from the relay's events."""
        self.events.refresh()
        self._frame.show_page(MAPPINGS)

    def set_profile(self, profile: Profile) -> None:
        """The saved profile is another one now, for example after the guide."""
        if profile.mappings != self.session.saved and not self.saving.busy:
            self.session.reset(profile.mappings)
        known, unread = self.session.vocabulary, unread_vocabulary(profile)
        if (known.company_field_id, known.user_field_id) != (unread.company_field_id, unread.user_field_id):
            self.session.set_vocabulary(unread)

    def may_leave(self, then: Callable[[], None]) -> None:
        """Run ``then`` now, or once a person has decided what becomes of changes that are not saved."""
        if self._frame.current_key == WHEN_IT_RUNS:
            self.when_page.builder.flush()
        if not self.session.modified:
            then()
            return
        if self._dialog is not None:
            return
        self._then = then
        dialog = UnsavedDialog(self._theme, self._frame, self._unsaved())
        dialog.decided.connect(self._leave)
        self._dialog = dialog
        dialog.open()

    def save(self) -> None:
        """Write the mappings; a mapping that cannot run, or a rule with a gap, is shown instead."""
        if self.saving.busy or not self._complete():
            return
        mappings = self.session.document.mappings
        problem = self._unusable(mappings)
        if problem is not None:
            self._then = None
            self._show_error(problem)
            return
        self.saving.run(lambda: self._save(mappings), self.tr("Saving…"))

    def discard(self) -> None:
        """Back to what is saved, as a step that can be undone."""
        before = self.session.document
        after = before.step(self.tr("Discard changes"), self.session.saved)
        self.session.set_document(after)

        def take_back() -> None:
            if self.session.document == after:
                self.session.undo()

        self._frame.show_toast(self.tr("Changes discarded"), take_back)

    # Commands ----------------------------------------------------------------------------------

    def _list_commands(self) -> CommandSet:
        return replace(self._common(), ghost=self._history_command())

    def _map_commands(self) -> CommandSet:
        back = Command(self.tr("Back"), self.show)
        if self.session.modified:
            return replace(self._common(), back=back, ghost=self._history_command())
        when = Command(self.tr("When it runs"), self._show_trigger, icon="clock")
        return replace(self._common(), back=back, secondary=when, ghost=self._history_command())

    def _when_commands(self) -> CommandSet:
        back = Command(self.tr("Back"), self.show)
        if self.session.modified:
            return replace(self._common(), back=back)
        fields = Command(self.tr("Map fields"), self._show_fields, icon="pencil")
        return replace(self._common(), back=back, secondary=fields)

    def _common(self) -> CommandSet:
        if not self.session.modified:
            return CommandSet(fact=Fact(self.tr("Everything is saved"), "check"))
        return CommandSet(
            primary=Command(self.tr("Save changes"), self.save, busy=self.saving.busy),
            secondary=Command(self.tr("Discard"), self.discard),
            fact=Fact(self._unsaved(), "pencil"),
        )

    def _history_command(self) -> Command:
        return Command(self.tr("History"), self._history.open, icon="history")

    def _unsaved(self) -> str:
        session = self.session
        return summary(difference(session.saved, session.document.mappings, session.vocabulary))

    # -------------------------------------------------------------------------------------------

    def _connect(self, undo: UndoActions) -> None:
        pages = (self.page, self.map_page, self.when_page)
        for page in pages:
            self.session.document_changed.connect(page.commands_changed)
            self.saving.changed.connect(page.commands_changed)
        undo.told.connect(self._frame.announce)
        self.page.opened.connect(self._show_fields)
        self.page.trigger_requested.connect(self._show_trigger)
        self.page.history_requested.connect(self._history.open)
        self.map_page.done.connect(self._show_trigger)
        self.map_page.history_requested.connect(self._history.open)
        self.saving.succeeded.connect(self._saved)
        self.saving.failed.connect(self._save_failed)
        self._controller.batch_arrived.connect(self._hear)

    def _hear(self, _batch: FeedBatch) -> None:
        if self.shown:
            self.events.refresh_soon()

    def _show_fields(self) -> None:
        self._frame.show_page(MAP_FIELDS)
        if self.session.vocabulary.read_at is None:
            self.map_page.refresh()

    def _show_trigger(self) -> None:
        self._frame.show_page(WHEN_IT_RUNS)

    def _complete(self) -> bool:
        """A rule in sight that has a gap is not saved without it: the gap is shown."""
        if self._frame.current_key != WHEN_IT_RUNS or self.when_page.confirm():
            return True
        self._then = None
        return False

    async def _forecast(self) -> Forecast:
        reader, now_ms = self._controller.reader, time.time_ns() // 1_000_000
        return await asyncio.to_thread(measured_forecast, reader, now_ms=now_ms)

    def _unusable(self, mappings: tuple[MappingSpec, ...]) -> AppError | None:
        """Why the relay could not run with these mappings; the mapping is chosen then."""
        for place, spec in enumerate(mappings):
            try:
                CompiledMapping(spec)
            except AppError as error:
                self.session.choose(place)
                return error
        return None

    async def _save(self, mappings: tuple[MappingSpec, ...]) -> tuple[MappingSpec, ...]:
        await self._controller.save_mappings(mappings)
        return mappings

    def _saved(self, mappings: tuple[MappingSpec, ...]) -> None:
        self.session.mark_saved(mappings)
        running = self._controller.running
        self._frame.show_toast(
            self.tr("Saved. The relay uses them from the next event on.") if running else self.tr("Saved.")
        )
        self.saved.emit()
        then, self._then = self._then, None
        if then is not None:
            then()

    def _save_failed(self, error: AppError) -> None:
        self._then = None
        self._show_error(error)

    def _show_error(self, error: AppError) -> None:
        self._frame.show_page(MAPPINGS)
        self.page.show_error(error)

    def _leave(self, decision: Leaving) -> None:
        self._dialog = None
        then = self._then
        if decision is Leaving.SAVE:
            self.save()
        elif decision is Leaving.DISCARD:
            self._then = None
            self.session.reset(self.session.saved)
            if then is not None:
                then()
        else:
            self._then = None

    async def _read_fields(self) -> CloseVocabulary:
        return await self._sources.vocabulary(self._controller.profile)

    async def _create_field(
        self, spec: MappingSpec, wanted: NewField, variable: EventVariable
    ) -> CreatedField:
        return await self._sources.create_field(self._controller.profile, spec, wanted, variable)

    async def _compare(self, spec: MappingSpec, sample: Sample) -> EventReport:
        return await self._sources.compare(self._controller.profile, spec, sample)
