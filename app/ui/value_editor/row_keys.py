"""What the keys do in a row."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

_Key = Qt.Key
_Modifier = Qt.KeyboardModifier


class RowKey(Enum):
    """``TYPING`` is what a text edit does by itself, ``LEAVE`` belongs to whatever is around the row."""

    TYPING = auto()
    LEAVE = auto()
    ENTER = auto()
    BREAK = auto()
    ESCAPE = auto()
    OPEN = auto()
    MENU = auto()
    PICK = auto()
    UNDO = auto()
    REDO = auto()
    CUT = auto()
    CHIP_LEFT = auto()
    CHIP_RIGHT = auto()
    ERASE_LEFT = auto()
    ERASE_RIGHT = auto()
    ERASE_WORD_LEFT = auto()
    ERASE_WORD_RIGHT = auto()
    ERASE_LINE_RIGHT = auto()


_SEQUENCES = (
    (QKeySequence.StandardKey.Undo, RowKey.UNDO),
    (QKeySequence.StandardKey.Redo, RowKey.REDO),
    (QKeySequence.StandardKey.Cut, RowKey.CUT),
    (QKeySequence.StandardKey.DeleteStartOfWord, RowKey.ERASE_WORD_LEFT),
    (QKeySequence.StandardKey.DeleteEndOfWord, RowKey.ERASE_WORD_RIGHT),
    (QKeySequence.StandardKey.DeleteEndOfLine, RowKey.ERASE_LINE_RIGHT),
    (QKeySequence.StandardKey.Delete, RowKey.ERASE_RIGHT),
)
_KEYS = {
    (_Key.Key_Space, _Modifier.ControlModifier): RowKey.PICK,
    (_Key.Key_Z, _Modifier.ControlModifier): RowKey.UNDO,
    (_Key.Key_Z, _Modifier.ControlModifier | _Modifier.ShiftModifier): RowKey.REDO,
    (_Key.Key_Y, _Modifier.ControlModifier): RowKey.REDO,
    (_Key.Key_Left, _Modifier.AltModifier): RowKey.CHIP_LEFT,
    (_Key.Key_Right, _Modifier.AltModifier): RowKey.CHIP_RIGHT,
    (_Key.Key_Backspace, _Modifier.NoModifier): RowKey.ERASE_LEFT,
    (_Key.Key_Backspace, _Modifier.ShiftModifier): RowKey.ERASE_LEFT,
    (_Key.Key_Return, _Modifier.NoModifier): RowKey.ENTER,
    (_Key.Key_Return, _Modifier.ShiftModifier): RowKey.BREAK,
    (_Key.Key_Escape, _Modifier.NoModifier): RowKey.ESCAPE,
    (_Key.Key_F2, _Modifier.NoModifier): RowKey.OPEN,
    (_Key.Key_Menu, _Modifier.NoModifier): RowKey.MENU,
    (_Key.Key_F10, _Modifier.ShiftModifier): RowKey.MENU,
}
_ELSEWHERE = (
    _Key.Key_Up,
    _Key.Key_Down,
    _Key.Key_PageUp,
    _Key.Key_PageDown,
    _Key.Key_Tab,
    _Key.Key_Backtab,
    _Key.Key_Return,
)


def row_key(event: QKeyEvent) -> RowKey:
    """What a key press means here. Enter with Ctrl is the window's, so is Tab."""
    modifiers = event.modifiers() & ~_Modifier.KeypadModifier
    key = _Key.Key_Return if event.key() == _Key.Key_Enter else event.key()
    found = _KEYS.get((_Key(key), modifiers))
    if found is not None:
        return found
    for sequence, meaning in _SEQUENCES:
        if event.matches(sequence):
            return meaning
    return RowKey.LEAVE if key in _ELSEWHERE else RowKey.TYPING
