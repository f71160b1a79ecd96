"""Secrets on the clipboard: gone after a minute, whatever has become of the page they were copied on."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QMimeData, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication

FORGET_AFTER_MS: Final = 60_000
# Clipboard histories that know this leave out what carries it (KDE's does).
_HINT: Final = "x-kde-passwordManagerHint"


class ClipboardTimer(QTimer):
    """Takes one secret off the clipboard, unless something else has replaced it there."""

    def __init__(self, clipboard: QClipboard, secret: str) -> None:
        # A child of the clipboard: the field it was copied from may be gone long before the minute is over.
        super().__init__(clipboard)
        self._secret = secret
        self.setSingleShot(True)
        self.setInterval(FORGET_AFTER_MS)
        self.timeout.connect(self.forget)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.forget)

    def forget(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if self._secret and clipboard.text() == self._secret:
            clipboard.clear()
        self._secret = ""
        self.stop()
        self.deleteLater()


def copy_secret(secret: str) -> ClipboardTimer:
    """Put a secret on the clipboard for a minute, or until the program ends if that is sooner."""
    clipboard = QGuiApplication.clipboard()
    for earlier in clipboard.findChildren(ClipboardTimer):
        earlier.forget()
    data = QMimeData()
    data.setText(secret)
    data.setData(_HINT, b"secret")
    clipboard.setMimeData(data)
    timer = ClipboardTimer(clipboard, secret)
    timer.start()
    return timer
