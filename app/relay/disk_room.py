"""Room on the disk that taking events in leaves alone, so that what is under way can still be recorded."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from app.errors import AppError
from app.storage.private_files import full_error

RESERVE_BYTES = 64 * 1024 * 1024
"""The write-ahead log may grow as large as that."""

_LOOK_EVERY_S = 1.0


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


class DiskRoom:
    """Asks the file system at most once a second; in between it counts what was taken."""

    def __init__(
        self,
        path: Path,
        *,
        reserve_bytes: int = RESERVE_BYTES,
        free_bytes: Callable[[Path], int] = _free_bytes,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._reserve_bytes = reserve_bytes
        self._free_bytes = free_bytes
        self._seconds = seconds
        self._looked_s: float | None = None
        self._room = 0
        self.trouble = ""

    def take(self, size_bytes: int) -> None:
        """Count on ``size_bytes`` more. Raises ``AppError`` STORAGE-FULL before the reserve is touched."""
        now_s = self._seconds()
        if self._looked_s is None or now_s - self._looked_s >= _LOOK_EVERY_S:
            self._looked_s = now_s
            self._room = self._look()
        if size_bytes > self._room:
            error = self._almost_full()
            self.trouble = error.title
            raise error
        self.trouble = ""
        self._room -= size_bytes

    def _look(self) -> int:
        try:
            return self._free_bytes(self._path.parent) - self._reserve_bytes
        except OSError:
            # Writing will say more exactly what is wrong with the disk.
            return self._reserve_bytes

    def _almost_full(self) -> AppError:
        full = full_error(self._path)
        return AppError(
            full.code,
            f"The disk of {self._path.parent} is almost full.",
            cause=f"Less than {self._reserve_bytes // (1024 * 1024)} MB are free. No events are taken in, "
            "so that those under way can be finished; Segment sends them again for four hours.",
            remedy=full.remedy,
        )
