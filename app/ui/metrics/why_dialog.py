"""“Why did nothing happen?”: asks for a person or an event name and shows the way up to where it stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.actions.trace import TraceStep
from app.errors import AppError
from app.ui.frame.task_line import TaskLine
from app.ui.frame.tasks import AsyncTask, TaskLimits
from app.ui.question_dialog import SurfaceDialog, unfilled
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.error_block import ErrorBlock
from app.ui.widgets.field import TextField
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.labels import WrappedLabel
from app.ui.widgets.trace_view import TraceView
from app.workflows.why_fixes import Fix, FixKind
from app.workflows.why_nothing import WhyAnswer

# A text that is no id is looked for in every stored event.
_PATIENT = TaskLimits(give_up=60.0)


class WhyDialog(SurfaceDialog):
    """``ask`` answers in a worker thread. ``fix_chosen`` carries the ``Fix`` whose button was pressed."""

    fix_chosen = Signal(object)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        ask: Callable[[str], WhyAnswer],
        unexpected: Callable[[BaseException], None],
    ) -> None:
        super().__init__(theme, "", parent)
        title = self.tr("Why did nothing happen?")
        self.setWindowTitle(title)
        self._ask = ask
        self.answer: WhyAnswer | None = None
        self.field = TextField(theme, self.tr("User ID, email or event name"))
        self.ask_button = Button(theme, self.tr("Find out"), ButtonKind.PRIMARY, icon="search")
        self.done_button = Button(theme, self.tr("Done"))
        self.fix_button = Button(theme, "")
        self._result = QVBoxLayout()
        self._result.setSpacing(12)
        self._task = AsyncTask("ask why", unexpected=unexpected, limits=_PATIENT, parent=self)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._result)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        unfilled(area)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.ask_button, 0, Qt.AlignmentFlag.AlignBottom)
        self.column.addWidget(WrappedLabel(theme, title, Role.SECTION))
        self.column.addLayout(row)
        self.column.addWidget(TaskLine(theme, self._task))
        self.column.addWidget(area, 1)
        self.add_buttons(self.done_button, self.fix_button)
        self.fix_button.hide()
        self._say(self.tr("The newest event is followed from Segment to Close, up to where it stopped."))
        self.resize(theme.px(600), theme.px(520))
        self._task.succeeded.connect(self.show_answer)
        self._task.failed.connect(self._show_error)
        self._task.changed.connect(lambda: self.ask_button.set_busy(busy=self._task.busy))
        self.ask_button.clicked.connect(self.run)
        self.done_button.clicked.connect(self.reject)
        self.fix_button.clicked.connect(self._fix)
        self.field.edit.installEventFilter(self)
        self.field.edit.setFocus()

    def ask_for(self, text: str) -> None:
        """Ask at once."""
        self.field.edit.setText(text)
        self.run()

    def run(self) -> None:
        text = self.field.edit.text().strip()
        if not text:
            self.field.set_error(self.tr("Enter a user ID, an email or the name of an event."))
            self.field.edit.setFocus()
            return
        self.field.set_error("")
        self._task.run(lambda: asyncio.to_thread(self._ask, text), self.tr("Following the events…"))

    def show_answer(self, answer: WhyAnswer) -> None:
        self.answer = answer
        clear_layout(self._result)
        happened = answer.stopped is None
        tone = Tone.OK if happened else Tone.WARN
        self._result.addWidget(Banner(self._theme, tone, answer.headline, answer.fix.text))
        trace = TraceView(self._theme)
        trace.set_steps(
            [TraceStep(one.title, one.status, one.detail, clauses=one.clauses) for one in answer.steps]
        )
        self._result.addWidget(trace)
        words = self._fix_words(answer.fix)
        self.fix_button.setVisible(bool(words))
        self.fix_button.set_text(words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        enter = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in enter:
            self.run()
            return True
        return super().eventFilter(watched, event)

    def _fix_words(self, fix: Fix) -> str:
        return {
            FixKind.NONE: "",
            FixKind.START_RELAY: self.tr("Start relay"),
            FixKind.CHECK_SETUP: self.tr("Look at the setup"),
            FixKind.EDIT_MAPPING: self.tr("Edit mapping"),
            FixKind.GO_LIVE: self.tr("Show the relay’s mode"),
            FixKind.RETRY: self.tr("Run the event again"),
            FixKind.SHOW_EVENT: self.tr("Show the event"),
        }[fix.kind]

    def _fix(self) -> None:
        if self.answer is not None:
            self.fix_chosen.emit(self.answer.fix)
            self.accept()

    def _say(self, text: str) -> None:
        clear_layout(self._result)
        self._result.addWidget(WrappedLabel(self._theme, text, Role.BODY, "muted"))

    def _show_error(self, error: AppError) -> None:
        clear_layout(self._result)
        self.fix_button.hide()
        self._result.addWidget(ErrorBlock(self._theme, error))
