"""The test cases on the page: the rows, running them all, and what the command bar offers meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.storage.case_store import EventCase
from app.ui.frame.commands import Command, CommandSet, Fact
from app.ui.frame.task_line import TaskLine
from app.ui.theme.theme import Theme
from app.ui.trial.case_desk import CaseDesk
from app.ui.trial.cases_view import CasesView
from app.ui.widgets.gauge import SegmentProgress
from app.workflows.case_book import CaseBook
from app.workflows.samples import Origin, Sample


class CasePane(QWidget):
    """``counted`` carries how many there are, failed and ran; ``told`` a toast and its undo."""

    counted = Signal(int, int, int)
    changed = Signal()
    opened = Signal(object, object)
    told = Signal(str, object)
    failed = Signal(object)
    announced = Signal(str)

    def __init__(self, theme: Theme, book: CaseBook, unexpected: Callable[[BaseException], None]) -> None:
        super().__init__()
        self.desk = CaseDesk(book, unexpected, self)
        self.view = CasesView(theme)
        self._progress = SegmentProgress(theme, self.tr("Test cases"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(TaskLine(theme, self.desk.running))
        column.addWidget(self._progress)
        column.addWidget(self.view)
        column.addStretch(1)
        self.setVisible(False)
        self._connect()
        self._show()

    def commands(self, leave: Callable[[], None]) -> CommandSet:
        """Run all, and the way back to the event."""
        run = Command(self.tr("Run all"), self.desk.run_all, icon="play", busy=self.desk.running.busy)
        return CommandSet(
            primary=run if self.desk.cases else None,
            back=Command(self.tr("Back to the event"), leave),
            fact=Fact(self.tr("Nothing is written"), "lock"),
        )

    def _connect(self) -> None:
        desk = self.desk
        desk.changed.connect(self._show)
        desk.failed.connect(self.failed)
        desk.saved.connect(self._saved)
        desk.removed.connect(self._removed)
        desk.finished.connect(self._finished)
        self.view.opened.connect(self._open)
        self.view.removed.connect(desk.remove)

    def _show(self) -> None:
        desk = self.desk
        self.view.show_cases(desk.cases, desk.results)
        self._progress.set_progress(len(desk.results), len(desk.cases))
        self._progress.setVisible(desk.running.busy)
        self.counted.emit(len(desk.cases), desk.failures, len(desk.results))
        self.changed.emit()

    def _saved(self, case: EventCase, undo: Callable[[], None]) -> None:
        self.told.emit(self.tr("Saved as test case “{name}”").format(name=case.name), undo)

    def _removed(self, case: EventCase, undo: Callable[[], None]) -> None:
        self.told.emit(self.tr("Deleted the test case “{name}”").format(name=case.name), undo)

    def _finished(self) -> None:
        failed = self.desk.failures
        total = len(self.desk.cases)
        self.announced.emit(
            self.tr("{failed} of {total} test cases failed").format(failed=failed, total=total)
            if failed
            else self.tr("All test cases passed")
        )

    def _open(self, name: str) -> None:
        case = next((one for one in self.desk.cases if one.name == name), None)
        if case is not None:
            self.opened.emit(Sample(case.name, "", case.event, Origin.PASTED), case.mapping)
