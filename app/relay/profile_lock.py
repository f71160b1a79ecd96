"""One relay per profile: a lock on a file beside the database, released by the system when we die."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.errors import AppError
from app.storage.private_files import FILE_MODE, translated_os_errors

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class ProfileLock:
    """Held from ``acquire`` to ``release``. The file stays: removing it would let two hold it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> None:
        """Raises ``AppError`` RELAY-ALREADY-RUNNING while another relay holds it."""
        with translated_os_errors(self._path):
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            handle = os.open(self._path, flags, FILE_MODE)
        try:
            _lock(handle)
        except OSError as error:
            os.close(handle)
            raise AppError(
                "RELAY-ALREADY-RUNNING",
                "A relay is already running for this profile.",
                cause="Two relays on one profile would deliver events twice.",
                remedy="Use the one that runs, or stop it first.",
                detail=f"{self._path} is locked",
            ) from error
        self._handle = handle

    def release(self) -> None:
        if self._handle is not None:
            # Closing the only descriptor releases the lock.
            os.close(self._handle)
            self._handle = None


if sys.platform == "win32":

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:

    def _lock(handle: int) -> None:
        # flock, not fcntl's record locks: those would not keep out a second relay in this process.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
