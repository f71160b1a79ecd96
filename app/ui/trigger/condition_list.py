"""Rows of conditions that are kept while the rule under them changes, so that the keyboard stays put."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.trigger.condition_row import ConditionRow
from app.ui.trigger.suggesting import Suggesting
from app.workflows.mapping_editor.rule_conditions import RuleCondition
from app.workflows.mapping_editor.rules import Place


class ConditionList(QWidget):
    """The conditions outside the group or inside it. Signals carry the place of the row."""

    changed = Signal(object, object, str)
    moved = Signal(object, int)
    carried = Signal(object)
    removed = Signal(object)

    def __init__(
        self, theme: Theme, suggesting: Suggesting, *, in_group: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._suggesting = suggesting
        self._in_group = in_group
        self.rows: list[ConditionRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)

    def show_conditions(self, conditions: Sequence[RuleCondition]) -> None:
        while len(self.rows) > len(conditions):
            row = self.rows.pop()
            # Hiding takes the keyboard away, which a row takes for the end of typing.
            with QSignalBlocker(row):
                row.hide()
            self._column.removeWidget(row)
            row.deleteLater()
        for index, condition in enumerate(conditions):
            if index == len(self.rows):
                self.rows.append(self._make_row(index, condition))
            elif self.rows[index].condition != condition:
                self.rows[index].set_finding(None)
                self.rows[index].set_condition(condition)
        self.setVisible(bool(self.rows))

    def _make_row(self, index: int, condition: RuleCondition) -> ConditionRow:
        row = ConditionRow(self._theme, self._suggesting, condition)
        row.set_place(index + 1, in_group=self._in_group)
        place = Place(index, self._in_group)
        row.changed.connect(lambda changed, typing: self.changed.emit(place, changed, typing))
        row.moved.connect(lambda step: self.moved.emit(place, step))
        row.carried.connect(lambda: self.carried.emit(place))
        row.removed.connect(lambda: self.removed.emit(place))
        self._column.addWidget(row)
        return row
