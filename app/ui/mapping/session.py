"""What the pages of the mapping editor share: the document, the chosen mapping, events and Close's fields."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.storage.profile import MappingSpec
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.document import MappingDocument
from app.workflows.samples import Sample


class EditingSession(QObject):
    """Holds state and announces changes; the pages decide nothing about each other.

    ``events`` are what statistics are made of (newest first), ``sample`` is the one event whose values are
    shown. Belongs to the window's thread.
    """

    document_changed = Signal()
    chosen_changed = Signal()
    events_changed = Signal()
    sample_changed = Signal()
    vocabulary_changed = Signal()

    def __init__(self, mappings: tuple[MappingSpec, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = MappingDocument(mappings)
        self._chosen = 0
        self._events: tuple[Sample, ...] = ()
        self._sample: Sample | None = None
        self._vocabulary = CloseVocabulary()

    @property
    def document(self) -> MappingDocument:
        return self._document

    @property
    def chosen(self) -> int:
        """The index of the mapping the pages show; always valid while there is one."""
        return self._chosen

    @property
    def spec(self) -> MappingSpec | None:
        mappings = self._document.mappings
        return mappings[self._chosen] if mappings else None

    @property
    def events(self) -> tuple[Sample, ...]:
        return self._events

    @property
    def sample(self) -> Sample | None:
        return self._sample

    @property
    def vocabulary(self) -> CloseVocabulary:
        return self._vocabulary

    def set_document(self, document: MappingDocument) -> None:
        if document == self._document:
            return
        self._document = document
        last = max(0, len(document.mappings) - 1)
        moved = self._chosen > last
        self._chosen = min(self._chosen, last)
        self.document_changed.emit()
        if moved:
            self.chosen_changed.emit()

    def change(self, label: str, spec: MappingSpec, *, merge_key: str = "") -> None:
        """Replace the chosen mapping as one step; ``merge_key`` joins the steps of one piece of typing."""
        mappings = list(self._document.mappings)
        mappings[self._chosen] = spec
        self.set_document(self._document.step(label, tuple(mappings), merge_key=merge_key))

    def undo(self) -> None:
        self.set_document(self._document.undo())

    def redo(self) -> None:
        self.set_document(self._document.redo())

    def choose(self, index: int) -> None:
        if index != self._chosen and 0 <= index < len(self._document.mappings):
            self._chosen = index
            self.chosen_changed.emit()

    def set_events(self, events: Sequence[Sample]) -> None:
        self._events = tuple(events)
        self.events_changed.emit()

    def set_sample(self, sample: Sample | None) -> None:
        if sample != self._sample:
            self._sample = sample
            self.sample_changed.emit()

    def set_vocabulary(self, vocabulary: CloseVocabulary) -> None:
        self._vocabulary = vocabulary
        self.vocabulary_changed.emit()
