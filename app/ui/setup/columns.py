"""Widgets of equal width side by side, below each other where the place is narrow."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QWidget

from app.ui.theme.theme import Theme


class Columns(QWidget):
    """``stack_below`` is the width, in px at 100 % text, under which the columns become rows."""

    def __init__(
        self, theme: Theme, *, stack_below: int, spacing: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._stack_below = stack_below
        self._stretches: list[int] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(spacing)

    @property
    def stacked(self) -> bool:
        return self._row.direction() is QBoxLayout.Direction.TopToBottom

    def add(self, widget: QWidget, stretch: int = 1, alignment: Qt.AlignmentFlag | None = None) -> None:
        """Append a column; those with the same stretch get the same width whatever they hold."""
        if stretch:
            policy = widget.sizePolicy()
            widget.setSizePolicy(QSizePolicy.Policy.Ignored, policy.verticalPolicy())
        self._stretches.append(stretch)
        self._row.addWidget(widget, stretch)
        if alignment is not None:
            self._row.setAlignment(widget, alignment)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < self._theme.px(self._stack_below)
        wanted = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._row.direction() is not wanted:
            self._row.setDirection(wanted)
            for number, stretch in enumerate(self._stretches):
                # Below each other every part is as high as it needs; stretch is for widths only.
                self._row.setStretch(number, 0 if narrow else stretch)
