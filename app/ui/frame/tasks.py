"""Work that takes a while: named, cancellable, never silent and never endless."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from app.errors import AppError

_log = logging.getLogger(__name__)

Work = Callable[[], Coroutine[Any, Any, Any]]


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """Calls back later; the running asyncio loop by default, a hand-moved one in tests."""

    def call_later(self, delay: float, callback: Callable[[], None]) -> Timer: ...


class LoopClock:
    """The clock of the asyncio loop that runs at the moment of the call."""

    def call_later(self, delay: float, callback: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(delay, callback)


class TaskPhase(StrEnum):
    IDLE = "idle"
    RUNNING = "running"
    CANCELLABLE = "cancellable"
    SLOW = "slow"
    FAILED = "failed"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class TaskLimits:
    """Seconds after which Cancel is offered, the wait is called long, and the work is given up."""

    offer_cancel: float = 2.0
    slow: float = 8.0
    give_up: float = 20.0


class AsyncTask(QObject):
    """One place for one kind of work, for example "check the key".

    A new run cancels the one before. An ``AppError`` ends in ``failed`` and is shown by the page; anything
    else goes to ``unexpected``, the one handler of the program, and ``failed`` gets a plain-word stand-in.
    """

    changed = Signal()
    succeeded = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        name: str,
        *,
        unexpected: Callable[[BaseException], None],
        clock: Clock | None = None,
        limits: TaskLimits | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.name = name
        self.phase = TaskPhase.IDLE
        self.verb = ""
        self.error: AppError | None = None
        self._unexpected = unexpected
        self._clock = clock or LoopClock()
        self._limits = limits or TaskLimits()
        self._task: asyncio.Task[Any] | None = None
        self._timers: list[Timer] = []
        self._again: tuple[Work, str] | None = None

    @property
    def busy(self) -> bool:
        return self.phase in (TaskPhase.RUNNING, TaskPhase.CANCELLABLE, TaskPhase.SLOW)

    @property
    def can_cancel(self) -> bool:
        return self.phase in (TaskPhase.CANCELLABLE, TaskPhase.SLOW)

    @property
    def status(self) -> str:
        """What to show beside the spinner: the verb, and that it takes long when it does."""
        if self.phase is TaskPhase.SLOW:
            return self.tr("{verb} Taking longer than usual.").format(verb=self.verb)
        return self.verb if self.busy else ""

    def run(self, work: Work, verb: str) -> asyncio.Task[Any]:
        """Start ``work()`` on the running loop; ``verb`` says what happens ("Checking with Close…")."""
        self._drop()
        self._again = (work, verb)
        self.verb = verb
        self.error = None
        task = asyncio.get_running_loop().create_task(work(), name=self.name)
        self._task = task
        task.add_done_callback(self._done)
        self._timers = [
            self._clock.call_later(self._limits.offer_cancel, lambda: self._reach(TaskPhase.CANCELLABLE)),
            self._clock.call_later(self._limits.slow, lambda: self._reach(TaskPhase.SLOW)),
            self._clock.call_later(self._limits.give_up, self._give_up),
        ]
        self._set(TaskPhase.RUNNING)
        return task

    def retry(self) -> None:
        """Run the last work again."""
        if self._again is not None:
            self.run(*self._again)

    def cancel(self) -> None:
        """Stop the work; what it had begun to wait for is cancelled."""
        if self.busy:
            self._drop()
            self._set(TaskPhase.CANCELLED)

    def _drop(self) -> None:
        """Forget the present run: its result, if it still comes, is not wanted any more."""
        for timer in self._timers:
            timer.cancel()
        self._timers = []
        task, self._task = self._task, None
        if task is not None and not task.done():
            task.cancel()

    def _reach(self, phase: TaskPhase) -> None:
        if self.busy:
            self._set(phase)

    def _give_up(self) -> None:
        if not self.busy:
            return
        self._drop()
        seconds = round(self._limits.give_up)
        self._fail(
            AppError(
                "TASK-TIMED-OUT",
                self.tr("No answer after {seconds} seconds").format(seconds=seconds),
                cause=self.tr("The connection may be slow or interrupted."),
                remedy=self.tr("Try again."),
                detail=f"{self.name}: {self.verb}",
            )
        )

    def _done(self, task: asyncio.Task[Any]) -> None:
        if task is not self._task:
            self._report_late(task)
            return
        self._drop()
        if task.cancelled():
            self._set(TaskPhase.CANCELLED)
            return
        error = task.exception()
        if error is None:
            self._set(TaskPhase.DONE)
            self.succeeded.emit(task.result())
        elif isinstance(error, AppError):
            self._fail(error)
        else:
            self._unexpected(error)
            self._fail(self._stand_in())

    def _report_late(self, task: asyncio.Task[Any]) -> None:
        """A dropped run that failed while it was being cancelled: nobody waits for it, but it is not lost."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.info("%s failed after it was cancelled: %s", self.name, type(error).__name__)

    def _stand_in(self) -> AppError:
        return AppError(
            "APP-UNEXPECTED",
            self.tr("Something unexpected happened in this program"),
            cause=self.tr("The details are in the log."),
            remedy=self.tr("Try again. If it happens again, save a diagnostics file and report it."),
            detail=self.name,
        )

    def _fail(self, error: AppError) -> None:
        self.error = error
        self._set(TaskPhase.FAILED)
        self.failed.emit(error)

    def _set(self, phase: TaskPhase) -> None:
        self.phase = phase
        self.changed.emit()
