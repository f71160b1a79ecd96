"""The editor of one field's value."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.segment.event_variables import EventVariable
from app.segment.value_expression import Expression, Variable
from app.ui.frame.announcements import announce
from app.ui.theme.style_fields import field_height
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.value_editor.editor_popovers import EditorPopovers
from app.ui.value_editor.picker_model import VariableIndex, example_in_words, presence_in_words
from app.ui.value_editor.popover import Popover
from app.ui.value_editor.row import Chip, items_of, same_items
from app.ui.value_editor.row_edit import RowEdit
from app.ui.value_editor.row_painting import FRAME, paint_field_frame
from app.ui.value_editor.settings_popover import Preview
from app.ui.value_editor.words import chip_in_words, row_in_words
from app.ui.widgets.button import IconButton


class ValueEditor(QWidget):
    """Text, variable chips and function chips in one line, as other fields look.

    ``changed`` carries the expression as a person types it. ``committed`` is Enter, ``escape`` is Escape;
    ``left`` fires when the focus goes elsewhere, but not for the editor's own popovers.
    ``undo_requested`` and ``redo_requested`` are for the document, which holds the history.
    """

    changed = Signal(object)
    committed = Signal()
    escape = Signal()
    left = Signal()
    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        name: str = "",
        *,
        placeholder: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """``name`` is what the field is called to a screen reader, for example its label."""
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._description = ""
        self._invalid = False
        self.edit = RowEdit(theme)
        self.edit.set_placeholder(placeholder)
        self.add_button = IconButton(theme, "plus", self.tr("Insert a variable or function (Ctrl+Space)"))
        # Reachable by Ctrl+Space; one stop of Tab per field is enough.
        self.add_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        line = QHBoxLayout(self)
        line.setContentsMargins(FRAME, FRAME, FRAME, FRAME)
        line.setSpacing(0)
        line.addWidget(self.edit, 1)
        line.addWidget(self.add_button)
        self.setFocusProxy(self.edit)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._leaving = QTimer(self)
        self._leaving.setSingleShot(True)
        self._leaving.setInterval(0)
        self._leaving.timeout.connect(self._perhaps_left)
        self._popovers = EditorPopovers(theme, self)
        self._connect()
        self._restyle()
        self._say()

    def _connect(self) -> None:
        edit, popovers = self.edit, self._popovers
        edit.describe = self._describe
        edit.row_changed.connect(self._row_changed)
        edit.confirmed.connect(self.committed)
        edit.escaped.connect(self.escape)
        edit.undo_requested.connect(self.undo_requested)
        edit.redo_requested.connect(self.redo_requested)
        edit.picker_requested.connect(self.open_picker)
        edit.braces_typed.connect(popovers.open_picker_for_braces)
        edit.chip_activated.connect(popovers.open_chip)
        edit.menu_requested.connect(popovers.open_menu)
        edit.chip_announced.connect(self._announce)
        edit.focus_changed.connect(self._focus_changed)
        self.add_button.clicked.connect(self.open_picker)
        self._theme.changed.connect(self._restyle)

    def expression(self) -> Expression:
        """What the field holds, in normal form."""
        return self.edit.expression()

    def set_expression(self, expression: Expression) -> None:
        """Show another value; ``changed`` stays silent, and the cursor stays as far as it can.

        What is open on the former value goes away.
        """
        if not same_items(items_of(expression), self.edit.items()):
            self._popovers.close()
        self.edit.set_expression(expression)
        self._say()

    def set_variables(self, variables: Sequence[EventVariable] | VariableIndex) -> None:
        """What the picker offers. Several editors on the same thousands of variables share one index."""
        self._popovers.index = variables if isinstance(variables, VariableIndex) else VariableIndex(variables)

    def set_preview(self, preview: Preview | None) -> None:
        """How popovers show the result of what is being set."""
        self._popovers.preview = preview

    def sibling(self, name: str) -> ValueEditor:
        """Another editor that knows the same variables and event, for a value inside this one."""
        editor = ValueEditor(self._theme, name)
        editor.set_variables(self._popovers.index)
        editor.set_preview(self._popovers.preview)
        return editor

    def set_placeholder(self, text: str) -> None:
        """What an empty field shows, for example what happens when nothing is mapped."""
        self.edit.set_placeholder(text)

    def set_name(self, name: str, description: str = "") -> None:
        """The field's name and, after the value in words, what else is to be known about it."""
        self._name, self._description = name, description
        self._say()

    def set_invalid(self, *, invalid: bool) -> None:
        """Outline the field as refused; the reason is the caller's to show."""
        self._invalid = invalid
        self.update()

    def insert_variable(self, keys: Sequence[str]) -> None:
        """Put a variable at the cursor, or in the place of what is selected."""
        self.edit.insert_items((Variable(tuple(keys)),))

    def open_picker(self) -> None:
        """Show the list of variables and functions below the cursor."""
        self.edit.setFocus()
        self._popovers.open_picker()

    def open_chip(self, at: int) -> None:
        """Show the settings of the chip at this position of the row; for a variable, the others to pick."""
        self._popovers.open_chip(at)

    def make_static(self) -> None:
        """Ask for a fixed value in the place of all that is there."""
        self._popovers.make_static()

    def edit_as_json(self) -> None:
        """Ask for the whole value as JSON of the mapping language."""
        self._popovers.edit_as_json()

    @property
    def popover(self) -> Popover | None:
        """The picker or the settings that are open now."""
        return self._popovers.popover

    def close_popovers(self) -> None:
        """Take away whatever the editor has open."""
        self._popovers.close()

    @property
    def has_popover(self) -> bool:
        """Whether the picker, the menu or the settings of a chip are open."""
        return self._popovers.is_open

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(220), field_height(QFontMetrics(self._theme.font(Role.BODY))))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(80), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        focused = self.edit.hasFocus() or self._popovers.is_open
        rect = QRectF(self.rect())
        paint_field_frame(self._theme, QPainter(self), rect, focused=focused, invalid=self._invalid)

    def _focus_changed(self) -> None:
        self.update()
        if not self.edit.hasFocus():
            # The popover that takes the focus is not there yet while the focus goes.
            self._leaving.start()

    def _perhaps_left(self) -> None:
        if not self.edit.hasFocus() and not self._popovers.is_open:
            self.left.emit()

    def _row_changed(self) -> None:
        self._say()
        self.changed.emit(self.expression())

    def _describe(self, chip: Chip) -> str:
        """A chip's tool tip: its whole path or settings, and for a variable what the events hold there."""
        words = chip_in_words(chip)
        variable = self._popovers.index.find(chip.keys) if isinstance(chip, Variable) else None
        if variable is None:
            return words
        facts = (example_in_words(variable.example), presence_in_words(variable))
        return "\n".join((words, " · ".join(filter(None, facts))))

    def _announce(self, words: str) -> None:
        announce(self, words)

    def _say(self) -> None:
        """A screen reader meets chips as objects without text, so the value is told in words as well."""
        words = row_in_words(self.edit.items()) or self.tr("empty")
        description = ". ".join(filter(None, (words, self._description)))
        for widget in (self, self.edit):
            widget.setAccessibleName(self._name or self.tr("Value"))
            widget.setAccessibleDescription(description)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()
