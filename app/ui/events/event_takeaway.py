"""What a person takes from one event: a copy for elsewhere, a bookmark, a sample to try mappings on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.relay.bookmarks import set_bookmark
from app.relay.event_records import EventDetail
from app.ui.frame.tasks import AsyncTask
from app.ui.relay.relay_controller import RelayController
from app.workflows.event_copies import SECRET_VARIABLE, CopyForm, copied
from app.workflows.samples import Origin, Sample, collected

UseSample = Callable[[Sample], object]


@dataclass(frozen=True, slots=True)
class _Marked:
    event_id: int
    marked: bool


class EventTakeaway(QObject):
    """``said`` is for a toast, ``failed`` carries an ``AppError``; ``marks_changed`` when bookmarks have."""

    said = Signal(str)
    failed = Signal(object)
    marks_changed = Signal()

    def __init__(self, controller: RelayController, use_sample: UseSample | None, parent: QObject) -> None:
        super().__init__(parent)
        self._controller = controller
        self._use_sample = use_sample
        self.marks: frozenset[int] = frozenset()
        self._marking = AsyncTask("keep an event", unexpected=controller.unexpected, parent=self)
        self._reading = AsyncTask("read the bookmarks", unexpected=controller.unexpected, parent=self)
        self._marking.succeeded.connect(self._marked)
        self._reading.succeeded.connect(self._take)
        for task in (self._marking, self._reading):
            task.failed.connect(self.failed)

    @property
    def takes_samples(self) -> bool:
        return self._use_sample is not None

    def read_marks(self) -> None:
        """Learn which events have a bookmark."""
        reader = self._controller.reader
        self._reading.run(lambda: asyncio.to_thread(reader.bookmarks), self.tr("Reading…"))

    def copy(self, detail: EventDetail, form: CopyForm) -> None:
        body = detail.raw.decode("utf-8", "replace") if detail.body is None else detail.body
        address = self._controller.status.address
        QGuiApplication.clipboard().setText(copied(body, form, address.url if address else ""))
        if form is CopyForm.JSON:
            self.said.emit(self.tr("Event copied as JSON"))
        elif form is CopyForm.CURL:
            text = self.tr("Event copied as cURL. It signs with what {name} holds.")
            self.said.emit(text.format(name=SECRET_VARIABLE))
        else:
            text = self.tr("Event copied as Python. It signs with what {name} holds.")
            self.said.emit(text.format(name=SECRET_VARIABLE))

    def toggle_mark(self, event_id: int) -> None:
        """Keep the event whatever its age, or leave it to retention again."""
        wanted = _Marked(event_id, event_id not in self.marks)
        path, now_ms = self._controller.database, time.time_ns() // 1_000_000

        async def work() -> _Marked:
            await asyncio.to_thread(lambda: set_bookmark(path, event_id, marked=wanted.marked, now_ms=now_ms))
            return wanted

        self._marking.run(work, self.tr("Saving…"))

    def use_as_sample(self, detail: EventDetail) -> None:
        if self._use_sample is None or not isinstance(detail.body, dict):
            return
        sample = collected(detail.body, Origin.RECORDED)
        self._use_sample(sample)
        self.said.emit(
            self.tr("“{title}” is the sample for mappings and tests now.").format(title=sample.name)
        )

    def _marked(self, done: _Marked) -> None:
        self._take(self.marks | {done.event_id} if done.marked else self.marks - {done.event_id})
        self.said.emit(
            self.tr("Bookmarked: the event is kept whatever its age.")
            if done.marked
            else self.tr("Bookmark taken away.")
        )

    def _take(self, marks: frozenset[int]) -> None:
        self.marks = frozenset(marks)
        self.marks_changed.emit()
