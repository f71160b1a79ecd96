"""The relay as the window sees it: started, stopped and asked in worker threads, heard through signals."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.errors import AppError
from app.relay.event_records import EventDetail, EventFilter, EventRow
from app.relay.event_search import EventSearch
from app.relay.feed import FeedBatch
from app.relay.group_commit import stopped_error
from app.relay.inbox import requeue_event
from app.relay.inbox_reader import InboxReader
from app.relay.service import RelayService
from app.relay.status import RelayAddress, RelayState, RelayStatus
from app.storage.profile import MappingSpec, Mode, Profile
from app.storage.reach_log import ReachLog
from app.ui.frame.tasks import AsyncTask, TaskLimits
from app.ui.relay.relay_figures import RelayFigures, read_figures
from app.ui.relay.wording import changed_elsewhere
from app.workflows.own_event import is_own, send_own_event
from app.workflows.samples import built_in_samples

_POLL_MS = 1000
_FIGURES_EVERY_POLLS = 30
# Starting may wait for a person who unlocks the keyring, stopping for changes that are being finished.
_PATIENT = TaskLimits(give_up=120.0)
_QUICK_SWITCH_S = 0.0001


class _FeedBridge(QObject):
    """Carries batches from the relay's thread to the window's."""

    arrived = Signal(object)

    def pass_on(self, batch: FeedBatch) -> None:
        """Called on the relay's thread."""
        self.arrived.emit(batch)


class RelayController(QObject):
    """One profile's relay. Everything here belongs to the window's thread and never blocks it.

    ``build`` makes the service for a profile (it may wait for the keyring), ``secret`` reads the shared
    secret and ``load`` the profile as it is saved; all are called in worker threads.
    """

    status_changed = Signal()
    figures_changed = Signal()
    profile_changed = Signal()
    batch_arrived = Signal(object)
    error_changed = Signal()
    own_event_sent = Signal(object)

    def __init__(
        self,
        profile: Profile,
        *,
        build: Callable[[Profile], RelayService],
        save: Callable[[Profile], None],
        load: Callable[[], Profile] | None = None,
        secret: Callable[[Profile], str | None],
        reader: InboxReader,
        database: Path,
        unexpected: Callable[[BaseException], None],
        reach_log: ReachLog | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.profile = profile
        self.status = RelayStatus(RelayState.STOPPED, profile.relay.mode)
        self.figures = RelayFigures()
        self.figures_known = False
        self.error: AppError | None = None
        self.listening_since: float | None = None
        self.reader = reader
        self.search = EventSearch(database, reader)
        self._build = build
        self._store = save
        self._storing = threading.Lock()
        self._told_of: tuple[MappingSpec, ...] | None = None
        self._load = load or (lambda: self.profile)
        self._secret = secret
        self.database = database
        self._reach_log = reach_log
        self.unexpected = unexpected
        self._service: RelayService | None = None
        self._built_for: Profile | None = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._stale = True
        self._from_segment: set[int] = set()
        self._started_ms = 0
        self._polls = 0
        self._usual_switch_s = sys.getswitchinterval()
        self._bridge = _FeedBridge(self)
        self._bridge.arrived.connect(self._take_batch, Qt.ConnectionType.QueuedConnection)
        self._switching = self._task("switch the relay", _PATIENT)
        self._saving = self._task("save the mode")
        self._sending = self._task("send an own event")
        self._sending.succeeded.connect(self.own_event_sent)
        self._polling = self._task("read the relay's state")
        self._indexing = AsyncTask("index the events", unexpected=unexpected, parent=self)
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self.refresh)

    @property
    def running(self) -> bool:
        return self.status.state.listens

    @property
    def service(self) -> RelayService | None:
        """The relay behind all this, once there is one; for calls in worker threads."""
        return self._service

    @property
    def switching(self) -> bool:
        """Whether the relay is being started or stopped."""
        return self._switching.busy

    @property
    def events_from_segment(self) -> int:
        """Events since the start that this program did not send itself."""
        return len(self._from_segment)

    @property
    def sending(self) -> bool:
        return self._sending.busy

    def watch(self) -> None:
        """Begin to look at the relay's state once a second; needs the running loop."""
        self._timer.start()
        self.refresh()

    def set_profile(self, profile: Profile) -> None:
        """Another set-up of the same profile; a running relay takes it at its next start."""
        self.profile = profile
        if not self.running:
            self.status = replace(self.status, mode=profile.relay.mode)
        self.profile_changed.emit()
        self.status_changed.emit()

    def start(self) -> None:
        if self.switching or self.running:
            return
        self._show_error(None)
        self._switching.run(lambda: asyncio.to_thread(self._start), self.tr("Starting…"))
        self._show_status(replace(self.status, state=RelayState.STARTING, trouble=""))

    async def start_now(self, profile: Profile, *, save: bool = True) -> RelayAddress:
        """Start with ``profile``, or only switch the mode of a relay that runs. Raises ``AppError``.

        Without ``save`` the disk keeps the profile it has: for a mode that holds for a while only.
        """
        self._show_error(None)
        self.set_profile(profile)
        if self.running:
            await asyncio.to_thread(self._switch_mode, profile, save=save)
        else:
            if save:
                await asyncio.to_thread(self.store, profile)
            await asyncio.to_thread(self._start)
        return await self._now_listening()

    async def stop_now(self) -> None:
        """Stop and wait for what is in flight."""
        await asyncio.to_thread(self._stop)
        await self._read(with_figures=False)

    def stop(self) -> None:
        if self.switching or self._service is None:
            return
        self._switching.run(lambda: asyncio.to_thread(self._stop), self.tr("Stopping…"))
        self._show_status(replace(self.status, state=RelayState.STOPPING))

    def set_mode(self, mode: Mode, *, confirmed_for: str | None = None) -> None:
        """Switch at once and remember it. ``confirmed_for`` is the organization a person agreed to."""
        before = self.profile
        profile = replace(before, relay=replace(before.relay, mode=mode))
        if confirmed_for is not None:
            profile = replace(profile, live_confirmed_for=confirmed_for)
        self.set_profile(profile)
        self._saving.run(lambda: asyncio.to_thread(self._switch_mode, profile), self.tr("Saving…"))
        self._show_status(replace(self.status, mode=mode))

    def send_own_event(self) -> None:
        """Post a signed sample to the running relay over HTTP."""
        self._show_error(None)
        self._sending.run(self.post_own_event, self.tr("Sending…"))
        self.status_changed.emit()

    async def post_own_event(self) -> str:
        """The same for a page with an error block of its own; returns the messageId. Raises ``AppError``."""
        address = self.status.address
        if address is None:
            raise AppError(
                "RELAY-STOPPED",
                self.tr("The relay does not run."),
                remedy=self.tr("Start the relay, then try again."),
            )
        url = address.url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
        secret = await self.shared_secret()
        sample = await asyncio.to_thread(lambda: built_in_samples()[0])
        return await send_own_event(url, secret, sample.body)

    async def shared_secret(self, profile: Profile | None = None) -> str | None:
        """What Segment signs with; of ``profile`` when that is not saved yet.

        Raises what the place of the secrets says.
        """
        return await asyncio.to_thread(self._secret, profile or self.profile)

    async def retry(self, event_id: int) -> EventRow:
        """Queue an event again, through the running relay or on the disk. Raises ``AppError``."""
        service = self._service if self.running else None
        if service is not None:
            return await asyncio.to_thread(service.retry, event_id)
        row = await asyncio.to_thread(requeue_event, self.database, event_id, time.time_ns() // 1_000_000)
        self._take_batch(FeedBatch((row,), 0))
        return row

    async def page(self, wanted: EventFilter) -> list[EventRow]:
        """Stored events, newest first. Raises ``AppError``."""
        return await asyncio.to_thread(self.search.page if wanted.text else self.reader.page, wanted)

    async def detail(self, event_id: int) -> EventDetail | None:
        """Everything about one event. Raises ``AppError``."""
        return await asyncio.to_thread(self.reader.detail, event_id)

    def dismiss_error(self) -> None:
        self._show_error(None)

    def refresh(self) -> None:
        """Read the state, and the figures too when events have changed since."""
        if not self._polling.busy:
            self._poll()
        if not self._indexing.busy:
            self._indexing.run(lambda: asyncio.to_thread(self.search.catch_up), self.tr("Reading…"))

    def _poll(self) -> None:
        self._polls += 1
        stale = self._stale or self._polls % _FIGURES_EVERY_POLLS == 0
        self._stale = False
        self._polling.run(lambda: self._read(with_figures=stale), self.tr("Reading…"))

    async def close(self) -> None:
        """Stop the relay and let go of the database; returns when what was in flight has ended."""
        self._timer.stop()
        self._polling.cancel()
        self._indexing.cancel()
        self._unsubscribe()
        service, self._service = self._service, None
        if service is not None:
            self._show_status(replace(self.status, state=RelayState.STOPPING))
            await asyncio.to_thread(service.close)
        await asyncio.to_thread(self.search.close)
        await asyncio.to_thread(self.reader.close)
        sys.setswitchinterval(self._usual_switch_s)

    async def save_mappings(self, mappings: tuple[MappingSpec, ...]) -> None:
        """Write other mappings into the saved profile; a relay that runs sees them there by itself.

        Raises ``AppError``; then nothing has changed. ``MAPPINGS-CHANGED-ELSEWHERE`` comes once for what
        somebody else has saved meanwhile: saving again replaces it.
        """
        before = self.profile.mappings
        # At once, so that a switch of the mode meanwhile does not write the old ones again.
        self.set_profile(replace(self.profile, mappings=mappings))
        try:
            await asyncio.to_thread(self._save_mappings, mappings, before)
        except BaseException:
            self.set_profile(replace(self.profile, mappings=before))
            raise

    # In worker threads -------------------------------------------------------------------------

    def _start(self) -> None:
        profile = self.profile
        service = self._service
        if service is None or self._built_for != profile:
            if service is not None:
                self._unsubscribe()
                service.close()
            self._service = None
            service = self._build(profile)
            self._service, self._built_for = service, profile
            self._unsubscribe = service.subscribe(self._bridge.pass_on)
        service.set_mode(profile.relay.mode)
        self._from_segment = set()
        self._started_ms = time.time_ns() // 1_000_000
        # The relay's thread and the window share one interpreter: short turns keep both quick.
        sys.setswitchinterval(_QUICK_SWITCH_S)
        try:
            service.start()
        except BaseException:
            sys.setswitchinterval(self._usual_switch_s)
            raise

    def _stop(self) -> None:
        service = self._service
        if service is not None:
            service.stop()
        sys.setswitchinterval(self._usual_switch_s)

    def _switch_mode(self, profile: Profile, *, save: bool = True) -> None:
        if self._service is not None:
            self._service.set_mode(profile.relay.mode)
            if self._built_for is not None:
                self._built_for = profile
        if save:
            self.store(profile)

    def store(self, profile: Profile) -> None:
        """Write the profile. Blocks shortly: for a worker thread. Raises ``AppError``."""
        with self._storing:
            self._store(profile)

    def _save_mappings(self, mappings: tuple[MappingSpec, ...], before: tuple[MappingSpec, ...]) -> None:
        # The disk's mode, not the present one: a mode may hold for a while only and is not saved then.
        with self._storing:
            saved = self._load()
            if saved.mappings not in (before, mappings, self._told_of):
                self._told_of = saved.mappings
                raise changed_elsewhere()
            self._store(replace(saved, mappings=mappings))

    # ---------------------------------------------------------------------------------------------

    async def _read(self, *, with_figures: bool) -> None:
        service = self._service
        if service is not None and not self.switching:
            status = await asyncio.to_thread(service.status)
            if not self.switching:
                self._show_status(status)
        elif self.switching and self.status.state is RelayState.STOPPING and service is not None:
            status = await asyncio.to_thread(service.status)
            if self.switching:
                self._show_status(replace(status, state=RelayState.STOPPING))
        if with_figures:
            self.figures = await asyncio.to_thread(read_figures, self.reader, self._reach_log)
            self.figures_known = True
            self.figures_changed.emit()

    def _take_batch(self, batch: FeedBatch) -> None:
        self._stale = True
        since_ms = self._started_ms
        self._from_segment |= {
            row.id for row in batch.rows if row.received_ms >= since_ms and not is_own(row.message_id)
        }
        self.batch_arrived.emit(batch)

    def _task(self, name: str, limits: TaskLimits | None = None) -> AsyncTask:
        task = AsyncTask(name, unexpected=self.unexpected, limits=limits, parent=self)
        task.failed.connect(self._show_error)
        task.changed.connect(self._task_changed)
        return task

    def _task_changed(self) -> None:
        if self.sender() is self._switching and not self._switching.busy:
            self._stale = True
            self._poll()
        if self.sender() is not self._polling:
            self.status_changed.emit()

    def _show_error(self, error: AppError | None) -> None:
        shown = self.error.code if self.error else ""
        if (error.code if error else "") != shown:
            self.error = error
            if error is not None and self._service is None:
                self._show_status(replace(self.status, state=RelayState.ERROR, trouble=error.title))
            self.error_changed.emit()

    def _show_status(self, status: RelayStatus) -> None:
        self.status = status
        if not self.running:
            self.listening_since = None
        elif self.listening_since is None:
            self.listening_since = time.monotonic()
        self.status_changed.emit()

    async def _now_listening(self) -> RelayAddress:
        await self._read(with_figures=False)
        address = self.status.address
        if address is None:
            raise stopped_error()
        return address
