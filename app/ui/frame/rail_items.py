"""The data of the rail at the left: steps of the guide, places of the workbench, the organization."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.ui.theme.tokens import Tone


class StepMark(StrEnum):
    """How far a step is. Which step is current is said separately."""

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class StepItem:
    key: str
    title: str
    mark: StepMark = StepMark.OPEN


@dataclass(frozen=True, slots=True)
class NavItem:
    """``count`` is only for things that need a person. ``group`` starts a new block below a line."""

    key: str
    title: str
    icon: str
    count: int = 0
    group: int = 0


@dataclass(frozen=True, slots=True)
class OrganizationInfo:
    """Whose organization the program works in; ``profile`` and its colour tell windows apart."""

    name: str
    person: str
    profile: str = ""
    tone: Tone = Tone.ACCENT


@dataclass(frozen=True, slots=True)
class RelayStatus:
    """The relay's state in one word and the mode beside it, for the foot of the rail."""

    word: str
    tone: Tone
    mode: str = ""
