"""A combo box in which people may also type what is not in the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QWidget

from app.ui.theme.theme import Theme
from app.ui.widgets.combo import ComboBox

_STILL_HERE = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
_UNDO_KEYS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``text`` goes into the field, ``detail`` stands muted beside it in the list."""

    text: str
    detail: str
    key: object = None


class SuggestionModel(QAbstractListModel):
    """Suggestions that several boxes may share: thousands of fields exist once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Suggestion, ...] = ()

    @property
    def rows(self) -> tuple[Suggestion, ...]:
        return self._rows

    def set_rows(self, rows: Sequence[Suggestion]) -> None:
        if tuple(rows) == self._rows:
            return
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{row.text}  {row.detail}" if row.detail else row.text
        if role == Qt.ItemDataRole.EditRole:
            return row.text
        if role == Qt.ItemDataRole.UserRole:
            return row.key
        return None


class QuietComboBox(ComboBox):
    """The wheel scrolls the page: it must not change a rule that happens to lie under the pointer."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class PageUndo(QObject):
    """Leaves undo and redo to the page, whose steps are those of the mapping and not of one field."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and _is_undo(event):
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def _is_undo(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and any(event.matches(key) for key in _UNDO_KEYS)


class SuggestCombo(QuietComboBox):
    """``edited`` fires with every key; ``picked`` with the key of a suggestion; ``left`` when typing ends."""

    edited = Signal(str)
    picked = Signal(object)
    left = Signal()
    entered = Signal()

    def __init__(
        self, theme: Theme, model: SuggestionModel, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent=parent)
        self._suggestions = model
        self.setModel(model)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMinimumContentsLength(6)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        completer = QCompleter(model, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setMaxVisibleItems(10)
        popup = completer.popup()
        if popup is not None:
            popup.setItemDelegate(self.itemDelegate())
        self.setCompleter(completer)
        # A reset of the shared model would put the first suggestion into the field.
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._put_back)
        self._remembered = ""
        self.installEventFilter(PageUndo(self))
        edit = self.edit
        edit.setFrame(False)
        edit.textEdited.connect(self.edited)
        edit.returnPressed.connect(self.left)
        self.activated.connect(self._activated)
        self.set_name(name)
        self.setCurrentIndex(-1)

    @property
    def edit(self) -> QLineEdit:
        edit = self.lineEdit()
        assert edit is not None
        return edit

    def set_name(self, name: str) -> None:
        self.setAccessibleName(name)
        self.edit.setAccessibleName(name)

    def set_description(self, text: str) -> None:
        self.setAccessibleDescription(text)
        self.edit.setAccessibleDescription(text)

    def set_placeholder(self, text: str) -> None:
        self.edit.setPlaceholderText(text)

    def set_text(self, text: str) -> None:
        """Show a text quietly, keeping the caret when it is there already."""
        if self.edit.text() != text:
            self.setEditText(text)
            self.edit.setCursorPosition(0 if not self.edit.hasFocus() else len(text))

    def set_invalid(self, *, invalid: bool) -> None:
        self.setProperty("invalid", invalid)
        self.update()

    # The keyboard belongs to the box, which passes keys and focus on to its line edit by direct calls:
    # the line edit's own events, filters and editingFinished do not tell of them reliably.

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() not in _STILL_HERE:
            self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in _STILL_HERE:
            self.left.emit()

    def showPopup(self) -> None:
        self.entered.emit()
        if self._suggestions.rowCount():
            super().showPopup()

    def _activated(self, index: int) -> None:
        if 0 <= index < self._suggestions.rowCount():
            self.picked.emit(self._suggestions.rows[index].key)

    def _remember(self) -> None:
        self._remembered = self.edit.text()

    def _put_back(self) -> None:
        self.setCurrentIndex(-1)
        self.setEditText(self._remembered)
