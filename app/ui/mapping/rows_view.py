"""The list of target fields: one view for all rows, driven by keys, the mouse and drops of variables."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QSizePolicy

from app.segment.value_expression import Variable
from app.ui.mapping.row_delegate import CHOICES_WIDTH, RowDelegate
from app.ui.mapping.row_geometry import RowGeometry
from app.ui.mapping.rows import FieldRow, GroupRow
from app.ui.mapping.rows_model import RowsModel
from app.ui.theme.painting import visual
from app.ui.theme.theme import Theme
from app.ui.value_editor.row_clipboard import VARIABLE_MIME, items_from

_LEAST_HEIGHT = 140
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_CLEAR = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class RowsView(QListView):
    """Only says what a person wants of which row (its key); the page decides what happens.

    ``edit_requested`` carries what was typed to begin with. As high as its rows where there is room.
    """

    edit_requested = Signal(str, str)
    switch_requested = Signal(str)
    clear_requested = Signal(str)
    choices_requested = Signal(str)
    variable_dropped = Signal(str, tuple)
    filter_requested = Signal()
    placed = Signal()

    def __init__(self, theme: Theme, model: RowsModel) -> None:
        super().__init__()
        self._theme = theme
        self._rows = model
        self.geometry_of_rows = RowGeometry(theme)
        self.delegate = RowDelegate(theme, self.geometry_of_rows, self)
        self._kept = ""
        self._height: int | None = None
        self.setItemDelegate(self.delegate)
        self.setModel(model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(self.tr("Fields in Close"))
        self.setAccessibleDescription(self.tr("Enter edits a field, Left and Right fold a group"))
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._restore)
        model.dataChanged.connect(self._heights_changed)
        theme.changed.connect(self._restyle)
        self._restyle()

    def current_key(self) -> str:
        """The key of the selected field, empty on a header."""
        row = self._rows.row(self.currentIndex().row())
        return row.key if isinstance(row, FieldRow) else ""

    def select(self, key: str) -> None:
        number = self._rows.number_of(key)
        if number >= 0:
            self.setCurrentIndex(self._rows.index(number, 0))

    def select_first(self) -> None:
        """Select the first field that is shown."""
        numbers = range(self._rows.rowCount())
        first = next((number for number in numbers if isinstance(self._rows.row(number), FieldRow)), 0)
        self.setCurrentIndex(self._rows.index(first, 0))

    def field_rect(self, key: str) -> QRect:
        """Where the value's field of a row is, in the viewport; an empty rectangle when it is not shown."""
        number = self._rows.number_of(key)
        row = self._rows.row(number)
        if row is None:
            return QRect()
        bounds = self.visualRect(self._rows.index(number, 0))
        places = self.delegate.places(row, bounds.width())
        return self._in_view(places.field, bounds)

    def set_editing(self, key: str, height: int = 0) -> None:
        """Leave the field of this row to an editor of ``height`` px; empty for none."""
        if (key, height) != (self.delegate.editing, self.delegate.editor_height):
            self.delegate.editing, self.delegate.editor_height = key, height
            self._heights_changed()
            self.viewport().update()

    def content_height(self) -> int:
        if self._height is None:
            width = self.viewport().width()
            shown = (self._rows.row(number) for number in range(self._rows.rowCount()))
            self._height = sum(self.delegate.places(row, width).height for row in shown if row is not None)
        return self._height

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(420), max(self._theme.px(60), self.content_height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, min(self._theme.px(_LEAST_HEIGHT), self.sizeHint().height()))

    # Keys and mouse ----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self._rows.row(self.currentIndex().row())
        handled = False
        if isinstance(row, GroupRow):
            handled = self._group_key(row, event)
        elif row is not None:
            handled = self._field_key(row, event)
        if not handled and event.text() == "/" and not event.modifiers() & _MODIFIERS:
            self.filter_requested.emit()
            handled = True
        if handled:
            event.accept()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed(event.position().toPoint())

    def focusInEvent(self, event: QFocusEvent) -> None:
        # Qt itself would choose the header of the first group.
        if not self.currentIndex().isValid():
            self.select_first()
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(VARIABLE_MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        row = self._row_at(event.position().toPoint())
        fits = isinstance(row, FieldRow) and row.switch is None
        self._mark_drop(row.key if isinstance(row, FieldRow) and fits else "")
        event.setAccepted(fits)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._mark_drop("")
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        key = self.delegate.drop_key
        self._mark_drop("")
        dropped = items_from(event.mimeData()) if key else ()
        if dropped and isinstance(dropped[0], Variable):
            event.acceptProposedAction()
            self.variable_dropped.emit(key, dropped[0].keys)

    # Layout ------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._heights_changed()

    def updateGeometries(self) -> None:
        super().updateGeometries()
        self.placed.emit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.placed.emit()

    # -------------------------------------------------------------------------------------------

    def _group_key(self, row: GroupRow, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        back, forward = Qt.Key.Key_Left, Qt.Key.Key_Right
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            back, forward = forward, back
        if key in (*_ENTER, Qt.Key.Key_Space) and not event.modifiers() & _MODIFIERS:
            self._fold(row, folded=not row.collapsed)
        elif key in (back, forward):
            self._fold(row, folded=key == back)
        else:
            return False
        return True

    def _field_key(self, row: FieldRow, event: QKeyEvent) -> bool:
        key, modifiers = Qt.Key(event.key()), event.modifiers() & _MODIFIERS
        if row.switch is not None:
            if key in (*_ENTER, Qt.Key.Key_Space) and not modifiers:
                self.switch_requested.emit(row.key)
                return True
        elif self._value_key(row, event):
            return True
        if key == Qt.Key.Key_Left and not modifiers:
            number = self._rows.number_of_group(row.target.group)
            self.setCurrentIndex(self._rows.index(number, 0))
            return True
        return False

    def _value_key(self, row: FieldRow, event: QKeyEvent) -> bool:
        key, modifiers = Qt.Key(event.key()), event.modifiers() & _MODIFIERS
        if (key in _ENTER or key == Qt.Key.Key_F2) and not modifiers:
            self.edit_requested.emit(row.key, "")
        elif key == Qt.Key.Key_Down and modifiers == Qt.KeyboardModifier.AltModifier and row.target.choices:
            self.choices_requested.emit(row.key)
        elif key in _CLEAR and not modifiers:
            self.clear_requested.emit(row.key)
        elif event.text().isprintable() and event.text() not in ("", "/") and not modifiers:
            self.edit_requested.emit(row.key, event.text())
        else:
            return False
        return True

    def _pressed(self, point: QPoint) -> None:
        index = self.indexAt(point)
        row = self._rows.row(index.row())
        if isinstance(row, GroupRow):
            self._fold(row, folded=not row.collapsed)
        elif row is not None:
            bounds = self.visualRect(index)
            places = self.delegate.places(row, bounds.width())
            if row.switch is not None:
                # The word beside the switch belongs to it: a larger place to hit.
                if self._in_view(places.switch.united(places.value), bounds).contains(point):
                    self.switch_requested.emit(row.key)
            elif self._in_view(places.field, bounds).contains(point):
                end = places.field.adjusted(places.field.width() - CHOICES_WIDTH, 0, 0, 0)
                if row.target.choices and self._in_view(end, bounds).contains(point):
                    self.choices_requested.emit(row.key)
                else:
                    self.edit_requested.emit(row.key, "")

    def _fold(self, row: GroupRow, *, folded: bool) -> None:
        self._rows.set_folded(row.group, folded=folded)
        number = self._rows.number_of_group(row.group)
        self.setCurrentIndex(self._rows.index(number, 0))

    def _in_view(self, rect: QRectF, bounds: QRect) -> QRect:
        moved = rect.translated(bounds.x(), bounds.y())
        return visual(self.layoutDirection(), bounds, moved).toRect()

    def _row_at(self, point: QPoint) -> FieldRow | GroupRow | None:
        return self._rows.row(self.indexAt(point).row())

    def _mark_drop(self, key: str) -> None:
        if key != self.delegate.drop_key:
            self.delegate.drop_key = key
            self.viewport().update()

    def _remember(self) -> None:
        row = self._rows.row(self.currentIndex().row())
        self._kept = row.key if isinstance(row, FieldRow) else ""

    def _restore(self) -> None:
        if self._kept:
            self.select(self._kept)
        self._heights_changed()

    def _heights_changed(self, *_changed: QModelIndex) -> None:
        self._height = None
        self.scheduleDelayedItemsLayout()
        self.updateGeometry()

    def _restyle(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, self._theme.color("surface"))
        self.setPalette(palette)
        self._heights_changed()
