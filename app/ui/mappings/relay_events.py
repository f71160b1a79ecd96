"""The events the workbench's editor works with: what the relay has received, and what was collected."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QObject, QTimer

from app.ui.frame.tasks import AsyncTask
from app.ui.mapping.session import EditingSession
from app.ui.relay.relay_controller import RelayController
from app.ui.samples.collected_events import CollectedEvents
from app.workflows.sample_recording import LAST_RECEIVED, last_received
from app.workflows.samples import Sample

# With many events a second counts and warnings need not follow each of them.
_PAUSE_MS = 2_000


class RelayEvents(QObject):
    """Keeps the session's events: the newest of the inbox, then the collection's own.

    The built-in samples stand in as long as there are neither.
    """

    def __init__(
        self,
        controller: RelayController,
        collected: CollectedEvents,
        session: EditingSession,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._reader = controller.reader
        self._collected = collected
        self._session = session
        self._received: tuple[Sample, ...] = ()
        self._reading = AsyncTask("read received events", unexpected=controller.unexpected, parent=self)
        self._reading.succeeded.connect(self._take)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.refresh)
        collected.changed.connect(self._show)
        self._show()

    @property
    def received(self) -> tuple[Sample, ...]:
        """The newest events of the inbox, newest first."""
        return self._received

    @property
    def every(self) -> tuple[Sample, ...]:
        """The same, and everything that was collected."""
        return (*self._received, *self._collected.samples)

    def refresh(self) -> None:
        """Read the inbox in a worker thread; what cannot be read is left as it was."""
        if not self._reading.busy:
            reader = self._reader
            self._reading.run(
                lambda: asyncio.to_thread(last_received, reader, LAST_RECEIVED), self.tr("Reading…")
            )

    def refresh_soon(self) -> None:
        if not self._pause.isActive():
            self._pause.start()

    def stop(self) -> None:
        """Before the inbox is let go."""
        self._pause.stop()
        self._reading.cancel()

    def _take(self, received: tuple[Sample, ...]) -> None:
        if received != self._received:
            self._received = received
            self._show()

    def _show(self) -> None:
        collection = self._collected.collection
        known = {sample.body.get("messageId") for sample in self._received} - {None}
        own = self._collected.in_use if collection.own or not self._received else ()
        events = (*self._received, *(one for one in own if one.body.get("messageId") not in known))
        self._session.set_events(events)
        sample = self._session.sample
        if sample is None or sample not in events:
            chosen = self._collected.sample
            self._session.set_sample(chosen if chosen in events else next(iter(events), None))
