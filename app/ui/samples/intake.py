"""Reading of what people bring, in worker threads: text, files, tables."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from app.ui.frame.tasks import AsyncTask, TaskLimits, TaskPhase
from app.workflows.sample_files import FileProgress, Stopped, read_file
from app.workflows.sample_reading import ReadEvents, read_text
from app.workflows.sample_tables import EventTable, TableChoice, events_of
from app.workflows.samples import Origin

# A file of gigabytes takes minutes, and a person can stop it.
_LONG = TaskLimits(give_up=3600.0)


class SampleIntake(QObject):
    """One reading at a time; a new one ends the one before. Files have a task of their own: ``file_task``.

    ``read`` carries ``ReadEvents`` or an ``EventTable``, ``failed`` an ``AppError``, ``progressed`` how far a
    file has been read.
    """

    read = Signal(object)
    failed = Signal(object)
    progressed = Signal(object)

    _told = Signal(object)

    def __init__(self, unexpected: Callable[[BaseException], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.task = AsyncTask("read events", unexpected=unexpected, limits=_LONG, parent=self)
        self.file_task = AsyncTask("read a file", unexpected=unexpected, limits=_LONG, parent=self)
        self._stop = threading.Event()
        for task in (self.task, self.file_task):
            task.succeeded.connect(self._done)
            task.failed.connect(self.failed)
        self.file_task.changed.connect(self._changed)
        # From the worker thread to the window's.
        self._told.connect(self._progress, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        return self.task.busy or self.file_task.busy

    def read_text(self, text: str, origin: Origin = Origin.PASTED) -> None:
        self._run(lambda: read_text(text, origin=origin))

    def read_file(self, path: Path) -> None:
        self.cancel()
        stop = self._stop = threading.Event()

        def work() -> ReadEvents | EventTable | None:
            try:
                return read_file(path, progress=self._tell(stop), stopped=stop.is_set)
            except Stopped:
                return None

        self.file_task.run(lambda: asyncio.to_thread(work), self.tr("Reading…"))

    def read_table(self, table: EventTable, choice: TableChoice, origin: Origin) -> None:
        """Turn the rows of a table into events."""
        self._run(lambda: ReadEvents(tuple(events_of(table, choice, origin)), more=table.more))

    def cancel(self) -> None:
        """Stop whatever is being read; nothing of it is added."""
        self.task.cancel()
        self.file_task.cancel()

    # ---------------------------------------------------------------------------------------------

    def _run(self, work: Callable[[], ReadEvents | EventTable]) -> None:
        self.file_task.cancel()
        self.task.run(lambda: asyncio.to_thread(work), self.tr("Reading…"))

    def _tell(self, stop: threading.Event) -> Callable[[FileProgress], None]:
        def tell(now: FileProgress) -> None:
            if not stop.is_set():
                self._told.emit(now)

        return tell

    def _progress(self, now: FileProgress) -> None:
        if self.file_task.busy:
            self.progressed.emit(now)

    def _changed(self) -> None:
        if self.file_task.phase is TaskPhase.CANCELLED:
            self._stop.set()

    def _done(self, found: ReadEvents | EventTable | None) -> None:
        if found is not None:
            self.read.emit(found)
