"""A whole mapping as JSON, editable.

Which side wins: while the text is a mapping that Segment takes, text and mapping are one, and every change of
either is at once the other's. While the text is not, the text is kept for whoever types, and the mapping
stays what it last was; ``set_mapping`` with another mapping (an undo, a change among the fields) then wins
and replaces the text, with the mapping it last was the text stays.
"""

from __future__ import annotations

import json

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.json_value import JsonObject, JsonValue
from app.segment.js_values import utf16_length
from app.ui.theme.theme import Theme
from app.ui.value_editor.code_marks import mark_place, show_problem
from app.ui.value_editor.json_problems import JsonProblem, check_mapping, read_json
from app.ui.widgets.code_box import CodeBox
from app.ui.widgets.field import NoteLine

_INDENT = 2


class MappingJsonView(QWidget):
    """``changed`` carries the mapping whenever typing gives another valid one."""

    changed = Signal(object)

    def __init__(self, theme: Theme, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mapping: JsonObject = {}
        self._problem: JsonProblem | None = None
        self._writing = False
        self.box = CodeBox(theme, "{}", name=name or self.tr("Mapping as JSON"), editable=True)
        self.box.edit.setCornerWidget(QWidget())
        self.note = NoteLine(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.box, 1)
        column.addWidget(self.note)
        self.setFocusProxy(self.box)
        self.box.edit.textChanged.connect(self._typed)

    def mapping(self) -> JsonObject:
        """The last mapping that was valid, typed or set."""
        return self._mapping

    def problem(self) -> JsonProblem | None:
        """Why the text is not the mapping, None while it is."""
        return self._problem

    def text(self) -> str:
        return self.box.text()

    def set_mapping(self, mapping: JsonObject) -> None:
        """Show a mapping that changed elsewhere. Equal to the last one, text and cursor are left alone."""
        if _is_same(mapping, self._mapping):
            return
        self._mapping = mapping
        self._replace_text(json.dumps(mapping, indent=_INDENT, ensure_ascii=False))
        self._show(check_mapping(mapping))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 5 * self.box.edit.fontMetrics().lineSpacing())

    def _typed(self) -> None:
        if self._writing:
            return
        value = read_json(self.box.text())
        problem = value if isinstance(value, JsonProblem) else check_mapping(value)
        self._show(problem)
        if problem is None and isinstance(value, dict) and not _is_same(value, self._mapping):
            self._mapping = value
            self.changed.emit(value)

    def _show(self, problem: JsonProblem | None) -> None:
        self._problem = problem
        words = "" if problem is None else "\n".join(filter(None, (problem.title, problem.detail)))
        show_problem(self.box, self.note, words)
        mark_place(self.box, -1 if problem is None else problem.position)

    def _replace_text(self, text: str) -> None:
        """Change only what differs, so that the cursor stays where a person left it."""
        old = self.box.text()
        start = _shared_length(old, text)
        end = _shared_length(old[start:][::-1], text[start:][::-1])
        cursor = QTextCursor(self.box.edit.document())
        self._writing = True
        try:
            cursor.beginEditBlock()
            cursor.setPosition(utf16_length(old[:start]))
            cursor.setPosition(utf16_length(old[: len(old) - end]), QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(text[start : len(text) - end])
            cursor.endEditBlock()
        finally:
            self._writing = False


def _is_same(one: JsonValue, other: JsonValue) -> bool:
    """Equal down to the order of members, which is the order of the lines here; 1 is not true."""
    return json.dumps(one) == json.dumps(other)


def _shared_length(one: str, other: str) -> int:
    length = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        length += 1
    return length
