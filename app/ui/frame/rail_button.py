"""One step or place in the rail."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from app.ui.frame.rail_items import NavItem, StepItem, StepMark
from app.ui.theme.painting import FOCUS_WIDTH, line_of_text, rounded
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role

_PILL_INSET = 8
_PILL_RADIUS = 8
_DISC = 20


class RailButton(QAbstractButton):
    """Shared behaviour: pill, focus ring, arrow keys. ``compact`` leaves only disc or icon."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._compact = False
        self._current = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    @property
    def current(self) -> bool:
        return self._current

    def set_compact(self, *, compact: bool) -> None:
        self._compact = compact
        # Long titles are shortened in the full rail too.
        self.setToolTip(self.text().replace("&&", "&"))
        self.updateGeometry()

    def set_current(self, *, current: bool) -> None:
        self._current = current
        self.update()

    def pill(self) -> QRectF:
        """The rounded field behind the current entry, in own coordinates."""
        return QRectF(self.rect()).adjusted(_PILL_INSET, 2, -_PILL_INSET, -2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def row_height(self, least: int) -> int:
        metrics = QFontMetrics(self._theme.font(Role.HEADING))
        return max(least, metrics.height() + 20)

    def paint_pill(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        if self._current:
            rounded(painter, self.pill(), _PILL_RADIUS, tokens.raised, tokens.border)
        elif self.underMouse():
            rounded(painter, self.pill(), _PILL_RADIUS, tokens.hover)
        if self.hasFocus():
            rounded(painter, self.pill(), _PILL_RADIUS, None, tokens.accent, FOCUS_WIDTH)

    def mirrored(self) -> bool:
        return self.layoutDirection() is Qt.LayoutDirection.RightToLeft

    def at(self, x: float, width: float) -> float:
        """``x`` counted from the reading side."""
        return self.width() - x - width if self.mirrored() else x


class StepButton(RailButton):
    """A numbered disc and a title; the disc says how far the step is."""

    def __init__(self, theme: Theme, item: StepItem, number: int) -> None:
        super().__init__(theme)
        self._item = item
        self._number = number
        self.set_item(item)

    @property
    def item(self) -> StepItem:
        return self._item

    def set_item(self, item: StepItem) -> None:
        self._item = item
        self.setText(item.title.replace("&", "&&"))
        self.set_current(current=self._current)

    def set_current(self, *, current: bool) -> None:
        super().set_current(current=current)
        state = self.tr("current step") if current else ""
        mark = {
            StepMark.OPEN: self.tr("to do"),
            StepMark.DONE: self.tr("done"),
            StepMark.FAILED: self.tr("failed"),
            StepMark.ATTENTION: self.tr("needs attention"),
        }[self._item.mark]
        name = self.tr("Step {number}: {title}").format(number=self._number, title=self._item.title)
        self.setAccessibleName(name)
        self.setAccessibleDescription(", ".join(part for part in (state, mark) if part))

    def disc(self) -> QRectF:
        """Where the disc is, in own coordinates."""
        size = self._theme.px(_DISC)
        x = (self.width() - size) / 2 if self._compact else self.at(18, size)
        return QRectF(x, (self.height() - size) / 2, size, size)

    def sizeHint(self) -> QSize:
        return QSize(120, self.row_height(40))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_pill(painter)
        self._paint_disc(painter)
        if self._compact:
            return
        tokens = self._theme.tokens
        open_step = self._item.mark is StepMark.OPEN and not self._current
        role = Role.HEADING if self._current else Role.BODY if open_step else Role.LABEL
        start = 18 + self.disc().width() + 10
        width = self.width() - start - 14
        box = QRectF(self.at(start, width), 0, width, self.height())
        color = tokens.muted if open_step else tokens.text
        line_of_text(painter, box, self._item.title, self._theme.font(role), color)

    def _paint_disc(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        disc = self.disc()
        mark = self._item.mark
        if mark is StepMark.FAILED:
            self._theme.icons.paint(painter, disc, "circle-alert", tokens.error, 2)
        elif mark is StepMark.ATTENTION:
            self._theme.icons.paint(painter, disc.adjusted(1, 1, -1, -1), "triangle-alert", tokens.warn, 2)
        elif self._current:
            rounded(painter, disc, disc.width() / 2, tokens.accent)
            self._paint_number(painter, disc, tokens.on_accent)
        elif mark is StepMark.DONE:
            rounded(painter, disc, disc.width() / 2, tokens.ok_bg, tokens.ok_line)
            inset = disc.width() * 0.22
            check = disc.adjusted(inset, inset, -inset, -inset)
            self._theme.icons.paint(painter, check, "check", tokens.ok, 3)
        else:
            rounded(painter, disc, disc.width() / 2, None, tokens.outline)
            self._paint_number(painter, disc, tokens.muted)

    def _paint_number(self, painter: QPainter, disc: QRectF, color: str) -> None:
        font = self._theme.font(Role.AXIS)
        font.setWeight(font.Weight.DemiBold)
        line_of_text(painter, disc, str(self._number), font, color, Qt.AlignmentFlag.AlignHCenter)


class NavButton(RailButton):
    """An icon, a title and, when something needs a person, a count."""

    def __init__(self, theme: Theme, item: NavItem) -> None:
        super().__init__(theme)
        self._item = item
        self.set_item(item)

    @property
    def item(self) -> NavItem:
        return self._item

    def set_item(self, item: NavItem) -> None:
        self._item = item
        self.setText(item.title.replace("&", "&&"))
        self.setAccessibleName(item.title)
        needs = self.tr("{count} need you").format(count=item.count) if item.count else ""
        self.setAccessibleDescription(needs)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, self.row_height(38))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        self.paint_pill(painter)
        size = self._theme.px(18)
        x = (self.width() - size) / 2 if self._compact else self.at(20, size)
        icon = QRectF(x, (self.height() - size) / 2, size, size)
        self._theme.icons.paint(
            painter, icon, self._item.icon, tokens.accent if self._current else tokens.muted
        )
        if self._compact:
            self._paint_count_dot(painter, icon)
            return
        start = 20 + size + 10
        width = self.width() - start - 14 - self._paint_count(painter)
        box = QRectF(self.at(start, width), 0, width, self.height())
        font = self._theme.font(Role.HEADING if self._current else Role.LABEL)
        color = tokens.text if self._current else tokens.muted
        line_of_text(painter, box, self._item.title, font, color)

    def _paint_count(self, painter: QPainter) -> float:
        """Draw the count at the far edge; returns the width it takes from the title."""
        if not self._item.count:
            return 0
        tokens = self._theme.tokens
        text = str(self._item.count) if self._item.count < 1000 else "999+"
        font = self._theme.font(Role.AXIS)
        font.setWeight(font.Weight.DemiBold)
        height = QFontMetrics(font).height() + 5
        width = max(height, QFontMetrics(font).horizontalAdvance(text) + 12)
        x = self.at(self.width() - width - 18, width)
        box = QRectF(x, (self.height() - height) / 2, width, height)
        rounded(painter, box, height / 2, tokens.error_bg, tokens.error_line)
        line_of_text(painter, box, text, font, tokens.error, Qt.AlignmentFlag.AlignHCenter)
        return width + 12

    def _paint_count_dot(self, painter: QPainter, icon: QRectF) -> None:
        if self._item.count:
            dot = QRectF(0, 0, 8, 8)
            dot.moveCenter(QPointF(icon.right() + 1, icon.top()))
            rounded(painter, dot, 4, self._theme.tokens.error)
