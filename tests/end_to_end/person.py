"""A person at the window: finds things by what they are called, uses keyboard and mouse, and waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from app.ui.frame.window import FrameWindow
from tests.conditions import until

W = TypeVar("W", bound=QWidget)


class Person:
    """Works with one window; nothing here touches what is not on the screen."""

    def __init__(self, frame: FrameWindow) -> None:
        self.frame = frame

    def sees(self, kind: type[W], name: str, within: QWidget | None = None) -> W | None:
        """A visible widget whose text or accessible name begins with ``name``."""
        for widget in (within or self.frame).findChildren(kind):
            words = widget.accessibleName()
            if isinstance(widget, QAbstractButton):
                words = words or widget.text().replace("&&", "&")
            if widget.isVisible() and words.startswith(name):
                return widget
        return None

    async def finds(self, kind: type[W], name: str) -> W:
        return await until(lambda: self.sees(kind, name), what=f"{name!r} on {self.frame.current_key}")

    async def clicks(self, name: str, *, on_page: bool = False) -> None:
        """Press a button that may be pressed now; ``on_page`` leaves rail and command bar out."""
        within = self.frame.current_page if on_page else None
        button = await until(lambda: self._ready(name, within), what=f"{name!r} on {self.frame.current_key}")
        await self.does(lambda: QTest.mouseClick(button, Qt.MouseButton.LeftButton))

    async def goes_on(self, expected: str) -> None:
        """Ctrl+Enter once the main button of the window says ``expected``."""
        bar = self.frame.bar
        await until(
            lambda: (
                bar.primary.isVisible() and not bar.primary.busy and bar.primary.text().startswith(expected)
            ),
            what=f"{expected!r} as the main button",
        )
        await self.has_the_window()
        await self.presses(self.frame.windowHandle(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    async def has_the_window(self) -> None:
        self.frame.activateWindow()
        await until(self.frame.isActiveWindow, what="the window to be active")

    async def pastes(self, name: str, text: str) -> None:
        """Replace what is in a field."""
        field = await self.finds(QLineEdit, name)
        await self.does(lambda: QTest.mouseClick(field, Qt.MouseButton.LeftButton))
        QGuiApplication.clipboard().setText(text)
        await self.presses(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        await self.presses(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    async def presses(
        self,
        target: QWidget | QWindow,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        await self.does(lambda: QTest.keyClick(target, key, modifier))

    async def does(self, action: Callable[[], object]) -> None:
        """Act outside of any task: Qt handles events while a key goes down, and tasks cannot be nested."""
        done = asyncio.Event()

        def act() -> None:
            action()
            done.set()

        asyncio.get_running_loop().call_soon(act)
        await done.wait()

    async def is_on(self, key: str) -> None:
        await until(lambda: self.frame.current_key == key, what=f"page {key}, not {self.frame.current_key}")

    async def waits(self, condition: Callable[[], object], what: str) -> None:
        await until(condition, what=what)

    def _ready(self, name: str, within: QWidget | None) -> QAbstractButton | None:
        found = self.sees(QAbstractButton, name, within)
        if found is None or not found.isEnabled() or found.property("busy"):
            return None
        return found
