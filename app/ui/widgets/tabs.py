"""A strip of tabs over a stack of views."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role


class TabStrip(QTabBar):
    """Text tabs with an accent line under the chosen one; ``chosen`` carries the key."""

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, name: str, tabs: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        """``tabs`` are (key, text) pairs."""
        super().__init__(parent)
        self._theme = theme
        self._keys = [key for key, _ in tabs]
        self.setExpanding(False)
        self.setDrawBase(True)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setAccessibleName(name)
        for _, text in tabs:
            self.addTab(text.replace("&", "&&"))
        self.currentChanged.connect(self._changed)
        theme.changed.connect(self._restyle)
        self._restyle()

    def current_key(self) -> str:
        return self._keys[self.currentIndex()]

    def choose(self, key: str) -> None:
        self.setCurrentIndex(self._keys.index(key))

    def _changed(self, index: int) -> None:
        if 0 <= index < len(self._keys):
            self.chosen.emit(self._keys[index])

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Role.LABEL))


class Tabs(QWidget):
    """Views of which the chosen one is shown."""

    chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        name: str,
        views: Sequence[tuple[str, str, QWidget]],
        parent: QWidget | None = None,
    ) -> None:
        """``views`` are (key, text, widget)."""
        super().__init__(parent)
        self.strip = TabStrip(theme, name, [(key, text) for key, text, _ in views])
        self._stack = QStackedWidget()
        for _, _, view in views:
            self._stack.addWidget(view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.strip)
        column.addWidget(self._stack, 1)
        self.strip.currentChanged.connect(self._stack.setCurrentIndex)
        self.strip.chosen.connect(self.chosen)

    def current_key(self) -> str:
        return self.strip.current_key()

    def choose(self, key: str) -> None:
        self.strip.choose(key)
