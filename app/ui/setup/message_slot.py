"""The place on a page where its error block stands, and nothing while all is well."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import AppError
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.button import Button
from app.ui.widgets.error_block import ErrorBlock
from app.ui.widgets.flow import clear_layout


class MessageSlot(QWidget):
    """Holds at most one ``ErrorBlock``."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._error: AppError | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setVisible(False)

    @property
    def error(self) -> AppError | None:
        return self._error

    def show_error(
        self,
        error: AppError,
        actions: Sequence[Button] = (),
        *,
        tone: Tone = Tone.ERROR,
        details_open: bool = False,
    ) -> None:
        """Replace what stands here; ``actions`` are the ways out."""
        clear_layout(self._column)
        self._error = error
        block = ErrorBlock(self._theme, error, actions, tone=tone)
        block.details.set_open(is_open=details_open and bool(error.detail))
        self._column.addWidget(block)
        self.setVisible(True)

    def clear(self) -> None:
        self._error = None
        clear_layout(self._column)
        self.setVisible(False)
