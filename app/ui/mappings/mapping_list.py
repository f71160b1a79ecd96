"""The list of mappings: chosen, moved, renamed and switched with keys as well as with the mouse."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QDropEvent, QKeyEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView

from app.ui.mapping.session import EditingSession
from app.ui.mappings.mapping_rows import MappingRows
from app.ui.mappings.row_delegate import MappingDelegate
from app.ui.theme.theme import Theme


class MappingList(QListView):
    """The chosen row is the session's chosen mapping. ``menu_requested`` carries a global position."""

    opened = Signal()
    deleted = Signal()
    duplicated = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, theme: Theme, session: EditingSession) -> None:
        super().__init__()
        self._theme = theme
        self._session = session
        self.rows = MappingRows(session, self)
        self.delegate = MappingDelegate(theme, self)
        self.setModel(self.rows)
        self.setItemDelegate(self.delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("Mappings"))
        self.setAccessibleDescription(
            self.tr(
                "Enter opens, Space switches on or off, F2 renames, Alt with Up or Down moves, "
                "Delete deletes, the menu key shows more."
            )
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDropIndicatorShown(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.delegate.menu_requested.connect(self._menu_of)
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        session.document_changed.connect(self._follow)
        session.chosen_changed.connect(self._follow)
        self.rows.modelReset.connect(self.updateGeometry)
        theme.changed.connect(self._restyle)
        self._restyle()
        self._follow()

    def sizeHint(self) -> QSize:
        """As high as all rows."""
        count = self.rows.rowCount()
        height = self.delegate.row_height()
        return QSize(super().sizeHint().width(), count * height)

    def rename(self) -> None:
        """Open the name of the chosen mapping for typing."""
        self.edit(self.currentIndex())

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self._session.choose(current.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, place = event.key(), self.currentIndex().row()
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.rows.move(place, place + (1 if key == Qt.Key.Key_Down else -1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and place >= 0 and not event.modifiers():
            self.opened.emit()
        elif key == Qt.Key.Key_Delete and place >= 0:
            self.deleted.emit()
        elif key == Qt.Key.Key_D and event.modifiers() & Qt.KeyboardModifier.ControlModifier and place >= 0:
            self.duplicated.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.currentIndex()
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            index = self.indexAt(event.pos())
            self.setCurrentIndex(index)
            if index.isValid():
                self.menu_requested.emit(event.globalPos())
        elif index.isValid():
            self._menu_of(index)

    def dropEvent(self, event: QDropEvent) -> None:
        # The model moves rows itself; left to the view, a move would remove the row it came from.
        place = self.currentIndex().row()
        target = self.indexAt(event.position().toPoint()).row()
        if target < 0:
            target = self.rows.rowCount()
        elif self.dropIndicatorPosition() is QAbstractItemView.DropIndicatorPosition.BelowItem:
            target += 1
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        self.rows.move(place, target - 1 if target > place else target)
        self.viewport().update()

    def _menu_of(self, index: QModelIndex) -> None:
        self.setCurrentIndex(index)
        corner = self.delegate.places(self.visualRect(index)).menu.bottomLeft().toPoint()
        self.menu_requested.emit(self.viewport().mapToGlobal(corner))

    def _follow(self) -> None:
        index = self.rows.index(self._session.chosen)
        if index.isValid() and index.row() != self.currentIndex().row():
            self.setCurrentIndex(index)
        self.updateGeometry()

    def _restyle(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, self._theme.color("surface"))
        self.setPalette(palette)
        self.scheduleDelayedItemsLayout()
        self.updateGeometry()
