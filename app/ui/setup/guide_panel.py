"""What stands in the drawer beside a set-up page: numbered steps, short explanations, buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme.painting import line_of_text, rounded
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.hair import Hair
from app.ui.widgets.labels import WrappedLabel

_DISC = 20


class GuidePanel(QWidget):
    """Parts are appended from top to bottom; ``finish`` keeps them at the top."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(20, 8, 20, 20)
        self._column.setSpacing(12)

    def add_steps(self, steps: Sequence[str]) -> None:
        """``steps`` are rich text, escaped by the caller."""
        for number, step in enumerate(steps, start=1):
            label = WrappedLabel(self._theme)
            label.set_markup(step)
            row = QHBoxLayout()
            row.setSpacing(10)
            row.addWidget(_Number(self._theme, number), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(label, 1)
            self._column.addLayout(row)

    def add_text(self, text: str, heading: str = "") -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        if heading:
            words.addWidget(WrappedLabel(self._theme, heading, Role.HEADING))
        words.addWidget(WrappedLabel(self._theme, text, Role.BODY, "muted"))
        self._column.addLayout(words)

    def add_line(self) -> None:
        self._column.addSpacing(4)
        self._column.addWidget(Hair(self._theme))
        self._column.addSpacing(4)

    def add(self, widget: QWidget) -> None:
        self._column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)

    def add_wide(self, widget: QWidget) -> None:
        """A widget that takes the whole width."""
        self._column.addWidget(widget)

    def finish(self) -> None:
        self._column.addStretch(1)


class _Number(QWidget):
    """A step's number in a small disc. Decoration: the order says the same."""

    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self._theme = theme
        self._number = number
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        side = self._theme.px(_DISC)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        box = QRectF(self.rect())
        rounded(painter, box, box.height() / 2, tokens.sunken, tokens.border)
        font = self._theme.font(Role.BADGE)
        line_of_text(painter, box, str(self._number), font, tokens.muted, Qt.AlignmentFlag.AlignHCenter)
