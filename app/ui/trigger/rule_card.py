"""The conditions of a rule and its one group, as rows to edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from app.segment.trigger_tree import Subject
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.trigger.condition_list import ConditionList
from app.ui.trigger.condition_row import ConditionRow
from app.ui.trigger.suggesting import Suggesting
from app.ui.widgets.button import Button, ButtonKind, IconButton
from app.ui.widgets.card import Card
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.labels import WrappedLabel
from app.ui.widgets.segmented import Segment, Segmented
from app.workflows.mapping_editor.rule_checks import Finding
from app.workflows.mapping_editor.rule_conditions import RuleCondition
from app.workflows.mapping_editor.rules import Joiner, Place, Rule

MOST_CONDITIONS = 20


class RuleCard(Card):
    """``changed`` carries the new rule, what was done in words, and a name shared by one piece of typing."""

    changed = Signal(object, str, str)

    def __init__(self, theme: Theme, suggesting: Suggesting, parent: QWidget | None = None) -> None:
        super().__init__(theme, self.tr("Conditions"), " ", parent=parent)
        self._suggesting = suggesting
        self._rule = Rule()
        self.fact.hide()
        segments = (
            Segment(Joiner.ALL.value, self.tr("All of these")),
            Segment(Joiner.ANY.value, self.tr("Any of these")),
        )
        self.joiner = Segmented(theme, self.tr("How conditions are joined"), segments)
        self.heading_row.addWidget(self.joiner)
        self._none = WrappedLabel(theme, "", Role.BODY, "muted")
        self.list = ConditionList(theme, suggesting, in_group=False)
        self._group = Card(theme, " ", " ", padding=12, fill="sunken", behind="surface")
        self._group.fact.hide()
        self.group_list = ConditionList(theme, suggesting, in_group=True)
        self.remove_group_button = IconButton(theme, "x", self.tr("Remove the group"))
        self._group.heading_row.addWidget(self.remove_group_button)
        self.add_to_group_button = Button(theme, self.tr("Add to the group"), icon="plus", small=True)
        self._group.body.addWidget(self.group_list)
        self._group.body.addWidget(self.add_to_group_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.add_button = Button(theme, self.tr("Add condition"), icon="plus", small=True)
        self.add_group_button = Button(theme, self.tr("Add group"), ButtonKind.GHOST, icon="plus", small=True)
        buttons = QWidget()
        flow = FlowLayout(buttons)
        flow.addWidget(self.add_button)
        flow.addWidget(self.add_group_button)
        self.body.setSpacing(12)
        for widget in (self._none, self.list, self._group, buttons):
            self.body.addWidget(widget)
        self._connect()
        self.show_rule(self._rule)

    @property
    def rows(self) -> tuple[ConditionRow, ...]:
        """Every row, those of the group last; in the order of ``Rule.places``."""
        return (*self.list.rows, *(self.group_list.rows if self._rule.group is not None else ()))

    def row_at(self, place: Place) -> ConditionRow:
        return (self.group_list if place.in_group else self.list).rows[place.index]

    def show_rule(self, rule: Rule) -> None:
        """Show it quietly. A row that goes takes the keyboard along; it then goes to what adds the next."""
        self._rule = rule
        focused = QApplication.focusWidget()
        was_here = focused is not None and self.isAncestorOf(focused)
        self.joiner.choose(rule.joiner.value)
        self.list.show_conditions(rule.conditions)
        self.group_list.show_conditions(rule.group or ())
        self._group.setVisible(rule.group is not None)
        is_any = rule.joiner.other is Joiner.ANY
        words = self.tr("And any of these") if is_any else self.tr("Or all of these")
        if not rule.conditions:
            words = self.tr("Any of these") if is_any else self.tr("All of these")
        self._group.heading.setText(words)
        self._group.setAccessibleName(words)
        empty = not rule.conditions and rule.group is None
        self._none.setVisible(empty)
        self._none.set_text(
            self.tr("No conditions: every event of the chosen types runs this mapping.")
            if rule.types
            else self.tr("Choose an event type above, or add a condition.")
        )
        full = len(rule.places) >= MOST_CONDITIONS
        self.add_button.setVisible(not full)
        self.add_to_group_button.setVisible(not full)
        self.add_group_button.setVisible(rule.group is None and not full)
        if was_here and QApplication.focusWidget() is not focused:
            self.add_button.setFocus()

    def show_findings(self, findings: Sequence[Finding]) -> None:
        about = {finding.place: finding for finding in findings if finding.place is not None}
        for place, row in zip(self._rule.places, self.rows, strict=True):
            row.set_finding(about.get(place))

    def flush(self) -> None:
        """Take over what is still being typed."""
        for row in self.rows:
            row.flush()

    def first_gap(self) -> ConditionRow | None:
        """The first row that is not part of the rule yet."""
        return next((row for row in self.rows if row.condition.comparison is None), None)

    # What a person does ------------------------------------------------------------------------

    def _connect(self) -> None:
        self.joiner.chosen.connect(self._join)
        self.add_button.clicked.connect(lambda: self._add(in_group=False))
        self.add_to_group_button.clicked.connect(lambda: self._add(in_group=True))
        self.add_group_button.clicked.connect(lambda: self._add(in_group=True))
        self.remove_group_button.clicked.connect(self._remove_group)
        for rows in (self.list, self.group_list):
            rows.changed.connect(self._edit)
            rows.moved.connect(self._move)
            rows.carried.connect(self._carry)
            rows.removed.connect(self._remove)

    def _join(self, key: str) -> None:
        joiner = Joiner(key)
        if joiner is not self._rule.joiner:
            words = self.tr("All of the conditions") if joiner is Joiner.ALL else self.tr("Any condition")
            self._change(replace(self._rule, joiner=joiner), words)

    def _add(self, *, in_group: bool) -> None:
        rule, place = self._rule.added(self._new_condition(), in_group=in_group)
        self._change(rule, self.tr("Add condition"))
        row = self.row_at(place)
        (row.value if row.condition.subject is Subject.EVENT else row.field).setFocus()

    def _new_condition(self) -> RuleCondition:
        """Most often wanted for Track: the event's name, once."""
        has_name = any(self._rule.at(place).subject is Subject.EVENT for place in self._rule.places)
        if self._rule.types == ("track",) and not has_name:
            return RuleCondition(Subject.EVENT)
        return RuleCondition(self._suggesting.usual_subject)

    def _edit(self, place: Place, condition: RuleCondition, typing: str) -> None:
        self._change(self._rule.with_condition(place, condition), self.tr("Condition"), typing)

    def _move(self, place: Place, step: int) -> None:
        rule, target = self._rule.moved(place, step)
        self._placed(rule, target)

    def _carry(self, place: Place) -> None:
        rule, target = self._rule.carried(place)
        self._placed(rule, target)

    def _placed(self, rule: Rule, target: Place) -> None:
        if rule != self._rule:
            self._change(rule, self.tr("Move condition"))
            self.row_at(target).grip.setFocus()

    def _remove(self, place: Place) -> None:
        self._change(self._rule.removed(place), self.tr("Remove condition"))
        rows = (self.group_list if place.in_group else self.list).rows
        if rows:
            rows[min(place.index, len(rows) - 1)].remove_button.setFocus()
        else:
            (self.add_to_group_button if place.in_group else self.add_button).setFocus()

    def _remove_group(self) -> None:
        self._change(replace(self._rule, group=None), self.tr("Remove group"))
        self.add_group_button.setFocus()

    def _change(self, rule: Rule, label: str, typing: str = "") -> None:
        self.show_rule(rule)
        self.changed.emit(rule, label, typing)
