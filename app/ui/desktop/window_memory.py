"""Where a window was and how wide its columns were, kept between two runs."""

from __future__ import annotations

import logging
from dataclasses import replace

from PySide6.QtCore import QByteArray

from app.errors import AppError
from app.storage.window_settings import WindowSettingsStore
from app.ui.frame.window import FrameWindow
from app.ui.theme.column_widths import ColumnWidths

_log = logging.getLogger(__name__)


def restore_place(frame: FrameWindow, store: WindowSettingsStore) -> None:
    """Size, place and whether it filled the screen. Qt brings a place that is on no screen any more back."""
    kept = store.load().geometry
    if kept:
        frame.restoreGeometry(QByteArray.fromBase64(kept.encode()))


def keep_place(frame: FrameWindow, widths: ColumnWidths, store: WindowSettingsStore) -> None:
    """A place that cannot be kept costs nothing but itself."""
    try:
        text = bytes(frame.saveGeometry().toBase64().data()).decode()
        store.save(replace(store.load(), geometry=text, columns=widths.kept))
    except AppError as error:
        _log.warning("The window's place is not kept: %s", error)
