"""A trigger as Segment's text, with what Segment reads in it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.ui.theme.text import plain, strong
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.trigger.suggest_combo import PageUndo
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.card import Card
from app.ui.widgets.code_box import CodeBox, CodeLanguage
from app.ui.widgets.field import NoteLine
from app.ui.widgets.flow import FlowLayout, clear_layout
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import WrappedLabel
from app.workflows.mapping_editor.rule_reading import RuleReading
from app.workflows.mapping_editor.rule_words import TreeLine, outline

_INDENT = 18
_TEXT_LINES = 4


class TextCard(Card):
    """``edited`` fires with every key, ``copied`` when the text has gone to the clipboard."""

    edited = Signal(str)
    copied = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, self.tr("Segment’s text"), " ", parent=parent)
        self.fact.hide()
        self.copy_button = Button(theme, self.tr("Copy"), ButtonKind.GHOST, icon="copy", small=True)
        self.heading_row.addWidget(self.copy_button)
        self.code = CodeBox(
            theme, "", CodeLanguage.PLAIN, name=self.tr("Trigger text"), editable=True, small=False
        )
        self.code.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.code.edit.setUndoRedoEnabled(False)
        self._undo = PageUndo(self)
        self.code.edit.installEventFilter(self._undo)
        self._note = NoteLine(theme)
        self.reading = ReadingView(theme)
        self.body.setSpacing(10)
        self.body.addWidget(self.code)
        self.body.addWidget(self._note)
        self.body.addWidget(self.reading)
        self.code.edit.textChanged.connect(self._text_changed)
        self.copy_button.clicked.connect(self._copy)
        theme.changed.connect(self._fit)
        self._quiet = False
        self._fit()

    def show_reading(self, reading: RuleReading) -> None:
        """Show it quietly; a text that is being typed keeps its caret."""
        if self.code.text() != reading.text:
            self._quiet = True
            self.code.set_text(reading.text)
            self._quiet = False
        unreadable = bool(reading.text.strip()) and reading.tree is None
        self.code.set_invalid(invalid=unreadable)
        problem = " ".join(reading.warnings) if unreadable else ""
        self._note.show_text(problem, "error", "circle-alert")
        self.code.edit.setAccessibleDescription(problem)
        self.reading.show_reading(reading)

    def _text_changed(self) -> None:
        if not self._quiet:
            self.edited.emit(self.code.text())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code.text())
        self.copied.emit()

    def _fit(self) -> None:
        self.code.edit.setFixedHeight(self.code.edit.fontMetrics().lineSpacing() * _TEXT_LINES + 4)


class ReadingView(QWidget):
    """What Segment reads: warnings in words, then the tree as an outline."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._warnings = QVBoxLayout()
        self._warnings.setSpacing(6)
        self._heading = WrappedLabel(theme, self.tr("What Segment reads"), Role.LABEL)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        self._box = Card(theme, padding=12, fill="sunken", behind="surface")
        self._box.body.addLayout(self._lines)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._warnings)
        column.addWidget(self._heading)
        column.addWidget(self._box)

    def show_reading(self, reading: RuleReading) -> None:
        clear_layout(self._warnings)
        if reading.tree is not None:
            for warning in reading.warnings:
                self._warnings.addWidget(_Warning(self._theme, warning))
        lines = outline(reading.tree)
        clear_layout(self._lines)
        for line in lines:
            self._lines.addWidget(_Line(self._theme, line))
        self._heading.setVisible(bool(lines))
        self._box.setVisible(bool(lines))
        self._box.setAccessibleName(self.tr("What Segment reads"))


class HandEditedCard(Card):
    """Stands in the builder's place for a trigger that the builder cannot show."""

    text_wanted = Signal()
    reading_wanted = Signal()
    new_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, self.tr("Edited by hand"), " ", parent=parent)
        self.fact.hide()
        self._why = WrappedLabel(theme, "", Role.BODY, "muted")
        self._text = WrappedLabel(theme, "", Role.MONO)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._text.setAccessibleName(self.tr("Trigger text"))
        box = Card(theme, padding=12, fill="sunken", behind="surface")
        box.body.addWidget(self._text)
        self.reading = ReadingView(theme)
        self.text_button = Button(theme, self.tr("Edit the text"), icon="pencil")
        self.reading_button = Button(theme, self.tr("Use what Segment reads"), icon="check")
        self.new_button = Button(theme, self.tr("Start a new rule"), ButtonKind.GHOST, icon="plus")
        buttons = QWidget()
        flow = FlowLayout(buttons)
        for button in (self.text_button, self.reading_button, self.new_button):
            flow.addWidget(button)
        self.body.setSpacing(10)
        for widget in (self._why, box, self.reading, buttons):
            self.body.addWidget(widget)
        self.text_button.clicked.connect(self.text_wanted)
        self.reading_button.clicked.connect(self.reading_wanted)
        self.new_button.clicked.connect(self.new_wanted)

    def show_reading(self, reading: RuleReading) -> None:
        nothing_lost = self.tr("It is kept as it is; the builder changes nothing in it.")
        self._why.set_text(f"{reading.reason} {nothing_lost}")
        self._text.set_text(reading.text)
        self.reading.show_reading(reading)
        self.reading_button.setVisible(reading.read_rule is not None)


class _Warning(QWidget):
    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(Icon(theme, "triangle-alert", "warn", 16), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(WrappedLabel(theme, text, Role.BODY), 1)
        self.setAccessibleName(text)


class _Line(QWidget):
    def __init__(self, theme: Theme, tree_line: TreeLine) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.px(_INDENT) * tree_line.depth, 0, 0, 0)
        words = WrappedLabel(theme)
        words.set_markup(strong(tree_line.text) if tree_line.heading else plain(tree_line.text))
        line.addWidget(words, 1)
        self.setAccessibleName(tree_line.text)
