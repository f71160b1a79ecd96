"""The two runs of the Test page: a dry run, and the send that does what it has shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.storage.profile import Profile
from app.ui.frame.tasks import AsyncTask, TaskLimits, TaskPhase
from app.ui.trial.runs import EventRuns, Ran, dry_run, send
from app.workflows.samples import Sample

# A run makes several calls, and Close may ask for pauses between them.
_LIMITS = TaskLimits(give_up=60.0)


class TrialTask(QObject):
    """Keeps the last run as long as it holds: ``profile`` tells whether its mappings are still the same."""

    changed = Signal()
    finished = Signal(object)
    """A ``Ran``."""
    failed = Signal(object)
    stopped = Signal()
    """A send was cancelled half way."""

    def __init__(
        self,
        runs: EventRuns,
        profile: Callable[[], Profile | None],
        unexpected: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runs = runs
        self._profile = profile
        self.ran: Ran | None = None
        self._ran_with: object = None
        self.dry = AsyncTask("dry run", unexpected=unexpected, limits=_LIMITS, parent=self)
        self.send = AsyncTask("send test", unexpected=unexpected, limits=_LIMITS, parent=self)
        for task in (self.dry, self.send):
            task.changed.connect(self.changed)
            task.succeeded.connect(self._finished)
            task.failed.connect(self.failed)
        self.send.changed.connect(self._send_changed)

    @property
    def busy(self) -> bool:
        return self.dry.busy or self.send.busy

    def result_for(self, sample: Sample | None, mapping: str | None) -> Ran | None:
        """The last run, when it was one of this event with the mappings as they are now."""
        ran = self.ran
        if ran is None or (ran.sample, ran.mapping) != (sample, mapping):
            return None
        # What was sent stays true; what was only shown does not outlive a change of the mappings.
        return ran if ran.live or self._ran_with == self._rules() else None

    def run_dry(self, sample: Sample, mapping: str | None) -> None:
        self._ran_with = self._rules()
        words = self.tr("Asking Close what would change…")
        self.dry.run(lambda: dry_run(self._runs, sample, mapping), words)

    def run_send(self, organization: str) -> None:
        """Do what the last dry run has shown."""
        shown = self.ran
        if shown is None or shown.live:
            return
        words = self.tr("Sending to {organization}…").format(organization=organization)
        self.send.run(lambda: send(self._runs, shown), words)

    def forget(self) -> None:
        self.ran = None

    def _rules(self) -> object:
        profile = self._profile()
        return None if profile is None else (profile.mappings, profile.filters)

    def _finished(self, ran: Ran) -> None:
        self.ran = ran
        self.finished.emit(ran)

    def _send_changed(self) -> None:
        if self.send.phase is TaskPhase.CANCELLED:
            self.ran = None
            self.stopped.emit()
