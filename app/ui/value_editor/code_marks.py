"""Telling what is wrong with code: the box outlined, the place underlined, the reason below."""

from __future__ import annotations

from PySide6.QtGui import QPalette, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from app.segment.js_values import utf16_length
from app.ui.widgets.code_box import CodeBox
from app.ui.widgets.field import NoteLine


def mark_place(box: CodeBox, position: int) -> None:
    """Underline the character where reading stopped; -1 takes the mark away."""
    selections = []
    if position >= 0:
        mark = QTextEdit.ExtraSelection()
        mark.cursor = QTextCursor(box.edit.document())
        # Qt counts UTF-16 units, the reader of JSON whole characters.
        units = utf16_length(box.text()[:position])
        last = max(0, box.edit.document().characterCount() - 1)
        mark.cursor.setPosition(max(0, min(units, last - 1)))
        mark.cursor.movePosition(QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.KeepAnchor)
        mark.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        mark.format.setUnderlineColor(box.palette().color(QPalette.ColorRole.BrightText))
        selections = [mark]
    box.edit.setExtraSelections(selections)


def show_problem(box: CodeBox, note: NoteLine, problem: str, help_text: str = "") -> None:
    """Outline the box and tell the problem below it, or the help when there is none."""
    box.set_invalid(invalid=bool(problem))
    if problem:
        note.show_text(problem, "error", "circle-alert")
    else:
        note.show_text(help_text)
    box.edit.setAccessibleDescription(problem or help_text)
