"""What opens around a value's field: the picker, the settings of chips, and the menu."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint

from app.segment.event_variables import EventVariable
from app.ui.theme.theme import Theme
from app.ui.value_editor.preview import Preview

if TYPE_CHECKING:
    from app.ui.value_editor.value_editor import ValueEditor


class EditorPopovers(QObject):
    def __init__(self, theme: Theme, editor: ValueEditor) -> None:
        super().__init__(editor)
        self._theme = theme
        self._editor = editor
        self.variables: Sequence[EventVariable] = ()
        self.preview: Preview | None = None

    @property
    def is_open(self) -> bool:
        return False

    def close(self) -> None:
        pass

    def open_picker(self) -> None:
        pass

    def open_picker_for_braces(self) -> None:
        pass

    def open_chip(self, at: int) -> None:
        pass

    def open_menu(self, place: QPoint) -> None:
        pass
