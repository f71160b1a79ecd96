"""Settings that are written: Liquid, fixed values and JSON."""

from __future__ import annotations

import json

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from app.json_value import JsonValue
from app.segment import liquid
from app.segment.js_values import utf16_length
from app.segment.liquid_limits import MAX_TEMPLATE_LENGTH
from app.segment.value_expression import Advanced, Liquid, Static
from app.ui.theme.typography import Role
from app.ui.value_editor.code_marks import mark_place, show_problem
from app.ui.value_editor.json_problems import JsonProblem, check_value, read_json
from app.ui.value_editor.row import Chip
from app.ui.value_editor.settings_form import SettingsForm, Surroundings
from app.ui.widgets.code_box import CodeBox, CodeLanguage
from app.ui.widgets.field import NoteLine, TextField
from app.ui.widgets.labels import Label

_FEWEST_LINES, _MOST_LINES = 4, 8


def problem_in_lines(problem: JsonProblem) -> str:
    """A problem as the note below a box tells it."""
    return "\n".join(filter(None, (problem.title, problem.detail)))


class LiquidForm(SettingsForm):
    """The template is kept as typed, even while Segment would refuse it: people write it in several steps."""

    def __init__(self, surroundings: Surroundings, template: Liquid) -> None:
        super().__init__(surroundings)
        name = self.tr("Template")
        head = QHBoxLayout()
        label = Label(self.theme, name, Role.LABEL)
        self.count = Label(self.theme, "", Role.CAPTION, "muted")
        head.addWidget(label, 1)
        head.addWidget(self.count)
        self.box = code_box(self, template.source, name, CodeLanguage.PLAIN)
        label.setBuddy(self.box.edit)
        self.note = NoteLine(self.theme)
        self.column.setSpacing(6)
        self.column.addLayout(head)
        self.column.addWidget(self.box)
        self.column.addWidget(self.note)
        self._check()
        self.box.edit.textChanged.connect(self._typed)

    def chip(self) -> Chip:
        return Liquid(self.box.text())

    def _typed(self) -> None:
        self._check()
        self.tell()

    def _check(self) -> None:
        length = utf16_length(self.box.text())
        words = self.tr("{0} of {1} characters").format(length, MAX_TEMPLATE_LENGTH)
        self.count.setText(words)
        self.count.set_color("error" if length > MAX_TEMPLATE_LENGTH else "muted")
        try:
            liquid.parse(self.box.text())
        except liquid.LiquidError as error:
            self.problem = str(error)
            show_problem(self.box, self.note, self.problem)
        else:
            self.problem = ""
            example = self.tr("For example {{ traits.first_name | default: “there” }}")
            show_problem(self.box, self.note, "", example.replace("“there”", '"there"'))


class JsonForm(SettingsForm):
    """Any value of the mapping language."""

    def __init__(self, surroundings: Surroundings, value: JsonValue) -> None:
        super().__init__(surroundings)
        text = json.dumps(value, indent=2, ensure_ascii=False)
        self.box = code_box(self, text, self.tr("JSON of the mapping language"), CodeLanguage.JSON)
        self.note = NoteLine(self.theme)
        self.column.setSpacing(6)
        self.column.addWidget(self.box)
        self.column.addWidget(self.note)
        self.box.edit.textChanged.connect(self.tell)

    def chip(self) -> Chip | None:
        value = read_json(self.box.text())
        problem = value if isinstance(value, JsonProblem) else check_value(value)
        show_problem(self.box, self.note, problem_in_lines(problem) if problem else "")
        mark_place(self.box, problem.position if problem else -1)
        return None if problem or isinstance(value, JsonProblem) else Advanced(value)


_NUMBER, _TRUE, _FALSE, _NULL, _JSON = "number", "true", "false", "null", "json"


class StaticForm(SettingsForm):
    """A value of its own type: the field in Close gets a number, not the text of one."""

    def __init__(self, surroundings: Surroundings, static: Static) -> None:
        super().__init__(surroundings)
        names = (
            (_NUMBER, self.tr("Number")),
            (_TRUE, self.tr("true")),
            (_FALSE, self.tr("false")),
            (_NULL, self.tr("Nothing")),
            (_JSON, self.tr("JSON")),
        )
        kind = _kind_of(static.value)
        self.kind = self.choice(self.tr("Type"), names, kind)
        number = json.dumps(static.value) if kind == _NUMBER else ""
        self.number = TextField(self.theme, self.tr("Number"), number, mono=True)
        text = json.dumps(static.value, indent=2, ensure_ascii=False) if kind == _JSON else "[]"
        self.box = code_box(self, text, self.tr("List or object"), CodeLanguage.JSON)
        self.note = NoteLine(self.theme)
        for widget in (self.number, self.box, self.note):
            self.column.addWidget(widget)
        self._show_fields()
        self.kind.chosen.connect(self._show_fields)
        self.number.edited.connect(self.tell)
        self.box.edit.textChanged.connect(self.tell)

    def chip(self) -> Chip | None:
        kind = self.kind.current()
        words = {_TRUE: True, _FALSE: False, _NULL: None}
        if kind in words:
            return Static(words[kind])
        if kind == _NUMBER:
            return self._number()
        value = read_json(self.box.text())
        problem = value if isinstance(value, JsonProblem) else check_value(value)
        show_problem(self.box, self.note, problem_in_lines(problem) if problem else "")
        mark_place(self.box, problem.position if problem else -1)
        return None if problem or isinstance(value, JsonProblem) else Static(value)

    def first(self) -> QWidget | None:
        if self.kind.current() != _NUMBER:
            return None
        self.number.edit.selectAll()
        return self.number.edit

    def _number(self) -> Chip | None:
        value = read_json(self.number.text())
        usable = isinstance(value, int | float) and not isinstance(value, bool)
        self.number.set_error("" if usable else self.tr("Enter a number, for example 12 or 9.5."))
        return Static(value) if usable and not isinstance(value, JsonProblem) else None

    def _show_fields(self, _key: str = "") -> None:
        kind = self.kind.current()
        self.number.setVisible(kind == _NUMBER)
        self.box.setVisible(kind == _JSON)
        if kind == _NULL:
            self.note.show_text(self.tr("Segment leaves such fields out, so Close keeps what it has."))
        else:
            self.note.show_text("")


def code_box(form: SettingsForm, text: str, name: str, language: CodeLanguage) -> CodeBox:
    """A box for a few lines of code."""
    box = CodeBox(form.theme, text, language, name=name, editable=True)
    line = box.edit.fontMetrics().lineSpacing()
    box.edit.setMinimumHeight(line * _FEWEST_LINES)
    box.edit.setMaximumHeight(line * _MOST_LINES)
    if language is CodeLanguage.PLAIN:
        box.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
    box.edit.moveCursor(QTextCursor.MoveOperation.End)
    return box


def _kind_of(value: JsonValue) -> str:
    if value is True or value is False:
        return _TRUE if value else _FALSE
    if value is None:
        return _NULL
    return _NUMBER if isinstance(value, int | float) else _JSON
