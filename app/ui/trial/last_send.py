"""What was sent last, and taking it back: one undo per send, and no undo of an undo."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from app.actions.trace import EventReport
from app.actions.undo import UndoReport
from app.actions.undo_decisions import UndoOutcome
from app.ui.frame.tasks import AsyncTask, TaskLimits
from app.workflows.samples import Sample

# Undo reads and writes each record; Close may ask for pauses between the calls.
_LIMITS = TaskLimits(give_up=120.0)


class TakeBack(Protocol):
    """``TrialTools.undo``."""

    def __call__(self, plan_ids: Sequence[int], *, live: bool) -> Awaitable[UndoReport]: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """``plan_ids`` are the runs it consists of, ``lost`` why nothing of it can be taken back any more."""

    sample: Sample
    plan_ids: tuple[int, ...]
    lost: str = ""


class LastSend(QObject):
    """``changed`` fires when something was sent, taken back or is found to be gone; ``undone`` afterwards."""

    changed = Signal()
    undone = Signal(object, object)
    """The ``UndoReport`` and the ``Sample``."""
    failed = Signal(object)

    def __init__(
        self,
        take_back: TakeBack | None,
        unexpected: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._take_back = take_back
        self.sent: Sent | None = None
        self.undoing = AsyncTask("undo the test", unexpected=unexpected, limits=_LIMITS, parent=self)
        self._looking = AsyncTask("look at what stands", unexpected=unexpected, limits=_LIMITS, parent=self)
        self.undoing.succeeded.connect(self._undone)
        self.undoing.failed.connect(self.failed)
        self.undoing.changed.connect(self.changed)
        self._looking.succeeded.connect(self._looked)

    @property
    def can_undo(self) -> bool:
        return self.sent is not None and not self.sent.lost and not self.undoing.busy

    def note(self, report: EventReport, sample: Sample) -> None:
        """A live run has ended; what it has written can be taken back, also after a failure."""
        plan_ids = tuple(result.plan_id for result in report.results if result.plan_id is not None)
        if self._take_back is not None and plan_ids:
            self.sent = Sent(sample, plan_ids)
            self.changed.emit()

    def undo(self) -> None:
        sent, take_back = self.sent, self._take_back
        if sent is None or take_back is None or not self.can_undo:
            return

        async def run() -> tuple[UndoReport, Sent]:
            return await take_back(sent.plan_ids, live=True), sent

        self._looking.cancel()
        self.undoing.run(run, self.tr("Taking “{event}” back…").format(event=sent.sample.name))

    def look(self) -> None:
        """Ask Close whether anything of it still stands; people may have changed it since."""
        sent, take_back = self.sent, self._take_back
        if sent is None or take_back is None or not self.can_undo or self._looking.busy:
            return

        async def run() -> tuple[UndoReport, Sent]:
            return await take_back(sent.plan_ids, live=False), sent

        self._looking.run(run, self.tr("Asking Close…"))

    def forget(self) -> None:
        """Another profile: what was sent belongs to the one before."""
        self._looking.cancel()
        self.sent = None
        self.changed.emit()

    # -------------------------------------------------------------------------------------------

    def _undone(self, result: tuple[UndoReport, Sent]) -> None:
        report, sent = result
        self.sent = None
        self.changed.emit()
        self.undone.emit(report, sent.sample)

    def _looked(self, result: tuple[UndoReport, Sent]) -> None:
        report, sent = result
        stands = report.of(UndoOutcome.REVERTED) or [
            line for line in report.of(UndoOutcome.REMOVED) if not line.reason
        ]
        if self.sent == sent and not stands:
            reasons = dict.fromkeys(line.reason for line in report.lines if line.reason)
            lost = " ".join(reasons) or self.tr("Nothing of it stands in Close any more.")
            self.sent = Sent(sent.sample, sent.plan_ids, lost)
            self.changed.emit()
