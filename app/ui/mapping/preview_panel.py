"""The drawer beside the fields: one event, what the mapping gives for it, and the payload."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.errors import AppError
from app.json_value import JsonObject
from app.segment.mapping import Problem
from app.ui.frame.task_line import TaskLine
from app.ui.frame.tasks import AsyncTask
from app.ui.mapping.preview_lines import PreviewLine, PreviewText
from app.ui.mapping.sample_names import sample_name, sample_time
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.code_box import CodeBox
from app.ui.widgets.combo import ComboBox
from app.ui.widgets.error_block import ErrorBlock
from app.ui.widgets.field import NoteLine
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.hair import Hair
from app.ui.widgets.icon import Icon, IconTile
from app.ui.widgets.labels import ElidedLabel, Label, WrappedLabel
from app.workflows.mapping_editor.evaluation import Evaluation
from app.workflows.samples import Sample

_MOST_SAMPLES = 200
_MOST_LINES = 6
_LEAST_CODE = 150


class PreviewPanel(QWidget):
    """``sample_chosen`` carries the sample a person picked; ``compare_requested`` asks to read from Close,
    ``collect_requested`` for events when there are none."""

    sample_chosen = Signal(object)
    compare_requested = Signal()
    collect_requested = Signal()

    def __init__(self, theme: Theme, comparing: AsyncTask | None) -> None:
        super().__init__()
        self._theme = theme
        self._offered: list[Sample] = []
        self._shown_text: PreviewText | None = None
        self._payload: JsonObject | None = None
        self.sample = ComboBox(theme, icon="user-round")
        self.sample.setAccessibleName(self.tr("Event to show values for"))
        self.headline = WrappedLabel(theme, "", Role.HEADING)
        self._lines = QVBoxLayout()
        self._views: list[_LineView] = []
        self._more = Label(theme, "", Role.CAPTION, "muted")
        self._more.hide()
        self._foot = _Foot(theme)
        self._problems = QVBoxLayout()
        self._failure = QVBoxLayout()
        self.compare_button = Button(theme, self.tr("Compare with Close"), icon="eye", small=True)
        self.compare_button.setToolTip(self.tr("Reads the records from Close. Nothing is written."))
        self.compare_button.setVisible(comparing is not None)
        self.copy_button = Button(theme, self.tr("Copy"), ButtonKind.GHOST, icon="copy", small=True)
        self.copy_button.setAccessibleName(self.tr("Copy the payload"))
        self._code = QWidget()
        self.payload = CodeBox(theme, name=self.tr("Payload"))
        self.collect_button = Button(theme, self.tr("Collect events"), icon="inbox", small=True)
        self.collect_button.hide()
        self._time = QWidget()
        self.took = Label(theme, "", Role.FIGURE_SMALL, "muted")
        self._build(comparing)
        self.sample.activated.connect(self._picked)
        theme.changed.connect(self._fit_payload)
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.payload.text()))
        self.compare_button.clicked.connect(self.compare_requested)
        self.collect_button.clicked.connect(self.collect_requested)

    def set_samples(self, samples: Sequence[Sample], chosen: Sample | None) -> None:
        """The newest events, and the chosen one wherever it stands."""
        offered = list(samples[:_MOST_SAMPLES])
        if chosen is not None and chosen not in offered:
            offered.insert(0, chosen)
        if offered != self._offered:
            self._offered = offered
            self.sample.clear()
            for number, sample in enumerate(offered):
                self.sample.add(sample_name(sample), number, sample_time(sample))
        self.sample.setEnabled(bool(offered))
        self.sample.setCurrentIndex(offered.index(chosen) if chosen is not None else -1)

    def show_text(self, text: PreviewText, *, compared: bool = False) -> None:
        """Headline and lines; only what differs from before is made anew."""
        self.compare_button.set_text(self.tr("Compare again") if compared else self.tr("Compare with Close"))
        if text == self._shown_text:
            return
        self._shown_text = text
        self.headline.set_text(text.headline)
        lines = text.lines[:_MOST_LINES]
        while len(self._views) < len(lines):
            self._views.append(_LineView(self._theme))
            self._lines.addWidget(self._views[-1])
        for number, view in enumerate(self._views):
            view.setVisible(number < len(lines))
            if number < len(lines):
                view.show_line(lines[number])
        more = len(text.lines) - len(lines)
        self._more.setText(self.tr("and {count} more in the payload").format(count=more))
        self._more.setVisible(more > 0)
        self._foot.set_text(text.foot)

    def show_evaluation(self, evaluation: Evaluation, took_ms: float) -> None:
        """The payload with everything that is wrong with it, and how long it took to know."""
        self._show_payload(evaluation.payload)
        clear_layout(self._problems)
        for problem in evaluation.validation:
            self._add_problem(problem.message)
        for error in evaluation.errors:
            self._add_problem(_in_words(error))
        self.took.setText(self.tr("Updated as you type, {ms} ms").format(ms=max(1, round(took_ms))))
        self._show_values(shown=True)

    def show_nothing(self, text: str) -> None:
        """There is no event to show values for."""
        self.show_text(PreviewText(text))
        clear_layout(self._problems)
        self._payload = None
        self._show_values(shown=False)

    def show_failure(self, error: AppError | None) -> None:
        """Why Close could not be compared with; None takes the message away."""
        clear_layout(self._failure)
        if error is not None:
            self._failure.addWidget(ErrorBlock(self._theme, error))

    def _build(self, comparing: AsyncTask | None) -> None:
        heading = Label(self._theme, self.tr("Payload"), Role.HEADING)
        heading.setBuddy(self.payload.edit)
        head = QHBoxLayout()
        head.addWidget(heading, 1)
        head.addWidget(self.copy_button)
        code = QVBoxLayout(self._code)
        code.setContentsMargins(0, 0, 0, 0)
        code.setSpacing(12)
        code.addWidget(Hair(self._theme))
        code.addLayout(head)
        code.addLayout(self._problems)
        code.addWidget(self.payload, 1)
        code.addStretch(0)
        foot = QHBoxLayout(self._time)
        foot.setContentsMargins(0, 8, 0, 0)
        foot.setSpacing(6)
        foot.addWidget(Icon(self._theme, "zap", "muted", 14))
        foot.addWidget(self.took, 1)
        for layout, gap in ((self._lines, 12), (self._problems, 6), (self._failure, 8)):
            layout.setSpacing(gap)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 4, 18, 16)
        column.setSpacing(12)
        column.addWidget(self.sample)
        column.addWidget(self.headline)
        column.addLayout(self._failure)
        column.addLayout(self._lines)
        column.addWidget(self._more)
        column.addWidget(self._foot)
        if comparing is not None:
            column.addWidget(TaskLine(self._theme, comparing))
            column.addWidget(self.compare_button, 0, Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self.collect_button, 0, Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self._code, 1)
        column.addStretch(0)
        column.addWidget(self._time)

    def _add_problem(self, text: str) -> None:
        line = NoteLine(self._theme)
        line.show_text(text, "error", "circle-alert")
        self._problems.addWidget(line)

    def _show_values(self, *, shown: bool) -> None:
        self._code.setVisible(shown)
        self._time.setVisible(shown)
        self.collect_button.setVisible(not shown)

    def _show_payload(self, payload: JsonObject) -> None:
        """Scrolled to where a person was reading: it changes with every key."""
        if payload == self._payload:
            return
        self._payload = payload
        bar = self.payload.edit.verticalScrollBar()
        place = bar.value()
        self.payload.set_json(dict(payload))
        self._fit_payload()
        bar.setValue(place)

    def _fit_payload(self) -> None:
        """As high as its lines, and less where the drawer ends; then it scrolls by itself."""
        edit = self.payload.edit
        lines = max(1, edit.blockCount())
        widest = max((len(line) for line in edit.toPlainText().split("\n")), default=0)
        wide = widest * edit.fontMetrics().horizontalAdvance("m") > edit.viewport().width()
        bar = edit.horizontalScrollBar().sizeHint().height() if wide else 0
        self.payload.setMaximumHeight(lines * edit.fontMetrics().lineSpacing() + bar + 24)
        self.payload.setMinimumHeight(min(self._theme.px(_LEAST_CODE), self.payload.maximumHeight()))

    def _picked(self, index: int) -> None:
        self.sample_chosen.emit(self._offered[index])


class _LineView(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._icon = IconTile(theme, "building-2", Tone.INFO, 22, 14)
        self._name = ElidedLabel(theme, "", Role.LABEL)
        self._text = ElidedLabel(theme, "", Role.CAPTION, "muted")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        words.addWidget(self._text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)

    def show_line(self, line: PreviewLine) -> None:
        self.setAccessibleName(f"{line.name}: {line.text}")
        self._icon.set_icon(line.icon, line.tone)
        self._name.setText(line.name)
        self._text.setText(line.text)


class _Foot(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._text = Label(theme, "", Role.CAPTION, "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 0, 0, 0)
        row.setSpacing(13)
        row.addWidget(Icon(theme, "equal", "muted", 14))
        row.addWidget(self._text, 1)
        self.hide()

    def set_text(self, text: str) -> None:
        self._text.setText(text)
        self.setVisible(bool(text))


def _in_words(problem: Problem) -> str:
    return f"{problem.place}: expected {problem.expected}, found {problem.found}."
