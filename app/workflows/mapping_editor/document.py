"""The mappings while they are edited: every change is one labelled step that can be taken back.

What can be done to the list of mappings are functions from one document to the next; changes inside a
mapping (a field, a trigger) are ``MappingDocument.step`` with that mapping exchanged.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from app.errors import AppError
from app.segment.mapping_exchange import MAX_MAPPINGS
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

    @property
    def undo_label(self) -> str:
        """What ``undo`` takes back (“Title”), empty when there is nothing."""
        return self.past[-1].label if self.past else ""

    @property
    def redo_label(self) -> str:
        """What ``redo`` does again, empty when there is nothing."""
        return self.future[-1].label if self.future else ""

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


def add(document: MappingDocument, spec: MappingSpec) -> MappingDocument:
    """The mapping at the end, under a name of its own. Raises ``AppError`` (``MAPPING-TOO-MANY``)."""
    return add_all(document, (spec,), _labelled("Add", spec.name))


def add_all(document: MappingDocument, specs: tuple[MappingSpec, ...], label: str) -> MappingDocument:
    """Several mappings at the end in one step. Raises ``AppError`` (``MAPPING-TOO-MANY``)."""
    mappings = document.mappings
    for spec in specs:
        mappings = (*mappings, replace(spec, name=free_name(mappings, spec.name)))
    return document.step(label, _within_limit(mappings))


def duplicate(document: MappingDocument, index: int) -> MappingDocument:
    """A copy right behind the mapping, switched off so that nothing is written twice.

    Raises ``AppError`` (``MAPPING-TOO-MANY``).
    """
    mappings = document.mappings
    original = mappings[index]
    copy = replace(original, name=free_name(mappings, f"{original.name} (Copy)"), enabled=False)
    return document.step(
        _labelled("Duplicate", original.name),
        _within_limit((*mappings[: index + 1], copy, *mappings[index + 1 :])),
    )


def rename(document: MappingDocument, index: int, name: str) -> MappingDocument:
    """Raises ``AppError`` (``MAPPING-NAME-EMPTY``, ``MAPPING-NAME-TAKEN``); spaces around are dropped."""
    wanted = " ".join(name.split())
    if not wanted:
        raise AppError(
            "MAPPING-NAME-EMPTY",
            "A mapping needs a name.",
            remedy="Name it after the event it is for, such as “Newsletter”.",
        )
    others = (*document.mappings[:index], *document.mappings[index + 1 :])
    if free_name(others, wanted) != wanted:
        raise AppError(
            "MAPPING-NAME-TAKEN",
            f"There is another mapping named “{wanted}”.",
            cause="Lists, traces and the history tell mappings apart by their names.",
            remedy="Choose another name.",
        )
    before = document.mappings[index]
    return document.step(
        _labelled("Rename", before.name), _with(document, index, replace(before, name=wanted))
    )


def move(document: MappingDocument, index: int, to: int) -> MappingDocument:
    """The mapping at another place, ``to`` counted without it; mappings run in their order."""
    moved = document.mappings[index]
    others = [*document.mappings[:index], *document.mappings[index + 1 :]]
    others.insert(max(0, to), moved)
    return document.step(_labelled("Move", moved.name), tuple(others))


def switch(document: MappingDocument, index: int, *, enabled: bool) -> MappingDocument:
    spec = document.mappings[index]
    label = _labelled("Switch on" if enabled else "Switch off", spec.name)
    return document.step(label, _with(document, index, replace(spec, enabled=enabled)))


def delete(document: MappingDocument, index: int) -> MappingDocument:
    mappings = document.mappings
    return document.step(
        _labelled("Delete", mappings[index].name), (*mappings[:index], *mappings[index + 1 :])
    )


def free_name(mappings: tuple[MappingSpec, ...], name: str) -> str:
    """``name``, with a number behind it when a mapping already has it in whatever letter case."""
    taken = {spec.name.casefold() for spec in mappings}
    if name.casefold() not in taken:
        return name
    stem, _, end = name.rpartition(" (Copy")
    for number in itertools.count(2):
        wanted = f"{stem} (Copy {number})" if stem and end == ")" else f"{name} {number}"
        if wanted.casefold() not in taken:
            return wanted
    raise AssertionError("numbers do not end")


def _with(document: MappingDocument, index: int, spec: MappingSpec) -> tuple[MappingSpec, ...]:
    return (*document.mappings[:index], spec, *document.mappings[index + 1 :])


def _within_limit(mappings: tuple[MappingSpec, ...]) -> tuple[MappingSpec, ...]:
    if len(mappings) <= MAX_MAPPINGS:
        return mappings
    raise AppError(
        "MAPPING-TOO-MANY",
        f"There can be at most {MAX_MAPPINGS} mappings.",
        cause=f"Segment allows {MAX_MAPPINGS} mappings for one destination; here would be {len(mappings)}.",
        remedy="Delete mappings that are no longer used, or let one mapping run for several events.",
    )


def _labelled(verb: str, name: str) -> str:
    return f"{verb} “{name}”"
