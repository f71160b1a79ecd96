"""What the pages of the mapping editor share: the document, the chosen mapping, events and Close's fields."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.storage.profile import MappingSpec
from app.workflows.mapping_editor.close_vocabulary import CloseVocabulary
from app.workflows.mapping_editor.document import MappingDocument
from app.workflows.samples import Sample, only_built_in


class EditingSession(QObject):
    """Holds state and announces changes; the pages decide nothing about each other.

    ``events`` are what statistics are made of (newest first), ``sample`` is the one event whose values are
    shown. ``saved`` are the mappings as they are on disk. Belongs to the window's thread.
    """

    #: Also fires when only ``modified`` has changed.
    document_changed = Signal()
    chosen_changed = Signal()
    events_changed = Signal()
    sample_changed = Signal()
    vocabulary_changed = Signal()

    def __init__(self, mappings: tuple[MappingSpec, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = MappingDocument(mappings)
        self._saved = mappings
        self._chosen = 0
        self._events: tuple[Sample, ...] = ()
        self._sample: Sample | None = None
        self._vocabulary = CloseVocabulary()

    @property
    def document(self) -> MappingDocument:
        return self._document

    @property
    def modified(self) -> bool:
        """Whether something would be lost without a save."""
        return self._document.mappings != self._saved

    @property
    def saved(self) -> tuple[MappingSpec, ...]:
        return self._saved

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
    def made_up(self) -> bool:
        """Whether all events came with the program: counts over them say nothing about anybody's data."""
        return only_built_in(self._events)

    @property
    def sample(self) -> Sample | None:
        return self._sample

    @property
    def vocabulary(self) -> CloseVocabulary:
        return self._vocabulary

    def set_document(self, document: MappingDocument, *, choose: int | None = None) -> None:
        """Go on with another snapshot. The same mapping stays chosen wherever it is now, unless ``choose``
        names another place."""
        if document == self._document:
            return
        before, spec = self._chosen, self.spec
        self._document = document
        self._chosen = self._place_of(spec) if choose is None else choose
        self.document_changed.emit()
        if self._chosen != before or self.spec is None:
            self.chosen_changed.emit()

    def reset(self, mappings: tuple[MappingSpec, ...]) -> None:
        """Begin anew with what is saved; nothing can be undone any more."""
        self._saved = mappings
        self.set_document(MappingDocument(mappings))

    def mark_saved(self, mappings: tuple[MappingSpec, ...]) -> None:
        """These mappings are on disk now; what was changed since is still to be saved."""
        if mappings != self._saved:
            self._saved = mappings
            self.document_changed.emit()

    def _place_of(self, spec: MappingSpec | None) -> int:
        mappings = self._document.mappings
        same = next((place for place, one in enumerate(mappings) if one is spec), self._chosen)
        return max(0, min(same, len(mappings) - 1))

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
