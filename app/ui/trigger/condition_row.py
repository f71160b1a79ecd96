"""One condition: field, operator and value side by side, and what is wrong with it below."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from app.segment.trigger_tree import NESTED, Subject
from app.ui.frame.page_keys import bind_key
from app.ui.theme.theme import Theme
from app.ui.trigger.suggest_combo import QuietComboBox, SuggestCombo, Suggestion, SuggestionModel
from app.ui.trigger.suggesting import Suggesting
from app.ui.widgets.button import Button, ButtonKind, IconButton
from app.ui.widgets.field import NoteLine
from app.workflows.mapping_editor.rule_checks import Finding, Severity
from app.workflows.mapping_editor.rule_conditions import RuleCondition
from app.workflows.mapping_editor.rule_operators import Takes, offered, operator
from app.workflows.mapping_editor.rule_suggestions import FieldChoice, field_label, field_of_text

_STACK_BELOW = 470


class ConditionRow(QWidget):
    """``changed`` carries the new condition and a name for what was changed; typing in one go has one name.

    ``moved`` asks for a row up (-1) or down (+1), ``carried`` for the other side of the group's border.
    """

    changed = Signal(object, str)
    moved = Signal(int)
    carried = Signal()
    removed = Signal()

    def __init__(
        self, theme: Theme, suggesting: Suggesting, condition: RuleCondition, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._suggesting = suggesting
        self._condition = condition
        self._finding: Finding | None = None
        self._visits = 0
        self._in_group: bool | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._values = SuggestionModel(self)
        self.field = SuggestCombo(theme, suggesting.fields, self.tr("Field"))
        self.field.set_placeholder(self.tr("Choose or type a field"))
        self.operator = QuietComboBox(theme)
        self.operator.setMinimumContentsLength(6)
        self.operator.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.operator.setAccessibleName(self.tr("Operator"))
        self.value = SuggestCombo(theme, self._values, self.tr("Value"))
        self.grip = IconButton(theme, "grip-vertical", self.tr("Move this condition"))
        self.remove_button = IconButton(theme, "x", self.tr("Remove this condition"))
        self._lay_out()
        self._connect()
        self.set_condition(condition)

    @property
    def condition(self) -> RuleCondition:
        return self._condition

    def set_condition(self, condition: RuleCondition) -> None:
        """Show it quietly; a field that is being typed in keeps its caret."""
        subject_changed = condition.subject is not self._condition.subject or not self.operator.count()
        self._condition = condition
        if subject_changed:
            self.operator.clear()
            for one in offered(condition.subject):
                self.operator.add(one.words, one.key, self._kind_of(one.takes, one.key))
        self.operator.choose(condition.operator)
        if not self.field.edit.hasFocus():
            self.field.set_text(self._field_text())
        self.value.set_text(condition.value)
        self.value.setVisible(condition.described.takes is not Takes.NOTHING)
        numeric = condition.described.takes is Takes.NUMBER
        self.value.set_placeholder(self.tr("Number") if numeric else self.tr("Value"))
        self._show_note()

    def set_finding(self, finding: Finding | None) -> None:
        """What the collected events say about this condition."""
        if finding != self._finding:
            self._finding = finding
            self._show_note()

    def set_place(self, number: int, *, in_group: bool) -> None:
        """Which row this is, for screen readers and for the words of its menu."""
        group = self.tr("in the group") if in_group else ""
        for widget, what in (
            (self.field, self.tr("Field of condition {number} {group}")),
            (self.value, self.tr("Value of condition {number} {group}")),
        ):
            widget.set_name(what.format(number=number, group=group).strip())
        name = self.tr("Operator of condition {number} {group}").format(number=number, group=group).strip()
        self.operator.setAccessibleName(name)
        self.grip.set_name(
            self.tr("Move condition {number} {group}").format(number=number, group=group).strip()
        )
        self.remove_button.set_name(
            self.tr("Remove condition {number} {group}").format(number=number, group=group).strip()
        )
        self._in_group = in_group

    def focus_first_gap(self) -> None:
        """The keyboard goes to what is missing, or to the value that cannot be used."""
        unnamed = self._condition.subject in NESTED and not self._condition.name
        (self.field if unnamed or not self.value.isVisible() else self.value).setFocus()

    def flush(self) -> None:
        """Take over a field name that is still being typed."""
        self._field_left()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < self._theme.px(_STACK_BELOW)
        wanted = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._parts.direction() is not wanted:
            self._parts.setDirection(wanted)
            across = Qt.AlignmentFlag.AlignTop if narrow else Qt.AlignmentFlag.AlignVCenter
            self._line.setAlignment(self.grip, across)
            self._line.setAlignment(self.remove_button, across)

    # What a person does ------------------------------------------------------------------------

    def _field_picked(self, key: object) -> None:
        if isinstance(key, FieldChoice):
            self._set_field(key.subject, key.name)

    def _field_left(self) -> None:
        text = self.field.edit.text()
        if text.strip() and text != self._field_text():
            self._set_field(*field_of_text(text, self._suggesting.usual_subject))
        elif self._field_text() and not text.strip():
            self.field.set_text(self._field_text())

    def _set_field(self, subject: Subject, name: str) -> None:
        condition = self._condition.with_subject(subject, name)
        self.field.set_text(field_label(subject, condition.name))
        self._change(condition, "")

    def _operator_picked(self, index: int) -> None:
        key = str(self.operator.itemData(index))
        value = self._condition.value if operator(key).takes is not Takes.NOTHING else ""
        self._change(replace(self._condition, operator=key, value=value), "")

    def _value_edited(self, text: str) -> None:
        self._change(replace(self._condition, value=text), f"typing-{id(self)}-{self._visits}")

    def _value_entered(self) -> None:
        self._visits += 1
        found = self._suggesting.values_of(self._condition.subject, self._condition.name)
        self._values.set_rows([Suggestion(text, self._times(count), text) for text, count in found])

    def _change(self, condition: RuleCondition, typing: str) -> None:
        if condition == self._condition:
            return
        self._finding = None
        self.set_condition(condition)
        self.changed.emit(condition, typing)

    def _use_fix(self) -> None:
        fix = self._finding.fix if self._finding is not None else None
        if fix is not None:
            self._change(fix, "")
            self.value.setFocus()

    def _show_menu(self) -> None:
        menu = QMenu(self)
        menu.addAction(self.tr("Move up\tCtrl+Shift+Up"), lambda: self.moved.emit(-1))
        menu.addAction(self.tr("Move down\tCtrl+Shift+Down"), lambda: self.moved.emit(1))
        carry = self.tr("Take out of the group") if self._in_group else self.tr("Put into the group")
        menu.addAction(carry, self.carried.emit)
        menu.addSeparator()
        menu.addAction(self.tr("Remove"), self.removed.emit)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.grip.mapToGlobal(self.grip.rect().bottomLeft()))

    # Parts -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._parts.setSpacing(8)
        self._parts.addWidget(self.field, 5)
        self._parts.addWidget(self.operator, 4)
        self._parts.addWidget(self.value, 5)
        self._line = QHBoxLayout()
        self._line.setSpacing(6)
        self._line.addWidget(self.grip, 0, Qt.AlignmentFlag.AlignVCenter)
        self._line.addLayout(self._parts, 1)
        self._line.addWidget(self.remove_button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._note = NoteLine(self._theme)
        self.fix_button = Button(self._theme, "", ButtonKind.LINK, small=True)
        self.fix_button.setVisible(False)
        below = QHBoxLayout()
        below.setContentsMargins(self._theme.px(28) + 6, 0, 0, 0)
        below.setSpacing(8)
        below.addWidget(self._note, 1)
        below.addWidget(self.fix_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._line)
        column.addLayout(below)

    def _connect(self) -> None:
        self.field.picked.connect(self._field_picked)
        self.field.left.connect(self._field_left)
        self.operator.activated.connect(self._operator_picked)
        self.value.edited.connect(self._value_edited)
        self.value.picked.connect(lambda key: self._value_edited(str(key)))
        self.value.entered.connect(self._value_entered)
        self.grip.clicked.connect(self._show_menu)
        self.remove_button.clicked.connect(self.removed)
        self.fix_button.clicked.connect(self._use_fix)
        for keys, step in (("Ctrl+Shift+Up", -1), ("Ctrl+Shift+Down", 1)):
            bind_key(self, keys, partial(self.moved.emit, step))

    def _show_note(self) -> None:
        condition, finding = self._condition, self._finding
        problem = condition.problem
        self.value.set_invalid(invalid=bool(problem))
        fix = ""
        if problem:
            self._note.show_text(problem, "error", "circle-alert")
        elif condition.missing:
            self._note.show_text(condition.missing, "muted", "info")
        elif finding is not None:
            text = f"{finding.title}. {finding.text}" if finding.text else f"{finding.title}."
            is_note = finding.severity is Severity.NOTE
            self._note.show_text(
                text, "muted" if is_note else "warn", "info" if is_note else "triangle-alert"
            )
            fix = finding.fix_words
        else:
            self._note.show_text("")
        self.fix_button.set_text(fix)
        self.fix_button.setVisible(bool(fix))
        said = problem or condition.missing or (finding.title if finding is not None else "")
        self.value.set_description(said)
        self.field.set_description(said)

    def _field_text(self) -> str:
        condition = self._condition
        if condition.subject in NESTED and not condition.name:
            return ""
        return field_label(condition.subject, condition.name)

    def _kind_of(self, takes: Takes, key: str) -> str:
        """“is” and “equals” differ in what they compare; the others say it themselves."""
        if key in {"is", "is-not"} and self._condition.subject in NESTED:
            return self.tr("text")
        return self.tr("number") if takes is Takes.NUMBER and "equal" in key else ""

    def _times(self, count: int) -> str:
        return self.tr("{count} events").format(count=count) if count != 1 else self.tr("1 event")
