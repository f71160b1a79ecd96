"""What every form of a chip's settings has in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from app.segment.value_expression import Expression, Function
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.value_editor.row import AsText, Chip, FunctionChip
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented

if TYPE_CHECKING:
    from app.ui.value_editor.value_editor import ValueEditor


@dataclass(frozen=True, slots=True)
class Surroundings:
    """``sibling`` makes an editor of the given name that knows the same variables, for values in values."""

    theme: Theme
    sibling: Callable[[str], ValueEditor]


class SettingsForm(QWidget):
    """``changed`` fires with a chip that can be used, ``refused`` while the input cannot; a field tells why.

    ``problem`` is what is wrong with code that is kept all the same.
    """

    changed = Signal(object)
    refused = Signal()
    finished = Signal()
    """Enter in a value inside the form."""
    given_up = Signal()
    """Escape in a value inside the form."""

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__()
        self.surroundings = surroundings
        self.theme = surroundings.theme
        self.problem = ""
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)

    def chip(self) -> Chip | None:
        """What is set, None while it cannot be used."""
        return None

    def first(self) -> QWidget | None:
        """The control to begin with, where it is not simply the first one."""
        return None

    def tell(self) -> None:
        """Check the input and hand on the chip."""
        chip = self.chip()
        if chip is None:
            self.refused.emit()
        else:
            self.changed.emit(chip)

    def inner_value(self, name: str, expression: Expression) -> ValueEditor:
        """An editor for a value inside this one; it tells about every change."""
        editor = self.surroundings.sibling(name)
        editor.set_expression(expression)
        editor.changed.connect(self.tell)
        editor.committed.connect(self.finished)
        editor.escape.connect(self.given_up)
        return editor

    def switch(self, text: str, *, on: bool) -> QCheckBox:
        """Add a check box that tells about every change."""
        box = QCheckBox(text)
        box.setChecked(on)
        box.toggled.connect(self.tell)
        self.column.addWidget(box)
        return box

    def choice(self, name: str, segments: Sequence[tuple[str, str]], chosen: str) -> Segmented:
        """Add a row of cells, given as keys and texts, below its name."""
        self.column.addWidget(Label(self.theme, name, Role.LABEL))
        cells = Segmented(self.theme, name, tuple(Segment(key, text) for key, text in segments))
        cells.choose(chosen)
        line = QHBoxLayout()
        line.addWidget(cells)
        line.addStretch(1)
        self.column.addLayout(line)
        cells.chosen.connect(self.tell)
        return cells


class NothingToSet(SettingsForm):
    """A function that has no settings; its popover shows what it does and what comes out."""

    def __init__(self, surroundings: Surroundings, function: Function | AsText) -> None:
        super().__init__(surroundings)
        self._function = function

    def chip(self) -> Chip | None:
        return FunctionChip(self._function)
