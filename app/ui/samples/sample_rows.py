"""The list of events: two lines per row, with the chip of the type and a star to press."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui.samples.samples_model import ROW_ROLE, SampleRow, SamplesModel
from app.ui.theme.painting import FOCUS_WIDTH, line_below, line_of_text, rounded, visual
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.chip_painting import ChipSpec, chip_size, paint_chip

_AnyIndex = QModelIndex | QPersistentModelIndex
_INSET = 16
_STAR = 15
_STAR_AREA = 32


class SampleRowDelegate(QStyledItemDelegate):
    """Rows that have a star show it; ``stars`` offers it also where the pointer or the selection is."""

    def __init__(self, theme: Theme, *, stars: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._stars = stars

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _AnyIndex) -> QSize:
        return QSize(120, self.row_height())

    def row_height(self) -> int:
        first = QFontMetrics(self._theme.font(Role.LABEL)).height()
        return max(50, first + chip_size(self._theme, ChipSpec("x")).height() + 17)

    def star_area(self, row: QRectF, direction: Qt.LayoutDirection) -> QRectF:
        """Where a press means the star: wider than what is drawn."""
        width = self._theme.px(_STAR_AREA)
        return visual(direction, row, QRectF(row.right() - width, row.y(), width, row.height()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        row = index.data(ROW_ROLE)
        if not isinstance(row, SampleRow):
            return
        painter.save()
        rect = QRectF(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if selected:
            painter.fillRect(rect, self._theme.color("accent_bg"))
            bar = QRectF(rect.x(), rect.y(), 3, rect.height())
            painter.fillRect(visual(option.direction, rect, bar), self._theme.color("accent"))
        elif hovered:
            painter.fillRect(rect, self._theme.color("hover"))
        line_below(painter, rect, self._theme.tokens.hair)
        self._paint_words(painter, rect, option.direction, row)
        if row.starred or (self._stars and (selected or hovered)):
            size = self._theme.px(_STAR)
            area = self.star_area(rect, option.direction)
            box = QRectF(area.center().x() - size / 2, area.center().y() - size / 2, size, size)
            color = self._theme.tokens.warn if row.starred else self._theme.tokens.muted
            self._theme.icons.paint(painter, box, "star-filled" if row.starred else "star", color)
        painter.restore()

    def _paint_words(
        self, painter: QPainter, rect: QRectF, direction: Qt.LayoutDirection, row: SampleRow
    ) -> None:
        theme = self._theme
        right = theme.px(_STAR_AREA) if self._stars or row.starred else 8
        content = rect.adjusted(_INSET, 0, -right, -1)
        spec = ChipSpec(row.type, icon="triangle-alert" if row.odd_type else "")
        chip = chip_size(theme, spec)
        first = QFontMetrics(theme.font(Role.LABEL)).height()
        top = content.center().y() - (first + chip.height() + 3) / 2
        upper = QRectF(content.x(), top, content.width(), first)
        font = theme.font(Role.LABEL)
        line_of_text(painter, visual(direction, rect, upper), row.name, font, theme.color("text"))
        width = min(chip.width(), content.width())
        lower = QRectF(content.x(), top + first + 3, width, chip.height())
        paint_chip(theme, painter, visual(direction, rect, lower), spec)
        rest = QRectF(lower.right() + 8, lower.y(), content.right() - lower.right() - 8, lower.height())
        small = theme.font(Role.FIGURE_SMALL)
        line_of_text(painter, visual(direction, rect, rest), row.when, small, theme.color("muted"))


class SampleRows(QListView):
    """``S`` gives or takes the star, Delete removes; both act on the chosen row."""

    star_requested = Signal(int)
    remove_requested = Signal(int)

    def __init__(self, theme: Theme, name: str, model: SamplesModel, *, stars: bool) -> None:
        super().__init__()
        self._theme = theme
        self._stars = stars
        self._delegate = SampleRowDelegate(theme, stars=stars, parent=self)
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        if stars:
            self.setAccessibleDescription(self.tr("S gives or takes the star, Delete removes the event."))
        theme.changed.connect(self._restyle)
        self._restyle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if self._stars and plain and row >= 0 and event.key() == Qt.Key.Key_S:
            self.star_requested.emit(row)
        elif self._stars and plain and row >= 0 and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_requested.emit(row)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        index = self.indexAt(place.toPoint())
        if self._stars and index.isValid() and event.button() is Qt.MouseButton.LeftButton:
            area = self._delegate.star_area(QRectF(self.visualRect(index)), self.layoutDirection())
            if area.contains(place):
                self.star_requested.emit(index.row())
                return
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() and not self.selectionModel().hasSelection():
            painter = QPainter(self.viewport())
            rounded(painter, self.viewport().rect(), 4, None, self._theme.tokens.accent, FOCUS_WIDTH)

    def _restyle(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, self._theme.color("surface"))
        self.setPalette(palette)
        self.verticalScrollBar().setSingleStep(self._delegate.row_height() // 2)
        self.scheduleDelayedItemsLayout()
