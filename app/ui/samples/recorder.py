"""Recording events live: the relay in Observe mode, for as long as somebody records."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.errors import AppError
from app.storage.profile import Mode, Profile
from app.ui.frame.tasks import AsyncTask, TaskLimits
from app.ui.relay.relay_controller import RelayController
from app.workflows.sample_recording import LAST_RECEIVED, InboxTail, last_received, received_before
from app.workflows.samples import Sample

# Starting may wait for a person who unlocks the keyring.
_PATIENT = TaskLimits(give_up=120.0)


class RecordPhase(StrEnum):
    IDLE = "idle"
    STARTING = "starting"
    RECORDING = "recording"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class RecordState:
    """``received`` is how many events the inbox already has to offer; ``live`` that the relay runs Live."""

    phase: RecordPhase = RecordPhase.IDLE
    url: str = ""
    count: int = 0
    received: int = 0
    live: bool = False
    sending: bool = False

    @property
    def busy(self) -> bool:
        return self.phase in (RecordPhase.STARTING, RecordPhase.STOPPING)


class Recorder(QObject):
    """What a page needs for recording. ``arrived`` carries a tuple of samples, newest first.

    ``taken`` carries those that had been received before, ``failed`` an ``AppError``.
    """

    changed = Signal()
    arrived = Signal(object)
    taken = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = RecordState()

    def look(self) -> None:
        """Find out what the inbox has to offer."""

    def start(self) -> None:
        """Put the relay into Observe mode and listen."""

    def stop(self) -> None:
        """Back to how the relay was before."""

    def send_own_event(self) -> None:
        """Post a sample to the relay, as Segment would."""

    def take_received(self) -> None:
        """The last events that were received before."""


class LiveRecorder(Recorder):
    """Over one profile's relay. ``current`` is the profile as it is known, saved or not.

    Observe is not saved: after a crash the relay is in the mode that was chosen before.
    """

    def __init__(
        self, controller: RelayController, current: Callable[[], Profile], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._current = current
        self._tail = InboxTail(controller.reader)
        self._before: Profile | None = None
        self._ran_before = False
        self._reading_again = False
        self._switching = self._task("record events", _PATIENT)
        self._reading = self._task("read recorded events")
        self._looking = self._task("look into the inbox")
        self._taking = self._task("take received events", _PATIENT)
        self._sending = self._task("send an own event")
        self._switching.succeeded.connect(self._switched)
        self._switching.failed.connect(self._switch_failed)
        self._reading.succeeded.connect(self._take)
        self._looking.succeeded.connect(lambda count: self._set(received=count))
        self._taking.succeeded.connect(self.taken)
        self._sending.changed.connect(lambda: self._set(sending=self._sending.busy))
        for task in (self._reading, self._taking, self._sending):
            task.failed.connect(self.failed)
        controller.batch_arrived.connect(lambda _batch: self._read())
        controller.status_changed.connect(self._relay_changed)
        self._relay_changed()

    def look(self) -> None:
        if not self._looking.busy:
            self._run(self._looking, lambda: received_before(self._controller.reader, LAST_RECEIVED))

    def start(self) -> None:
        if self.state.phase is RecordPhase.IDLE:
            self._set(phase=RecordPhase.STARTING, count=0)
            self._switching.run(self._start, self.tr("Starting the relay…"))

    def stop(self) -> None:
        """A start that is under way is let end first: a relay half started would go on by itself."""
        phase = self.state.phase
        if phase in (RecordPhase.RECORDING, RecordPhase.STARTING):
            self._set(phase=RecordPhase.STOPPING)
        if phase is RecordPhase.RECORDING:
            self._switching.run(self._stop, self.tr("Stopping…"))

    def send_own_event(self) -> None:
        self._sending.run(self._controller.post_own_event, self.tr("Sending…"))

    def take_received(self) -> None:
        self._run(self._taking, lambda: last_received(self._controller.reader, LAST_RECEIVED))

    # ---------------------------------------------------------------------------------------------

    async def _start(self) -> None:
        controller = self._controller
        self._before, self._ran_before = controller.profile, controller.running
        # Beside a running relay its own profile holds; else the one that is being set up.
        profile = controller.profile if controller.running else self._current()
        await asyncio.to_thread(self._tail.start)
        observing = replace(profile, relay=replace(profile.relay, mode=Mode.OBSERVE))
        try:
            address = await controller.start_now(observing, save=False)
        except BaseException:
            controller.set_profile(self._before)
            raise
        if self.state.phase is RecordPhase.STARTING:
            self._set(phase=RecordPhase.RECORDING, url=address.url)

    async def _stop(self) -> None:
        controller, before = self._controller, self._before
        if before is not None:
            # Somebody may have chosen another mode meanwhile: then it is theirs to keep.
            ours = controller.profile.relay.mode is Mode.OBSERVE
            if not self._ran_before:
                await controller.stop_now()
                controller.set_profile(before)
            elif ours and controller.running:
                mode = before.relay.mode
                current = controller.profile
                back = replace(current, relay=replace(current.relay, mode=mode))
                await controller.start_now(back, save=False)
        self._before = None
        self._set(phase=RecordPhase.IDLE, url="")

    def _switched(self) -> None:
        if self.state.phase is RecordPhase.STOPPING:
            self._switching.run(self._stop, self.tr("Stopping…"))

    def _switch_failed(self, error: AppError) -> None:
        self._before = None
        self._set(phase=RecordPhase.IDLE, url="")
        self.failed.emit(error)

    def _read(self) -> None:
        if self.state.phase is not RecordPhase.RECORDING:
            return
        if self._reading.busy:
            self._reading_again = True
            return
        self._run(self._reading, self._tail.take)

    def _take(self, samples: tuple[Sample, ...]) -> None:
        if samples:
            self._set(count=self.state.count + len(samples))
            self.arrived.emit(samples)
        if self._reading_again:
            self._reading_again = False
            self._read()

    def _relay_changed(self) -> None:
        controller = self._controller
        live = controller.running and controller.profile.relay.mode is Mode.LIVE
        if live != self.state.live:
            self._set(live=live)
        stopped = self.state.phase is RecordPhase.RECORDING and not controller.running
        if stopped and not controller.switching:
            # The relay was stopped elsewhere; nothing is recorded any more.
            self._before = None
            self._set(phase=RecordPhase.IDLE, url="")

    def _run(self, task: AsyncTask, work: Callable[[], object]) -> None:
        def later() -> Coroutine[Any, Any, object]:
            return asyncio.to_thread(work)

        task.run(later, self.tr("Reading…"))

    def _set(self, **changes: Any) -> None:
        state = replace(self.state, **changes)
        if state != self.state:
            self.state = state
            self.changed.emit()

    def _task(self, name: str, limits: TaskLimits | None = None) -> AsyncTask:
        return AsyncTask(name, unexpected=self._controller.unexpected, limits=limits, parent=self)
