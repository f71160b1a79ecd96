"""Editing mappings inside the guide: one session for its pages, kept in the draft while people type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from app.actions.trace import EventReport
from app.errors import AppError
from app.segment.event_variables import EventVariable
from app.storage.profile import MappingSpec
from app.ui.frame.commands import Fact
from app.ui.mapping.session import EditingSession
from app.ui.mappings.editor_sources import EditorSources
from app.ui.samples.collected_events import CollectedEvents
from app.workflows.fields import NewField
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary, unread_vocabulary
from app.workflows.mapping_editor.field_types import CreatedField
from app.workflows.samples import Sample
from app.workflows.setup import SetupFlow, Step, default_mapping

_KEEP_MS = 800


class GuideEditing(QObject):
    """Owns ``session``. ``kept`` fires after a save of the draft, ``failed`` carries why one was refused."""

    kept = Signal()
    failed = Signal(object)

    def __init__(
        self,
        flow: SetupFlow,
        events: CollectedEvents,
        sources: EditorSources,
        *,
        now: Callable[[], datetime] = datetime.now,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._flow = flow
        self.events = events
        self._sources = sources
        self._now = now
        self._kept_at: datetime | None = None
        self.session = EditingSession(flow.state.profile.mappings or (default_mapping(),), self)
        self.session.set_vocabulary(unread_vocabulary(flow.state.profile))
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_KEEP_MS)
        self._pause.timeout.connect(self.keep)
        self.session.document_changed.connect(self._pause.start)
        events.changed.connect(self._take_events)
        self._take_events()

    def follow_flow(self) -> None:
        """The steps before may have chosen another sample or other ID fields."""
        state = self._flow.state
        if state.sample is not None and self.events.sample != state.sample:
            self.events.choose(state.sample)
        known, unread = self.session.vocabulary, unread_vocabulary(state.profile)
        ids = {
            name: getattr(unread, name)
            for name in ("company_field_id", "company_field_name", "user_field_id", "user_field_name")
        }
        if replace(known, **ids) != known:
            self.session.set_vocabulary(replace(known, **ids))

    def keep(self) -> None:
        """Put what is edited into the draft, if it is not there yet."""
        self._pause.stop()
        mappings, state = self.session.document.mappings, self._flow.state
        begun = Step.FIELDS in state.done and Step.GO_LIVE not in state.done
        if not begun or mappings == state.profile.mappings:
            return
        try:
            self._flow.keep_mappings(mappings)
        except AppError as error:
            self.failed.emit(error)
            return
        self._kept_at = self._now()
        self.kept.emit()

    def accept(self, step: Step) -> None:
        """The step ends with the mappings as they are. Raises ``AppError``."""
        self._pause.stop()
        self._flow.accept_mappings(self.session.document.mappings, step)

    def take(self, mappings: tuple[MappingSpec, ...]) -> None:
        """Go on with mappings that were saved elsewhere, as a step that can be undone."""
        document = self.session.document
        self.session.set_document(document.step(self.tr("Mappings saved in the workbench"), mappings))
        self.keep()

    def fact(self) -> Fact:
        """What the command bar says about the draft."""
        if self._kept_at is None:
            return Fact(self.tr("Nothing is sent to Close"))
        return Fact(self.tr("Draft saved {time}").format(time=f"{self._kept_at:%H:%M}"), "check")

    async def read_fields(self) -> CloseVocabulary:
        return await self._sources.vocabulary(self._flow.state.profile)

    async def compare(self, spec: MappingSpec, sample: Sample) -> EventReport:
        return await self._sources.compare(self._flow.state.profile, spec, sample)

    async def create_field(
        self, spec: MappingSpec, wanted: NewField, variable: EventVariable
    ) -> CreatedField:
        return await self._sources.create_field(self._flow.state.profile, spec, wanted, variable)

    def _take_events(self) -> None:
        self.session.set_events(self.events.in_use)
        sample = self.events.sample or self._flow.state.sample
        self.session.set_sample(sample or (self.events.samples[0] if self.events.samples else None))
