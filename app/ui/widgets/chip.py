"""Chips as widgets: names and codes, and filters that can be taken away."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.ui.theme.painting import FOCUS_WIDTH, rounded
from app.ui.theme.theme import Theme
from app.ui.widgets.chip_painting import ChipLook, ChipSpec, chip_size, paint_chip


class Chip(QWidget):
    """A name in a small box; ``full`` (for example the whole path) is the tool tip."""

    def __init__(self, theme: Theme, spec: ChipSpec, full: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._spec = spec
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(full or spec.text)
        self.setToolTip(full)
        theme.changed.connect(self.updateGeometry)

    @property
    def spec(self) -> ChipSpec:
        return self._spec

    def set_spec(self, spec: ChipSpec, full: str = "") -> None:
        self._spec = spec
        self.setAccessibleName(full or spec.text)
        self.setToolTip(full)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return chip_size(self._theme, self._spec)

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_chip(self._theme, QPainter(self), QRectF(self.rect()), self._spec)


class FilterChip(QAbstractButton):
    """A filter that is on. A press anywhere but on the cross asks to change it; the cross removes it.

    On the keyboard: Space or Enter changes it, Delete or Backspace removes it.
    """

    removed = Signal()

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._spec = ChipSpec(text, ChipLook.FILTER)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        self.setAccessibleDescription(self.tr("Delete removes this filter"))
        theme.changed.connect(self.updateGeometry)

    def set_text(self, text: str) -> None:
        self._spec = ChipSpec(text, ChipLook.FILTER)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        size = chip_size(self._theme, self._spec)
        return QSize(size.width() + self._cross_size() + 4, size.height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.isDown() and self._cross().contains(event.position()):
            self.setDown(False)
            self.removed.emit()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect())
        paint_chip(self._theme, painter, rect, ChipSpec("", ChipLook.FILTER))
        text_rect = rect.adjusted(0, 0, -self._cross_size() - 4, 0)
        painter.save()
        painter.setClipRect(text_rect.adjusted(6, 2, 0, -2))
        paint_chip(self._theme, painter, text_rect.adjusted(0, 0, 12, 0), self._spec)
        painter.restore()
        accent = self._theme.color("accent")
        self._theme.icons.paint(painter, self._cross(), "x", accent)
        if self.hasFocus():
            rounded(painter, rect, rect.height() / 2, None, accent, FOCUS_WIDTH)

    def _cross_size(self) -> int:
        return self._theme.px(12)

    def _cross(self) -> QRectF:
        size = self._cross_size()
        return QRectF(self.width() - size - 7, (self.height() - size) / 2, size, size)
