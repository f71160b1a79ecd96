"""The test cases of the page: kept in memory, saved and run through ``CaseBook``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from app.actions.trace import EventReport
from app.errors import AppError
from app.storage.case_store import EventCase
from app.ui.frame.tasks import AsyncTask, TaskLimits
from app.workflows.case_book import CaseBook
from app.workflows.event_cases import CaseResult, case_of, with_case
from app.workflows.samples import Sample

# Each case is a dry run of its own, and Close may ask for pauses between them.
_RUN_LIMITS = TaskLimits(give_up=600.0)


class CaseDesk(QObject):
    """``changed`` fires whenever cases, results or work change; ``saved`` carries the case and an undo."""

    changed = Signal()
    saved = Signal(object, object)
    removed = Signal(object, object)
    failed = Signal(object)
    finished = Signal()

    def __init__(
        self, book: CaseBook, unexpected: Callable[[BaseException], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._book = book
        self.cases: tuple[EventCase, ...] = ()
        self.results: dict[str, CaseResult] = {}
        self._loaded = False
        self._after_save: Callable[[], None] = lambda: None
        self._loading = AsyncTask("read the test cases", unexpected=unexpected, parent=self)
        self._saving = AsyncTask("keep the test cases", unexpected=unexpected, parent=self)
        self.running = AsyncTask("run the test cases", unexpected=unexpected, limits=_RUN_LIMITS, parent=self)
        self._loading.succeeded.connect(self._take)
        self._saving.succeeded.connect(self._kept)
        self.running.succeeded.connect(lambda _: self.finished.emit())
        self.running.changed.connect(self.changed)
        for task in (self._loading, self._saving, self.running):
            task.failed.connect(self.failed)

    @property
    def failures(self) -> int:
        return sum(not one.passed for one in self.results.values())

    def load(self) -> None:
        """Read the file, once; needs the running loop."""
        if not self._loaded and not self._loading.busy:
            self._loading.run(self._book.load, self.tr("Reading the test cases…"))

    def known(self, sample: Sample, mapping: str | None) -> EventCase | None:
        """The case of this event and this choice of mapping."""
        same = (one for one in self.cases if one.event == sample.body and one.mapping == mapping)
        return next(same, None)

    def save(self, sample: Sample, report: EventReport, mapping: str | None) -> None:
        """Keep the event with what this dry run has shown."""
        case = case_of(sample, report, self._book.profile().mappings, mapping)
        before = self.cases
        cases, kept = with_case(before, case)
        self._save(cases, lambda: self.saved.emit(kept, lambda: self._save(before)))
        self.results.pop(kept.name, None)

    def remove(self, name: str) -> None:
        before = self.cases
        gone = next((one for one in before if one.name == name), None)
        if gone is not None:
            rest = tuple(one for one in before if one is not gone)
            self._save(rest, lambda: self.removed.emit(gone, lambda: self._save(before)))

    def run_all(self) -> None:
        """Dry-run every case; results come in one by one."""
        if self.running.busy or not self.cases:
            return
        self.results = {}
        cases = self.cases
        count = len(cases)
        verb = (
            self.tr("Running the test case…")
            if count == 1
            else self.tr("Running {n} test cases…").format(n=count)
        )
        self.running.run(lambda: self._book.check(cases, self._hear), verb)

    # -------------------------------------------------------------------------------------------

    def _take(self, cases: tuple[EventCase, ...]) -> None:
        self._loaded = True
        self.cases = cases
        self.changed.emit()

    def _save(self, cases: Sequence[EventCase], then: Callable[[], None] = lambda: None) -> None:
        if not self._loaded:
            self.failed.emit(
                AppError(
                    "CASES-NOT-READ",
                    self.tr("The test cases have not been read yet."),
                    remedy=self.tr("Try again in a moment."),
                )
            )
            return
        self._after_save = then
        wanted = tuple(cases)
        self._saving.run(lambda: self._book.save(wanted), self.tr("Saving…"))

    def _kept(self, cases: tuple[EventCase, ...]) -> None:
        self.cases = cases
        names = {one.name for one in cases}
        self.results = {name: one for name, one in self.results.items() if name in names}
        then, self._after_save = self._after_save, lambda: None
        self.changed.emit()
        then()

    def _hear(self, result: CaseResult) -> None:
        self.results[result.case.name] = result
        self.changed.emit()
