"""The saved versions of the mappings: what each save changed, and the way back to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QItemSelection, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.errors import AppError
from app.ui.frame.task_line import TaskLine
from app.ui.frame.tasks import AsyncTask
from app.ui.mappings.version_view import VersionView
from app.ui.moments import moment_words
from app.ui.question_dialog import SurfaceDialog, unfilled
from app.ui.setup.message_slot import MessageSlot
from app.ui.theme.theme import Theme
from app.ui.theme.typography import Role
from app.ui.widgets.button import Button
from app.ui.widgets.card import Card
from app.ui.widgets.cell import Cell, Emphasis
from app.ui.widgets.data_table import CellTableModel, Column, DataTable
from app.ui.widgets.labels import WrappedLabel
from app.workflows.mapping_editor.difference import summary
from app.workflows.mapping_editor.history import SavedVersion

_SIZE = (820, 540)
# Of ten parts for what is beside it.
_LIST_SHARE = 6


class HistoryDialog(SurfaceDialog):
    """``restore_requested`` carries the version. ``read`` gives the versions; it blocks and is called on a
    worker thread."""

    restore_requested = Signal(object)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        read: Callable[[], tuple[SavedVersion, ...]],
        unexpected: Callable[[BaseException], None],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
    ) -> None:
        super().__init__(theme, "", parent)
        title = self.tr("History of the mappings")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._now = now
        self._read = read
        self._versions: tuple[SavedVersion, ...] = ()
        columns = (Column(self.tr("Saved version")),)
        self.table = DataTable(theme, self.tr("Saved versions"), columns, inset=14)
        self.table.horizontalHeader().hide()
        self._model = CellTableModel(columns, self.table)
        self.table.setModel(self._model)
        self.view = VersionView(theme)
        self.slot = MessageSlot(theme)
        self.restore_button = Button(theme, self.tr("Restore this version"), icon="rotate-ccw")
        self.done_button = Button(theme, self.tr("Done"))
        self._task = AsyncTask("read the history", unexpected=unexpected, parent=self)
        self.column.addWidget(WrappedLabel(theme, title, Role.SECTION))
        why = self.tr("Every save keeps the version before it. Restoring is a step that you can undo.")
        self.column.addWidget(WrappedLabel(theme, why, Role.BODY, "muted"))
        self.column.addWidget(TaskLine(theme, self._task))
        self.column.addWidget(self.slot)
        self.column.addLayout(self._columns(theme), 1)
        self.add_buttons(self.restore_button, self.done_button)
        self.done_button.setDefault(True)
        self._task.succeeded.connect(self.show_versions)
        self._task.failed.connect(self._show_error)
        self.table.selectionModel().selectionChanged.connect(self._show)
        self.restore_button.clicked.connect(self._restore)
        self.done_button.clicked.connect(self.accept)
        self.restore_button.setEnabled(False)
        self.table.setFocus()
        self.resize(theme.px(_SIZE[0]), theme.px(_SIZE[1]))

    def load(self) -> None:
        """Read the versions; needs the running loop."""
        self._task.run(lambda: asyncio.to_thread(self._read), self.tr("Reading the history…"))

    def show_versions(self, versions: tuple[SavedVersion, ...]) -> None:
        self._versions = versions
        self._model.set_rows([(self._cell(each),) for each in versions])
        if versions:
            self.table.selectRow(0)
        else:
            self.view.show_nothing()
            self.done_button.setFocus()

    def _columns(self, theme: Theme) -> QHBoxLayout:
        card = Card(theme, flush=True, behind="surface")
        card.body.addWidget(self.table)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        # Reachable, so that a long difference can be scrolled with keys.
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setAccessibleName(self.tr("What this save changed"))
        area.setWidget(self.view)
        unfilled(area)
        right = QVBoxLayout()
        right.addWidget(area)
        row = QHBoxLayout()
        row.setSpacing(20)
        row.addWidget(card, _LIST_SHARE)
        row.addLayout(right, 10)
        return row

    def _cell(self, version: SavedVersion) -> Cell:
        when = moment_words(version.saved_at, self._now()) if version.saved_at else self.tr("First version")
        changed = summary(version.changes) if version.saved_at else _names(version)
        right = self.tr("in use") if version.in_use else ""
        return Cell(when, sub=changed, right=right, emphasis=Emphasis.NAME)

    def _show(self, _selected: QItemSelection) -> None:
        place = self.table.currentIndex().row()
        if not 0 <= place < len(self._versions):
            return
        version = self._versions[place]
        self.view.show_version(version, self._cell(version).text)
        self.restore_button.setEnabled(not version.in_use)

    def _restore(self) -> None:
        self.restore_requested.emit(self._versions[self.table.currentIndex().row()])
        self.accept()

    def _show_error(self, error: AppError) -> None:
        self.slot.show_error(error)


def _names(version: SavedVersion) -> str:
    return ", ".join(spec.name for spec in version.mappings)
