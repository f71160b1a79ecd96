"""The left side of the Test page: the list of events, and below it how the test cases stand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.setup.sample_list import SampleList
from app.ui.theme.theme import Theme
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.hair import Hair
from app.workflows.samples import Sample


class EventPane(QWidget):
    """Starred events come first. Without test cases there is no foot."""

    cases_requested = Signal()

    def __init__(self, theme: Theme, *, with_cases: bool) -> None:
        super().__init__()
        self._theme = theme
        self.list = SampleList(theme, can_add=False)
        self.cases_button = Button(theme, "", ButtonKind.GHOST, icon="list-checks", small=True)
        self.cases_button.clicked.connect(self.cases_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        if with_cases:
            column.addWidget(Hair(theme))
            foot = QHBoxLayout()
            foot.setContentsMargins(8, 8, 8, 8)
            foot.addWidget(self.cases_button)
            foot.addStretch(1)
            column.addLayout(foot)
        else:
            self.cases_button.setParent(self)
            self.cases_button.hide()

    def set_samples(self, samples: Sequence[Sample]) -> None:
        """An event that was received and collected stands here once, as the collected one."""
        last = {_message_id(one): one for one in samples}
        once = (one for one in samples if not _message_id(one) or last[_message_id(one)] is one)
        self.list.set_samples(sorted(once, key=lambda sample: not sample.starred))

    def show_cases(self, total: int, failed: int, checked: int) -> None:
        """How many there are, and how those that ran ended."""
        if not total:
            text = self.tr("No test cases yet")
        elif failed:
            text = (
                self.tr("1 test case, failed")
                if total == 1
                else self.tr("{total} test cases, {failed} failed").format(total=total, failed=failed)
            )
        elif checked == total:
            text = (
                self.tr("1 test case, passed")
                if total == 1
                else self.tr("{total} test cases, all pass").format(total=total)
            )
        else:
            text = self.tr("1 test case") if total == 1 else self.tr("{n} test cases").format(n=total)
        self.cases_button.set_text(text)
        self.cases_button.set_icon("circle-x" if failed else "list-checks")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), self._theme.color("border"))


def _message_id(sample: Sample) -> str:
    found = sample.body.get("messageId")
    return found if isinstance(found, str) else ""
