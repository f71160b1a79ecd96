"""The window's frame, painted before the rest of the program is read from the disk.

Imports only what the frame needs; everything else would keep a person waiting before an empty screen.
"""

from __future__ import annotations

import logging
import signal
import sys
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QEventLoop
from PySide6.QtWidgets import QApplication

from app.errors import AppError
from app.storage.window_settings import WindowSettingsStore, window_settings_path
from app.ui.desktop.window_memory import restore_place
from app.ui.frame.window import FrameWindow
from app.ui.language.translator import speak
from app.ui.theme.look import apply_look
from app.ui.theme.theme import Theme

_log = logging.getLogger(__name__)

APP_NAME = "Segment to Close"
_PATIENCE_MS = 300


class Opening:
    """Application, theme and frame. ``show_frame`` paints it; whoever fills it takes it over."""

    def __init__(self, root: Path) -> None:
        """``root`` is the folder of the profiles, beside which the looks of the window are kept."""
        self.app = _application()
        self.theme = Theme(self.app)
        self.app.setWindowIcon(self.theme.icons.app_icon())
        store = WindowSettingsStore(window_settings_path(root))
        settings = store.load()
        apply_look(self.theme, settings)
        _speak(self.app, settings.language)
        self.frame = FrameWindow(self.theme, APP_NAME)
        self.frame.rail.hide_organization()
        restore_place(self.frame, store)

    def show_frame(self) -> None:
        """Come back once the frame is painted, or shortly after when the screen is slow.

        Who sees a window may end it: until the program can end in order, a signal to do so unwinds its start.
        """
        with suppress(ValueError):  # not on the main thread: whoever runs us there handles signals
            signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
        self.frame.show()
        limit = QDeadlineTimer(_PATIENCE_MS)
        handle = self.frame.windowHandle()
        while handle is not None and not handle.isExposed() and not limit.hasExpired():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, 20)
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)


def _speak(app: QApplication, language: str) -> None:
    """Before anything is made, because texts that are made stay as they are. English where that fails."""
    try:
        speak(app, language)
    except AppError as error:
        _log.warning("The window speaks English: %s", error)


def _application() -> QApplication:
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("segment-close-assistant")
    app.setApplicationDisplayName(APP_NAME)
    app.setOrganizationName("segment-close-assistant")
    app.setDesktopFileName("segment-close-assistant")
    # A window that is closed first finishes what the relay has in flight; the loop ends after that.
    app.setQuitOnLastWindowClosed(False)
    return app
