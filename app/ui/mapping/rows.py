"""What one line of the list of target fields shows, as plain records."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from app.segment.value_expression import Expression
from app.ui.theme.tokens import Tone
from app.workflows.mapping_editor.targets import MappingTarget, TargetGroup


class RowState(StrEnum):
    """What the icon at the end of a row says."""

    PENDING = "pending"
    UNMAPPED = "unmapped"
    OK = "ok"
    EMPTY = "empty"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Note:
    """A line below a row: a warning or an error, in words."""

    tone: Tone
    text: str


@dataclass(frozen=True, slots=True)
class RowResult:
    """What the shown event gives for a row; ``text`` is the value on one line, empty for no value."""

    text: str = ""
    state: RowState = RowState.PENDING


@dataclass(frozen=True, slots=True)
class GroupRow:
    """The header of a group; ``fact`` is the muted text at its end."""

    group: TargetGroup
    title: str
    icon: str
    fact: str
    collapsed: bool = False


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of Close. ``expression`` is None while nothing is mapped to it.

    ``notes`` stand below the row, ``asides`` are only good to know and seen on the row that is edited.
    ``named_value`` is the name of a fixed value that is an id in Close (a lead status). ``switch`` is set
    for rules: whether the rule is on; None for everything that has a value editor. ``departs`` marks a rule
    that stands otherwise than it does by itself.
    """

    target: MappingTarget
    expression: Expression | None
    result: RowResult = RowResult()
    notes: tuple[Note, ...] = ()
    asides: tuple[Note, ...] = ()
    named_value: str = ""
    switch: bool | None = None
    departs: bool = False

    @property
    def key(self) -> str:
        return self.target.key

    @property
    def state(self) -> RowState:
        """The worst of the value for the shown event and the notes over all events."""
        if self.result.state is RowState.ERROR or any(note.tone is Tone.ERROR for note in self.notes):
            return RowState.ERROR
        if any(note.tone is Tone.WARN for note in self.notes):
            return RowState.WARNING
        return self.result.state


Row: TypeAlias = GroupRow | FieldRow
