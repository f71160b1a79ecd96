"""Python's garbage collector, kept on the thread that owns the widgets.

The collector runs on whichever thread happens to allocate, so a relay thread could destroy a forgotten
Qt object, which Qt answers with a warning or a crash. Here it only ever runs from a timer of the UI thread.
Looking through everything takes a tenth of a second in a window with all its pages, so what is there after
the first time counts as there to stay.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS = 1000


class UiThreadCollector(QObject):
    """Takes the collector over until ``stop``, with Python's own thresholds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        self._settled = False
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self.collect_if_due)
        self._timer.start()

    def collect_if_due(self) -> None:
        """Collect the oldest generation whose threshold is passed."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation] > 0:
                gc.collect(generation)
                if generation == 2 and not self._settled:
                    self._settled = True
                    gc.freeze()
                return

    def stop(self) -> None:
        self._timer.stop()
        if self._settled:
            gc.unfreeze()
        if self._was_enabled:
            gc.enable()
