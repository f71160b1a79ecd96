"""A row of cells of which one is chosen: the mode switch, the time range."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from app.ui.theme.painting import FOCUS_WIDTH, line_of_text, rounded, visual
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role

_PAD = 13
_GAP = 5


@dataclass(frozen=True, slots=True)
class Segment:
    """One cell. ``strong`` fills it with the accent when chosen, so that Live looks unlike Dry run."""

    key: str
    text: str
    icon: str = ""
    strong: bool = False


class _Cell(QAbstractButton):
    def __init__(self, theme: Theme, segment: Segment) -> None:
        super().__init__()
        self._theme = theme
        self.segment = segment
        self.setText(segment.text.replace("&", "&&"))
        self.setCheckable(True)
        # Read out as one of several: Qt says so of what is exclusive by itself, not of a member of a group.
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.font(Role.LABEL))
        width = metrics.horizontalAdvance(self.segment.text) + 2 * _PAD
        if self.segment.icon:
            width += self._theme.px(16) + _GAP
        return QSize(width + 2, max(28, metrics.height() + 12))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Qt would choose the neighbour at once; an arrow key must not be able to switch a relay to Live.
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            step = -step
        if step:
            cells = self.group().buttons()
            cells[(cells.index(self) + step) % len(cells)].setFocus(Qt.FocusReason.TabFocusReason)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        rect = QRectF(self.rect())
        color = tokens.muted
        if self.isChecked() and self.segment.strong:
            rounded(painter, rect, 5, tokens.accent)
            color = tokens.on_accent
        elif self.isChecked():
            rounded(painter, rect, 5, tokens.accent_bg if tokens.dark else tokens.surface, tokens.accent)
            color = tokens.accent
        elif self.underMouse():
            rounded(painter, rect, 5, tokens.hover)
        content = rect.adjusted(_PAD, 0, 2 - _PAD, 0)
        if self.segment.icon:
            size = self._theme.px(16)
            box = QRectF(content.x(), rect.center().y() - size / 2, size, size)
            icon = visual(self.layoutDirection(), rect, box)
            self._theme.icons.paint(painter, icon, self.segment.icon, color)
            content.setLeft(box.right() + _GAP)
        content = visual(self.layoutDirection(), rect, content)
        line_of_text(painter, content, self.segment.text, self._theme.font(Role.LABEL), color)
        if self.hasFocus():
            ring = tokens.on_accent if self.isChecked() and self.segment.strong else tokens.accent
            rounded(painter, rect.adjusted(1, 1, -1, -1), 4, None, ring, FOCUS_WIDTH)


class Segmented(QWidget):
    """``chosen`` fires when a person picks another cell; ``choose`` sets it quietly.

    Tab goes to the chosen cell, arrow keys move along the cells, Space or Enter chooses.
    """

    chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        name: str,
        segments: tuple[Segment, ...],
        current: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._group = QButtonGroup(self)
        self._cells = [_Cell(theme, segment) for segment in segments]
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(1)
        for number, cell in enumerate(self._cells):
            cell.setAccessibleName(f"{name}: {cell.segment.text}")
            self._group.addButton(cell, number)
            row.addWidget(cell)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        if self._cells:
            self.choose(current or segments[0].key)
        self._group.idClicked.connect(self._clicked)
        theme.changed.connect(self.update)

    def current(self) -> str:
        return self._cells[self._group.checkedId()].segment.key

    def choose(self, key: str) -> None:
        for cell in self._cells:
            wanted = cell.segment.key == key
            cell.setFocusPolicy(Qt.FocusPolicy.StrongFocus if wanted else Qt.FocusPolicy.ClickFocus)
            if wanted:
                cell.setChecked(True)
                self.setFocusProxy(cell)

    def button(self, key: str) -> QAbstractButton:
        """The cell of a key, for tests and for tool tips."""
        return next(cell for cell in self._cells if cell.segment.key == key)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        rounded(QPainter(self), self.rect(), 8, tokens.sunken, tokens.border)

    def _clicked(self, number: int) -> None:
        self.setFocusProxy(self._cells[number])
        self.chosen.emit(self._cells[number].segment.key)
