"""What is kept about a run of the program that did not end well, and is told at the next start.

While a window runs, ``running`` lies in the profile's log folder and Python's fault handler may write to
``fault.txt``: a native crash leaves no exception behind. Nothing is sent anywhere.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path

from app.errors import AppError
from app.redaction import Redactor
from app.storage.private_files import FILE_MODE, close_folder, read_private, write_private

_log = logging.getLogger(__name__)

_MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """A run that did not end by itself.

    ``fault`` is what the fault handler wrote, empty when the program was ended from outside (a power cut,
    the system's task manager).
    """

    started: str
    fault: str

    @property
    def crashed(self) -> bool:
        return bool(self.fault)


class CrashLog:
    """One for each window: ``begin`` at the start, ``end`` when the program ends as it should."""

    def __init__(
        self, folder: Path, redactor: Redactor, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._folder = folder
        self._redactor = redactor
        self._now = now
        self._running = folder / "running"
        self._fault_path = folder / "fault.txt"
        self._fault_file: TextIOWrapper | None = None

    def begin(self) -> EarlierRun | None:
        """What the run before left behind, if it did not end well; from now on this run is watched.

        A folder that cannot be written costs the watching, not the start.
        """
        try:
            earlier = self._earlier()
            close_folder(self._folder)
            started = self._now().isoformat(timespec="seconds")
            write_private(self._running, json.dumps({"started": started, "pid": os.getpid()}).encode())
            handle = os.open(self._fault_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
            self._fault_file = os.fdopen(handle, "w", encoding="utf-8")
        except (AppError, OSError) as error:
            _log.warning("Crashes of this run cannot be recorded: %s", type(error).__name__)
            return None
        faulthandler.enable(self._fault_file)
        return earlier

    def end(self) -> None:
        if self._fault_file is not None:
            faulthandler.disable()
            self._fault_file.close()
            self._fault_file = None
        for path in (self._running, self._fault_path):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _earlier(self) -> EarlierRun | None:
        marker = read_private(self._running)
        if marker is None:
            return None
        fault = (read_private(self._fault_path) or b"").decode("utf-8", "replace").strip()
        try:
            found = json.loads(marker)
            started = str(found.get("started", ""))
        except (ValueError, AttributeError):
            started = ""
        return EarlierRun(started, self._redactor.redact(fault)[:_MOST_CHARACTERS])
