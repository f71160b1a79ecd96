"""Work for another thread of which only the latest matters: nothing queues up, the window never waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer

T = TypeVar("T")

Superseded = Callable[[], bool]
Job = Callable[[Superseded], T]

_LOOK_EVERY_MS = 4
# Starting a thread costs more than a short job; a worker waits this long for the next one.
_LINGER_S = 2.0


class _Slot(Generic[T]):
    """What the window's thread and the worker share. The worker touches nothing of Qt."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._number = 0
        self._waiting: tuple[int, Job[T]] | None = None
        self._alive = False
        self._done: tuple[T | None, Exception | None] | None = None

    def put(self, job: Job[T] | None) -> bool:
        """Replace whatever is waiting or running; True when a worker has to be started."""
        with self._changed:
            self._number += 1
            self._done = None
            self._waiting = None if job is None else (self._number, job)
            start = job is not None and not self._alive
            self._alive = self._alive or start
            self._changed.notify()
            return start

    def take(self) -> tuple[T | None, Exception | None] | None:
        """The result of the latest job, once."""
        with self._changed:
            done, self._done = self._done, None
            return done

    def work(self) -> None:
        """Run jobs until none has come for a while."""
        while True:
            with self._changed:
                if self._waiting is None:
                    self._changed.wait(_LINGER_S)
                if self._waiting is None:
                    self._alive = False
                    return
                (number, job), self._waiting = self._waiting, None

            def superseded(mine: int = number) -> bool:
                return self._number != mine

            try:
                done: tuple[T | None, Exception | None] = (job(superseded), None)
            except Exception as error:  # noqa: BLE001 - handed to the window's thread, which reports it
                done = (None, error)
            with self._changed:
                if number == self._number:
                    self._done = done


class LatestOnly(QObject, Generic[T]):
    """Runs a job at a time in a thread of its own; a newer job makes the older one's result worthless.

    ``finished`` gets the result, ``failed`` what a job raised, both on the window's thread. A job is given
    a function that tells it whether it has been superseded; long ones ask now and then and give up.
    The worker thread ends when there is no more work for a while, and holds on to nothing of Qt.
    """

    def __init__(
        self,
        name: str,
        finished: Callable[[T], None],
        failed: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._finished = finished
        self._failed = failed
        self._slot: _Slot[T] = _Slot()
        # The worker cannot tell Qt anything safely once the window is going, so the window looks.
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_EVERY_MS)
        self._look.timeout.connect(self._collect)

    @property
    def busy(self) -> bool:
        return self._look.isActive()

    def run(self, job: Job[T]) -> None:
        """Start this instead of everything that was started before."""
        if self._slot.put(job):
            threading.Thread(target=self._slot.work, name=self._name, daemon=True).start()
        self._look.start()

    def cancel(self) -> None:
        """Nothing that was started is wanted any more."""
        self._slot.put(None)
        self._look.stop()

    def _collect(self) -> None:
        done = self._slot.take()
        if done is None:
            return
        self._look.stop()
        result, error = done
        if error is not None:
            self._failed(error)
        else:
            self._finished(result)  # type: ignore[arg-type]
