"""Choosing the field that takes the place of one Close no longer has."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.theme.theme import Theme
from app.ui.widgets.combo import ComboBox
from app.workflows.mapping_editor.targets import MappingTarget


class FieldPicker(ComboBox):
    """A searchable list of fields by name; ``picked`` carries the key of the chosen one."""

    picked = Signal(str)
    dismissed = Signal()
    left = Signal()

    def __init__(
        self, theme: Theme, targets: Sequence[MappingTarget], *, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, searchable=True, parent=parent)
        for target in targets:
            self.add(target.label, target.key, target.type_label)
        self.setCurrentIndex(-1)
        edit = self.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(
                self.tr("Pick a field") if targets else self.tr("No other field of this kind")
            )
            edit.installEventFilter(self)
        self.activated.connect(self._chosen)

    def watch(self, keys: QObject) -> None:
        """Let ``keys`` see what is pressed here, before the field itself does."""
        edit = self.lineEdit()
        if edit is not None:
            edit.installEventFilter(keys)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.lineEdit():
            if event.type() == QEvent.Type.FocusOut:
                self._focus_went()
            elif _is_escape(event):
                self.dismissed.emit()
                return True
        return super().eventFilter(watched, event)

    def _focus_went(self) -> None:
        """The list of entries takes the focus too, which is no leaving."""
        if QApplication.activePopupWidget() is None:
            self.left.emit()

    def _chosen(self, index: int) -> None:
        key = self.itemData(index)
        if isinstance(key, str):
            self.picked.emit(key)


def _is_escape(event: QEvent) -> bool:
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
        return False
    return event.key() == Qt.Key.Key_Escape
