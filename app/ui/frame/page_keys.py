"""Keys of a page or of a part of one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def bind_key(
    part: QWidget, keys: str | QKeySequence.StandardKey, run: Callable[[], object], *, window: bool = False
) -> QShortcut:
    """Run it while the keyboard is inside the part; with ``window`` as long as the part is on the screen."""
    shortcut = QShortcut(QKeySequence(keys), part)
    context = Qt.ShortcutContext
    shortcut.setContext(context.WindowShortcut if window else context.WidgetWithChildrenShortcut)
    shortcut.activated.connect(run)
    return shortcut
