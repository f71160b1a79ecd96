"""The rotating log of a profile: private to the user, without secrets, one line per record.

Redaction happens where the line is written, so no caller can forget it.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
import sys
import time
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

from app.redaction import Redactor, escape_control
from app.storage.private_files import FILE_MODE, close_folder, translated_os_errors

LOG_FILE = "segment-close.log"
FILE_SIZE_BYTES = 2_000_000
OLD_FILES = 4

# Their INFO lines hold complete URLs, and so people's email addresses.
_TALKATIVE = ("httpx", "httpcore", "asyncio", "aiohttp.access", "keyring", "jeepney")


class RedactingFormatter(logging.Formatter):
    """Writes times in UTC, takes out secrets and shows control characters as escapes."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__(
            "%(asctime)s.%(msecs)03dZ %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"
        )
        self._redactor = redactor

    @staticmethod
    def converter(seconds: float | None) -> time.struct_time:
        return time.gmtime(seconds)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        # Newlines of a message are escaped here; those of a traceback are added later and stay.
        return escape_control(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        return escape_control(self._redactor.redact(super().format(record)), keep_newlines=True)


class _PrivateRotatingFile(logging.handlers.RotatingFileHandler):
    """Creates each file 0600 from the start, and never through a symbolic link."""

    _has_complained = False

    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(self.baseFilename, flags, FILE_MODE)
        if os.name != "nt":
            os.fchmod(handle, FILE_MODE)
        return os.fdopen(handle, "a", encoding="utf-8", errors="backslashreplace")

    def close(self) -> None:
        # Lines that did not fit on a full disk fail once more here; that has been told already.
        with suppress(OSError):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's names
        # The inherited one prints the record as it came, with its secrets, and a traceback.
        if not self._has_complained:
            self._has_complained = True
            sys.stderr.write(f"The log file {self.baseFilename} cannot be written: {sys.exc_info()[1]}\n")


def open_log(folder: Path, redactor: Redactor, level: int = logging.INFO) -> logging.Handler:
    """A handler that writes to ``<folder>/segment-close.log`` (2 MB, four older files).

    The caller adds it to a logger and closes it. Raises ``AppError`` when the folder cannot be written.
    """
    close_folder(folder)
    path = folder / LOG_FILE
    with translated_os_errors(path):
        handler = _PrivateRotatingFile(path, maxBytes=FILE_SIZE_BYTES, backupCount=OLD_FILES)
    handler.setLevel(level)
    handler.setFormatter(RedactingFormatter(redactor))
    return handler


def silence_talkative_libraries() -> None:
    """Let libraries that log whole URLs and headers speak only when something is wrong."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
