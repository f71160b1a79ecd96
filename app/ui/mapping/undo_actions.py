"""Undo and Redo of the mapping editor: one pair of actions for all pages that share a session."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from app.ui.frame.page import Page
from app.ui.mapping.session import EditingSession
from app.ui.theme.theme import Theme


class UndoActions(QObject):
    """Named after the step they concern (“Undo Title”). ``told`` says what was undone or done again."""

    told = Signal(str)

    def __init__(self, theme: Theme, session: EditingSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.undo = QAction(theme.menu_icon("undo-2"), "", self)
        self.redo = QAction(theme.menu_icon("redo-2"), "", self)
        self.undo.setShortcuts([QKeySequence("Ctrl+Z")])
        self.redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self.undo.triggered.connect(self._undo)
        self.redo.triggered.connect(self._redo)
        session.document_changed.connect(self._name)
        self._name()

    def serve(self, page: Page) -> None:
        """The keys work while the page is shown."""
        page.addActions([self.undo, self.redo])

    def add_to(self, menu: QMenu) -> None:
        menu.addActions([self.undo, self.redo])

    def _undo(self) -> None:
        self._run(self._session.document.undo_label, self._session.undo, self.tr("Undone: {step}"))

    def _redo(self) -> None:
        self._run(self._session.document.redo_label, self._session.redo, self.tr("Done again: {step}"))

    def _run(self, label: str, go: Callable[[], None], words: str) -> None:
        if label:
            go()
            self.told.emit(words.format(step=label))

    def _name(self) -> None:
        document = self._session.document
        for action, words, label in (
            (self.undo, self.tr("Undo {step}"), document.undo_label),
            (self.redo, self.tr("Redo {step}"), document.redo_label),
        ):
            action.setText(words.format(step=label).rstrip().replace("&", "&&"))
            action.setEnabled(bool(label))
