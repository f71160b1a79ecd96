"""Buttons. One primary per window; everything else is secondary, ghost, link or danger."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from app.ui.theme.style_buttons import ButtonKind
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role

__all__ = ["Button", "ButtonKind", "IconButton"]

_SPIN_STEP_DEGREES = 30
_SPIN_INTERVAL_MS = 80


class Button(QPushButton):
    """A push button with optional icons before and after its text.

    While busy it keeps its place and the keyboard focus but does nothing, so that a person who pressed it
    does not find the focus elsewhere when the work is done.
    """

    def __init__(
        self,
        theme: Theme,
        text: str,
        kind: ButtonKind = ButtonKind.SECONDARY,
        *,
        icon: str = "",
        trailing: str = "",
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._spin = QTimer(self)
        self._spin.setInterval(_SPIN_INTERVAL_MS)
        self._spin.timeout.connect(self._turn)
        self._words = ""
        self.setProperty("kind", kind.value)
        self.setProperty("small", small)
        self.setProperty("iconName", icon)
        self.setProperty("trailingIcon", trailing)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_text(text)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def kind(self) -> ButtonKind:
        return ButtonKind(self.property("kind"))

    @property
    def busy(self) -> bool:
        return bool(self.property("busy"))

    def set_text(self, text: str) -> None:
        """Shown as it is: an ampersand in a name is not a keyboard mnemonic."""
        self._words = text
        self.setText(text.replace("&", "&&"))

    def set_kind(self, kind: ButtonKind) -> None:
        self.setProperty("kind", kind.value)
        self._refresh()

    def set_icon(self, name: str) -> None:
        self.setProperty("iconName", name)
        self._refresh()

    def set_trailing(self, name: str) -> None:
        self.setProperty("trailingIcon", name)
        self._refresh()

    def set_busy(self, *, busy: bool) -> None:
        """Show a turning circle and ignore presses until it is set back."""
        self.setProperty("busy", busy)
        self.setProperty("angle", 0)
        if busy:
            self._spin.start()
        else:
            self._spin.stop()
        self._refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.busy:
            event.accept()
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.busy and event.text() in (" ", "\r", "\n"):
            event.accept()
            return
        super().keyPressEvent(event)

    def _turn(self) -> None:
        self.setProperty("angle", (int(self.property("angle") or 0) + _SPIN_STEP_DEGREES) % 360)
        self.update()

    def _refresh(self) -> None:
        self.updateGeometry()
        self.update()

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Role.CAPTION_STRONG if self.property("small") else Role.LABEL))
        self._refresh()


class IconButton(Button):
    """A button that is only an icon: its name is the tool tip and what a screen reader says."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        name: str,
        kind: ButtonKind = ButtonKind.GHOST,
        *,
        small: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, "", kind, icon=icon, small=small, parent=parent)
        self.set_name(name)

    def set_name(self, name: str) -> None:
        self.setAccessibleName(name)
        self.setToolTip(name)
