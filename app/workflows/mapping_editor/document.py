"""The mappings while they are edited: every change is one labelled step that can be taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.storage.profile import MappingSpec

_KEPT_STEPS = 500


@dataclass(frozen=True, slots=True)
class EditStep:
    """The mappings before a change, and the change in words (“Title”, “Delete Newsletter”)."""

    label: str
    mappings: tuple[MappingSpec, ...]
    merge_key: str = ""


@dataclass(frozen=True, slots=True)
class MappingDocument:
    """One immutable snapshot; every method returns the next one."""

    mappings: tuple[MappingSpec, ...]
    past: tuple[EditStep, ...] = ()
    future: tuple[EditStep, ...] = ()

    def step(self, label: str, mappings: tuple[MappingSpec, ...], *, merge_key: str = "") -> MappingDocument:
        """The document with other mappings; steps in a row with the same ``merge_key`` (typing) are one."""
        if mappings == self.mappings:
            return self
        merged = bool(merge_key) and bool(self.past) and self.past[-1].merge_key == merge_key
        past = self.past if merged else (*self.past, EditStep(label, self.mappings, merge_key))
        return MappingDocument(mappings, past[-_KEPT_STEPS:], ())

    def undo(self) -> MappingDocument:
        if not self.past:
            return self
        last = self.past[-1]
        redone = replace(last, mappings=self.mappings)
        return MappingDocument(last.mappings, self.past[:-1], (*self.future, redone))

    def redo(self) -> MappingDocument:
        if not self.future:
            return self
        last = self.future[-1]
        undone = replace(last, mappings=self.mappings)
        return MappingDocument(last.mappings, (*self.past, undone), self.future[:-1])
