"""One line of text and chips with a cursor in it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QWidget

from app.segment.value_expression import Expression
from app.ui.theme.theme import Theme
from app.ui.value_editor.row import (
    Chip,
    FunctionChip,
    Item,
    Items,
    expression_of,
    items_of,
    moved,
    repaired,
    same_items,
)
from app.ui.value_editor.row_changes import Change, function_added, inserted, removed, room_for_text
from app.ui.value_editor.row_clipboard import can_read, items_from, row_mime_data
from app.ui.value_editor.row_keys import RowKey, row_key
from app.ui.value_editor.row_view import RowView
from app.ui.value_editor.words import chip_in_words

_Move = QTextCursor.MoveOperation
_Mode = QTextCursor.MoveMode
_OPENING = ("{", "{")


class RowEdit(RowView):
    """Chips are single characters to the cursor; Backspace and Delete first select a chip, then remove it.

    ``row_changed`` fires after every change a person makes, never for ``set_expression``. Undo is not done
    here: the text keeps no history, ``undo_requested`` and ``redo_requested`` ask for it.
    """

    row_changed = Signal()
    confirmed = Signal()
    """Enter, anywhere but on a selected chip."""
    escaped = Signal()
    undo_requested = Signal()
    redo_requested = Signal()
    picker_requested = Signal()
    braces_typed = Signal()
    """``{{`` was typed; both braces are before the cursor."""
    chip_activated = Signal(int)
    """The chip at this position is to be opened."""
    menu_requested = Signal(QPoint)
    """The menu is wanted at this global position."""
    focus_changed = Signal()
    """The focus came or went."""
    chip_announced = Signal(str)
    """The cursor went over this chip, in words."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._writing = False
        self._told: Items = ()
        self._last_position = 0
        self.textChanged.connect(self._settle)
        self.cursorPositionChanged.connect(self._passed)

    # What is in it

    def expression(self) -> Expression:
        return expression_of(self.items())

    def set_expression(self, expression: Expression) -> None:
        """Show a value. The cursor stays where it is as far as the text around it stays."""
        items = items_of(expression)
        if same_items(items, self.items()):
            return
        self._write(items)
        self._told = items
        if not self.hasFocus():
            # Seen from its beginning, as the rows are that are only painted.
            self.moveCursor(_Move.Start)

    # Changing it

    def insert_items(self, items: Sequence[Item]) -> int:
        """Put items at the cursor, or in the place of the selection, and give the position of the first."""
        start, end = self._selection()
        return self._carry_out(inserted(self.items(), start, end, items))

    def insert_function(self, chip: FunctionChip) -> int:
        """Apply a function to what is selected, else to the chip before the cursor, else to the whole row.

        Gives the position of its chip.
        """
        start, end = self._selection()
        return self._carry_out(function_added(self.items(), start, end, chip))

    def replace_chip(self, at: int, chip: Chip) -> None:
        """Put ``chip`` in the place of the one at ``at``, keep that one's functions, and select it."""
        row = self.items()
        old = row[at]
        if isinstance(old, FunctionChip) and isinstance(chip, FunctionChip):
            chip = FunctionChip(chip.function, old.whole)
        self._write((*row[:at], chip, *row[at + 1 :]))
        self.select_item(at)
        self._settle()

    def remove(self, start: int, end: int) -> None:
        """Take items away, and with a chip the functions on it."""
        self._carry_out(removed(self.items(), start, end))

    def cut_selection(self) -> None:
        """Copy what is selected and take it away, with the functions of chips in it."""
        self.copy()
        self._remove_selection()

    def replace_row(self, expression: Expression, position: int = -1) -> None:
        """Set the whole value as if a person had typed it; the cursor goes to ``position``, or to the end."""
        self._write(items_of(expression))
        cursor = self.textCursor()
        last = len(self.items())
        cursor.setPosition(last if position < 0 else min(position, last))
        self.setTextCursor(cursor)
        self._settle()

    # Qt's side

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            # Otherwise the window's shortcuts win: Alt+Left would go back instead of moving a chip.
            if row_key(event) in (RowKey.TYPING, RowKey.LEAVE):
                return super().event(event)
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = row_key(event)
        if key is RowKey.LEAVE:
            event.ignore()
        elif key is RowKey.TYPING:
            self._type(event)
        else:
            event.accept()
            self._command(key)

    def _command(self, key: RowKey) -> None:
        if key is RowKey.ENTER:
            selected = self.selected_chip()
            if selected >= 0:
                self.chip_activated.emit(selected)
            else:
                self.confirmed.emit()
        elif key is RowKey.OPEN:
            near = self.chip_near_cursor()
            if near >= 0:
                self.chip_activated.emit(near)
        elif key is RowKey.MENU:
            self.menu_requested.emit(self.viewport().mapToGlobal(self.cursorRect().bottomLeft()))
        elif key in (RowKey.CHIP_LEFT, RowKey.CHIP_RIGHT):
            self._move_chip(-1 if key is RowKey.CHIP_LEFT else 1)
        elif key is RowKey.CUT:
            self.cut_selection()
        elif key is RowKey.BREAK:
            self.insert_items(("\n",))
        elif key in _ERASING:
            self._erase(_ERASING[key])
        else:
            {
                RowKey.ESCAPE: self.escaped,
                RowKey.UNDO: self.undo_requested,
                RowKey.REDO: self.redo_requested,
                RowKey.PICK: self.picker_requested,
            }[key].emit()

    def _type(self, event: QKeyEvent) -> None:
        text = event.text()
        plain_key = not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        if text and text.isprintable() and (plain_key or not text.isascii()):
            self._make_room()
        super().keyPressEvent(event)
        if text == "{":
            at = self.textCursor().position()
            if self.items()[max(0, at - 2) : at] == _OPENING:
                self.braces_typed.emit()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        if event.commitString() or event.preeditString():
            self._make_room()
        super().inputMethodEvent(event)

    def insertFromMimeData(self, data: QMimeData) -> None:
        items = items_from(data)
        if not items:
            return
        if len(items) == 1 and isinstance(items[0], FunctionChip):
            self.insert_function(items[0])
        else:
            self.insert_items(items)
        self.ensureCursorVisible()

    def canInsertFromMimeData(self, data: QMimeData) -> bool:
        return can_read(data)

    def createMimeDataFromSelection(self) -> QMimeData:
        cursor = self.textCursor()
        return row_mime_data(self.items()[cursor.selectionStart() : cursor.selectionEnd()])

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.moveCursor(_Move.End)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            at = self.chip_at(event.position().toPoint())
            if at >= 0:
                self.select_item(at)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = self.chip_at(event.position().toPoint())
        if at < 0:
            super().mouseDoubleClickEvent(event)
            return
        self.select_item(at)
        self.chip_activated.emit(at)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = self.chip_at(self.viewport().mapFromGlobal(event.globalPos()))
        if at >= 0 and event.reason() == QContextMenuEvent.Reason.Mouse:
            self.select_item(at)
        self.menu_requested.emit(event.globalPos())

    # Inside

    def _selection(self) -> tuple[int, int]:
        cursor = self.textCursor()
        return cursor.selectionStart(), cursor.selectionEnd()

    def _carry_out(self, change: Change) -> int:
        self._write(change.items)
        cursor = self.textCursor()
        cursor.setPosition(change.cursor)
        self.setTextCursor(cursor)
        self._settle()
        return change.at

    def _remove_selection(self) -> None:
        cursor = self.textCursor()
        if cursor.hasSelection():
            self.remove(cursor.selectionStart(), cursor.selectionEnd())

    def _erase(self, movement: QTextCursor.MoveOperation) -> None:
        """Backspace and Delete: the selection, else one step; a chip is selected first."""
        cursor = self.textCursor()
        if cursor.hasSelection():
            self._remove_selection()
            return
        start = cursor.position()
        cursor.movePosition(movement, _Mode.KeepAnchor)
        end = cursor.position()
        if start == end:
            return
        low, high = min(start, end), max(start, end)
        if high == low + 1 and not isinstance(self.items()[low], str):
            self.setTextCursor(cursor)
            return
        self.remove(low, high)

    def _make_room(self) -> None:
        """Before text comes in: take the selection out, and never stand between a chip and its function."""
        self._remove_selection()
        row, cursor = self.items(), self.textCursor()
        at = room_for_text(row, cursor.position())
        if at != cursor.position():
            cursor.setPosition(at)
            self.setTextCursor(cursor)

    def _move_chip(self, step: int) -> None:
        if self._row.runs_from_the_right:
            step = -step
        at = self.chip_near_cursor()
        if at < 0:
            return
        changed, to = moved(self.items(), at, step)
        self._write(changed)
        self.select_item(to)
        self._settle()

    def _write(self, items: Sequence[Item]) -> None:
        self._writing = True
        try:
            self._row.write(items)
            self._row.settle()
        finally:
            self._writing = False
        self.viewport().update()

    def _settle(self) -> None:
        """After a change by a person or an input method: mend the row and tell about it, once."""
        if self._writing:
            return
        mended = repaired(self.items())
        self._write(mended)
        if not same_items(self._told, mended):
            self._told = mended
            self.row_changed.emit()

    def _passed(self) -> None:
        """Say the chip that the cursor went over or selected."""
        at, before = self.textCursor().position(), self._last_position
        self._last_position = at
        row = self.items()
        if abs(at - before) == 1 and min(at, before) < len(row) and not self._writing:
            item = row[min(at, before)]
            if not isinstance(item, str):
                self.chip_announced.emit(chip_in_words(item))


_ERASING = {
    RowKey.ERASE_LEFT: _Move.PreviousCharacter,
    RowKey.ERASE_RIGHT: _Move.NextCharacter,
    RowKey.ERASE_WORD_LEFT: _Move.PreviousWord,
    RowKey.ERASE_WORD_RIGHT: _Move.NextWord,
    RowKey.ERASE_LINE_RIGHT: _Move.EndOfLine,
}
