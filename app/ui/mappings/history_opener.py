"""Opens the history of saved versions over a window and restores what is chosen there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.ui.frame.window import FrameWindow
from app.ui.mapping.session import EditingSession
from app.ui.mappings.editor_sources import EditorSources
from app.ui.mappings.history_dialog import HistoryDialog
from app.ui.theme.theme import Theme
from app.workflows.mapping_editor.history import SavedVersion, restore


class HistoryOpener(QObject):
    def __init__(
        self,
        theme: Theme,
        frame: FrameWindow,
        session: EditingSession,
        sources: EditorSources,
        unexpected: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._frame = frame
        self._session = session
        self._sources = sources
        self._unexpected = unexpected
        self._dialog: HistoryDialog | None = None

    def open(self) -> None:
        vocabulary = self._session.vocabulary
        dialog = HistoryDialog(
            self._theme, self._frame, lambda: self._sources.versions(vocabulary), self._unexpected
        )
        dialog.restore_requested.connect(self._restore)
        self._dialog = dialog
        dialog.open()
        dialog.load()

    def _restore(self, version: SavedVersion) -> None:
        before = self._session.document
        after = restore(before, version)
        self._session.set_document(after)

        def take_back() -> None:
            if self._session.document == after:
                self._session.undo()

        if after == before:
            self._frame.show_toast(self.tr("The mappings are already as they were then."))
        else:
            self._frame.show_toast(self.tr("Restored. Nothing is saved yet."), take_back)
