"""Tables: one view, one header and one small model for everything that stands in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from app.ui.theme.painting import FOCUS_WIDTH, line_below, line_of_text, rounded, visual
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.cell import CELL_ROLE, Cell, CellDelegate

_AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` is in px at 100 % text; 0 takes what is left."""

    title: str
    width: int = 0
    align_right: bool = False


class CellTableModel(QAbstractTableModel):
    """Rows of cells that are all in memory. Large lists bring their own model with ``CELL_ROLE``."""

    def __init__(self, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._rows: list[tuple[Cell, ...]] = []

    def set_rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """A row with a single cell spans the whole width."""
        self.beginResetModel()
        self._rows = [tuple(row) for row in rows]
        self.endResetModel()

    def row_is_span(self, row: int) -> bool:
        return len(self._rows[row]) == 1 < len(self._columns)

    def rowCount(self, parent: _AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if index.column() >= len(row):
            return None
        cell = row[index.column()]
        if role == CELL_ROLE:
            return cell
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return cell.spoken
        return cell.text if role == Qt.ItemDataRole.ToolTipRole and len(cell.text) > 24 else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole and self._columns[section].align_right:
            return Qt.AlignmentFlag.AlignRight
        return None

    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        row = self._rows[index.row()] if index.isValid() else ()
        return flags & ~Qt.ItemFlag.ItemIsSelectable if row and row[0].group else flags


class TableHeader(QHeaderView):
    """A sunken header whose texts start where the columns' texts start.

    ``dragged`` fires when the mouse lets go, which is the only way for a person to change a width.
    """

    dragged = Signal()

    def __init__(self, theme: Theme, inset: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._inset = inset
        self.setHighlightSections(False)
        self.setStretchLastSection(True)
        self.setSectionsClickable(False)
        self.setMinimumSectionSize(40)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.font(Role.TABLE_HEADER))
        return QSize(super().sizeHint().width(), max(30, metrics.height() + 12))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.dragged.emit()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        tokens = self._theme.tokens
        painter.save()
        painter.fillRect(rect, self._theme.color("sunken"))
        line_below(painter, rect, tokens.hair)
        model = self.model()
        text = str(model.headerData(section, Qt.Orientation.Horizontal) or "")
        align = model.headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        inner = QRectF(rect).adjusted(self._inset if section == 0 else 8, 0, -8, 0)
        inner = visual(self.layoutDirection(), rect, inner)
        font = self._theme.font(Role.TABLE_HEADER)
        line_of_text(painter, inner, text, font, tokens.muted, align or Qt.AlignmentFlag.AlignLeft)
        painter.restore()


class DataTable(QTableView):
    """Whole rows are chosen; hair lines between rows, no vertical lines.

    ``inset`` is 16 in lists that fill the page and 12 in cards. Heights follow the text size. Widths that a
    person drags in a table with a ``key`` outlast new rows, and the run of the program.
    """

    def __init__(
        self,
        theme: Theme,
        name: str,
        columns: Sequence[Column],
        *,
        inset: int = 12,
        row_height: int = 32,
        fit: bool = False,
        key: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._key = key
        self._columns = tuple(columns)
        self._fit = fit
        self._delegate = CellDelegate(theme, inset=inset, row_height=row_height, parent=self)
        self.setItemDelegate(self._delegate)
        header = TableHeader(theme, inset, self)
        self.setHorizontalHeader(header)
        header.dragged.connect(self._keep_widths)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setAccessibleName(name)
        if fit:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.horizontalScrollBar().rangeChanged.connect(self._fit_height)
        theme.changed.connect(self._restyle)

    def setModel(self, model: object) -> None:
        super().setModel(model)  # type: ignore[arg-type]
        model.modelReset.connect(self._restyle)  # type: ignore[attr-defined]
        self._restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.paint_focus()

    def paint_focus(self) -> None:
        """Where the keys go, while no row says so."""
        if self.hasFocus() and not self.selectionModel().hasSelection():
            painter = QPainter(self.viewport())
            rounded(painter, self.viewport().rect(), 4, None, self._theme.tokens.accent, FOCUS_WIDTH)

    def _restyle(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, self._theme.color("surface"))
        self.setPalette(palette)
        self.verticalHeader().setDefaultSectionSize(self._delegate.row_height(Cell()))
        model = self.model()
        if isinstance(model, QAbstractItemModel):
            self._lay_out(model)

    def _lay_out(self, model: QAbstractItemModel) -> None:
        for number, column in enumerate(self._columns):
            if column.width:
                self.setColumnWidth(number, self._width(number))
        if isinstance(model, CellTableModel):
            self._lay_out_rows(model)
        self._fit_height()

    def _width(self, number: int) -> int:
        wanted = self._theme.column_widths.width(self._key, number, len(self._columns)) if self._key else 0
        if wanted:
            return self._theme.px(wanted)
        column = self._columns[number]
        # Another language may need more for the title than its values do.
        title = QFontMetrics(self._theme.font(Role.TABLE_HEADER)).horizontalAdvance(column.title) + 16
        return max(self._theme.px(column.width), title)

    def _keep_widths(self) -> None:
        usual = [number for number, column in enumerate(self._columns) if column.width]
        if self._key and any(self.columnWidth(number) != self._width(number) for number in usual):
            at_full = 1000 / self._theme.px(1000)
            kept = [0] * len(self._columns)
            for number in usual:
                kept[number] = round(self.columnWidth(number) * at_full)
            self._theme.column_widths.keep(self._key, tuple(kept))

    def _fit_height(self) -> None:
        """As high as the rows, with room for the scroll bar where the columns are wider than the table."""
        model = self.model()
        if self._fit and isinstance(model, QAbstractItemModel):
            height = sum(self.rowHeight(row) for row in range(model.rowCount()))
            height += self.horizontalHeader().sizeHint().height()
            bar = self.horizontalScrollBar()
            if bar.maximum() > bar.minimum():
                height += bar.sizeHint().height()
            self.setFixedHeight(height)

    def _lay_out_rows(self, model: CellTableModel) -> None:
        self.clearSpans()
        for row in range(model.rowCount()):
            cell = model.index(row, 0).data(CELL_ROLE)
            self.setRowHeight(row, self._delegate.row_height(cell))
            if model.row_is_span(row):
                self.setSpan(row, 0, 1, model.columnCount())
