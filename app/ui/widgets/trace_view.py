"""The decision trace: why an event ended as it did, step by step."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.actions.trace import StepStatus, TraceClause, TraceStep
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.flow import clear_layout
from app.ui.widgets.icon import Icon
from app.ui.widgets.labels import ElidedLabel, Label, WrappedLabel

_ICONS = {
    StepStatus.OK: ("circle-check", "ok"),
    StepStatus.SKIPPED: ("circle-slash", "muted"),
    StepStatus.FAILED: ("circle-x", "error"),
    StepStatus.WAITING: ("clock", "warn"),
}
_ICON = 18
_TEXT_X = 30


class TraceView(QWidget):
    """``closing`` is the last line, which says what was not done, with a plain eye before it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setAccessibleName(self.tr("Decision trace"))

    def set_steps(self, steps: Sequence[TraceStep], closing: tuple[str, str] | None = None) -> None:
        """Replace the trace. ``closing`` is (title, measure), for example ("Not sent", "dry run")."""
        clear_layout(self._column)
        rows = [_Step(self._theme, step, *_ICONS[step.status]) for step in steps]
        if closing is not None:
            last = TraceStep(closing[0], StepStatus.OK, measure=closing[1])
            rows.append(_Step(self._theme, last, "eye", "info"))
        for number, row in enumerate(rows):
            row.set_last(is_last=number == len(rows) - 1)
            self._column.addWidget(row)


class _Step(QWidget):
    def __init__(self, theme: Theme, step: TraceStep, icon: str, color: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._color = color
        self._last = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{_word(step.status)}: {step.title}")
        self.setAccessibleDescription(" ".join(part for part in (step.detail, step.measure) if part))
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(WrappedLabel(theme, step.title, Role.LABEL), 1)
        head.addWidget(Label(theme, step.measure, Role.FIGURE_SMALL, "muted"), 0, Qt.AlignmentFlag.AlignTop)
        self._column.addLayout(head)
        for clause in step.clauses:
            self._column.addWidget(_Clause(theme, clause))
        if step.detail:
            self._column.addWidget(WrappedLabel(theme, step.detail, Role.CAPTION, "muted"))
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_last(self, *, is_last: bool) -> None:
        self._last = is_last
        self._restyle()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        size = self._theme.px(_ICON)
        x = (self.width() - size) if self._mirrored() else 0
        box = QRectF(x, 0, size, size)
        self._theme.icons.paint(painter, box, self._icon, self._theme.color(self._color))
        if not self._last:
            line = QRectF(box.center().x() - 0.5, size + 4, 1, self.height() - size - 8)
            if line.height() > 0:
                painter.fillRect(line, self._theme.color("border"))

    def _mirrored(self) -> bool:
        return self.layoutDirection() is Qt.LayoutDirection.RightToLeft

    def _restyle(self) -> None:
        text_x, below = self._theme.px(_ICON) + _TEXT_X - _ICON, 0 if self._last else 11
        left, right = (0, text_x) if self._mirrored() else (text_x, 0)
        self._column.setContentsMargins(left, 0, right, below)
        self.update()


class _Clause(QWidget):
    """One clause of a trigger: passed or not, and the value the event really had."""

    def __init__(self, theme: Theme, clause: TraceClause) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 1, 0, 0)
        row.setSpacing(6)
        icon = Icon(theme, "check" if clause.passed else "x", "ok" if clause.passed else "error", 14)
        actual = ElidedLabel(theme, clause.actual, Role.MONO_SMALL, "muted")
        actual.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(icon)
        row.addWidget(WrappedLabel(theme, clause.text, Role.CAPTION), 3)
        row.addWidget(actual, 2)
        passed = _tr("passed") if clause.passed else _tr("not passed")
        self.setAccessibleName(f"{clause.text}: {passed}")
        self.setAccessibleDescription(clause.actual)


def _word(status: StepStatus) -> str:
    return {
        StepStatus.OK: _tr("Done"),
        StepStatus.SKIPPED: _tr("Skipped"),
        StepStatus.FAILED: _tr("Failed"),
        StepStatus.WAITING: _tr("Waiting"),
    }[status]


def _tr(text: str) -> str:
    return QCoreApplication.translate("TraceView", text)
