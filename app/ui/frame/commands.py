"""What the bottom bar offers for the page that is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.ui.theme.style_buttons import ButtonKind


@dataclass(frozen=True, slots=True)
class Command:
    """One button of the bar. ``icon`` stands before the text, ``trailing`` only where it moves on.

    ``busy`` shows a turning circle and ignores presses. ``kind`` replaces the kind of the button's place,
    for example ``DANGER_FINAL`` on the page that confirms a merge.
    """

    text: str
    run: Callable[[], None]
    icon: str = ""
    trailing: str = ""
    busy: bool = False
    kind: ButtonKind | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """The one quiet sentence beside Back: saved, read only, nothing written."""

    text: str
    icon: str = "shield-check"


@dataclass(frozen=True, slots=True)
class CommandSet:
    """Everything the bar shows; a page that needs none of it gets the height of the bar."""

    primary: Command | None = None
    secondary: Command | None = None
    ghost: Command | None = None
    fact: Fact | None = None
    back: Command | None = None

    @property
    def empty(self) -> bool:
        return not any((self.primary, self.secondary, self.ghost, self.fact, self.back))
