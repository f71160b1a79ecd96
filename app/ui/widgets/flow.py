"""A layout that puts widgets in lines and starts a new line when one is full."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


def clear_layout(layout: QLayout) -> None:
    """Remove all widgets of a layout and delete them once control is back in the event loop."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


class Side(Enum):
    """Where the lines stand; the two that are no start are also in the middle of the height."""

    START = 0.0
    CENTER = 0.5
    END = 1.0


class FlowLayout(QLayout):
    """For chips, badges and buttons: nothing is clipped when the text grows. Equal gaps both ways, in px."""

    def __init__(self, parent: QWidget | None = None, *, spacing: int = 8, side: Side = Side.START) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = spacing
        self._side = side
        self.setContentsMargins(QMargins(0, 0, 0, 0))

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins()
        hints = [item.sizeHint() for item in self._visible()]
        width = sum(hint.width() for hint in hints) + self._gap * max(0, len(hints) - 1)
        height = max((hint.height() for hint in hints), default=0)
        return QSize(width + margins.left() + margins.right(), height + margins.top() + margins.bottom())

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._visible():
            size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _visible(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        margins = self.contentsMargins()
        area = rect.marginsRemoved(margins)
        x, y, line = area.x(), area.y(), 0
        rows: list[list[tuple[QLayoutItem, QRect]]] = [[]]
        for item in self._visible():
            size = item.sizeHint()
            if x > area.x() and x + size.width() > area.right() + 1:
                x, y, line = area.x(), y + line + self._gap, 0
                rows.append([])
            rows[-1].append((item, QRect(QPoint(x, y), size)))
            x += size.width() + self._gap
            line = max(line, size.height())
        if move:
            self._place(rows, area)
        return y + line - rect.y() + margins.bottom()

    def _place(self, rows: list[list[tuple[QLayoutItem, QRect]]], area: QRect) -> None:
        owner = self.parentWidget()
        right_to_left = owner is not None and owner.layoutDirection() is Qt.LayoutDirection.RightToLeft
        bottom = max((place.bottom() for _, place in rows[-1]), default=area.bottom())
        lower = max(0, area.bottom() - bottom) // 2 if self._side is not Side.START else 0
        for row in rows:
            tallest = max((place.height() for _, place in row), default=0)
            spare = round((area.right() - row[-1][1].right()) * self._side.value) if row else 0
            for item, place in row:
                moved = place.translated(spare, lower + (tallest - place.height()) // 2)
                if right_to_left:
                    moved.moveRight(area.right() - (place.x() + spare - area.x()))
                item.setGeometry(moved)
