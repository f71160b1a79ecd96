"""The one editor that lies over a row of the list, and how the keyboard takes it from row to row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QApplication, QWidget

from app.segment.event_variables import EventVariable
from app.segment.value_expression import Expression, Text
from app.ui.mapping.field_picker import FieldPicker
from app.ui.mapping.row_words import spoken
from app.ui.mapping.rows import FieldRow
from app.ui.mapping.rows_model import RowsModel
from app.ui.mapping.rows_view import RowsView
from app.ui.theme.theme import Theme
from app.ui.value_editor.row import units_of
from app.ui.value_editor.value_editor import ValueEditor
from app.workflows.mapping_editor.targets import MappingTarget

_NEW_STEP_MS = 1_000


class RowEditing(QObject):
    """Opens, moves, fills and ends the editor. A row whose field is gone from Close gets a picker instead.

    ``changed`` carries the key of the row and the expression at every change; ``merge_key`` is the same for
    changes that are one piece of typing. ``picked`` carries the key of the lost field and of its successor.
    """

    changed = Signal(str, object)
    picked = Signal(str, str)
    undo_requested = Signal()
    redo_requested = Signal()
    announced = Signal(str)
    began = Signal(str)
    ended = Signal()

    def __init__(self, theme: Theme, view: RowsView, model: RowsModel) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._rows = model
        self._key = ""
        self._editor: ValueEditor | FieldPicker | None = None
        self._variables: Sequence[EventVariable] = ()
        self._preview: Callable[[Expression], str] | None = None
        self._successors: Callable[[MappingTarget], Sequence[MappingTarget]] = lambda _target: ()
        self._companions: tuple[QWidget, ...] = ()
        self._in_sight = False
        self._pieces = 0
        self._chips = 0
        self._piece = QTimer(self)
        self._piece.setSingleShot(True)
        self._piece.setInterval(_NEW_STEP_MS)
        self._piece.timeout.connect(self._next_piece)
        view.placed.connect(self._place)

    @property
    def key(self) -> str:
        """The row that is being edited, empty for none."""
        return self._key

    @property
    def editor(self) -> QWidget | None:
        return self._editor

    @property
    def merge_key(self) -> str:
        return f"{self._key} {self._pieces}"

    def set_variables(self, variables: Sequence[EventVariable]) -> None:
        self._variables = variables
        if isinstance(self._editor, ValueEditor):
            self._editor.set_variables(variables)

    def set_preview(self, preview: Callable[[Expression], str] | None) -> None:
        """How the editor's popovers show what a value gives."""
        self._preview = preview
        if isinstance(self._editor, ValueEditor):
            self._editor.set_preview(preview)

    def set_successors(self, successors: Callable[[MappingTarget], Sequence[MappingTarget]]) -> None:
        """Which fields can take the place of one that is gone."""
        self._successors = successors

    def stay_open_for(self, *companions: QWidget) -> None:
        """Focus in one of these does not end the editing: the list of variables works into the editor."""
        self._companions = companions

    def begin(self, key: str, typed: str = "") -> None:
        """Open the editor over a row; ``typed`` is put behind what the row holds."""
        row = self._rows.field(key)
        if row is None or row.switch is not None:
            return
        if key != self._key:
            self._close()
            self._open(row)
        if typed and isinstance(self._editor, ValueEditor):
            self._editor.edit.moveCursor(QTextCursor.MoveOperation.End)
            self._editor.edit.insert_items(tuple(units_of(typed)))
        self._focus()

    def insert(self, key: str, keys: Sequence[str]) -> None:
        """Put a variable into a row: at the cursor where it is being edited, else at its end."""
        already = key == self._key
        self.begin(key)
        if isinstance(self._editor, ValueEditor):
            if not already:
                self._editor.edit.moveCursor(QTextCursor.MoveOperation.End)
            self._editor.insert_variable(keys)

    def end(self, *, focus_list: bool = False) -> None:
        """Put the editor away. Everything is saved already: each change was told when it was made."""
        if not self._key:
            return
        key = self._key
        self._close()
        if focus_list:
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
            self._view.select(key)
        self.ended.emit()

    def refresh(self) -> None:
        """The document changed: show what it holds now, unless it came from this editor."""
        if not self._key:
            return
        row = self._rows.field(self._key)
        if row is None:
            self.end(focus_list=self._has_focus())
        elif isinstance(self._editor, ValueEditor):
            expression = row.expression or Text("")
            if self._editor.expression() != expression:
                self._editor.set_expression(expression)
            self._editor.set_name(row.target.label, row.target.type_label)
            self._editor.set_invalid(invalid=any(note.tone.value == "error" for note in row.notes))

    # Keys --------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key_pressed(event)
        return super().eventFilter(watched, event)

    def _key_pressed(self, event: QKeyEvent) -> bool:
        if isinstance(self._editor, ValueEditor) and self._editor.has_popover:
            return False
        key = event.key()
        shift = Qt.KeyboardModifier.ShiftModifier
        if key == Qt.Key.Key_Tab and not event.modifiers():
            self._step(1)
        elif key == Qt.Key.Key_Backtab or (key == Qt.Key.Key_Tab and event.modifiers() == shift):
            self._step(-1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._moves_by_rows(event):
            self._leave_by(1 if key == Qt.Key.Key_Down else -1)
        else:
            return False
        return True

    def _moves_by_rows(self, event: QKeyEvent) -> bool:
        """A picker's arrows move in its own list; Alt+Down is the list's key for choices."""
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        return plain and isinstance(self._editor, ValueEditor)

    def _step(self, step: int) -> None:
        """To the next row's editor; past the last row to what comes after the list."""
        number = self._rows.next_field(self._rows.number_of(self._key), step)
        row = self._rows.row(number)
        if isinstance(row, FieldRow):
            self.begin(row.key)
            self.announced.emit(spoken(row))
            return
        self.end(focus_list=True)
        following = _focusable(self._view, step)
        if following is not None:
            reason = Qt.FocusReason.TabFocusReason if step > 0 else Qt.FocusReason.BacktabFocusReason
            following.setFocus(reason)

    def _leave_by(self, step: int) -> None:
        number = self._rows.number_of(self._key) + step
        self.end(focus_list=True)
        if self._rows.row(number) is not None:
            self._view.setCurrentIndex(self._rows.index(number, 0))

    # The editor --------------------------------------------------------------------------------

    def _open(self, row: FieldRow) -> None:
        self._key = row.key
        self._rows.keep(row.key)
        self._view.select(row.key)
        self._next_piece()
        if row.target.missing:
            self._editor = self._make_picker(row)
        else:
            self._editor = self._make_value_editor(row)
        self._editor.installEventFilter(self)
        self._view.set_editing(row.key, self._editor.sizeHint().height())
        self._place()
        self._editor.show()
        self.began.emit(row.key)
        self._in_sight = True

    def _make_value_editor(self, row: FieldRow) -> ValueEditor:
        placeholder = self.tr("Type, or Ctrl+Space")
        editor = ValueEditor(
            self._theme, row.target.label, placeholder=placeholder, parent=self._view.viewport()
        )
        editor.set_name(row.target.label, row.target.type_label)
        editor.set_variables(self._variables)
        editor.set_preview(self._preview)
        editor.set_expression(row.expression or Text(""))
        editor.edit.moveCursor(QTextCursor.MoveOperation.End)
        editor.edit.installEventFilter(self)
        self._chips = _chips_in(editor)
        editor.changed.connect(self._changed)
        editor.committed.connect(lambda: self.end(focus_list=True))
        editor.escape.connect(lambda: self.end(focus_list=True))
        editor.left.connect(self._left)
        editor.undo_requested.connect(self.undo_requested)
        editor.redo_requested.connect(self.redo_requested)
        return editor

    def _make_picker(self, row: FieldRow) -> FieldPicker:
        picker = FieldPicker(self._theme, self._successors(row.target), parent=self._view.viewport())
        picker.setAccessibleName(self.tr("Field instead of {name}").format(name=row.target.label))
        picker.watch(self)
        picker.picked.connect(self._picked)
        picker.dismissed.connect(lambda: self.end(focus_list=True))
        picker.left.connect(self._left)
        return picker

    def _close(self) -> None:
        editor, self._editor = self._editor, None
        self._key = ""
        if editor is None:
            return
        # What closing does to the focus is no wish of a person's.
        editor.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        if isinstance(editor, ValueEditor):
            editor.close_popovers()
        editor.hide()
        editor.deleteLater()
        self._view.set_editing("")
        self._rows.keep("")

    def _focus(self) -> None:
        if isinstance(self._editor, ValueEditor):
            self._editor.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._editor is not None:
            self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _has_focus(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self._editor is not None and self._editor.isAncestorOf(focused)

    def _place(self) -> None:
        if self._editor is not None:
            place = self._view.field_rect(self._key)
            self._editor.setVisible(not place.isEmpty())
            if place != self._editor.geometry() and not place.isEmpty():
                self._editor.setGeometry(place)
            if self._in_sight:
                # Only now the row is as high as it gets with what is said below it.
                self._in_sight = False
                self._view.scrollTo(self._view.currentIndex())

    def _changed(self, expression: Expression) -> None:
        if isinstance(self._editor, ValueEditor):
            chips = _chips_in(self._editor)
            if chips != self._chips:
                self._next_piece()
            self._chips = chips
            self._piece.start()
            self.changed.emit(self._key, expression)

    def _picked(self, successor: str) -> None:
        lost = self._key
        self.end(focus_list=True)
        self.picked.emit(lost, successor)

    def _left(self) -> None:
        focused = QApplication.focusWidget()
        # Without any focus the person is in another program and comes back to where they were.
        if focused is None or any(
            companion is focused or companion.isAncestorOf(focused) for companion in self._companions
        ):
            return
        self.end()

    def _next_piece(self) -> None:
        self._pieces += 1


def _chips_in(editor: ValueEditor) -> int:
    return sum(1 for item in editor.edit.items() if not isinstance(item, str))


def _focusable(view: QWidget, step: int) -> QWidget | None:
    """The next widget in the order of Tab outside ``view``."""
    widget = _neighbour(view, step)
    while widget is not None and widget is not view:
        takes_focus = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if takes_focus and widget.isVisible() and widget.isEnabled() and not view.isAncestorOf(widget):
            return widget
        widget = _neighbour(widget, step)
    return None


def _neighbour(widget: QWidget, step: int) -> QWidget | None:
    return widget.nextInFocusChain() if step > 0 else widget.previousInFocusChain()
