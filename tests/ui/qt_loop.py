"""Coroutines on the loop that the program uses: Qt's own."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop


def run_in_qt(app: QApplication, work: Coroutine[Any, Any, None]) -> None:
    """Run ``work`` to its end with windows alive."""
    # As the program does it: the loop ends when the work is done, not when a window goes.
    app.setQuitOnLastWindowClosed(False)
    loop = QEventLoop(app)
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(work)
    finally:
        loop.close()
        app.setQuitOnLastWindowClosed(True)
        asyncio.set_event_loop(None)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        del loop
        # Here and now: collected later, by a relay's thread, a timer would be deleted on the wrong thread.
        gc.collect()
