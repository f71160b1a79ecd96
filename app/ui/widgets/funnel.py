"""How many events came through each stage, and why the others did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme.painting import FOCUS_WIDTH, line_of_text, rounded
from app.ui.theme.theme import Theme
from app.ui.theme.tokens import Tone
from app.ui.theme.typography import Role
from app.ui.widgets.flow import clear_layout

_BAR = 16


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """``note`` is the reason for what was lost after this stage; ``leads`` when it can be looked at."""

    name: str
    count: int
    note: str = ""
    tone: Tone = Tone.ACCENT
    leads: bool = False


class Funnel(QWidget):
    """One bar per stage, relative to the first; ``activated`` has the number of a stage that leads on."""

    activated = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)

    def set_stages(self, stages: Sequence[FunnelStage]) -> None:
        if [self._stage_at(number).stage for number in range(self._column.count())] == list(stages):
            return
        had_focus = next((n for n in range(self._column.count()) if self._stage_at(n).hasFocus()), None)
        clear_layout(self._column)
        metrics = QFontMetrics(self._theme.font(Role.LABEL))
        widest = max((metrics.horizontalAdvance(stage.name) for stage in stages), default=0)
        most = max((stage.count for stage in stages), default=0) or 1
        share_of_name = widest / max(1, metrics.horizontalAdvance("0"))
        for number, stage in enumerate(stages):
            row = _Stage(self._theme, stage, stage.count / most, share_of_name)
            if stage.leads:
                row.clicked.connect(partial(self._emit, number))
            self._column.addWidget(row)
            if number == had_focus and stage.leads:
                row.setFocus(Qt.FocusReason.OtherFocusReason)

    def _emit(self, number: int, _checked: bool = False) -> None:
        self.activated.emit(number)

    def _stage_at(self, number: int) -> _Stage:
        item = self._column.itemAt(number)
        found = item.widget() if item else None
        assert isinstance(found, _Stage)
        return found


class _Stage(QAbstractButton):
    def __init__(self, theme: Theme, stage: FunnelStage, share: float, name_digits: float) -> None:
        super().__init__()
        self._theme = theme
        self.stage = stage
        self._share = share
        self._name_digits = name_digits
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{stage.name}: {stage.count:,}")
        self.setAccessibleDescription(stage.note)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if stage.leads else Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        if stage.leads:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setToolTip(stage.note)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        upper = max(_BAR, QFontMetrics(self._theme.font(Role.LABEL)).height())
        lower = QFontMetrics(self._theme.font(Role.AXIS)).height() + 3
        return QSize(260, upper + lower)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        leads = self.stage.leads
        label, number = self._theme.font(Role.LABEL), self._theme.font(Role.FIGURE)
        number.setWeight(number.Weight.DemiBold)
        metrics = QFontMetrics(label)
        row = float(max(_BAR, metrics.height()))
        left = self._name_digits * metrics.horizontalAdvance("0") + 16
        count = f"{self.stage.count:,}"
        right = (
            max(
                QFontMetrics(number).horizontalAdvance("00,000"),
                QFontMetrics(number).horizontalAdvance(count),
            )
            + 12
        )
        line_of_text(painter, QRectF(0, 0, left, row), self.stage.name, label, tokens.text)
        track = QRectF(left, (row - _BAR) / 2, max(20.0, self.width() - left - right), _BAR)
        rounded(painter, track, 4, tokens.sunken)
        bar = QRectF(track.x(), track.y(), max(3.0, track.width() * self._share), _BAR)
        rounded(painter, bar, 4, self._theme.tone(self.stage.tone).text)
        box = QRectF(self.width() - right, 0, right, row)
        line_of_text(painter, box, count, number, tokens.text, Qt.AlignmentFlag.AlignRight)
        below = QRectF(left, row + 2, self.width() - left, self.height() - row - 2)
        color = tokens.accent if leads and self.underMouse() else tokens.muted
        line_of_text(painter, below, self.stage.note, self._theme.font(Role.AXIS), color)
        if self.hasFocus():
            rounded(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, None, tokens.accent, FOCUS_WIDTH)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.stage.leads:
            self.click()
        else:
            super().keyPressEvent(event)
