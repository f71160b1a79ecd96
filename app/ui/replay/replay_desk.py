"""What the Replay page works on: the replay that is made, tried, run or looked at, and the earlier ones."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Event
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.actions.undo import UndoReport
from app.errors import AppError
from app.relay.replay_records import MappingsOf, Replay, ReplayItem, ReplayState
from app.storage.profile import Profile
from app.ui.frame.tasks import AsyncTask, TaskLimits
from app.workflows.event_exports import ExportedEvent, ExportFormat, write_export
from app.workflows.replay import ReplaySession
from app.workflows.replay_pace import ReplayPace
from app.workflows.replay_scope import Scope
from app.workflows.replay_totals import ReplayTotals
from app.workflows.sample_files import Stopped

_POLL_MS = 500
_TOLD_EVERY_S = 0.1
_SHOWN_TROUBLES = 200
# A backfill takes hours; its progress is shown and it can be stopped at any time.
_WEEKS_S = 14 * 86_400.0  # Qt's timers end after 24 days.
_NO_END = TaskLimits(offer_cancel=_WEEKS_S, slow=_WEEKS_S, give_up=_WEEKS_S)


class Phase(StrEnum):
    CHOOSING = "choosing"
    FINDING = "finding"
    TRYING = "trying"
    TRIED = "tried"
    RUN = "run"


class ReplayDesk(QObject):
    """Belongs to the window's thread; files, database and Close are worked on in worker threads.

    ``session`` makes the profile's replays, ``profile`` gives the present one.
    """

    changed = Signal()
    past_changed = Signal()
    previewed = Signal(object)
    said = Signal(str)
    _told = Signal(str, int)

    def __init__(
        self,
        session: Callable[[], ReplaySession],
        profile: Callable[[], Profile],
        unexpected: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._profile = profile
        self.phase = Phase.CHOOSING
        self.replay: Replay | None = None
        self.totals: ReplayTotals | None = None
        self.troubles: tuple[ReplayItem, ...] = ()
        self.past: tuple[Replay, ...] | None = None
        self.error: AppError | None = None
        self.count = 0
        self.pace = ReplayPace()
        self._stop = Event()
        self._trying = self._task("dry-run a replay", unexpected, self._tried)
        self._steering = self._task("steer a replay", unexpected, self._steered)
        self._writing = self._task("write a report", unexpected, self.said.emit)
        self._undoing = self._task("undo a replay", unexpected, self._undone)
        self._previewing = self._task("preview an undo", unexpected, self.previewed.emit)
        self._polling = self._task("follow a replay", unexpected, self._polled)
        self._listing = self._task("list replays", unexpected, self._listed)
        self._told.connect(self._count)
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def busy(self) -> bool:
        """Whether something other than a run is under way."""
        return self.phase in (Phase.FINDING, Phase.TRYING) or self._steering.busy or self.undoing

    @property
    def undoing(self) -> bool:
        return self._undoing.busy or self._previewing.busy

    @property
    def running(self) -> bool:
        return (
            self.phase is Phase.RUN and self.replay is not None and self.replay.state is ReplayState.RUNNING
        )

    @property
    def seconds_left(self) -> float | None:
        one, totals = self.replay, self.totals
        if one is None:
            return None
        planned, events = (totals.seconds, totals.events) if totals else (0.0, 0)
        return self.pace.seconds_left(one.left, planned_s=planned, planned_events=events)

    # Making and trying -------------------------------------------------------------------------

    def dry_run(self, scope: Scope, mappings: MappingsOf, *, again: bool) -> None:
        """Put a replay together and try it dry."""
        self._begin(Phase.FINDING)
        self.replay = self.totals = None
        profile, stop = self._profile(), self._stop

        def work() -> tuple[Replay, ReplayTotals] | None:
            session = self._session()
            try:
                made = session.prepare(
                    profile,
                    scope,
                    mappings=mappings,
                    again=again,
                    stopped=stop.is_set,
                    told=self._teller("found"),
                )
            except Stopped:
                return None
            self._told.emit("prepared", made.to_run)
            totals = session.dry_run(profile, made.id, stopped=stop.is_set, told=self._teller("tried"))
            return session.store.replay(made.id), totals

        self._trying.run(lambda: asyncio.to_thread(work), self.tr("Reading…"))
        self.changed.emit()

    def stop(self) -> None:
        """End a dry run; what it has found is shown."""
        self._stop.set()

    def new(self) -> None:
        """Back to choosing. A replay that runs goes on."""
        self._stop.set()
        self.phase, self.replay, self.totals, self.error, self.troubles = Phase.CHOOSING, None, None, None, ()
        self._timer.stop()
        self.changed.emit()

    # Running -----------------------------------------------------------------------------------

    def run(self) -> None:
        """Let the relay run it, or go on with it."""
        self.pace.forget()
        self._steer(lambda session, number: session.start(number))

    def pause(self) -> None:
        self._steer(lambda session, number: session.pause(number))

    def cancel(self) -> None:
        self._steer(lambda session, number: session.cancel(number))

    def retry_failed(self) -> None:
        """Run what has failed once more, within the same replay."""

        def work(session: ReplaySession, number: int) -> Replay:
            session.store.retry_failed(number)
            return session.store.replay(number)

        self.pace.forget()
        self._steer(work)

    def open(self, replay_id: int) -> None:
        """Show an earlier replay."""
        self._stop.set()
        self.pace.forget()

        def work() -> Replay:
            return self._session().store.replay(replay_id)

        self.error = None
        self._steering.run(lambda: asyncio.to_thread(work), self.tr("Reading…"))

    def save_failures(self, path: Path) -> None:
        """Write what failed as NDJSON, or as CSV for a name that ends so."""
        if self.replay is None:
            return
        number = self.replay.id

        def work() -> str:
            items = self._session().store.troubles(number, bodies=True)
            count = write_export(path, map(ExportedEvent.of_item, items), ExportFormat.of(path))
            return self.tr("{n} events written to {name}").format(n=f"{count:,}", name=path.name)

        self._writing.run(lambda: asyncio.to_thread(work), self.tr("Writing…"))

    # Undo --------------------------------------------------------------------------------------

    def preview_undo(self, replay_id: int) -> None:
        """Find out what an undo would take back; ``previewed`` carries replay and report."""
        profile = self._profile()

        def work() -> tuple[int, UndoReport]:
            return replay_id, asyncio.run(self._session().undo(profile, replay_id, live=False))

        self.error = None
        self._previewing.run(lambda: asyncio.to_thread(work), self.tr("Looking at Close…"))
        self.changed.emit()

    def undo(self, replay_id: int) -> None:
        profile = self._profile()

        def work() -> tuple[Replay, UndoReport]:
            session = self._session()
            report = asyncio.run(session.undo(profile, replay_id, live=True))
            return session.store.replay(replay_id), report

        self._undoing.run(lambda: asyncio.to_thread(work), self.tr("Undoing…"))
        self.changed.emit()

    # Following ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the list of replays; one that runs is taken up when nothing else is shown."""
        self._listing.run(
            lambda: asyncio.to_thread(lambda: self._session().store.replays()), self.tr("Reading…")
        )

    def close(self) -> None:
        """Before the window goes: a dry run ends, a run stays the relay's."""
        self._stop.set()
        self._timer.stop()
        for task in (self._polling, self._listing):
            task.cancel()

    # ---------------------------------------------------------------------------------------------

    def _begin(self, phase: Phase) -> None:
        self._stop.set()
        self._stop = Event()
        self.phase, self.count, self.error, self.troubles = phase, 0, None, ()

    def _steer(self, work: Callable[[ReplaySession, int], Replay]) -> None:
        if self.replay is None:
            return
        number = self.replay.id
        self.error = None
        self._steering.run(
            lambda: asyncio.to_thread(lambda: work(self._session(), number)), self.tr("Saving…")
        )
        self.changed.emit()

    def _teller(self, what: str) -> Callable[[int], None]:
        """Called in a worker thread, hundreds of times a second; the window hears ten of them."""
        last = 0.0

        def tell(count: int) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= _TOLD_EVERY_S:
                last = now
                self._told.emit(what, count)

        return tell

    def _count(self, what: str, count: int) -> None:
        if not self._trying.busy:
            return
        if what == "prepared":
            self.phase, self.count = Phase.TRYING, 0
            self._expected = count
        else:
            self.count = count
        self.changed.emit()

    _expected = 0

    @property
    def expected(self) -> int:
        """How many events the dry run has to try."""
        return self._expected

    def _tried(self, result: tuple[Replay, ReplayTotals] | None) -> None:
        if result is None:
            self.phase = Phase.CHOOSING
        else:
            self.replay, self.totals = result
            self.phase = Phase.TRIED
        self.changed.emit()
        self.refresh()

    def _steered(self, now: Replay) -> None:
        self.replay = now
        self.totals = ReplayTotals.decode(now.totals) if now.totals else None
        self.phase = Phase.TRIED if now.state is ReplayState.PREPARED and self.totals else Phase.RUN
        self._timer.start()
        self._poll()
        self.changed.emit()
        self.refresh()

    def _undone(self, result: tuple[Replay, UndoReport]) -> None:
        now, report = result
        if self.replay is not None and self.replay.id == now.id:
            self.replay = now
        self.said.emit(report.summary)
        self.changed.emit()
        self.refresh()

    def _poll(self) -> None:
        if self.replay is None or self._polling.busy or self.phase is not Phase.RUN:
            return
        number = self.replay.id

        def work() -> tuple[Replay, tuple[ReplayItem, ...]]:
            store = self._session().store
            troubles = store.troubles(number)
            return store.replay(number), tuple(islice(troubles, _SHOWN_TROUBLES))

        self._polling.run(lambda: asyncio.to_thread(work), self.tr("Reading…"))

    def _polled(self, result: tuple[Replay, tuple[ReplayItem, ...]]) -> None:
        now, troubles = result
        before = self.replay
        if before is None or before.id != now.id or self.phase is not Phase.RUN:
            return
        self.replay, self.troubles = now, troubles
        if now.state is ReplayState.RUNNING:
            self.pace.note(time.monotonic(), now.finished)
        elif not now.under_way:
            self._timer.stop()
        if replace(before, totals=None) != replace(now, totals=None) or before.state is ReplayState.RUNNING:
            self.changed.emit()
        if before.state is not now.state:
            self.refresh()

    def _listed(self, past: tuple[Replay, ...]) -> None:
        self.past = past
        self.past_changed.emit()
        alive = next((one for one in past if one.state in (ReplayState.RUNNING, ReplayState.PAUSED)), None)
        if alive is not None and self.phase is Phase.CHOOSING and self.replay is None and self.error is None:
            self._steered_quietly(alive)

    def _steered_quietly(self, alive: Replay) -> None:
        self.replay, self.phase = alive, Phase.RUN
        self.totals = ReplayTotals.decode(alive.totals) if alive.totals else None
        self._timer.start()
        self.changed.emit()

    def _failed(self, error: AppError) -> None:
        self.error = error
        if self.phase in (Phase.FINDING, Phase.TRYING):
            self.phase = Phase.CHOOSING
        self.changed.emit()

    def _task(
        self, name: str, unexpected: Callable[[BaseException], None], done: Callable[[Any], None]
    ) -> AsyncTask:
        task = AsyncTask(name, unexpected=unexpected, limits=_NO_END, parent=self)
        task.succeeded.connect(partial(_pass_on, done))
        task.failed.connect(self._failed)
        return task


def _pass_on(done: Callable[[Any], None], result: Any) -> None:
    done(result)
